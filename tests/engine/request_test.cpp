#include <catch2/catch.hpp>

#include "engine/request.hpp"

TEST_CASE("smoke", "[request]") {
  const auto r = reeld::engine::parse_request(reeld::engine::Json::parse(R"({"reeld":1,"scenes":[{"picture":{"file":"a"},"duration":-1}]})"));
  CHECK(r.error().message == "");
}
