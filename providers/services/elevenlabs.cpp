// ElevenLabs: speech with the times of its words, by text-to-speech/{voice}/with-timestamps.
#include <algorithm>
#include <charconv>
#include <map>

#include "providers/base64.hpp"
#include "providers/fields.hpp"
#include "providers/services/asking.hpp"
#include "providers/services/elevenlabs_answer.hpp"
#include "providers/services/picture_bytes.hpp"
#include "providers/services/services.hpp"
#include "providers/wishes.hpp"

namespace reeld::providers {
namespace {

using nlohmann::json;
using namespace std::chrono_literals;

constexpr std::uint64_t kMaxSeed = 0xFFFFFFFF;
constexpr double kMinSpeed = 0.7, kMaxSpeed = 1.2;
// The most that any of its models takes; the service knows its model's own.
constexpr int kMaxSpokenLetters = 40000;
// 40000 letters are 45 minutes, 43 MB of MP3 at 128 kbit/s, and that in base64 beside the times.
constexpr std::size_t kMaxAnswerBytes = 160 << 20;
constexpr auto kProbeLimit = 10s;

struct Options {
  std::string voice;                          // an id or a name of `voices`
  std::map<std::string, std::string> voices;  // ids by the names that a person gave them
  std::string said_type;                      // of the sound
  std::string output_format;
  json voice_settings = json::object();
  std::string text_normalization;
};

Result<std::string> type_of_format(const std::string& format) {
  if (format.starts_with("mp3_")) return std::string("audio/mpeg");
  int rate_hz = 0;
  const char* const end = format.data() + format.size();
  if (format.starts_with("pcm_") && std::from_chars(format.data() + 4, end, rate_hz).ptr == end)
    return "audio/pcm;rate=" + std::to_string(rate_hz);
  return Error{Code::invalid_request, "must be a format such as mp3_44100_128 or pcm_24000",
               "/options/output_format"};
}

Result<Options> options_in(const json& told) {
  Fields fields(told,
                {"voice", "voices", "output_format", "stability", "similarity_boost", "style",
                 "use_speaker_boost", "apply_text_normalization"},
                "/options");
  Options options;
  options.voice = fields.text("voice", "", 200);
  options.output_format = fields.text("output_format", "mp3_44100_128", 30);
  for (const char* name : {"stability", "similarity_boost", "style"}) {
    if (const auto value = fields.optional_number(name, 0, 1)) options.voice_settings[name] = *value;
  }
  if (told.is_object() && told.contains("use_speaker_boost"))
    options.voice_settings["use_speaker_boost"] = fields.boolean("use_speaker_boost", true);
  options.text_normalization = fields.choice("apply_text_normalization", "auto", {"auto", "on", "off"});
  const json voices = fields.object("voices");
  for (const auto& [name, id] : voices.items()) {
    if (!id.is_string() || id.get_ref<const std::string&>().empty()) {
      fields.fail("voices/" + name, "must be the id of a voice");
    } else {
      options.voices[name] = id.get<std::string>();
    }
  }
  REELD_TRY(fields.result());
  REELD_ASSIGN(options.said_type, type_of_format(options.output_format));
  return options;
}

Result<void> check_range(const SpeechWish& speech) {
  if (speech.speed < kMinSpeed || speech.speed > kMaxSpeed)
    return Error{Code::invalid_request, "ElevenLabs speaks at speeds from 0.7 to 1.2", "/speed"};
  if (speech.pitch != 1)
    return Error{Code::invalid_request, "ElevenLabs cannot change a voice's pitch", "/pitch"};
  if (speech.seed.value_or(0) > kMaxSeed)
    return Error{Code::invalid_request, "ElevenLabs takes seeds from 0 to 4294967295", "/seed"};
  return {};
}

// "de-AT" as "de": the service takes ISO 639-1.
std::string language_of(const std::string& bcp_47) {
  std::string language = bcp_47.substr(0, bcp_47.find_first_of("-_"));
  std::ranges::transform(language, language.begin(), [](unsigned char c) { return std::tolower(c); });
  return language;
}

json body_of(const SpeechWish& speech, const Options& options, const std::string& model, std::uint64_t seed) {
  json body = {
      {"text", speech.text}, {"seed", seed}, {"apply_text_normalization", options.text_normalization}};
  if (!model.empty()) body["model_id"] = model;
  if (!speech.language.empty()) body["language_code"] = language_of(speech.language);
  json settings = options.voice_settings;
  if (speech.speed != 1) settings["speed"] = speech.speed;
  if (!settings.empty()) body["voice_settings"] = settings;
  return body;
}

// The words, and in `metadata` where they are from. Sound without times is still the sound asked for.
std::vector<WordTime> words_in(const json& answer, json& metadata) {
  for (const char* which : {"alignment", "normalized_alignment"}) {
    if (auto words = words_of_alignment(at_pointer(answer, std::string("/") + which))) {
      metadata["words_from"] = which;
      return *std::move(words);
    }
  }
  return {};
}

class ElevenLabs : public ModelService {
 public:
  ElevenLabs(const ProviderConfig& config, HttpClient& http)
      : config_(config), http_(http), url_(versioned_url(config, "/v1")) {}

  ProviderInfo info() const override {
    ProviderInfo info = info_of(config_);
    info.capabilities = {Capability::speech};
    const auto options = options_in(config_.options);
    if (!options) info.why_not = config_.name + ": " + options.error().path + " " + options.error().message;
    if (needs_key()) info.why_not = no_key_words(config_);
    info.limits = {{"max_text_letters", kMaxSpokenLetters}, {"speed", {kMinSpeed, kMaxSpeed}}};
    for (const auto& [name, id] : options ? options->voices : std::map<std::string, std::string>{})
      info.limits["voices"].push_back(name);
    return info;
  }

  Result<void> validate(const Wish& wish) const override {
    if (needs_key()) return Error{Code::key_invalid, info().why_not};
    if (wish.capability != Capability::speech)
      return Error{Code::provider_unavailable, config_.name + " makes speech alone"};
    REELD_ASSIGN(const SpeechWish speech, speech_wish(wish));
    REELD_ASSIGN(const Options options, options_for(speech));
    REELD_TRY(check_range(speech));
    REELD_TRY(check_letters(speech.text, kMaxSpokenLetters));
    REELD_TRY(voice_id(speech, options));
    return {};
  }

  Tried try_model(const Wish& wish, const std::string& model, const std::filesystem::path& scratch,
                  const Cancelled& cancelled) override {
    if (const auto valid = validate(wish); !valid) return failed(valid.error(), Remedy::none);
    return finished(speak(wish, model, scratch, cancelled), config_);
  }

  Tried probe(const Cancelled& cancelled) override {
    auto came = exchange_json(
        http_, with_key(request_of(config_, url_ + "/models", Clock::now() + kProbeLimit)), cancelled);
    if (auto* failure = std::get_if<Tried>(&came)) return finished(std::move(*failure), config_);
    const auto& exchange = std::get<Exchange>(came);
    if (!exchange.ok()) return finished(elevenlabs_failure(exchange, config_.key), config_);
    if (!exchange.body.is_array()) return finished(malformed(exchange.response, "has no models"), config_);
    return {std::vector<Delivery>{}, Remedy::none, {}, exchange.status};
  }

 private:
  bool needs_key() const { return config_.key.empty() && !config_.allow_private_addresses; }

  HttpRequest with_key(HttpRequest request) const {
    request.secret = config_.key;
    request.secret_header = "xi-api-key";
    return request;
  }

  Result<Options> options_for(const SpeechWish& speech) const {
    return options_in(options_of(config_, speech.options));
  }

  static Result<std::string> voice_id(const SpeechWish& speech, const Options& options) {
    const std::string& voice = speech.voice.empty() ? options.voice : speech.voice;
    if (voice.empty())
      return Error{Code::invalid_request, "is needed: ElevenLabs has no voice of its own accord", "/voice"};
    const auto named = options.voices.find(voice);
    return named == options.voices.end() ? voice : named->second;
  }

  Tried speak(const Wish& wish, const std::string& model, const std::filesystem::path& scratch,
              const Cancelled& cancelled) const {
    const SpeechWish speech = *speech_wish(wish);
    const Options options = *options_for(speech);
    const std::uint64_t seed = speech.seed.value_or(wish.seed) & kMaxSeed;
    const std::string voice = *voice_id(speech, options);
    HttpRequest request =
        with_key(request_of(config_,
                            url_ + "/text-to-speech/" + url_encoded(voice) +
                                "/with-timestamps?output_format=" + url_encoded(options.output_format),
                            wish.deadline));
    request.max_bytes = kMaxAnswerBytes;
    set_json_body(request, body_of(speech, options, model, seed));
    auto came = exchange_json(http_, request, cancelled);
    if (auto* failure = std::get_if<Tried>(&came)) return std::move(*failure);
    const auto& exchange = std::get<Exchange>(came);
    if (!exchange.ok()) return elevenlabs_failure(exchange, config_.key);

    const json& sound = at_pointer(exchange.body, "/audio_base64");
    if (!sound.is_string()) return malformed(exchange.response, "has no audio_base64");
    const auto bytes = base64_decoded(sound.get_ref<const std::string&>());
    if (!bytes) return unusable(bytes.error(), exchange.status);
    auto delivery = sound_delivery(*bytes, options.said_type, scratch);
    if (!delivery) return unusable(delivery.error(), exchange.status);
    Provenance& made = delivery->provenance;
    made.seed = seed;
    made.response_seconds = exchange.response.seconds;
    made.metadata["voice_id"] = voice;
    delivery->words = words_in(exchange.body, made.metadata);
    for (const char* name : {"request-id", "character-cost"}) {
      if (const std::string value = exchange.response.header(name); !value.empty())
        made.metadata[name] = value;
    }
    return {std::vector{*std::move(delivery)}, Remedy::none, {}, exchange.status};
  }

  const ProviderConfig config_;
  HttpClient& http_;
  const std::string url_;
};

}  // namespace

std::unique_ptr<ModelService> elevenlabs_service(const ProviderConfig& config, HttpClient& http) {
  return std::make_unique<ElevenLabs>(config, http);
}

}  // namespace reeld::providers
