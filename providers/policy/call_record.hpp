// What is written down of every request that was sent to a service.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "providers/provider.hpp"

namespace reeld::providers {

struct CallRecord {
  std::string provider, model_asked, model;
  Capability capability = Capability::picture;
  std::string job_id;  // empty where it is of no job
  int scene = -1;
  std::int64_t started_us = 0;  // UTC, since 1970
  double seconds = 0;
  std::optional<Error> error;  // absent where it succeeded
  int http_status = 0;
  bool fallback = false;
  int attempt = 1;  // of this model, for this wish
  std::int64_t input_tokens = 0, output_tokens = 0;
  std::optional<double> cost_usd;
};

// Called from the threads that fetch; returns quickly.
using CallSink = std::function<void(const CallRecord&)>;

}  // namespace reeld::providers
