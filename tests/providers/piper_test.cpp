// With a script in piper's place, which keeps to the command line that piper documents: the real program is
// no package of Debian's, and was not run.
#include <fstream>
#include <iterator>

#include "providers/builtin.hpp"
#include "tests/providers/provider_helpers.hpp"

namespace reeld::providers {
namespace {

using nlohmann::json;

const Cancelled kNever = [] { return false; };

// Refuses any option that piper does not have, writes a WAV of 46 bytes, and notes what it was given.
constexpr const char* kPiper = R"(#!/bin/sh
here=$(dirname "$0")
[ "$1" = --help ] && { echo "usage: piper --model FILE --output_file FILE" >&2; exit 0; }
while [ $# -gt 0 ]; do
  case "$1" in
    --model) model=$2 ;;
    --output_file) out=$2 ;;
    --length_scale) scale=$2 ;;
    --speaker) speaker=$2 ;;
    *) echo "unknown option $1" >&2; exit 2 ;;
  esac
  shift 2
done
[ -f "$model" ] && [ -f "$model.json" ] || { echo "no model" >&2; exit 3; }
text=$(cat)
case "$text" in
  fail*) echo "onnxruntime says no" >&2; exit 1 ;;
  slow*) sleep 10 ;;
  mute*) printf '%44s' '' > "$out"; exit 0 ;;
esac
printf '%s\n' "$text" > "$here/text"
echo "$(basename "$model") $scale $speaker" > "$here/given"
printf 'RIFF%40sxx' '' > "$out"
)";

struct Piper {
  TempDir dir;
  ProviderConfig config;

  Piper() {
    write("piper", kPiper);
    std::filesystem::permissions(dir.path() / "piper", std::filesystem::perms::owner_all);
    for (const char* name : {"amy.onnx", "amy.onnx.json", "many.onnx", "many.onnx.json"}) write(name, "{}");
    config.name = "piper";
    config.options = {
        {"program", path("piper")},
        {"voices", {{"amy", path("amy.onnx")}, {"ben", {{"model", path("many.onnx")}, {"speaker", 4}}}}}};
  }
  std::string path(const std::string& name) const { return (dir.path() / name).string(); }
  void write(const std::string& name, const std::string& text) const { std::ofstream(path(name)) << text; }
  std::string read(const std::string& name) const {
    std::ifstream in(path(name));
    return {std::istreambuf_iterator<char>(in), {}};
  }
  Result<Delivery> speak(const json& params, const Cancelled& cancelled = kNever) const {
    return first_of(piper_provider(config)->fetch(wish(params), dir.path(), cancelled));
  }
  static Wish wish(const json& params) {
    Wish wish;
    wish.capability = Capability::speech;
    wish.params = params;
    return wish;
  }
};

TEST_CASE("piper is asked by its own options, the text on one line") {
  const Piper piper;
  const auto made = piper.speak({{"text", "Two\nlines; $(not run) --speaker 9"}, {"provider", "piper"}});
  REQUIRE(made);
  CHECK(piper.read("text") == "Two lines; $(not run) --speaker 9\n");
  CHECK(piper.read("given") == "amy.onnx  \n");
  CHECK(made->media_type == "audio/wav");
  CHECK(made->source_type == "GENERATED");
  CHECK(made->words.empty());
  CHECK(made->provenance.model_used == "amy");
  REQUIRE(piper.speak({{"text", "Fast."}, {"voice", "ben"}, {"speed", 2}}));
  CHECK(piper.read("given") == "many.onnx 0.5 4\n");
}

TEST_CASE("what piper cannot do, and what it says itself, is an error with the field") {
  const Piper piper;
  const auto error = [&](const json& params) { return piper.speak(params).error(); };
  CHECK(error({{"text", " "}}).path == "/text");
  CHECK(error({{"text", "a"}, {"voice", "eve"}}).code == Code::invalid_request);
  CHECK(error({{"text", "a"}, {"voice", "eve"}}).path == "/voice");
  CHECK(error({{"text", "a"}, {"model", "eve"}}).path == "/model");
  CHECK(error({{"text", "a"}, {"voice", "eve"}}).message.find("amy, ben") != std::string::npos);
  CHECK(error({{"text", "a"}, {"pitch", 1.5}}).path == "/pitch");
  CHECK(error({{"text", "fail"}}).code == Code::provider_failed);
  CHECK(error({{"text", "fail"}}).message.find("onnxruntime says no") != std::string::npos);
  CHECK(error({{"text", "mute"}}).path == "/text");
}

TEST_CASE("a slow piper is stopped by a cancel and by its limit") {
  Piper piper;
  const auto start = Clock::now();
  const auto cancelled =
      piper.speak({{"text", "slow"}}, [&] { return Clock::now() - start > std::chrono::milliseconds(200); });
  REQUIRE_FALSE(cancelled);
  CHECK(cancelled.error().code == Code::cancelled);
  piper.config.timeouts.whole = std::chrono::milliseconds(300);
  CHECK(piper.speak({{"text", "slow"}}).error().code == Code::timed_out);
  CHECK(Clock::now() - start < std::chrono::seconds(5));
}

TEST_CASE("without voices, files or the program it says what to get") {
  Piper piper;
  const auto why = [&](const json& change) {
    ProviderConfig config = piper.config;
    config.options.update(change);
    return piper_provider(config)->info().why_not;
  };
  CHECK(why(json::object()).empty());
  CHECK(why({{"voices", json::object()}}).find(".onnx") != std::string::npos);
  CHECK(why({{"voices", {{"amy", "/none/amy.onnx"}}}}).find("/none/amy.onnx") != std::string::npos);
  CHECK(why({{"program", "/none/piper"}}).find("piper-tts") != std::string::npos);
  // Debian's piper, which sets up mice, or any other program.
  CHECK(why({{"program", "/bin/true"}}).find("is not piper") != std::string::npos);
  CHECK(why({{"voice", "eve"}}).find("/options/voice") != std::string::npos);
  CHECK(why({{"voises", 1}}).find("/options/voises") != std::string::npos);
  CHECK(why({{"voices", {{"amy", {{"model", "x"}, {"speaker", -2}}}}}}).find("/voices/amy/speaker") !=
        std::string::npos);
  std::filesystem::remove(piper.path("amy.onnx.json"));
  CHECK(why(json::object()).find("amy.onnx.json") != std::string::npos);
  CHECK(piper.speak({{"text", "a"}}).error().code == Code::provider_unavailable);
}

TEST_CASE("the fingerprint names all that the sound depends on") {
  const Piper piper;
  const auto print = [&](const json& params) {
    return piper_provider(piper.config)->fingerprint(Piper::wish(params));
  };
  const std::string base = print({{"text", "a"}});
  CHECK_FALSE(base.empty());
  CHECK(base == print({{"text", "a"}, {"voice", "amy"}, {"speed", 1}}));
  for (const json& other :
       {json{{"text", "b"}}, {{"text", "a"}, {"voice", "ben"}}, {{"text", "a"}, {"speed", 2}}})
    CHECK(print(other) != base);
  piper.write("amy.onnx", "another voice");
  CHECK(print({{"text", "a"}}) != base);
}

}  // namespace
}  // namespace reeld::providers
