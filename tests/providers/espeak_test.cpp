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
  CHECK(error(json::object()).path == "/text");
  CHECK(error({{"text", "a"}, {"speed", 9}}).path == "/speed");
  CHECK(error({{"text", "a"}, {"pitch", 100}}).path == "/pitch");
  CHECK(error({{"text", "a"}, {"voice", "../../x"}}).path == "/voice");
  CHECK(error({{"text", "a"}, {"language", "../../x"}}).path == "/language");
  CHECK(error({{"text", "a"}, {"speeed", 1}}).code == Code::unknown_field);
  const Error unknown = error({{"text", "a"}, {"voice", "xx-nobody"}});
  CHECK(unknown.code == Code::provider_failed);
  CHECK(unknown.path == "/voice");
  CHECK(unknown.message.find("voice does not exist") != std::string::npos);
}

// The samples of a WAV file of espeak-ng's.
std::vector<std::int16_t> samples_of(const std::filesystem::path& file) {
  std::vector<std::int16_t> samples((std::filesystem::file_size(file) - 44) / 2);
  std::ifstream in(file, std::ios::binary);
  in.seekg(44);
  in.read(reinterpret_cast<char*>(samples.data()), static_cast<std::streamsize>(samples.size() * 2));
  return samples;
}

// Where sound begins after at least 50 ms of silence, and where that silence had begun, in seconds.
struct Stretch {
  double start = 0, end = 0;
};
std::vector<Stretch> stretches_of(const std::vector<std::int16_t>& samples) {
  std::vector<Stretch> found;
  for (std::size_t i = 0; i < samples.size(); ++i) {
    if (std::abs(samples[i]) < 300) continue;
    const double at = static_cast<double>(i) / 22050;
    if (found.empty() || at - found.back().end > 0.05) found.push_back({at, at});
    found.back().end = at;
  }
  return found;
}

std::string joined(const std::vector<WordTime>& words) {
  std::string text;
  for (const WordTime& word : words) text += (text.empty() ? "" : " ") + word.text;
  return text;
}

bool words_are_told() {
  if (std::filesystem::exists(beside_this_program("reeld-espeak"))) return true;
  WARN("skipped: reeld-espeak was not built, for libespeak-ng is not here");
  return false;
}

TEST_CASE("a word is told where it is heard") {
  if (!words_are_told()) return;
  const TempDir dir;
  for (const double speed : {1.0, 1.5}) {
    const auto made = first_of(espeak_provider()->fetch(
        speech({{"text", "One. Two. Ten. Nine. Bananas."}, {"speed", speed}}), dir.path(), kNever));
    REQUIRE(made);
    const std::vector<Stretch> heard = stretches_of(samples_of(made->file));
    REQUIRE(made->words.size() == 5);
    REQUIRE(heard.size() == 5);
    for (std::size_t i = 0; i < heard.size(); ++i) {
      CAPTURE(speed, i, made->words[i].text);
      CHECK(made->words[i].start_seconds == Approx(heard[i].start).margin(0.08));
      CHECK(made->words[i].end_seconds == Approx(heard[i].end).margin(0.08));
    }
    CHECK(joined(made->words) == "One. Two. Ten. Nine. Bananas.");
  }
}

TEST_CASE("words stand in order and lose none of the text, whatever it is made of") {
  if (!words_are_told()) return;
  const TempDir dir;
  std::string many;
  for (int i = 0; i < 300; ++i)
    many += "Sentence " + std::to_string(i) + ", of a na\u00efve caf\u00e9; isn't it? ";
  many.pop_back();
  for (const std::string& text :
       {std::string("It's 1984 - 25% of $12.50 (U.S.A.), e.g. well-known: Dr. Smith's ..."),
        std::string("\u2014 Gr\u00fc\u00dfe, \u65e5\u672c\u8a9e & \U0001F600 !"), std::string("- - - so"),
        many}) {
    CAPTURE(text.substr(0, 60));
    const auto made = first_of(espeak_provider()->fetch(speech({{"text", text}}), dir.path(), kNever));
    REQUIRE(made);
    const double seconds = static_cast<double>(samples_of(made->file).size()) / 22050;
    double last = 0;
    for (const WordTime& word : made->words) {
      CHECK(word.start_seconds >= last);
      CHECK(word.end_seconds >= word.start_seconds);
      last = word.start_seconds;
    }
    CHECK_FALSE(made->words.empty());
    CHECK(made->words.back().end_seconds <= seconds + 0.001);
    CHECK(made->words.back().end_seconds > 0.5 * seconds);
    CHECK(joined(made->words) == text);
  }
}

TEST_CASE("with and without the times of words the sound is the same") {
  if (!words_are_told()) return;
  const TempDir with, without;
  const Wish wish =
      speech({{"text", "The same sound. Twice!"}, {"voice", "de"}, {"pitch", 1.3}, {"speed", 1.2}});
  const auto told = first_of(espeak_provider()->fetch(wish, with.path(), kNever));
  const auto plain = first_of(espeak_provider("")->fetch(wish, without.path(), kNever));
  REQUIRE(told);
  REQUIRE(plain);
  CHECK(plain->words.empty());
  CHECK(told->words.size() == 4);
  CHECK(samples_of(told->file) == samples_of(plain->file));
  CHECK(espeak_provider()->fingerprint(wish) != espeak_provider("")->fingerprint(wish));
}

TEST_CASE("cancelling stops a slow espeak-ng within a quarter of a second") {
  const TempDir dir;
  const std::filesystem::path program = dir.path() / "espeak-ng";
  std::ofstream(program) << "#!/bin/sh\n[ \"$1\" = --stdin ] && sleep 10\necho 'eSpeak: 1  Data'\n";
  std::filesystem::permissions(program, std::filesystem::perms::owner_all);
  const PathIs path(dir.path().string() + ":" + std::getenv("PATH"));
  const auto provider = espeak_provider("");
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
