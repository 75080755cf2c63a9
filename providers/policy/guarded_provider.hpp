// A service as a provider: which model is asked, how often, when to give up, what it cost. All policy towards
// services is here, and none in them.
#pragma once

#include <memory>

#include "providers/policy/call_record.hpp"
#include "providers/policy/circuit_breaker.hpp"
#include "providers/policy/tried.hpp"
#include "providers/policy/waiting.hpp"

namespace reeld::providers {

struct ModelState {
  std::string model;
  CircuitBreaker::State state;
};

class GuardedProvider : public Provider {
 public:
  // `waiting` outlives the provider.
  GuardedProvider(std::unique_ptr<ModelService> service, ProviderConfig config, Waiting& waiting,
                  CallSink sink);
  ~GuardedProvider() override;

  ProviderInfo info() const override;
  // Without a seed of its own a picture is made anew each time; all else of an equal wish is served from what
  // is there.
  std::string fingerprint(const Wish& wish) const override;
  Estimate estimate(const Wish& wish) const override;
  // Tries the model asked for, max_retries times again where its failure may pass, then, where the wish
  // allows a fallback, the others of the configuration in their order. The error is that of the first model
  // asked.
  Result<std::vector<Delivery>> fetch(const Wish& wish, const std::filesystem::path& scratch,
                                      const Cancelled& cancelled) override;
  Result<void> check(const Cancelled& cancelled) override;

  // Of every model that is configured or was asked for.
  std::vector<ModelState> models() const;

 private:
  struct Model;
  struct Attempts;
  Model& model(const std::string& name) const;
  std::vector<std::string> candidates(const Wish& wish) const;
  Tried try_until_done(const Wish& wish, Model& model, Attempts& attempts,
                       const std::filesystem::path& scratch, const Cancelled& cancelled);
  Tried try_once(const Wish& wish, Model& model, Attempts& attempts, int attempt,
                 const std::filesystem::path& scratch, const Cancelled& cancelled);
  void record(const Wish& wish, const Model& model, const Attempts& attempts, int attempt, double seconds,
              std::int64_t started_us, const Tried& tried) const;

  const std::unique_ptr<ModelService> service_;
  const ProviderConfig config_;
  Waiting& waiting_;
  const CallSink sink_;
  struct Shared;
  const std::unique_ptr<Shared> shared_;  // what all threads have in common: models, places
};

}  // namespace reeld::providers
