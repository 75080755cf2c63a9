#include "engine/compose.hpp"

#include <catch2/catch.hpp>

namespace reeld::engine {

TEST_CASE("segments follow one another without a gap and are about as long as asked", "[compose]") {
  Plan plan;
  plan.output.fps = {30000, 1001};
  for (const std::int64_t frames :
       {std::int64_t{1}, std::int64_t{299}, std::int64_t{449}, std::int64_t{450}, std::int64_t{107893}}) {
    plan.frame_count = frames;
    const auto ranges = split_into_segments(plan, 10);
    std::int64_t next = 0;
    for (const SegmentRange& range : ranges) {
      CHECK(range.first == next);
      CHECK(range.count >= 1);
      CHECK(range.count <= 450);  // half as long again at most
      next += range.count;
    }
    CHECK(next == frames);
  }
}

TEST_CASE("a film is cut so that every slot has a part, but not into shreds", "[compose]") {
  Plan plan;
  plan.output.fps = {30, 1};
  plan.frame_count = 21 * 30;
  CHECK(segment_length(plan, 10, 1) == 10);
  CHECK(segment_length(plan, 10, 4) == Approx(5.25));
  CHECK(segment_length(plan, 10, 64) == 2);
  CHECK(split_into_segments(plan, segment_length(plan, 10, 4)).size() == 4);
  plan.frame_count = 30;
  CHECK(segment_length(plan, 10, 8) == 2);
  CHECK(split_into_segments(plan, 2).size() == 1);
}

}  // namespace reeld::engine
