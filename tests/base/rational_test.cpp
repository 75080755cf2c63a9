#include "base/rational.hpp"

#include <catch2/catch.hpp>

namespace reeld {

TEST_CASE("scale_rounded rounds halves away from zero, and does not overflow 64 bits on the way") {
  CHECK(scale_rounded(1, 1, 2) == 1);
  CHECK(scale_rounded(-1, 1, 2) == -1);
  CHECK(scale_rounded(1, 1, 3) == 0);
  // A day of microseconds at 120000/1001 frames a second: the product needs more than 63 bits when rates
  // have 31.
  CHECK(scale_rounded(86'400'000'000, 120000, 1001 * 1'000'000LL) == 10357642);
}

TEST_CASE("reduced divides by the greatest common divisor") {
  CHECK(reduced({30000, 1000}) == Rational{30, 1});
  CHECK(reduced({30000, 1001}) == Rational{30000, 1001});
}

}  // namespace reeld
