// Conformance checks of providers in the background: they take seconds to minutes, and the protocol's thread
// waits for nobody. Results are kept in memory until newer ones push them out. Thread-safe.
#pragma once

#include <atomic>
#include <filesystem>
#include <list>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include <nlohmann/json.hpp>

#include "providers/conformance.hpp"

namespace reeld::engine {

using Json = nlohmann::json;

class ProviderChecks {
 public:
  static constexpr int kMostAtOnce = 2;
  static constexpr std::size_t kMostKept = 20;

  // The registry outlives the checks; what they make lies below `scratch` and is removed with each.
  ProviderChecks(const providers::Registry& registry, std::filesystem::path scratch)
      : registry_(registry), scratch_(std::move(scratch)) {}
  // Cancels what is being checked, and waits for it.
  ~ProviderChecks();

  // {"provider": NAME, "params": {CAPABILITY: a small wish}, "base_dir"} begins a check and gives what
  // `result` does. Errors: provider_unavailable, unknown_field and invalid_request (in params), busy,
  // target_unwritable.
  Result<Json> start(const Json& params);
  // {"id", "provider", "status": "checking" | "done", "passed", "checks": [{"name", "passed", "detail"}]};
  // `passed` is null and `checks` empty until it is done. Errors: not_found.
  Result<Json> result(const std::string& id);

 private:
  struct Entry {
    std::string id, provider;
    std::optional<std::vector<providers::Check>> made;  // absent while it is being checked
    std::thread thread;
  };

  void check(Entry& entry, providers::Provider& provider, const providers::ConformanceOptions& options);
  Result<providers::Provider*> find(const std::string& name) const;
  static Json answer(const Entry& entry);

  const providers::Registry& registry_;
  const std::filesystem::path scratch_;
  std::atomic<bool> stop_{false};
  std::mutex mutex_;
  std::list<Entry> entries_;  // oldest first
  std::int64_t last_id_ = 0;
};

}  // namespace reeld::engine
