// Gemini: pictures, scripts and speech, all by generateContent. One request a picture, since a request makes
// one; the headers of a picture or sound are checked, the rest of it is the worker's to judge.
#include <algorithm>
#include <array>
#include <cmath>

#include "providers/base64.hpp"
#include "providers/fields.hpp"
#include "providers/services/ai_service.hpp"
#include "providers/services/asking.hpp"
#include "providers/services/gemini_answer.hpp"
#include "providers/services/gemini_schema.hpp"
#include "providers/services/picture_bytes.hpp"
#include "providers/services/references.hpp"
#include "providers/services/services.hpp"
#include "providers/wishes.hpp"

namespace reeld::providers {
namespace {

using nlohmann::json;
using namespace std::chrono_literals;

constexpr std::uint64_t kMaxSeed = 0x7FFFFFFF;
// The speech models read 8192 tokens and speak for about eleven minutes at most.
constexpr int kMaxSpokenLetters = 8000;
constexpr int kRateHz = 24000;  // where the answer's type does not say
constexpr auto kProbeLimit = 10s;

// A request takes 20 MB in all, of which base64 leaves three quarters.
const ReferenceLimits kReferences{7 << 20, 14 << 20, {"image/png", "image/jpeg", "image/webp"}};

// What the API calls a ratio, and its pixels at 1K.
struct Shape {
  const char* ratio;
  int width, height;
};
constexpr std::array kShapes = {Shape{"1:1", 1024, 1024}, Shape{"2:3", 832, 1248}, Shape{"3:2", 1248, 832},
                                Shape{"3:4", 864, 1184},  Shape{"4:3", 1184, 864}, Shape{"9:16", 768, 1344},
                                Shape{"16:9", 1344, 768}, Shape{"21:9", 1536, 672}};

const std::vector<std::string> kVoices = {
    "Zephyr",    "Puck",          "Charon",       "Kore",      "Fenrir",     "Leda",
    "Orus",      "Aoede",         "Callirrhoe",   "Autonoe",   "Enceladus",  "Iapetus",
    "Umbriel",   "Algieba",       "Despina",      "Erinome",   "Algenib",    "Rasalgethi",
    "Laomedeia", "Achernar",      "Alnilam",      "Schedar",   "Gacrux",     "Pulcherrima",
    "Achird",    "Zubenelgenubi", "Vindemiatrix", "Sadachbia", "Sadaltager", "Sulafat"};

struct Options {
  std::string voice, instructions;
  std::vector<std::string> voices, image_size_models;
  int max_text_letters = 0, thinking_budget = 0;
  bool has_thinking_budget = false;
};

Result<Options> options_in(const json& told) {
  Fields fields(
      told, {"voice", "voices", "instructions", "image_size_models", "max_text_letters", "thinking_budget"},
      "/options");
  Options options;
  options.voice = fields.text("voice", "Kore", 100);
  options.voices = fields.texts("voices", 200, 100);
  if (options.voices.empty()) options.voices = kVoices;
  options.instructions = fields.text("instructions", "", 4096);
  options.image_size_models = fields.texts("image_size_models", 50, 200);
  if (!told.is_object() || !told.contains("image_size_models")) options.image_size_models = {"gemini-3"};
  options.max_text_letters = fields.integer("max_text_letters", kMaxSpokenLetters, 1, 100000);
  options.has_thinking_budget = told.is_object() && told.contains("thinking_budget");
  options.thinking_budget = fields.integer("thinking_budget", -1, -1, 32768);
  REELD_TRY(fields.result());
  return options;
}

const Shape& nearest_shape(int width, int height) {
  const double wished = std::log(static_cast<double>(width) / height);
  return *std::ranges::min_element(kShapes, {}, [&](const Shape& shape) {
    return std::abs(std::log(static_cast<double>(shape.width) / shape.height) - wished);
  });
}

// The smallest size whose longer side comes within a tenth of the wished one.
const char* image_size(const Shape& shape, int width, int height) {
  const double wished = std::max(width, height) / 1.1, side = std::max(shape.width, shape.height);
  return wished <= side ? "1K" : wished <= 2 * side ? "2K" : "4K";
}

// The wish's seed, else the request's; each further picture has the next one.
std::uint64_t seed_of(const std::optional<std::uint64_t>& wished, const Wish& wish, int index) {
  return (wished.value_or(wish.seed) + static_cast<std::uint64_t>(index)) & kMaxSeed;
}

Result<void> check_seed(const std::optional<std::uint64_t>& seed) {
  if (seed.value_or(0) <= kMaxSeed) return {};
  return Error{Code::invalid_request, "Gemini takes seeds from 0 to 2147483647", "/seed"};
}

json text_part(const std::string& text) {
  return {{"text", text}};
}

json picture_body(const PictureWish& picture, const std::vector<ReferenceBytes>& references,
                  const Options& options, const std::string& model, std::uint64_t seed) {
  std::string prompt = picture.prompt;
  if (!picture.negative_prompt.empty()) prompt += "\nLeave out of the picture: " + picture.negative_prompt;
  json parts = json::array({text_part(prompt)});
  for (const ReferenceBytes& reference : references)
    parts.push_back(
        {{"inlineData", {{"mimeType", reference.media_type}, {"data", base64_encoded(reference.bytes)}}}});
  const Shape& shape = nearest_shape(picture.width, picture.height);
  json image = {{"aspectRatio", shape.ratio}};
  const auto takes_size = [&](const std::string& prefix) { return model.starts_with(prefix); };
  if (std::ranges::any_of(options.image_size_models, takes_size))
    image["imageSize"] = image_size(shape, picture.width, picture.height);
  return {{"contents", json::array({{{"role", "user"}, {"parts", parts}}})},
          {"generationConfig",
           {{"responseModalities", {"TEXT", "IMAGE"}}, {"imageConfig", image}, {"seed", seed}}}};
}

Result<json> script_body(const ScriptWish& script, const Options& options, std::uint64_t seed) {
  json contents = json::array(), system = json::array();
  for (const Message& message : script.messages) {
    if (message.role == "system") {
      system.push_back(text_part(message.text));
    } else {
      contents.push_back({{"role", message.role == "assistant" ? "model" : "user"},
                          {"parts", json::array({text_part(message.text)})}});
    }
  }
  if (contents.empty())
    return Error{Code::invalid_request, "Gemini needs a message beside those of the system", "/messages"};
  json config = {{"maxOutputTokens", script.max_output_tokens}, {"seed", seed}};
  if (script.temperature) config["temperature"] = *script.temperature;
  if (options.has_thinking_budget) config["thinkingConfig"] = {{"thinkingBudget", options.thinking_budget}};
  if (!script.schema.is_null()) {
    config["responseMimeType"] = "application/json";
    REELD_ASSIGN(config["responseSchema"], gemini_schema(script.schema));
  }
  json body = {{"contents", contents}, {"generationConfig", config}};
  if (!system.empty()) body["systemInstruction"] = {{"parts", system}};
  return body;
}

// Speed and pitch have no field of their own, so they are said before the text.
std::string spoken_prompt(const SpeechWish& speech, const Options& options) {
  std::string how = options.instructions;
  const auto say = [&](const std::string& what) { how += (how.empty() ? "" : ", ") + what; };
  const auto percent = [](double factor) { return std::to_string(std::lround(100 * factor)) + "%"; };
  if (speech.speed != 1) say("at " + percent(speech.speed) + " of the usual pace");
  if (speech.pitch != 1)
    say(std::string("in a ") + (speech.pitch < 1 ? "lower" : "higher") + " voice than usual");
  if (how.empty()) return speech.text;
  return (options.instructions.empty() ? "Read aloud " + how : how) + ": " + speech.text;
}

json speech_body(const SpeechWish& speech, const Options& options) {
  const std::string& voice = speech.voice.empty() ? options.voice : speech.voice;
  json config = {{"voiceConfig", {{"prebuiltVoiceConfig", {{"voiceName", voice}}}}}};
  if (!speech.language.empty()) config["languageCode"] = speech.language;
  const json parts = json::array({text_part(spoken_prompt(speech, options))});
  json generation = {{"responseModalities", {"AUDIO"}}, {"speechConfig", config}};
  if (speech.seed) generation["seed"] = *speech.seed;
  return {{"contents", json::array({{{"role", "user"}, {"parts", parts}}})},
          {"generationConfig", generation}};
}

class Gemini : public AiService {
 public:
  Gemini(const ProviderConfig& config, HttpClient& http)
      : AiService(config, http), url_(versioned_url(config, "/v1beta")) {}

  Tried probe(const Cancelled& cancelled) override {
    HttpRequest request =
        with_key(request_of(config_, url_ + "/models?pageSize=1", Clock::now() + kProbeLimit));
    auto came = exchange_json(http_, request, cancelled);
    if (auto* failure = std::get_if<Tried>(&came)) return finished(std::move(*failure), config_);
    const auto& exchange = std::get<Exchange>(came);
    if (exchange.ok() && exchange.body.contains("models"))
      return {std::vector<Delivery>{}, Remedy::none, {}, exchange.status};
    if (exchange.ok()) return finished(malformed(exchange.response, "has no models"), config_);
    return finished(std::get<Tried>(gemini_answer(exchange, config_.key)), config_);
  }

 private:
  Result<json> limits() const override {
    REELD_ASSIGN(const auto options, options_in(config_.options));
    return json{
        {"max_text_letters", options.max_text_letters},
        {"voices", options.voices},
        {"references",
         {{"max_bytes_each", kReferences.max_bytes_each}, {"max_bytes_all", kReferences.max_bytes_all}}}};
  }

  HttpRequest with_key(HttpRequest request) const {
    request.secret = config_.key;
    request.secret_header = "x-goog-api-key";
    return request;
  }

  Result<Options> options_for(const json& wished) const { return options_in(options_of(config_, wished)); }

  Result<void> checked_picture(const Wish& wish) const override {
    REELD_ASSIGN(const PictureWish picture, picture_wish(wish));
    REELD_TRY(options_for(picture.options));
    REELD_TRY(check_seed(picture.seed));
    return check_references(picture.references, kReferences);
  }

  Result<void> checked_script(const Wish& wish) const override {
    REELD_ASSIGN(const ScriptWish script, script_wish(wish));
    REELD_ASSIGN(const Options options, options_for(script.options));
    REELD_TRY(check_seed(script.seed));
    REELD_TRY(script_body(script, options, 0));
    return {};
  }

  Result<void> checked_speech(const Wish& wish) const override {
    REELD_ASSIGN(const SpeechWish speech, speech_wish(wish));
    REELD_ASSIGN(const Options options, options_for(speech.options));
    REELD_TRY(check_seed(speech.seed));
    REELD_TRY(check_letters(speech.text, options.max_text_letters));
    const std::string& voice = speech.voice.empty() ? options.voice : speech.voice;
    return check_voice(voice, options.voices, speech.voice.empty() ? "/options/voice" : "/voice");
  }

  std::variant<GeminiAnswer, Tried> ask(const Asked& asked, const json& body) const {
    HttpRequest request = with_key(request_of(
        config_, url_ + "/models/" + url_encoded(asked.model) + ":generateContent", asked.wish.deadline));
    set_json_body(request, body);
    auto came = exchange_json(http_, request, asked.cancelled);
    if (auto* failure = std::get_if<Tried>(&came)) return std::move(*failure);
    return gemini_answer(std::get<Exchange>(came), config_.key);
  }

  Tried pictures(const Asked& asked) override {
    const PictureWish picture = *picture_wish(asked.wish);
    const Options options = *options_for(picture.options);
    const auto references = read_references(picture.references, kReferences);
    if (!references) return failed(references.error(), Remedy::none);
    std::vector<Delivery> made;
    for (int index = 0; index < picture.count; ++index) {
      const std::uint64_t seed = seed_of(picture.seed, asked.wish, index);
      Tried one = this->picture(asked, picture_body(picture, *references, options, asked.model, seed));
      if (!one.result && !keep_made(made, picture.count, one.result.error())) return one;
      if (!one.result) break;
      made.push_back(std::move(one.result->front()));
      made.back().provenance.seed = seed;
    }
    return {std::move(made), Remedy::none, {}, 200};
  }

  Tried picture(const Asked& asked, const json& body) const {
    return file(asked, body, [&](const std::string& bytes, const std::string& type) {
      return picture_delivery(bytes, type, asked.scratch);
    });
  }

  Tried speech(const Asked& asked) override {
    const SpeechWish speech = *speech_wish(asked.wish);
    Tried tried = file(asked, speech_body(speech, *options_for(speech.options)),
                       [&](const std::string& bytes, const std::string& type) {
                         return sound_delivery(bytes, type, asked.scratch, kRateHz);
                       });
    if (tried.result) tried.result->front().provenance.seed = speech.seed;
    return tried;
  }

  // The first bytes of an answer, as `deliver` makes a file of them.
  template <class Deliver>
  Tried file(const Asked& asked, const json& body, const Deliver& deliver) const {
    auto came = ask(asked, body);
    if (auto* failure = std::get_if<Tried>(&came)) return std::move(*failure);
    const auto& answer = std::get<GeminiAnswer>(came);
    if (answer.bytes.empty())
      return failed({Code::response_media_type,
                     "the answer is words alone: " + service_words(answer.text, config_.key)},
                    Remedy::later, 200);
    const auto bytes = base64_decoded(answer.bytes.front().base64);
    if (!bytes) return unusable(bytes.error(), 200);
    auto delivery = deliver(*bytes, answer.bytes.front().media_type);
    if (!delivery) return unusable(delivery.error(), 200);
    delivery->provenance = answer.provenance;
    if (!answer.text.empty()) delivery->provenance.metadata["text"] = service_words(answer.text, config_.key);
    return {std::vector{*std::move(delivery)}, Remedy::none, {}, 200};
  }

  Tried script(const Asked& asked) override {
    const ScriptWish script = *script_wish(asked.wish);
    const std::uint64_t seed = seed_of(script.seed, asked.wish, 0);
    auto came = ask(asked, *script_body(script, *options_for(script.options), seed));
    if (auto* failure = std::get_if<Tried>(&came)) return std::move(*failure);
    auto& answer = std::get<GeminiAnswer>(came);
    const auto text = script.schema.is_null() ? Result<std::string>(answer.text) : json_in(answer.text);
    if (!text) return unusable(text.error(), 200);
    Delivery delivery;
    delivery.text = *text;
    delivery.source_type = "GENERATED";
    delivery.provenance = std::move(answer.provenance);
    delivery.provenance.seed = seed;
    return {std::vector{std::move(delivery)}, Remedy::none, {}, 200};
  }

  const std::string url_;
};

}  // namespace

std::unique_ptr<ModelService> gemini_service(const ProviderConfig& config, HttpClient& http) {
  return std::make_unique<Gemini>(config, http);
}

}  // namespace reeld::providers
