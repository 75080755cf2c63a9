#include "providers/policy/guarded_provider.hpp"

#include <algorithm>
#include <condition_variable>
#include <map>

#include "base/check.hpp"
#include "providers/policy/backoff.hpp"
#include "providers/policy/cost.hpp"
#include "providers/policy/rate_limit.hpp"

namespace reeld::providers {
namespace {

constexpr std::chrono::milliseconds kLook{20};

std::int64_t utc_us() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::microseconds>(now).count();
}

double seconds_between(Clock::time_point from, Clock::time_point to) {
  return std::chrono::duration<double>(to - from).count();
}

Tried failure(Error error, Remedy remedy = Remedy::none) {
  return {std::move(error), remedy, std::nullopt, 0};
}

// Whether a failure says that the model does not answer, rather than that this wish or this key is at fault,
// or that others ask too much of it just now.
bool says_unavailable(const Tried& tried) {
  const Code code = tried.result.error().code;
  return tried.remedy != Remedy::none && code != Code::cancelled && code != Code::rate_limited;
}

// Of the kind that no waiting mends.
bool is_gone(const Error& error) {
  return error.code == Code::model_unavailable || error.code == Code::quota_exceeded;
}

// At most so many requests at once.
class Places {
 public:
  explicit Places(int count) : free_(count) {}

  bool take(Clock::time_point deadline, const Waiting& waiting, const Cancelled& cancelled) {
    std::unique_lock lock(mutex_);
    while (free_ == 0) {
      if ((cancelled && cancelled()) || waiting.now() >= deadline) return false;
      freed_.wait_for(lock, kLook);
    }
    --free_;
    return true;
  }

  void give_back() {
    {
      const std::lock_guard lock(mutex_);
      ++free_;
    }
    freed_.notify_one();
  }

 private:
  std::mutex mutex_;
  std::condition_variable freed_;
  int free_;
};

struct Place {
  Places& places;
  ~Place() { places.give_back(); }
};

}  // namespace

struct GuardedProvider::Model {
  explicit Model(std::string model_name, double per_minute) : name(std::move(model_name)), rate(per_minute) {}
  const std::string name;
  RateLimit rate;
  CircuitBreaker breaker;
};

// What one wish has gone through so far, over all models.
struct GuardedProvider::Attempts {
  std::string model_asked;
  int sent = 0;
};

struct GuardedProvider::Shared {
  explicit Shared(int parallel) : places(parallel) {}
  Places places;
  std::mutex mutex;
  std::map<std::string, std::unique_ptr<Model>> models;
};

GuardedProvider::GuardedProvider(std::unique_ptr<ModelService> service, ProviderConfig config,
                                 Waiting& waiting, CallSink sink)
    : service_(std::move(service)),
      config_(std::move(config)),
      waiting_(waiting),
      sink_(std::move(sink)),
      shared_(std::make_unique<Shared>(config_.parallel)) {
  for (const auto& [capability, names] : service_->info().models) {
    for (const std::string& name : names) model(name);
  }
}

GuardedProvider::~GuardedProvider() = default;

ProviderInfo GuardedProvider::info() const {
  return service_->info();
}

GuardedProvider::Model& GuardedProvider::model(const std::string& name) const {
  const std::lock_guard lock(shared_->mutex);
  auto& found = shared_->models[name];
  if (!found) found = std::make_unique<Model>(name, config_.requests_per_minute);
  return *found;
}

std::vector<ModelState> GuardedProvider::models() const {
  const std::lock_guard lock(shared_->mutex);
  std::vector<ModelState> states;
  for (const auto& [name, model] : shared_->models) states.push_back({name, model->breaker.state()});
  return states;
}

// The model asked for comes first; where nobody names one, the first that is configured.
std::vector<std::string> GuardedProvider::candidates(const Wish& wish) const {
  const ProviderInfo info = service_->info();
  const auto known = info.models.find(wish.capability);
  std::vector<std::string> names = known == info.models.end() ? std::vector<std::string>{} : known->second;
  // A fingerprint is also asked of wishes that nobody has validated.
  const bool says =
      wish.params.is_object() && wish.params.contains("model") && wish.params["model"].is_string();
  const std::string asked = says ? wish.params["model"].get<std::string>() : "";
  if (!asked.empty()) {
    std::erase(names, asked);
    names.insert(names.begin(), asked);
  }
  if (names.empty()) names.emplace_back();
  if (!wish.allow_fallback) names.resize(1);
  return names;
}

std::string GuardedProvider::fingerprint(const Wish& wish) const {
  if (!wish.params.is_object()) return "";
  if (wish.capability == Capability::picture && !wish.params.contains("seed")) return "";
  // References are files that may change under their names.
  if (wish.params.contains("references") && !wish.params["references"].empty()) return "";
  nlohmann::json print = {{"provider", config_.name}, {"base_url", config_.base_url},
                          {"params", wish.params},    {"model", candidates(wish).front()},
                          {"width", wish.width},      {"height", wish.height}};
  for (const char* mixing : {"volume_db", "delay"}) print["params"].erase(mixing);
  return print.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

Estimate GuardedProvider::estimate(const Wish& wish) const {
  Estimate estimate{0.0, ""};
  if (!wish.params.is_object()) return estimate;
  for (const std::string& name : candidates(wish)) {
    if (estimate.model.empty()) estimate.model = name;
    const auto price = price_of(config_, name);
    if (!price) return {std::nullopt, estimate.model};
    estimate.cost_usd = std::max(*estimate.cost_usd, estimated_cost(*price, wish));
  }
  return estimate;
}

Result<std::vector<Delivery>> GuardedProvider::fetch(const Wish& wish, const std::filesystem::path& scratch,
                                                     const Cancelled& cancelled) {
  if (const std::string why = info().why_not; !why.empty())
    return Error{Code::provider_unavailable, why, "/provider"};
  REELD_TRY(service_->validate(wish));
  const std::vector<std::string> names = candidates(wish);
  Attempts attempts{names.front()};
  std::optional<Error> first_error;
  std::string others;  // what the fallbacks said
  for (const std::string& name : names) {
    Model& asked = model(name);
    Tried tried = try_until_done(wish, asked, attempts, scratch, cancelled);
    if (tried.result) {
      auto& deliveries = *tried.result;
      for (Delivery& delivery : deliveries) {
        Provenance& made = delivery.provenance;
        made.fallback = name != attempts.model_asked;
        made.model_asked = attempts.model_asked;
        if (made.model_used.empty()) made.model_used = name;
        made.request_count = attempts.sent;
      }
      // One wish has one cost, however many pictures came of it.
      if (const auto price = price_of(config_, name)) {
        deliveries.front().provenance.cost_usd = actual_cost(*price, wish, deliveries);
      }
      return std::move(tried.result);
    }
    const Error& error = tried.result.error();
    if (!first_error) {
      first_error = error;
      if (attempts.sent > 1) first_error->message += " (after " + std::to_string(attempts.sent) + " tries)";
    } else {
      others += (others.empty() ? ": " : "; ") + name + ": " + error.message;
    }
    if (tried.remedy == Remedy::none || (cancelled && cancelled())) break;
  }
  if (!others.empty()) first_error->message += "; no fallback answered either" + others;
  return *first_error;
}

Tried GuardedProvider::try_until_done(const Wish& wish, Model& model, Attempts& attempts,
                                      const std::filesystem::path& scratch, const Cancelled& cancelled) {
  if (!model.breaker.allows(waiting_.now())) {
    const CircuitBreaker::State state = model.breaker.state();
    return failure({Code::model_unavailable,
                    config_.name + " model \"" + model.name + "\" is taken as unavailable after " +
                        std::to_string(state.failures) +
                        " failures, the last: " + (state.last_error ? state.last_error->message : "unknown") +
                        "; it is asked again within " + std::to_string(kAvailabilityCache.count()) + " s",
                    ""},
                   Remedy::other_model);
  }
  for (int failures = 0;; ++failures) {
    Tried tried = try_once(wish, model, attempts, failures + 1, scratch, cancelled);
    if (tried.result || tried.remedy != Remedy::later || failures >= config_.max_retries) return tried;
    if (tried.retry_after.value_or(kMaxRetryAfter) > kMaxRetryAfter) return tried;
    const auto wait = backoff(config_.retry_delay, failures, waiting_.chance(), tried.retry_after);
    if (tried.retry_after) model.rate.pause_until(waiting_.now() + *tried.retry_after);
    if (waiting_.now() + wait >= wish.deadline) return tried;
    waiting_.wait_until(waiting_.now() + wait, cancelled);
    // Others may meanwhile have found it gone; and what was said first is more than "cancelled" to nobody.
    if (cancelled && cancelled()) return failure({Code::cancelled, "cancelled while waiting to try again"});
    if (!model.breaker.allows(waiting_.now())) {
      tried.remedy = Remedy::other_model;
      return tried;
    }
  }
}

Tried GuardedProvider::try_once(const Wish& wish, Model& model, Attempts& attempts, int attempt,
                                const std::filesystem::path& scratch, const Cancelled& cancelled) {
  const auto give_up = [&](const std::string& why) {
    model.breaker.told_nothing();
    const bool by_user = cancelled && cancelled();
    return failure({by_user ? Code::cancelled : Code::timed_out,
                    (by_user ? "cancelled while waiting for " : "the deadline comes before ") + why});
  };
  if (!shared_->places.take(wish.deadline, waiting_, cancelled))
    return give_up("a place among " + config_.name + "'s parallel requests");
  const Place place{shared_->places};
  const Clock::time_point start = model.rate.reserve(waiting_.now());
  if (start < wish.deadline) waiting_.wait_until(start, cancelled);
  if (start >= wish.deadline || (cancelled && cancelled())) {
    model.rate.give_back(start);
    return give_up("its turn at " + config_.name + " model \"" + model.name + "\"");
  }
  const auto started_us = utc_us();
  const auto began = waiting_.now();
  ++attempts.sent;
  Tried tried = service_->try_model(wish, model.name, scratch, cancelled);
  const double seconds = seconds_between(began, waiting_.now());
  REELD_CHECK(!tried.result || !tried.result->empty());
  if (tried.result) {
    for (Delivery& delivery : *tried.result) delivery.provenance.response_seconds = seconds;
    model.breaker.succeeded(waiting_.now());
  } else if (says_unavailable(tried)) {
    model.breaker.failed(waiting_.now(), tried.result.error(), is_gone(tried.result.error()));
  } else {
    model.breaker.told_nothing();
  }
  record(wish, model, attempts, attempt, seconds, started_us, tried);
  return tried;
}

void GuardedProvider::record(const Wish& wish, const Model& model, const Attempts& attempts, int attempt,
                             double seconds, std::int64_t started_us, const Tried& tried) const {
  if (!sink_) return;
  CallRecord call;
  call.provider = config_.name;
  call.model_asked = attempts.model_asked;
  call.model = model.name;
  call.capability = wish.capability;
  call.job_id = wish.job_id;
  call.scene = wish.index;
  call.started_us = started_us;
  call.seconds = seconds;
  call.http_status = tried.http_status;
  call.fallback = model.name != attempts.model_asked;
  call.attempt = attempt;
  if (!tried.result) {
    call.error = tried.result.error();
  } else {
    for (const Delivery& delivery : *tried.result) {
      call.input_tokens += delivery.provenance.input_tokens;
      call.output_tokens += delivery.provenance.output_tokens + delivery.provenance.thought_tokens;
    }
    if (const auto price = price_of(config_, model.name))
      call.cost_usd = actual_cost(*price, wish, *tried.result);
  }
  sink_(call);
}

Result<void> GuardedProvider::check(const Cancelled& cancelled) {
  REELD_TRY(Provider::check(cancelled));
  const Tried tried = service_->probe(cancelled);
  if (tried.result) return {};
  return tried.result.error();
}

}  // namespace reeld::providers
