#include "providers/http/time_limits.hpp"

namespace reeld::providers {
namespace {

std::string text_of(std::chrono::milliseconds time) {
  return std::to_string(time.count()) + " ms";
}

std::string phase_text(const Progress& progress) {
  switch (progress.phase) {
    case Phase::connecting:
      return "while connecting";
    case Phase::waiting:
      return "while waiting for the answer's first byte";
    case Phase::receiving:
      return "while the answer came in, after " + std::to_string(progress.received_bytes) + " bytes";
  }
  return "";
}

}  // namespace

TimeLimit next_limit(const Progress& progress, const Timeouts& timeouts, Clock::time_point deadline) {
  TimeLimit next{progress.started + timeouts.whole, TimeLimit::Kind::whole};
  const auto sooner = [&](Clock::time_point at, TimeLimit::Kind kind) {
    if (at < next.at) next = {at, kind};
  };
  sooner(deadline, TimeLimit::Kind::deadline);
  if (progress.phase == Phase::connecting) {
    sooner(progress.hop_started + timeouts.connect, TimeLimit::Kind::connect);
  } else if (progress.phase == Phase::waiting) {
    sooner(progress.last_sent + timeouts.first_byte, TimeLimit::Kind::first_byte);
  }
  return next;
}

Error timed_out(const std::string& place, const Progress& progress, TimeLimit::Kind kind,
                const Timeouts& timeouts) {
  switch (kind) {
    case TimeLimit::Kind::connect:
      return {Code::timed_out, "no connection to " + place + " within " + text_of(timeouts.connect)};
    case TimeLimit::Kind::first_byte:
      return {Code::timed_out,
              place + " did not begin to answer within " + text_of(timeouts.first_byte) + " of the request"};
    case TimeLimit::Kind::whole:
      return {Code::timed_out, place + " did not finish within " + text_of(timeouts.whole) +
                                   "; the time ran out " + phase_text(progress)};
    case TimeLimit::Kind::deadline:
      break;
  }
  return {Code::timed_out, "the job's time for " + place + " ran out " + phase_text(progress)};
}

}  // namespace reeld::providers
