#include "base/result.hpp"

#include <catch2/catch.hpp>

namespace reeld {
namespace {

Result<int> half(int value) {
  if (value % 2 != 0) return Error{Code::invalid_request, "odd", "/value"};
  return value / 2;
}

Result<int> quarter(int value) {
  REELD_ASSIGN(const int first, half(value));
  REELD_TRY(half(first));
  return half(first);
}

TEST_CASE("a result holds a value or an error, and passes errors on") {
  CHECK(*quarter(8) == 2);
  CHECK(quarter(6).error() == Error{Code::invalid_request, "odd", "/value"});
}

TEST_CASE("every code has a name that leads back to it") {
  for (int i = 0; i <= static_cast<int>(Code::internal); ++i) {
    const Code code = static_cast<Code>(i);
    CHECK(code_from_name(code_name(code)) == code);
  }
  CHECK_FALSE(code_from_name("no_such_code"));
}

}  // namespace
}  // namespace reeld
