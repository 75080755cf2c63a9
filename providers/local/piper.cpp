// Speech by piper, a program of its own with a neural voice a file: no network, no account. Its command line
// is the one that rhasspy's piper and its successor piper1-gpl share.
#include <algorithm>

#include "providers/builtin.hpp"
#include "providers/fields.hpp"
#include "providers/local/subprocess.hpp"
#include "providers/wishes.hpp"

namespace reeld::providers {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using namespace std::chrono_literals;

constexpr std::chrono::milliseconds kQueryLimit = 10s;
constexpr std::uintmax_t kWavHeaderBytes = 44;
constexpr std::size_t kToldBytes = 500;  // of the program's own words

struct Voice {
  fs::path model;
  std::optional<int> speaker;
};

struct Settings {
  std::string program, default_voice;
  std::map<std::string, Voice> voices;
};

Result<Voice> voice_in(const json& value, const std::string& path) {
  if (value.is_string()) return Voice{value.get<std::string>(), std::nullopt};
  Fields fields(value, {"model", "speaker"}, path);
  Voice voice{fields.needed_text("model"), std::nullopt};
  const int speaker = fields.integer("speaker", -1, 0, 100000);
  if (speaker >= 0) voice.speaker = speaker;
  REELD_TRY(fields.result());
  return voice;
}

Result<Settings> settings_in(const json& options) {
  Fields fields(options, {"program", "voices", "voice"}, "/options");
  Settings settings;
  settings.program = fields.text("program", "piper");
  const json voices = fields.object("voices");
  settings.default_voice = fields.text("voice", voices.empty() ? "" : voices.begin().key());
  REELD_TRY(fields.result());
  for (const auto& [name, value] : voices.items()) {
    REELD_ASSIGN(settings.voices[name], voice_in(value, "/options/voices/" + name));
  }
  if (!voices.empty() && !voices.contains(settings.default_voice)) {
    return Error{Code::invalid_request, "is none of its voices", "/options/voice"};
  }
  return settings;
}

// What keeps it from being used; empty for nothing. Debian has a program piper too, which sets up mice.
std::string why_not(const Settings& settings) {
  if (settings.voices.empty()) {
    return "No voice of piper is configured: get one (a .onnx file and its .onnx.json) and name it in the "
           "provider's options, voices = {amy = \"/path/amy.onnx\"}.";
  }
  for (const auto& [name, voice] : settings.voices) {
    std::error_code ignored;
    if (!fs::is_regular_file(voice.model, ignored))
      return "The voice " + name + " of piper is not at " + voice.model.string() + ".";
    if (!fs::is_regular_file(voice.model.string() + ".json", ignored))
      return "The voice " + name + " of piper lacks its settings, " + voice.model.string() + ".json.";
  }
  const auto help = run_program({settings.program, "--help"}, "", kQueryLimit, nullptr);
  const std::string words = help ? help->out + help->err : "";
  if (words.find("--output_file") == std::string::npos && words.find("--output-file") == std::string::npos) {
    return "The program " + settings.program +
           " is not piper, or not on this machine's PATH; install it (pip install piper-tts, or a release of "
           "piper), or name it in the provider's options, program = \"/path/piper\".";
  }
  return "";
}

// piper speaks each line by itself, over the one before; so there is only one.
std::string on_one_line(std::string text) {
  std::ranges::replace_if(
      text, [](char c) { return c == '\n' || c == '\r'; }, ' ');
  return text + "\n";
}

std::string shortened(const std::string& text) {
  const std::string end = text.size() > kToldBytes ? text.substr(text.size() - kToldBytes) : text;
  std::string words;
  for (const char c : end) words += static_cast<unsigned char>(c) < ' ' ? ' ' : c;
  return words;
}

class PiperProvider : public Provider {
 public:
  // Asked once, at start, because info() may start no process.
  explicit PiperProvider(const ProviderConfig& config) : name_(config.name) {
    auto settings = settings_in(config.options);
    if (!settings) {
      why_not_ = settings.error().path + ": " + settings.error().message;
      return;
    }
    settings_ = *std::move(settings);
    why_not_ = why_not(settings_);
    limit_ = config.timeouts.whole;
  }

  ProviderInfo info() const override {
    ProviderInfo info;
    info.name = name_;
    info.kind = "piper";
    info.capabilities = {Capability::speech};
    for (const auto& [name, voice] : settings_.voices) info.models[Capability::speech].push_back(name);
    info.why_not = why_not_;
    return info;
  }

  std::string fingerprint(const Wish& wish) const override {
    const auto speech = speech_wish(wish);
    const auto voice = speech ? voice_of(*speech) : speech.error();
    if (!voice) return "";
    const fs::path& model = (*voice)->second.model;
    std::error_code failure;
    const auto size = fs::file_size(model, failure);
    const auto changed = fs::last_write_time(model, failure).time_since_epoch().count();
    if (failure) return "";
    return json{{"provider", "piper"},
                {"model", model.string()},
                {"size", size},
                {"changed", changed},
                {"speed", speech->speed},
                {"text", speech->text},
                {"speaker", (*voice)->second.speaker.value_or(-1)}}
        .dump(-1, ' ', false, json::error_handler_t::replace);
  }

  Result<std::vector<Delivery>> fetch(const Wish& wish, const fs::path& scratch,
                                      const Cancelled& cancelled) override {
    REELD_ASSIGN(const SpeechWish speech, speech_wish(wish));
    if (!why_not_.empty()) return Error{Code::provider_unavailable, why_not_, "/provider"};
    REELD_ASSIGN(const auto* const voice, voice_of(speech));
    if (speech.pitch != 1) {
      return Error{Code::invalid_request, "piper cannot change a voice's pitch.", "/pitch"};
    }
    const fs::path file = scratch / "speech.wav";
    std::vector<std::string> argv = {settings_.program, "--model", voice->second.model.string(),
                                     "--output_file", file.string()};
    if (speech.speed != 1) argv.insert(argv.end(), {"--length_scale", json(1 / speech.speed).dump()});
    if (voice->second.speaker) argv.insert(argv.end(), {"--speaker", std::to_string(*voice->second.speaker)});
    const auto start = Clock::now();
    REELD_ASSIGN(const Finished finished, run_program(argv, on_one_line(speech.text), limit_, cancelled));
    REELD_TRY(check_made(finished, file));
    Delivery delivery;
    delivery.file = file;
    delivery.media_type = "audio/wav";
    delivery.source_type = "GENERATED";
    delivery.provenance.model_asked = delivery.provenance.model_used = voice->first;
    delivery.provenance.cost_usd = 0;
    delivery.provenance.response_seconds = std::chrono::duration<double>(Clock::now() - start).count();
    delivery.provenance.metadata = {{"model", voice->second.model.filename().string()}};
    return std::vector{std::move(delivery)};
  }

 private:
  using NamedVoice = std::pair<const std::string, Voice>;

  Result<const NamedVoice*> voice_of(const SpeechWish& speech) const {
    const std::string& name = !speech.voice.empty()   ? speech.voice
                              : !speech.model.empty() ? speech.model
                                                      : settings_.default_voice;
    const auto found = settings_.voices.find(name);
    if (found != settings_.voices.end()) return &*found;
    std::string names;
    for (const auto& [one, voice] : settings_.voices) names += (names.empty() ? "" : ", ") + one;
    return Error{Code::invalid_request, "piper has no voice \"" + name + "\"; it has " + names + ".",
                 speech.voice.empty() && !speech.model.empty() ? "/model" : "/voice"};
  }

  static Result<void> check_made(const Finished& finished, const fs::path& file) {
    std::error_code failure;
    const std::uintmax_t size = fs::file_size(file, failure);
    if (finished.exit_code != 0 || failure) {
      const std::string words = shortened(finished.err);
      return Error{Code::provider_failed, "piper ended with status " + std::to_string(finished.exit_code) +
                                              ": " + (words.empty() ? "it said nothing more." : words)};
    }
    if (size <= kWavHeaderBytes)
      return Error{Code::provider_failed, "piper made no sound of this text.", "/text"};
    return {};
  }

  const std::string name_;
  Settings settings_;
  std::string why_not_;
  std::chrono::milliseconds limit_{};
};

}  // namespace

std::unique_ptr<Provider> piper_provider(const ProviderConfig& config) {
  return std::make_unique<PiperProvider>(config);
}

}  // namespace reeld::providers
