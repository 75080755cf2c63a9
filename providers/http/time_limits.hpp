// How far a transfer is, and which of its time limits runs out next. Pure.
#pragma once

#include <string>

#include "providers/http/http_client.hpp"

namespace reeld::providers {

enum class Phase : std::uint8_t { connecting, waiting, receiving };

struct Progress {
  Clock::time_point started;      // of the request, before any redirect
  Clock::time_point hop_started;  // of the way to this host
  Clock::time_point last_sent;    // waiting: when the connection stood, or the request's latest byte went out
  Phase phase = Phase::connecting;
  std::int64_t received_bytes = 0;  // of the body
};

struct TimeLimit {
  enum class Kind : std::uint8_t { connect, first_byte, whole, deadline };
  Clock::time_point at;
  Kind kind = Kind::whole;
};

TimeLimit next_limit(const Progress& progress, const Timeouts& timeouts, Clock::time_point deadline);

// timed_out, naming the host and what it was that took so long.
Error timed_out(const std::string& place, const Progress& progress, TimeLimit::Kind kind,
                const Timeouts& timeouts);

}  // namespace reeld::providers
