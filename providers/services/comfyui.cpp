// ComfyUI: pictures by a workflow of the user's own, whose slots are filled. It takes the graph into its
// queue, and tells in its history what came of it.
#include <thread>

#include "providers/fields.hpp"
#include "providers/media_type.hpp"
#include "providers/services/asking.hpp"
#include "providers/services/comfyui_answer.hpp"
#include "providers/services/comfyui_workflow.hpp"
#include "providers/services/latent_size.hpp"
#include "providers/services/multipart.hpp"
#include "providers/services/picture_bytes.hpp"
#include "providers/services/references.hpp"
#include "providers/services/services.hpp"
#include "providers/wishes.hpp"

namespace reeld::providers {
namespace {

using nlohmann::json;
using namespace std::chrono_literals;

constexpr int kUsualPixels = 1 << 20;  // what SDXL learned from
constexpr auto kFirstPause = 100ms, kLongestPause = 1000ms;
constexpr auto kSlice = 20ms;  // how long a cancel may go unnoticed
constexpr int kMaxFailedPolls = 3;
constexpr auto kProbeLimit = 10s;
constexpr auto kStopLimit = 1s;

const ReferenceLimits kReferences{32 << 20, 32 << 20, {"image/png", "image/jpeg", "image/webp"}};

struct Options {
  std::filesystem::path workflow;
  int max_pixels = 0;
};

Result<Options> options_in(const json& told) {
  Fields fields(told, {"workflow", "max_pixels"}, "/options");
  Options options;
  options.workflow = fields.needed_text("workflow", 4096);
  options.max_pixels = fields.integer("max_pixels", kUsualPixels, 1 << 16, 1 << 24);
  REELD_TRY(fields.result());
  return options;
}

// What is wished and has no slot would be lost in silence.
Result<void> check_slots(const ComfyWorkflow& workflow, const PictureWish& picture) {
  const auto needed = [&](const char* slot, const char* field, bool wished) -> Result<void> {
    if (!wished || workflow.has(slot)) return {};
    return Error{Code::invalid_request, std::string("the workflow has no slot {{") + slot + "}} for it",
                 std::string("/") + field};
  };
  REELD_TRY(needed("negative_prompt", "negative_prompt", !picture.negative_prompt.empty()));
  REELD_TRY(needed("seed", "seed", picture.seed.has_value()));
  REELD_TRY(needed("count", "count", picture.count > 1));
  REELD_TRY(needed("model", "model", !picture.model.empty()));
  REELD_TRY(needed("reference", "references", !picture.references.empty()));
  if (workflow.has("reference") && picture.references.size() != 1)
    return Error{Code::invalid_request, "the workflow needs one reference", "/references"};
  return {};
}

// Sleeps, looking at `cancelled`; false once it is or the deadline has passed.
bool waited(Clock::duration pause, Clock::time_point deadline, const Cancelled& cancelled) {
  for (const auto end = Clock::now() + pause; Clock::now() < end; std::this_thread::sleep_for(kSlice)) {
    if ((cancelled && cancelled()) || Clock::now() >= deadline) return false;
  }
  return true;
}

class ComfyUi : public ModelService {
 public:
  ComfyUi(const ProviderConfig& config, HttpClient& http) : config_(config), http_(http) {}

  ProviderInfo info() const override {
    ProviderInfo info = info_of(config_);
    info.capabilities = {Capability::picture};
    const auto options = options_in(config_.options);
    const auto workflow = options ? ComfyWorkflow::read(options->workflow) : options.error();
    if (!workflow)
      info.why_not = config_.name + ": " + workflow.error().path + " " + workflow.error().message;
    if (options) info.limits["max_pixels"] = options->max_pixels;
    return info;
  }

  Result<void> validate(const Wish& wish) const override {
    if (wish.capability != Capability::picture)
      return Error{Code::provider_unavailable, config_.name + " makes pictures alone"};
    REELD_ASSIGN(const PictureWish picture, picture_wish(wish));
    // A wish names no file of this machine's but references, so all options are the configuration's.
    REELD_TRY(Fields(picture.options, {}, "/options").result());
    REELD_ASSIGN(const Options options, options_in(config_.options));
    REELD_ASSIGN(const ComfyWorkflow workflow, ComfyWorkflow::read(options.workflow));
    REELD_TRY(check_slots(workflow, picture));
    return check_references(picture.references, kReferences);
  }

  Tried try_model(const Wish& wish, const std::string& model, const std::filesystem::path& scratch,
                  const Cancelled& cancelled) override {
    if (const auto valid = validate(wish); !valid) return failed(valid.error(), Remedy::none);
    const Asked asked{wish, model, scratch, cancelled,
                      std::min(wish.deadline, Clock::now() + config_.timeouts.whole)};
    return finished(make(asked), config_);
  }

  Tried probe(const Cancelled& cancelled) override {
    auto came = exchange_json(http_, request("/system_stats", Clock::now() + kProbeLimit), cancelled);
    if (auto* failure = std::get_if<Tried>(&came)) return finished(std::move(*failure), config_);
    const auto& exchange = std::get<Exchange>(came);
    if (!exchange.ok()) return finished(comfyui_failure(exchange, {}, config_.key), config_);
    if (!exchange.body.contains("system"))
      return finished(malformed(exchange.response, "is not ComfyUI's"), config_);
    return {std::vector<Delivery>{}, Remedy::none, {}, exchange.status};
  }

 private:
  struct Asked {
    const Wish& wish;
    const std::string& model;
    const std::filesystem::path& scratch;
    const Cancelled& cancelled;
    const Clock::time_point deadline;  // of the whole try, which is many requests
  };

  HttpRequest request(const std::string& path, Clock::time_point deadline) const {
    HttpRequest request = request_of(config_, config_.base_url + path, deadline);
    if (!config_.key.empty()) {
      request.secret = config_.key;
      request.secret_header = "Authorization";
      request.secret_prefix = "Bearer ";
    }
    return request;
  }

  // The story of a picture: its reference goes up, the graph into the queue, and the files come down.
  Tried make(const Asked& asked) const {
    const PictureWish picture = *picture_wish(asked.wish);
    const Options options = *options_in(config_.options);
    const auto workflow = ComfyWorkflow::read(options.workflow);
    if (!workflow) return failed(workflow.error(), Remedy::none);
    const std::uint64_t seed = picture.seed.value_or(asked.wish.seed);
    const PictureSize size = latent_size(picture.width, picture.height, options.max_pixels);
    std::map<std::string, json> values = {{"prompt", picture.prompt},
                                          {"negative_prompt", picture.negative_prompt},
                                          {"seed", seed},
                                          {"width", size.width},
                                          {"height", size.height},
                                          {"count", picture.count},
                                          {"model", asked.model},
                                          {"reference", ""}};
    if (workflow->has("model") && asked.model.empty())
      return failed(
          {Code::invalid_request, "the workflow has a slot {{model}}: configure models.picture", "/model"},
          Remedy::none);
    if (workflow->has("reference")) {
      auto name = uploaded(picture.references, asked);
      if (auto* failure = std::get_if<Tried>(&name)) return std::move(*failure);
      values["reference"] = std::get<std::string>(name);
    }
    auto queued = enqueued(*workflow, values, asked);
    if (auto* failure = std::get_if<Tried>(&queued)) return std::move(*failure);
    const auto& id = std::get<std::string>(queued);
    auto outcome = waited_for(id, asked);
    if (auto* failure = std::get_if<Tried>(&outcome)) {
      const Code code = failure->result.error().code;
      if (code == Code::cancelled || code == Code::timed_out) stop(id);
      return std::move(*failure);
    }
    Tried tried = fetched(std::get<std::vector<ComfyFile>>(outcome), asked);
    if (!tried.result) return tried;
    for (Delivery& delivery : *tried.result) {
      if (workflow->has("seed")) delivery.provenance.seed = seed;
      delivery.provenance.metadata["prompt_id"] = id;
    }
    return tried;
  }

  // What LoadImage calls it.
  std::variant<std::string, Tried> uploaded(const std::vector<Reference>& references,
                                            const Asked& asked) const {
    const auto read = read_references(references, kReferences);
    if (!read) return failed(read.error(), Remedy::none);
    const ReferenceBytes& reference = read->front();
    // Equal pictures share a name, so that a retry adds nothing to the server's folder.
    const std::string name = "reeld-" + std::to_string(std::hash<std::string>{}(reference.bytes));
    Multipart form;
    form.add_field("overwrite", "true");
    form.add_file("image", name + extension_of(reference.media_type), reference.media_type, reference.bytes);
    HttpRequest upload = request("/upload/image", asked.deadline);
    upload.method = "POST";
    upload.headers.emplace_back("Content-Type", form.content_type());
    upload.body = form.body();
    auto came = exchange_json(http_, upload, asked.cancelled);
    if (auto* failure = std::get_if<Tried>(&came)) return std::move(*failure);
    const auto& exchange = std::get<Exchange>(came);
    if (!exchange.ok()) return comfyui_failure(exchange, {}, config_.key);
    const std::string folder = text_at(exchange.body, "/subfolder"), given = text_at(exchange.body, "/name");
    if (given.empty()) return malformed(exchange.response, "does not name the uploaded picture");
    return folder.empty() ? given : folder + "/" + given;
  }

  std::variant<std::string, Tried> enqueued(const ComfyWorkflow& workflow,
                                            const std::map<std::string, json>& values,
                                            const Asked& asked) const {
    HttpRequest post = request("/prompt", asked.deadline);
    set_json_body(post, {{"prompt", workflow.filled(values)}, {"client_id", "reeld"}});
    auto came = exchange_json(http_, post, asked.cancelled);
    if (auto* failure = std::get_if<Tried>(&came)) return std::move(*failure);
    const auto& exchange = std::get<Exchange>(came);
    if (!exchange.ok()) return comfyui_failure(exchange, asked.model, config_.key);
    std::string id = text_at(exchange.body, "/prompt_id");
    if (id.empty()) return malformed(exchange.response, "has no prompt_id");
    return id;
  }

  std::variant<std::vector<ComfyFile>, Tried> waited_for(const std::string& id, const Asked& asked) const {
    int failed_polls = 0;
    for (Clock::duration pause = kFirstPause;; pause = std::min<Clock::duration>(2 * pause, kLongestPause)) {
      if (!waited(pause, asked.deadline, asked.cancelled)) break;
      auto outcome = outcome_of(id, asked);
      if (auto* failure = std::get_if<Tried>(&outcome)) {
        // The picture is in the making while a poll is lost.
        const Code code = failure->result.error().code;
        if (code != Code::provider_unreachable && code != Code::response_truncated)
          return std::move(*failure);
        if (++failed_polls == kMaxFailedPolls) return std::move(*failure);
        continue;
      }
      failed_polls = 0;
      if (auto& files = std::get<std::optional<std::vector<ComfyFile>>>(outcome)) return *std::move(files);
    }
    if (asked.cancelled && asked.cancelled())
      return failed({Code::cancelled, "the job is cancelled"}, Remedy::none);
    return failed({Code::timed_out, "the picture was not ready in time"}, Remedy::later);
  }

  // nullopt while it waits or is being made.
  std::variant<std::optional<std::vector<ComfyFile>>, Tried> outcome_of(const std::string& id,
                                                                        const Asked& asked) const {
    // History, queue, history: what ended between the first two is in the third.
    bool queued = true;
    for (const bool again : {false, true}) {
      auto came =
          exchange_json(http_, request("/history/" + url_encoded(id), asked.deadline), asked.cancelled);
      if (auto* failure = std::get_if<Tried>(&came)) return std::move(*failure);
      const auto& exchange = std::get<Exchange>(came);
      if (!exchange.ok()) return comfyui_failure(exchange, {}, config_.key);
      if (exchange.body.contains(id)) {
        auto files = comfyui_files(exchange.body[id], config_.key);
        if (auto* failure = std::get_if<Tried>(&files)) return std::move(*failure);
        return std::optional(std::get<std::vector<ComfyFile>>(std::move(files)));
      }
      if (again) break;
      auto queue = exchange_json(http_, request("/queue", asked.deadline), asked.cancelled);
      if (auto* failure = std::get_if<Tried>(&queue)) return std::move(*failure);
      queued = comfyui_has(std::get<Exchange>(queue).body, "queue_running", id) ||
               comfyui_has(std::get<Exchange>(queue).body, "queue_pending", id);
      if (queued) return std::nullopt;
    }
    return failed({Code::provider_failed,
                   "ComfyUI has the picture neither in its queue nor in its history: it lost it"},
                  Remedy::later, 200);
  }

  Tried fetched(const std::vector<ComfyFile>& files, const Asked& asked) const {
    std::vector<Delivery> made;
    for (const ComfyFile& file : files) {
      const auto answer = http_.perform(
          request("/view?filename=" + url_encoded(file.name) + "&subfolder=" + url_encoded(file.folder) +
                      "&type=" + url_encoded(file.type),
                  asked.deadline),
          asked.cancelled);
      if (!answer) return failure_of(answer.error());
      if (answer->status != 200) {
        Tried tried = failure_of_status(*answer, "the picture " + file.name + " is not to be had");
        return failed({Code::provider_failed, tried.result.error().message}, Remedy::later, answer->status);
      }
      auto delivery = picture_delivery(answer->body, answer->media_type(), asked.scratch);
      if (!delivery) return unusable(delivery.error(), answer->status);
      delivery->provenance.response_seconds = answer->seconds;
      delivery->provenance.metadata = {{"node", file.node}, {"filename", file.name}};
      made.push_back(*std::move(delivery));
    }
    return {std::move(made), Remedy::none, {}, 200};
  }

  // Out of the queue; and where it is what runs now, that is stopped. What comes back does not matter: the
  // try has ended.
  void stop(const std::string& id) const {
    const auto deadline = Clock::now() + kStopLimit;
    HttpRequest remove = request("/queue", deadline);
    set_json_body(remove, {{"delete", {id}}});
    (void)http_.perform(remove, nullptr);
    const auto queue = exchange_json(http_, request("/queue", deadline), nullptr);
    const auto* const told = std::get_if<Exchange>(&queue);
    if (told == nullptr || !comfyui_has(told->body, "queue_running", id)) return;
    HttpRequest interrupt = request("/interrupt", deadline);
    set_json_body(interrupt, {{"prompt_id", id}});
    (void)http_.perform(interrupt, nullptr);
  }

  const ProviderConfig config_;
  HttpClient& http_;
};

}  // namespace

std::unique_ptr<ModelService> comfyui_service(const ProviderConfig& config, HttpClient& http) {
  return std::make_unique<ComfyUi>(config, http);
}

}  // namespace reeld::providers
