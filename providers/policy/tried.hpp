// One try of one model of a service, without any policy: what it gave, or how its failure is to be taken.
// Services (services/) say this; guarded_provider.hpp decides what follows.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "providers/provider.hpp"
#include "providers/provider_config.hpp"

namespace reeld::providers {

enum class Remedy : std::uint8_t {
  none,         // the wish or the key is at fault: no try will do better, of no model
  other_model,  // this model will not answer (gone, refused, a day's quota); another one may
  later         // it may answer later: overload, rate limit, network
};

// Errors of services: provider_failed; provider_refused (safety), quota_exceeded, rate_limited, key_invalid,
// model_unavailable, response_malformed (no JSON, or not its shape), response_media_type, response_truncated,
// picture_invalid, audio_invalid, provider_unreachable, address_not_allowed, timed_out, cancelled. Messages
// hold the service's own words.
struct Tried {
  Result<std::vector<Delivery>> result;
  Remedy remedy = Remedy::none;
  std::optional<std::chrono::milliseconds> retry_after;  // as the service says
  int http_status = 0;                                   // 0 where there was no answer
};

// A service: an API spoken. Thread-safe.
class ModelService {
 public:
  virtual ~ModelService() = default;

  virtual ProviderInfo info() const = 0;

  // Whether the wish can be asked at all; no network. Called before any try.
  virtual Result<void> validate(const Wish& wish) const = 0;

  // Asks once. Deliveries say tokens, seed, metadata; cost, models and counts are the caller's to fill in.
  virtual Tried try_model(const Wish& wish, const std::string& model, const std::filesystem::path& scratch,
                          const Cancelled& cancelled) = 0;

  // Whether the service and its key answer now, by the cheapest request that tells (a list of models).
  virtual Tried probe(const Cancelled& cancelled) = 0;
};

}  // namespace reeld::providers
