// Stable Diffusion WebUI: pictures by txt2img, or by img2img from one reference.
#include <atomic>

#include "providers/base64.hpp"
#include "providers/fields.hpp"
#include "providers/services/asking.hpp"
#include "providers/services/latent_size.hpp"
#include "providers/services/picture_bytes.hpp"
#include "providers/services/references.hpp"
#include "providers/services/services.hpp"
#include "providers/wishes.hpp"

namespace reeld::providers {
namespace {

using nlohmann::json;
using namespace std::chrono_literals;

constexpr std::uint64_t kMaxSeed = 0xFFFFFFFF;
constexpr int kUsualPixels = 1 << 20;               // what SDXL learned from
constexpr std::size_t kMaxAnswerBytes = 256 << 20;  // eight PNG files of four million pixels
constexpr auto kProbeLimit = 10s;
constexpr auto kInterruptLimit = 1s;

const ReferenceLimits kReferences{32 << 20, 32 << 20, {"image/png", "image/jpeg", "image/webp"}};

struct Options {
  json body = json::object();  // fields of the request, as the API calls them
  double denoising_strength = 0;
  int max_pixels = 0;
};

Result<Options> options_in(const json& told) {
  Fields fields(told, {"steps", "cfg_scale", "sampler_name", "scheduler", "denoising_strength", "max_pixels"},
                "/options");
  Options options;
  if (const int steps = fields.integer("steps", 0, 1, 150); steps > 0) options.body["steps"] = steps;
  if (const auto scale = fields.optional_number("cfg_scale", 0, 30)) options.body["cfg_scale"] = *scale;
  for (const char* name : {"sampler_name", "scheduler"}) {
    if (const std::string value = fields.text(name, "", 100); !value.empty()) options.body[name] = value;
  }
  options.denoising_strength = fields.number("denoising_strength", 0.6, 0, 1);
  options.max_pixels = fields.integer("max_pixels", kUsualPixels, 1 << 16, 1 << 24);
  REELD_TRY(fields.result());
  return options;
}

json body_of(const PictureWish& picture, const Options& options, const std::string& model,
             std::uint64_t seed) {
  const PictureSize size = latent_size(picture.width, picture.height, options.max_pixels);
  json body = options.body;
  body.update({{"prompt", picture.prompt},
               {"negative_prompt", picture.negative_prompt},
               {"seed", seed},
               {"width", size.width},
               {"height", size.height},
               {"batch_size", picture.count},
               {"n_iter", 1}});
  if (!model.empty()) body["override_settings"] = {{"sd_model_checkpoint", model}};
  return body;
}

// FastAPI says "detail", as a text or as a list of places; the program's own errors say "errors" or "error".
std::string words_of(const json& body) {
  const json& detail = at_pointer(body, "/detail");
  if (detail.is_array()) {
    const json& first = detail.empty() ? detail : detail[0];
    return at_pointer(first, "/loc").dump() + ": " + text_at(first, "/msg");
  }
  for (const char* place : {"/errors", "/detail", "/error"}) {
    if (const std::string words = text_at(body, place); !words.empty()) return words;
  }
  return "";
}

Tried failure_in(const Exchange& exchange, const Secret& key) {
  Tried tried = failure_of(exchange, [&](const json& body) { return service_words(words_of(body), key); });
  if (exchange.status != 404) return tried;
  const std::string& message = tried.result.error().message;
  if (words_of(exchange.body) == "Sampler not found")
    return failed({Code::invalid_request, message, "/options/sampler_name"}, Remedy::none, 404);
  return failed({Code::provider_unavailable,
                 message + ". The WebUI speaks this API only where it was started with --api."},
                Remedy::none, 404);
}

// The text in "info", which is JSON by itself.
json info_in(const json& answer) {
  const json info = json::parse(text_at(answer, "/info"), nullptr, false);
  return info.is_object() ? info : json::object();
}

// Of a checkpoint that it does not have the WebUI says nothing, and takes the one that is loaded.
bool is_of_model(const json& info, const std::string& model) {
  const std::string name = text_at(info, "/sd_model_name"), hash = text_at(info, "/sd_model_hash");
  return model.empty() || name.empty() || model.find(name) != std::string::npos || model == hash;
}

void describe(Delivery& delivery, const json& info, std::size_t index, std::uint64_t seed) {
  Provenance& made = delivery.provenance;
  const std::string place = std::to_string(index);
  const json& used = at_pointer(info, "/all_seeds/" + place);
  made.seed = used.is_number_unsigned() ? used.get<std::uint64_t>() : seed + index;
  made.model_used = text_at(info, "/sd_model_name");
  for (const char* name : {"width", "height", "steps", "cfg_scale", "sampler_name", "sd_model_hash"})
    keep_if_there(made.metadata, name, at_pointer(info, std::string("/") + name));
  keep_if_there(made.metadata, "infotext", at_pointer(info, "/infotexts/" + place));
}

class SdWebUi : public ModelService {
 public:
  SdWebUi(const ProviderConfig& config, HttpClient& http)
      : config_(config), http_(http), url_(versioned_url(config, "/sdapi/v1")) {}

  ProviderInfo info() const override {
    ProviderInfo info = info_of(config_);
    info.capabilities = {Capability::picture};
    const auto options = options_in(config_.options);
    if (!options) info.why_not = config_.name + ": " + options.error().path + " " + options.error().message;
    if (!key_holds())
      info.why_not = config_.name + ": the key must be a user and a password, \"user:password\"";
    if (options) info.limits["max_pixels"] = options->max_pixels;
    return info;
  }

  Result<void> validate(const Wish& wish) const override {
    if (!key_holds()) return Error{Code::key_invalid, info().why_not};
    if (wish.capability != Capability::picture)
      return Error{Code::provider_unavailable, config_.name + " makes pictures alone"};
    REELD_ASSIGN(const PictureWish picture, picture_wish(wish));
    REELD_TRY(options_in(options_of(config_, picture.options)));
    if (picture.seed.value_or(0) > kMaxSeed)
      return Error{Code::invalid_request, "Stable Diffusion takes seeds from 0 to 4294967295", "/seed"};
    if (picture.references.size() > 1)
      return Error{Code::invalid_request, "Stable Diffusion WebUI takes one reference", "/references"};
    return check_references(picture.references, kReferences);
  }

  Tried try_model(const Wish& wish, const std::string& model, const std::filesystem::path& scratch,
                  const Cancelled& cancelled) override {
    if (const auto valid = validate(wish); !valid) return failed(valid.error(), Remedy::none);
    return finished(make(wish, model, scratch, cancelled), config_);
  }

  Tried probe(const Cancelled& cancelled) override {
    auto came = exchange_json(
        http_, with_key(request_of(config_, url_ + "/sd-models", Clock::now() + kProbeLimit)), cancelled);
    if (auto* failure = std::get_if<Tried>(&came)) return finished(std::move(*failure), config_);
    const auto& exchange = std::get<Exchange>(came);
    if (!exchange.ok()) return finished(failure_in(exchange, config_.key), config_);
    if (!exchange.body.is_array()) return finished(malformed(exchange.response, "has no models"), config_);
    return {std::vector<Delivery>{}, Remedy::none, {}, exchange.status};
  }

 private:
  bool key_holds() const {
    return config_.key.empty() || config_.key.reveal().find(':') != std::string::npos;
  }

  HttpRequest with_key(HttpRequest request) const {
    if (config_.key.empty()) return request;
    request.secret = Secret(base64_encoded(config_.key.reveal()));
    request.secret_header = "Authorization";
    request.secret_prefix = "Basic ";
    return request;
  }

  Tried make(const Wish& wish, const std::string& model, const std::filesystem::path& scratch,
             const Cancelled& cancelled) {
    const PictureWish picture = *picture_wish(wish);
    const Options options = *options_in(options_of(config_, picture.options));
    const std::uint64_t seed = picture.seed.value_or(wish.seed) & kMaxSeed;
    json body = body_of(picture, options, model, seed);
    const auto references = read_references(picture.references, kReferences);
    if (!references) return failed(references.error(), Remedy::none);
    if (!references->empty()) {
      body["init_images"] = {base64_encoded(references->front().bytes)};
      body["denoising_strength"] = options.denoising_strength;
    }
    HttpRequest request =
        with_key(request_of(config_, url_ + (references->empty() ? "/txt2img" : "/img2img"), wish.deadline));
    request.max_bytes = kMaxAnswerBytes;
    set_json_body(request, body);
    ++asked_;
    auto came = exchange_json(http_, request, cancelled);
    const int others = --asked_;
    if (auto* failure = std::get_if<Tried>(&came)) {
      const Code code = failure->result.error().code;
      if ((code == Code::cancelled || code == Code::timed_out) && others == 0) interrupt();
      return std::move(*failure);
    }
    const auto& exchange = std::get<Exchange>(came);
    if (!exchange.ok()) return failure_in(exchange, config_.key);
    return delivered(exchange, model, seed, scratch);
  }

  static Tried delivered(const Exchange& exchange, const std::string& model, std::uint64_t seed,
                         const std::filesystem::path& scratch) {
    const json& images = at_pointer(exchange.body, "/images");
    const json info = info_in(exchange.body);
    if (!is_of_model(info, model))
      return failed({Code::model_unavailable,
                     "the WebUI has no model \"" + model + "\": it took " + text_at(info, "/sd_model_name")},
                    Remedy::other_model, exchange.status);
    // Before it there may be a grid of all pictures.
    const auto first = static_cast<std::size_t>(count_at(info, "/index_of_first_image"));
    if (!images.is_array() || images.size() <= first) return malformed(exchange.response, "has no images");
    std::vector<Delivery> made;
    for (std::size_t i = first; i < images.size(); ++i) {
      if (!images[i].is_string()) return malformed(exchange.response, "has an image that is no text");
      const auto bytes = base64_decoded(images[i].get_ref<const std::string&>());
      if (!bytes) return unusable(bytes.error(), exchange.status);
      auto delivery = picture_delivery(*bytes, "", scratch);
      if (!delivery) return unusable(delivery.error(), exchange.status);
      describe(*delivery, info, i - first, seed);
      delivery->provenance.response_seconds = exchange.response.seconds;
      made.push_back(*std::move(delivery));
    }
    return {std::move(made), Remedy::none, {}, exchange.status};
  }

  // It stops whatever the WebUI makes at the moment, so it is sent only where that can be no other wish's of
  // ours. What it answers does not matter: the try has ended.
  void interrupt() const {
    HttpRequest request = with_key(request_of(config_, url_ + "/interrupt", Clock::now() + kInterruptLimit));
    request.method = "POST";
    (void)http_.perform(request, nullptr);
  }

  const ProviderConfig config_;
  HttpClient& http_;
  const std::string url_;
  std::atomic<int> asked_ = 0;  // requests that wait for their pictures
};

}  // namespace

std::unique_ptr<ModelService> sd_webui_service(const ProviderConfig& config, HttpClient& http) {
  return std::make_unique<SdWebUi>(config, http);
}

}  // namespace reeld::providers
