// Whether scores reach what a request asks for, which of several pictures is the best, and which seed the
// next one is asked with. Pure.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "engine/score/quality.hpp"

namespace reeld::engine {

using Figures = std::map<std::string, double>;  // by the metrics' names

// A condition that does not hold, and what was measured; nullopt: nothing was.
struct Missed {
  Bar bar;
  std::optional<double> value;
};
std::vector<Missed> missed_of(const std::vector<Bar>& reach, const Figures& figures);

// "noise is 7.2, asked for at most 4; ssim was not measured, asked for at least 0.9"
std::string missed_text(const std::vector<Missed>& missed);

// The one that reaches most conditions, of equals the one with the greatest image_quality, of equals the
// first. At least one is needed.
std::size_t best_of(const std::vector<Bar>& reach, const std::vector<Figures>& tries);

// The seed of a scene's try of this number, from 2 on: those that follow the picture's own, else some that
// the job and the scene decide, so that a restart asks for the very same picture. Below 2^31 where its own
// is, which every provider takes.
std::uint64_t seed_of_try(const std::optional<std::uint64_t>& own, const std::string& job_id, int scene,
                          int number);

// Whether it is the provider's answer, or a budget's, so that the pictures that are there have to do.
bool ends_tries(Code code);

}  // namespace reeld::engine
