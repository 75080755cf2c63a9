// Speech by espeak-ng, in a program of its own: its crash is an error, and its licence stays outside ours.
// reeld-espeak, where it was built, also tells when each word is spoken; else the program espeak-ng speaks.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <fstream>
#include <sstream>

#include "providers/builtin.hpp"
#include "providers/local/subprocess.hpp"
#include "providers/wishes.hpp"

namespace reeld::providers {
namespace {

using nlohmann::json;
using namespace std::chrono_literals;

constexpr double kWordsPerMinute = 170;  // at speed 1
constexpr int kDefaultPitch = 50;        // espeak-ng's own
constexpr std::chrono::milliseconds kLimit = 120s;
constexpr std::chrono::milliseconds kQueryLimit = 5s;
constexpr std::uintmax_t kWavHeaderBytes = 44;

struct Speech {
  std::string text, voice = "en";
  double speed = 1;
  int pitch = kDefaultPitch;
};

// espeak-ng takes a voice for a path below its data, so only what names of voices are made of passes.
bool is_voice_name(const std::string& voice) {
  const auto fits = [](unsigned char c) {
    return std::isalnum(c) != 0 || c >= 0x80 ||
           std::string_view("-_+/() .'").find(c) != std::string_view::npos;
  };
  return !voice.empty() && voice.size() <= 100 && voice[0] != '/' && voice[0] != '.' && voice[0] != '-' &&
         voice.find("..") == std::string::npos && std::ranges::all_of(voice, fits);
}

// A language is a voice of espeak-ng's.
Result<Speech> speech_in(const Wish& wish) {
  REELD_ASSIGN(const SpeechWish asked, speech_wish(wish));
  Speech speech;
  speech.text = asked.text;
  for (const std::string* voice : {&asked.language, &asked.model, &asked.voice}) {
    if (!voice->empty()) speech.voice = *voice;
  }
  if (!is_voice_name(speech.voice)) {
    const char* field = !asked.voice.empty() ? "/voice" : !asked.model.empty() ? "/model" : "/language";
    return Error{Code::invalid_request, "A voice is a name such as \"en\" or \"en-us\".", field};
  }
  speech.speed = asked.speed;
  speech.pitch = std::min(99, static_cast<int>(std::lround(asked.pitch * kDefaultPitch)));
  return speech;
}

// The languages, second column of espeak-ng's table: what requests give as the voice.
std::vector<std::string> voices_in(const std::string& table) {
  std::vector<std::string> voices;
  std::istringstream lines(table);
  std::string line;
  std::getline(lines, line);  // the heading
  while (std::getline(lines, line)) {
    std::istringstream words(line);
    std::string priority, language;
    if (words >> priority >> language) voices.push_back(language);
  }
  std::ranges::sort(voices);
  voices.erase(std::unique(voices.begin(), voices.end()), voices.end());
  return voices;
}

Error not_installed() {
  return {Code::provider_unavailable,
          "The program espeak-ng is not on this machine's PATH; install the Debian package espeak-ng.",
          "/provider"};
}

std::string trimmed(const std::string& text) {
  const auto first = text.find_first_not_of(" \t\r\n");
  if (first == std::string::npos) return "";
  return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

// "eSpeak NG text-to-speech: 1.51  Data at: ..." gives "1.51".
std::string version_in(const std::string& words) {
  const auto colon = words.find(": ");
  if (colon == std::string::npos) return trimmed(words);
  const auto start = colon + 2;
  return words.substr(start, words.find(' ', start) - start);
}

// What reeld-espeak wrote: a list of [word, start, end].
Result<std::vector<WordTime>> words_in(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  const json list = json::parse(in, nullptr, false);
  std::vector<WordTime> words;
  bool sound = list.is_array();
  for (const json& one : list) {
    sound = sound && one.is_array() && one.size() == 3 && one[0].is_string() && one[1].is_number() &&
            one[2].is_number();
    if (!sound) break;
    words.push_back({one[0].get<std::string>(), one[1].get<double>(), one[2].get<double>()});
  }
  if (!sound) return Error{Code::provider_failed, "reeld-espeak wrote no list of words."};
  return words;
}

class EspeakProvider : public Provider {
 public:
  // Asked once, at start, because info() and fingerprint() may start no process.
  explicit EspeakProvider(const std::filesystem::path& words_program) {
    std::error_code ignored;
    if (std::filesystem::is_regular_file(words_program, ignored)) words_program_ = words_program.string();
    const auto version = run_program({"espeak-ng", "--version"}, "", kQueryLimit, nullptr);
    if (!version || version->exit_code != 0) return;
    version_ = version_in(version->out);
    const auto voices = run_program({"espeak-ng", "--voices"}, "", kQueryLimit, nullptr);
    if (voices && voices->exit_code == 0) voices_ = voices_in(voices->out);
  }

  ProviderInfo info() const override {
    ProviderInfo info;
    info.name = info.kind = "espeak-ng";
    info.capabilities = {Capability::speech};
    info.models[Capability::speech] = voices_;
    if (version_.empty()) info.why_not = not_installed().message;
    return info;
  }

  std::string fingerprint(const Wish& wish) const override {
    const auto speech = speech_in(wish);
    if (!speech || version_.empty()) return "";
    return json{{"provider", "espeak-ng"},         {"version", version_},    {"voice", speech->voice},
                {"speed", speech->speed},          {"pitch", speech->pitch}, {"text", speech->text},
                {"words", !words_program_.empty()}}
        .dump(-1, ' ', false, json::error_handler_t::replace);
  }

  Result<std::vector<Delivery>> fetch(const Wish& wish, const std::filesystem::path& scratch,
                                      const Cancelled& cancelled) override {
    REELD_ASSIGN(const Speech speech, speech_in(wish));
    if (version_.empty()) return not_installed();
    const std::filesystem::path file = scratch / "speech.wav", words = scratch / "speech.words.json";
    const auto start = std::chrono::steady_clock::now();
    auto finished = run_program(command(speech, file, words), speech.text, kLimit, cancelled);
    if (!finished) {
      return finished.error().code == Code::provider_unavailable ? not_installed() : finished.error();
    }
    REELD_TRY(check(*finished, file, speech));
    Delivery delivery;
    delivery.file = file;
    if (!words_program_.empty()) {
      REELD_ASSIGN(delivery.words, words_in(words));
    }
    delivery.media_type = "audio/wav";
    delivery.source_type = "GENERATED";
    delivery.provenance.model_asked = delivery.provenance.model_used = speech.voice;
    delivery.provenance.cost_usd = 0;
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
    delivery.provenance.response_seconds = took.count();
    delivery.provenance.metadata = {{"version", version_}};
    return std::vector{std::move(delivery)};
  }

 private:
  // The text goes over standard input: it can then never be read as an option.
  std::vector<std::string> command(const Speech& speech, const std::filesystem::path& file,
                                   const std::filesystem::path& words) const {
    const std::string words_per_minute = std::to_string(std::lround(speech.speed * kWordsPerMinute));
    const std::string pitch = std::to_string(speech.pitch);
    if (!words_program_.empty())
      return {words_program_, speech.voice, words_per_minute, pitch, file.string(), words.string()};
    // -b 1 says that the text is UTF-8.
    return {"espeak-ng", "--stdin",        "-b", "1",   "-v", speech.voice,
            "-s",        words_per_minute, "-p", pitch, "-w", file.string()};
  }

  static Result<void> check(const Finished& finished, const std::filesystem::path& file,
                            const Speech& speech) {
    const std::string words = trimmed(finished.err);
    if (words.find("voice does not exist") != std::string::npos) {
      return Error{Code::provider_failed,
                   "espeak-ng has no voice \"" + speech.voice + "\": " + words +
                       " `reelctl providers` lists the voices.",
                   "/voice"};
    }
    if (finished.exit_code != 0 || !words.empty()) {
      return Error{Code::provider_failed, "espeak-ng ended with status " +
                                              std::to_string(finished.exit_code) + ": " +
                                              (words.empty() ? "it said nothing more." : words)};
    }
    std::error_code failure;
    const std::uintmax_t size = std::filesystem::file_size(file, failure);
    if (failure || size <= kWavHeaderBytes) {
      return Error{Code::provider_failed, "espeak-ng made no sound of this text.", "/text"};
    }
    return {};
  }

  std::string version_;  // empty where the program is not there
  std::vector<std::string> voices_;
  std::string words_program_;  // empty where it is not there
};

}  // namespace

std::unique_ptr<Provider> espeak_provider(const std::filesystem::path& words_program) {
  return std::make_unique<EspeakProvider>(words_program);
}

}  // namespace reeld::providers
