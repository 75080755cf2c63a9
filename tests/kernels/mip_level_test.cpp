// The chain's geometry: sizes are rounded up, never below 1, and reductions follow them.
#include "kernels/mip_level.hpp"

#include <catch2/catch.hpp>

namespace reeld::kernels {

TEST_CASE("three quarters lie between a level and its half") {
  CHECK(mip_reduction(0) == 1.0);
  CHECK(mip_reduction(1) == 0.75);
  CHECK(mip_reduction(2) == 0.5);
  CHECK(mip_reduction(3) == 0.375);
  CHECK(mip_reduction(8) == 0.0625);
}

TEST_CASE("a level has room for all of the picture, at every size") {
  for (int size : {1, 2, 3, 4, 5, 7, 463, 4032, 16384, 32768}) {
    for (int level = 0; level <= smallest_mip_level(size, size); ++level) {
      const double extent = size * mip_reduction(level);
      CAPTURE(size, level, extent);
      CHECK(mip_size(size, level) >= extent);
      CHECK(mip_size(size, level) < extent + 2);
    }
  }
}

TEST_CASE("the last level is 1x1, and an even one") {
  CHECK(smallest_mip_level(1, 1) == 0);
  CHECK(smallest_mip_level(2, 1) == 2);
  CHECK(smallest_mip_level(1, 40) == 12);  // 40 20 10 5 3 2 1
  CHECK(smallest_mip_level(32768, 3) == 30);
  CHECK(mip_size(32768, 30) == 1);
  CHECK(mip_size(40, 12) == 1);
  CHECK(mip_size(40, 10) == 2);
}

}  // namespace reeld::kernels
