#include "engine/score/gate.hpp"

#include <cstdio>

namespace reeld::engine {
namespace {

// Four digits tell how far it is from the bar.
std::string number_text(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.4g", value);
  return text;
}

// FNV-1a.
std::uint64_t hash_of(const std::string& text) {
  std::uint64_t hash = 14695981039346656037ULL;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
  return hash;
}

double image_quality(const Figures& figures) {
  const auto it = figures.find("image_quality");
  return it == figures.end() ? -1 : it->second;
}

}  // namespace

std::vector<Missed> missed_of(const std::vector<Bar>& reach, const Figures& figures) {
  std::vector<Missed> missed;
  for (const Bar& bar : reach) {
    const auto it = figures.find(bar.metric);
    if (it == figures.end()) {
      missed.push_back({bar, std::nullopt});
    } else if (bar.is_least ? it->second < bar.value : it->second > bar.value) {
      missed.push_back({bar, it->second});
    }
  }
  return missed;
}

std::string missed_text(const std::vector<Missed>& missed) {
  std::string text;
  for (const Missed& one : missed) {
    text += (text.empty() ? "" : "; ") + one.bar.metric +
            (one.value ? " is " + number_text(*one.value) : " was not measured") + ", asked for " +
            (one.bar.is_least ? "at least " : "at most ") + number_text(one.bar.value);
  }
  return text;
}

std::size_t best_of(const std::vector<Bar>& reach, const std::vector<Figures>& tries) {
  std::size_t best = 0;
  for (std::size_t i = 1; i < tries.size(); ++i) {
    const std::size_t missed = missed_of(reach, tries[i]).size();
    const std::size_t least = missed_of(reach, tries[best]).size();
    if (missed < least || (missed == least && image_quality(tries[i]) > image_quality(tries[best]))) best = i;
  }
  return best;
}

std::uint64_t seed_of_try(const std::optional<std::uint64_t>& own, const std::string& job_id, int scene,
                          int number) {
  constexpr std::uint64_t kSmall = std::uint64_t{1} << 31, kLarge = std::uint64_t{1} << 53;
  const std::uint64_t first = own ? *own : hash_of(job_id + "/" + std::to_string(scene)) % kSmall;
  return (first + static_cast<std::uint64_t>(number) - 1) % (first < kSmall ? kSmall : kLarge);
}

bool ends_tries(Code code) {
  switch (code) {
    case Code::invalid_request:  // it takes no seed
    case Code::limit_exceeded:
    case Code::provider_unavailable:
    case Code::provider_failed:
    case Code::provider_unreachable:
    case Code::provider_refused:
    case Code::rate_limited:
    case Code::quota_exceeded:
    case Code::key_invalid:
    case Code::model_unavailable:
    case Code::response_malformed:
    case Code::response_media_type:
    case Code::response_truncated:
    case Code::address_not_allowed:
    case Code::budget_exceeded:
    case Code::timed_out:
      return true;
    default:
      return false;
  }
}

}  // namespace reeld::engine
