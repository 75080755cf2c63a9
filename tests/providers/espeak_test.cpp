#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <fstream>

#include "providers/builtin.hpp"
#include "tests/providers/provider_helpers.hpp"

namespace reeld::providers {
namespace {

using nlohmann::json;

const Cancelled kNever = [] { return false; };

Wish speech(const json& params) {
  Wish wish;
  wish.capability = Capability::speech;
  wish.params = params;
  return wish;
}

// PATH for one test; what a provider finds is settled when it is made.
class PathIs {
 public:
  explicit PathIs(const std::string& path) : before_(std::getenv("PATH")) { setenv("PATH", path.c_str(), 1); }
  ~PathIs() { setenv("PATH", before_.c_str(), 1); }

 private:
  std::string before_;
};

// espeak-ng writes 16-bit mono at 22050 Hz after a header of 44 bytes.
double seconds_of(const json& params) {
  const TempDir dir;
  const auto made = first_of(espeak_provider()->fetch(speech(params), dir.path(), kNever));
  if (!made) FAIL(made.error().message);
  std::string magic(4, ' ');
  std::ifstream(made->file).read(magic.data(), 4);
  CHECK(magic == "RIFF");
  return static_cast<double>(std::filesystem::file_size(made->file) - 44) / (2 * 22050);
}

TEST_CASE("a sentence becomes a WAV of a plausible length, shorter at twice the speed") {
  const json params = {{"text", "The quick brown fox jumps over the lazy dog."}, {"provider", "espeak-ng"}};
  const double seconds = seconds_of(params);
  CHECK(seconds > 1.5);  // nine words at 170 a minute: 3.2 s
  CHECK(seconds < 5);
  json fast = params;
  fast["speed"] = 2.0;
  CHECK(seconds_of(fast) < 0.7 * seconds);
}

TEST_CASE("text is spoken, never run or taken for an option") {
  const TempDir dir;
  const std::string mark = (dir.path() / "mark").string();
  for (const std::string& text :
       {"$(touch " + mark + ")", "`touch " + mark + "`; touch " + mark, "-w " + mark,
        std::string("--version"), std::string("it's \"quoted\"\nover\nlines & more")}) {
    CAPTURE(text);
    CHECK(seconds_of({{"text", text}}) > 0.3);
    CHECK_FALSE(std::filesystem::exists(mark));
  }
}

TEST_CASE("a delivery says what made it, and its fingerprint names all that it depends on") {
  const TempDir dir;
  const auto provider = espeak_provider();
  const auto made =
      first_of(provider->fetch(speech({{"text", "Hello."}, {"voice", "de"}}), dir.path(), kNever));
  REQUIRE(made);
  CHECK(made->provenance.model_used == "de");
  CHECK(made->source_type == "GENERATED");
  CHECK_FALSE(made->borrowed);
  CHECK_FALSE(made->provenance.metadata["version"].get<std::string>().empty());
  const json base = {{"text", "Hello."}};
  const std::string print = provider->fingerprint(speech(base));
  CHECK(json::parse(print)["version"] == made->provenance.metadata["version"]);
  CHECK(print == provider->fingerprint(speech({{"text", "Hello."}, {"speed", 1}, {"voice", "en"}})));
  for (const json& change : {json{{"text", "Bye."}}, {{"voice", "de"}}, {{"speed", 2}}, {{"pitch", 0.5}}}) {
    json other = base;
    other.update(change);
    CHECK(provider->fingerprint(speech(other)) != print);
  }
  const auto voices = provider->info().models[Capability::speech];
  CHECK(std::ranges::find(voices, "de") != voices.end());
}

TEST_CASE("what cannot be spoken is refused with the field at fault") {
  const TempDir dir;
  const auto provider = espeak_provider();
  const auto error = [&](const json& params) {
    const auto made = first_of(provider->fetch(speech(params), dir.path(), kNever));
    return made ? Error{} : made.error();
  };
  CHECK(error({{"text", " \n"}}).code == Code::invalid_request);
  CHECK(error({{"text", " \n"}}).path == "/text");
  CHECK(error({}).path == "/text");
  CHECK(error({{"text", "a"}, {"speed", 9}}).path == "/speed");
  CHECK(error({{"text", "a"}, {"pitch", 100}}).path == "/pitch");
  CHECK(error({{"text", "a"}, {"voice", "../../x"}}).path == "/voice");
  const Error unknown = error({{"text", "a"}, {"voice", "xx-nobody"}});
  CHECK(unknown.code == Code::provider_failed);
  CHECK(unknown.path == "/voice");
  CHECK(unknown.message.find("voice does not exist") != std::string::npos);
}

TEST_CASE("cancelling stops a slow espeak-ng within a quarter of a second") {
  const TempDir dir;
  const std::filesystem::path program = dir.path() / "espeak-ng";
  std::ofstream(program) << "#!/bin/sh\n[ \"$1\" = --stdin ] && sleep 10\necho 'eSpeak: 1  Data'\n";
  std::filesystem::permissions(program, std::filesystem::perms::owner_all);
  const PathIs path(dir.path().string() + ":" + std::getenv("PATH"));
  const auto provider = espeak_provider();
  const auto start = std::chrono::steady_clock::now();
  const auto elapsed = [&] { return std::chrono::steady_clock::now() - start; };
  const auto made = provider->fetch(speech({{"text", "Hello."}}), dir.path(),
                                    [&] { return elapsed() > std::chrono::milliseconds(50); });
  REQUIRE_FALSE(made);
  CHECK(made.error().code == Code::cancelled);
  CHECK(elapsed() < std::chrono::milliseconds(300));
}

TEST_CASE("a machine without espeak-ng is told which package to install") {
  const TempDir dir;
  const PathIs path(dir.path().string());
  const auto provider = espeak_provider();
  const auto made = provider->fetch(speech({{"text", "Hello."}}), dir.path(), kNever);
  REQUIRE_FALSE(made);
  CHECK(made.error().code == Code::provider_unavailable);
  CHECK(made.error().message.find("Debian package espeak-ng") != std::string::npos);
  CHECK_FALSE(provider->info().why_not.empty());
}

}  // namespace
}  // namespace reeld::providers
