// Whether a provider keeps its promises (provider.hpp): built in, service or plugin. It really asks, so a
// service that costs money costs a few small wishes for each capability. Called from any thread; takes
// seconds to minutes.
#pragma once

#include <chrono>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "providers/provider.hpp"

namespace reeld::providers {

struct ConformanceOptions {
  std::filesystem::path scratch;   // an existing folder; what is made is left there
  std::filesystem::path base_dir;  // where relative files of `params` are looked for
  // A small wish that the provider can fulfil, by capability: for those that need more than a prompt or a
  // text (a file's name). Where any is given, these capabilities alone are checked; where none is, all are.
  std::map<Capability, nlohmann::json> params;
  std::chrono::milliseconds patience{120000};      // for one wish
  std::chrono::milliseconds cancel_within{10000};  // from the cancel to the return
};

struct Check {
  std::string name;  // "info", "picture: makes what was asked for"
  bool passed = false;
  std::string detail;  // what was seen; why it failed
  bool operator==(const Check&) const = default;
};

// In the order they were made. Where the provider cannot be used at all, the only ones are those that tell.
std::vector<Check> run_conformance(Provider& provider, const ConformanceOptions& options,
                                   const Cancelled& cancelled = nullptr);

// What is asked where the options name nothing else.
nlohmann::json sample_params(Capability capability);

}  // namespace reeld::providers
