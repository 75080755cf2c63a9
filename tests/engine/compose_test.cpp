#include "engine/compose.hpp"

#include <catch2/catch.hpp>

namespace reeld::engine {

TEST_CASE("seconds add up, a peak is the highest", "[compose]") {
  Usage total;
  add_usage(total, {1.5, 0.5, 100, 10});
  add_usage(total, {2.5, 0, 80, 20});
  CHECK(total.cpu_seconds == Approx(4));
  CHECK(total.gpu_seconds == Approx(0.5));
  CHECK(total.peak_memory_mb == 100);
  CHECK(total.peak_gpu_memory_mb == 20);
}

}  // namespace reeld::engine
