// Speech by espeak-ng, a program of its own: its crash is an error, and its licence stays outside ours.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <sstream>

#include "providers/builtin.hpp"
#include "providers/local/subprocess.hpp"

namespace reeld::providers {
namespace {

using nlohmann::json;
using namespace std::chrono_literals;

constexpr double kWordsPerMinute = 170;  // at speed 1
constexpr double kMinSpeed = 0.25, kMaxSpeed = 4;
constexpr int kDefaultPitch = 50;  // espeak-ng's own
constexpr std::chrono::milliseconds kLimit = 120s;
constexpr std::chrono::milliseconds kQueryLimit = 5s;
constexpr std::size_t kMaxTextBytes = 100000;
constexpr std::uintmax_t kWavHeaderBytes = 44;

struct Speech {
  std::string text, voice = "en";
  double speed = 1;
  int pitch = kDefaultPitch;
};

Error invalid(const std::string& message, const std::string& path) {
  return {Code::invalid_request, message, path};
}

// espeak-ng takes a voice for a path below its data, so only what names of voices are made of passes.
bool is_voice_name(const std::string& voice) {
  const auto fits = [](unsigned char c) {
    return std::isalnum(c) != 0 || c >= 0x80 ||
           std::string_view("-_+/() .'").find(c) != std::string_view::npos;
  };
  return !voice.empty() && voice.size() <= 100 && voice[0] != '/' && voice[0] != '.' && voice[0] != '-' &&
         voice.find("..") == std::string::npos && std::ranges::all_of(voice, fits);
}

Result<Speech> speech_in(const json& params) {
  Speech speech;
  const auto text = params.find("text");
  if (text == params.end() || !text->is_string()) return invalid("Speech needs a text.", "/text");
  speech.text = text->get<std::string>();
  if (speech.text.find_first_not_of(" \t\r\n") == std::string::npos) {
    return invalid("The text to speak is empty.", "/text");
  }
  if (speech.text.size() > kMaxTextBytes) {
    return invalid("The text to speak is longer than " + std::to_string(kMaxTextBytes) + " bytes.", "/text");
  }
  if (const auto voice = params.find("voice"); voice != params.end()) {
    if (!voice->is_string() || !is_voice_name(voice->get<std::string>())) {
      return invalid("A voice is a name such as \"en\" or \"en-us\".", "/voice");
    }
    speech.voice = voice->get<std::string>();
  }
  if (const auto speed = params.find("speed"); speed != params.end()) {
    if (!speed->is_number()) return invalid("The speed is a number from 0.25 to 4.", "/speed");
    speech.speed = speed->get<double>();
    if (!(speech.speed >= kMinSpeed && speech.speed <= kMaxSpeed)) {
      return invalid("The speed must lie from 0.25 to 4.", "/speed");
    }
  }
  if (const auto pitch = params.find("pitch"); pitch != params.end()) {
    const double value = pitch->is_number() ? pitch->get<double>() : -1;
    if (!(value >= 0 && value <= 2)) return invalid("The pitch is a factor from 0 to 2.", "/pitch");
    speech.pitch = std::min(99, static_cast<int>(std::lround(value * kDefaultPitch)));
  }
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

class EspeakProvider : public Provider {
 public:
  // Asked once, at start, because info() and fingerprint() may start no process.
  EspeakProvider() {
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
    const auto speech = speech_in(wish.params);
    if (!speech || version_.empty()) return "";
    return json{{"provider", "espeak-ng"}, {"version", version_},    {"voice", speech->voice},
                {"speed", speech->speed},  {"pitch", speech->pitch}, {"text", speech->text}}
        .dump(-1, ' ', false, json::error_handler_t::replace);
  }

  Result<std::vector<Delivery>> fetch(const Wish& wish, const std::filesystem::path& scratch,
                                      const Cancelled& cancelled) override {
    REELD_ASSIGN(const Speech speech, speech_in(wish.params));
    if (version_.empty()) return not_installed();
    const std::filesystem::path file = scratch / "speech.wav";
    const long words_per_minute = std::lround(speech.speed * kWordsPerMinute);
    const auto start = std::chrono::steady_clock::now();
    // The text goes over standard input: it can then never be read as an option. -b 1 says that it is UTF-8.
    auto finished = run_program(
        {"espeak-ng", "--stdin", "-b", "1", "-v", speech.voice, "-s", std::to_string(words_per_minute), "-p",
         std::to_string(speech.pitch), "-w", file.string()},
        speech.text, kLimit, cancelled);
    if (!finished) {
      return finished.error().code == Code::provider_unavailable ? not_installed() : finished.error();
    }
    REELD_TRY(check(*finished, file, speech));
    Delivery delivery;
    delivery.file = file;
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
};

}  // namespace

std::unique_ptr<Provider> espeak_provider() {
  return std::make_unique<EspeakProvider>();
}

}  // namespace reeld::providers
