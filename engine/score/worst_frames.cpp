#include "engine/score/worst_frames.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <string_view>

namespace reeld::engine {
namespace {

constexpr std::size_t kMostOfOne = 3, kMostOfAll = 12;
// What is twice as far from zero as the film's median stands out; in a film that is even, nothing does.
constexpr double kStandsOut = 2;
constexpr double kBlack = 20;  // of luma, 0..255: what black_frames calls black, or near it

struct Watched {
  std::string_view series, why;
  bool lowest = false;
};
constexpr std::array kWatched = {Watched{"flicker", "flickers most"},
                                 Watched{"motion_error", "strays most from the planned motion"},
                                 Watched{"luma", "is black", true}};

double median_of(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

bool stands_out(const Watched& watched, double value, double median) {
  return watched.lowest ? value <= kBlack : value > 0 && value >= kStandsOut * median;
}

// `measured` has 0 where nothing was, which the other series tell as 0 as well.
std::vector<WorstFrame> worst_of(const Series& series, const Watched& watched, const Series* measured,
                                 std::int64_t apart) {
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < series.values.size(); ++i) {
    const bool none = measured != nullptr && i < measured->values.size() && measured->values[i] == 0;
    if (!none) order.push_back(i);
  }
  std::ranges::stable_sort(order, [&](std::size_t a, std::size_t b) {
    return watched.lowest ? series.values[a] < series.values[b] : series.values[a] > series.values[b];
  });
  const double median = median_of(series.values);
  std::vector<WorstFrame> worst;
  for (const std::size_t i : order) {
    const double value = series.values[i];
    if (worst.size() == kMostOfOne || !stands_out(watched, value, median)) break;
    const std::int64_t frame = series.first_frame + static_cast<std::int64_t>(i) * series.frames_each;
    const bool near = std::ranges::any_of(
        worst, [&](const WorstFrame& other) { return std::abs(other.frame - frame) < apart; });
    if (!near) worst.push_back({frame, series.name, value, std::string(watched.why)});
  }
  return worst;
}

}  // namespace

std::vector<WorstFrame> worst_frames(const std::vector<Series>& series, std::int64_t apart) {
  const auto measured = std::ranges::find(series, "measured", &Series::name);
  std::vector<WorstFrame> all;
  for (const Watched& watched : kWatched) {
    const auto it = std::ranges::find(series, watched.series, &Series::name);
    if (it == series.end() || it->values.empty()) continue;
    for (WorstFrame& frame : worst_of(*it, watched, measured == series.end() ? nullptr : &*measured, apart))
      all.push_back(std::move(frame));
  }
  if (all.size() > kMostOfAll) all.resize(kMostOfAll);
  std::ranges::stable_sort(all, {}, &WorstFrame::frame);
  return all;
}

}  // namespace reeld::engine
