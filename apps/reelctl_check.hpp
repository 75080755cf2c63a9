// reelctl providers check NAME: asks the daemon to check a provider, waits, and says what was found.
#pragma once

#include <string>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "base/result.hpp"
#include "ipc/client.hpp"

namespace reeld {

struct CheckOptions {
  std::string provider;  // empty: the verb was not given
  std::string params;    // JSON: {CAPABILITY: a small wish}; empty: the samples
};

// Adds `check NAME` below the verb `providers`.
void add_provider_check(CLI::App& providers, CheckOptions& options);

// The daemon's last word on it, however long that takes. Errors: invalid_request, and the daemon's.
Result<nlohmann::json> check_provider(ipc::Client& client, const CheckOptions& options);

// A line a check, and a last one on all.
std::string check_report(const nlohmann::json& checked);

}  // namespace reeld
