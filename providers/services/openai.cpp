// OpenAI, and every server that speaks as it does: LocalAI, Ollama, llama.cpp, vLLM. Which of the two forms
// of JSON a model knows is learnt by asking, once.
#include <mutex>
#include <set>

#include "providers/base64.hpp"
#include "providers/services/ai_service.hpp"
#include "providers/services/asking.hpp"
#include "providers/services/openai_answer.hpp"
#include "providers/services/openai_requests.hpp"
#include "providers/services/picture_bytes.hpp"
#include "providers/services/services.hpp"

namespace reeld::providers {
namespace {

using nlohmann::json;
using namespace std::chrono_literals;

constexpr auto kProbeLimit = 10s;
constexpr int kRateHz = 24000;    // of headerless samples
constexpr int kMaxRedirects = 3;  // of a picture's URL
const ReferenceLimits kReferences{25 << 20, 48 << 20, {"image/png", "image/jpeg", "image/webp"}};

class OpenAi : public AiService {
 public:
  OpenAi(const ProviderConfig& config, HttpClient& http)
      : AiService(config, http), url_(versioned_url(config, "/v1")) {}

  Tried probe(const Cancelled& cancelled) override {
    auto came = exchange_json(http_, request_to("/models", Clock::now() + kProbeLimit), cancelled);
    if (auto* failure = std::get_if<Tried>(&came)) return finished(std::move(*failure), config_);
    const auto& exchange = std::get<Exchange>(came);
    if (!exchange.ok()) return finished(openai_failure(exchange, config_.key), config_);
    if (!at_pointer(exchange.body, "/data").is_array())
      return finished(malformed(exchange.response, "has no list of models"), config_);
    return {std::vector<Delivery>{}, Remedy::none, {}, exchange.status};
  }

 private:
  Result<json> limits() const override {
    REELD_ASSIGN(const auto options, openai_options(config_.options));
    return json{
        {"max_text_letters", options.max_text_letters},
        {"voices", options.voices},
        {"sizes", options.sizes},
        {"references",
         {{"max_bytes_each", kReferences.max_bytes_each}, {"max_bytes_all", kReferences.max_bytes_all}}}};
  }

  HttpRequest request_to(const std::string& path, Clock::time_point deadline) const {
    HttpRequest request = request_of(config_, url_ + path, deadline);
    request.secret = config_.key;
    request.secret_header = "Authorization";
    request.secret_prefix = "Bearer ";
    return request;
  }

  Result<OpenAiOptions> options_for(const json& wished) const {
    return openai_options(options_of(config_, wished));
  }

  Result<void> checked_picture(const Wish& wish) const override {
    REELD_ASSIGN(const PictureWish picture, picture_wish(wish));
    REELD_TRY(options_for(picture.options));
    return check_references(picture.references, kReferences);
  }

  Result<void> checked_script(const Wish& wish) const override {
    REELD_ASSIGN(const ScriptWish script, script_wish(wish));
    REELD_TRY(options_for(script.options));
    return {};
  }

  Result<void> checked_speech(const Wish& wish) const override {
    REELD_ASSIGN(const SpeechWish speech, speech_wish(wish));
    REELD_ASSIGN(const OpenAiOptions options, options_for(speech.options));
    REELD_TRY(check_letters(speech.text, options.max_text_letters));
    if (options.voices.empty()) return {};
    return check_voice(speech.voice.empty() ? options.voice : speech.voice, options.voices,
                       speech.voice.empty() ? "/options/voice" : "/voice");
  }

  // Pictures.

  Tried pictures(const Asked& asked) override {
    const PictureWish picture = *picture_wish(asked.wish);
    const OpenAiOptions options = *options_for(picture.options);
    const auto references = read_references(picture.references, kReferences);
    if (!references) return failed(references.error(), Remedy::none);
    std::vector<Delivery> made;
    while (static_cast<int>(made.size()) < picture.count) {
      const int count = std::min(picture.count - static_cast<int>(made.size()),
                                 openai_pictures_a_request(asked.model, options));
      std::optional<std::uint64_t> seed;
      if (options.send_seed) seed = picture.seed.value_or(asked.wish.seed) + made.size();
      const json body = openai_picture_body(picture, options, asked.model, count, seed);
      Tried some = some_pictures(asked, body, *references, count);
      if (!some.result && !keep_made(made, picture.count, some.result.error())) return some;
      if (!some.result) break;
      for (Delivery& one : *some.result) {
        one.provenance.seed = seed;
        made.push_back(std::move(one));
      }
    }
    return {std::move(made), Remedy::none, {}, 200};
  }

  // One request; at most `count` of its pictures, and at least one. Its tokens are the first picture's.
  Tried some_pictures(const Asked& asked, const json& body, const std::vector<ReferenceBytes>& references,
                      int count) const {
    HttpRequest request =
        request_to(references.empty() ? "/images/generations" : "/images/edits", asked.wish.deadline);
    references.empty() ? set_json_body(request, body) : set_edit_form(request, body, references);
    auto came = exchange_json(http_, request, asked.cancelled);
    if (auto* failure = std::get_if<Tried>(&came)) return std::move(*failure);
    const auto& exchange = std::get<Exchange>(came);
    if (!exchange.ok()) return openai_failure(exchange, config_.key);
    const json& data = at_pointer(exchange.body, "/data");
    if (!data.is_array() || data.empty()) return malformed(exchange.response, "has no pictures in \"data\"");
    const std::string format = text_at(exchange.body, "/output_format");
    std::vector<Delivery> made;
    for (const json& item : data) {
      if (static_cast<int>(made.size()) == count) break;
      Tried one = picture(asked, item, format.empty() ? "" : "image/" + format, exchange.response);
      if (!one.result) return one;
      made.push_back(std::move(one.result->front()));
      Provenance& provenance = made.back().provenance;
      if (made.size() == 1) provenance = openai_provenance(exchange);
      provenance.response_seconds = exchange.response.seconds;
      const std::string revised = text_at(item, "/revised_prompt");
      if (!revised.empty()) provenance.metadata["revised_prompt"] = service_words(revised, config_.key);
    }
    return {std::move(made), Remedy::none, {}, exchange.status};
  }

  Tried picture(const Asked& asked, const json& item, const std::string& said_type,
                const HttpResponse& response) const {
    const std::string base64 = text_at(item, "/b64_json"), url = text_at(item, "/url");
    if (base64.empty() && url.empty()) return malformed(response, "has a picture without b64_json and url");
    if (base64.empty() && !url.starts_with("data:")) return fetched_picture(asked, url);
    const auto bytes = base64_decoded(base64.empty() ? url : base64);
    if (!bytes) return unusable(bytes.error(), response.status);
    return delivered(picture_delivery(*bytes, said_type, asked.scratch), response.status);
  }

  // The key is not for whoever keeps the pictures; where the URL may lead is checked as for the service
  // itself.
  Tried fetched_picture(const Asked& asked, const std::string& url) const {
    HttpRequest request = request_of(config_, url, asked.wish.deadline);
    request.max_redirects = kMaxRedirects;
    const auto response = http_.perform(request, asked.cancelled);
    if (!response) return failure_of(response.error());
    if (response->status == 200)
      return delivered(picture_delivery(response->body, response->header("content-type"), asked.scratch),
                       200);
    Tried gone = failure_of_status(*response, "the picture is not where the answer says");
    return failed({Code::provider_failed, gone.result.error().message}, Remedy::later, response->status);
  }

  static Tried delivered(Result<Delivery> delivery, int status) {
    if (!delivery) return unusable(delivery.error(), status);
    return {std::vector{*std::move(delivery)}, Remedy::none, {}, status};
  }

  // Speech.

  Tried speech(const Asked& asked) override {
    const SpeechWish speech = *speech_wish(asked.wish);
    const OpenAiOptions options = *options_for(speech.options);
    HttpRequest request = request_to("/audio/speech", asked.wish.deadline);
    set_json_body(request, openai_speech_body(speech, options, asked.model));
    const auto response = http_.perform(request, asked.cancelled);
    if (!response) return failure_of(response.error());
    if (response->status < 200 || response->status > 299) return openai_failure(*response, config_.key);
    std::string type = response->header("content-type");
    if (options.speech_format == "pcm" && response->media_type() == "application/octet-stream")
      type = "audio/pcm";
    Tried tried = delivered(sound_delivery(response->body, type, asked.scratch, kRateHz), response->status);
    if (!tried.result) return tried;
    Provenance& provenance = tried.result->front().provenance;
    provenance.response_seconds = response->seconds;
    const std::string request_id = response->header("x-request-id");
    if (!request_id.empty()) provenance.metadata["request_id"] = request_id;
    const auto ignored = openai_ignored(speech, asked.model);
    if (!ignored.empty()) provenance.metadata["ignored"] = ignored;
    return tried;
  }

  // Scripts.

  Tried script(const Asked& asked) override {
    const ScriptWish script = *script_wish(asked.wish);
    const ScriptForm form = form_of(asked.model);
    auto came = ask_script(asked, script, form);
    const auto* refused = std::get_if<Exchange>(&came);
    if (refused != nullptr && !script.schema.is_null() && form == ScriptForm::json_schema &&
        knows_no_json_schema(*refused)) {
      remember_no_json_schema(asked.model);
      came = ask_script(asked, script, ScriptForm::json_object);
    }
    if (auto* failure = std::get_if<Tried>(&came)) return std::move(*failure);
    const auto& exchange = std::get<Exchange>(came);
    if (!exchange.ok()) return openai_failure(exchange, config_.key);
    auto words = openai_words(exchange, config_.key);
    if (auto* failure = std::get_if<Tried>(&words)) return std::move(*failure);
    const auto& said = std::get<std::string>(words);
    const auto text = script.schema.is_null() ? Result<std::string>(said) : json_in(said);
    if (!text) return unusable(text.error(), exchange.status);
    Delivery delivery;
    delivery.text = *text;
    delivery.source_type = "GENERATED";
    delivery.provenance = openai_provenance(exchange);
    delivery.provenance.seed = script.seed;
    return {std::vector{std::move(delivery)}, Remedy::none, {}, exchange.status};
  }

  std::variant<Exchange, Tried> ask_script(const Asked& asked, const ScriptWish& script,
                                           ScriptForm form) const {
    HttpRequest request = request_to("/chat/completions", asked.wish.deadline);
    set_json_body(request, openai_script_body(script, *options_for(script.options), asked.model, form));
    return exchange_json(http_, request, asked.cancelled);
  }

  ScriptForm form_of(const std::string& model) const {
    const std::lock_guard lock(mutex_);
    return without_json_schema_.contains(model) ? ScriptForm::json_object : ScriptForm::json_schema;
  }

  void remember_no_json_schema(const std::string& model) {
    const std::lock_guard lock(mutex_);
    without_json_schema_.insert(model);
  }

  const std::string url_;
  mutable std::mutex mutex_;
  std::set<std::string> without_json_schema_;  // models
};

}  // namespace

std::unique_ptr<ModelService> openai_service(const ProviderConfig& config, HttpClient& http) {
  return std::make_unique<OpenAi>(config, http);
}

}  // namespace reeld::providers
