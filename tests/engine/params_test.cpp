#include <catch2/catch.hpp>

#include "engine/desks/params.hpp"

namespace reeld::engine {
namespace {

std::string again(const std::string& text) {
  const auto time = time_param({{"from", text}}, "from");
  return time ? time_text(**time) : time.error().path;
}

TEST_CASE("a time is read as far as it is written, and nothing else is a time") {
  CHECK(again("2026-11-21") == "2026-11-21T00:00:00.000000Z");
  CHECK(again("2026-11-21T08:15") == "2026-11-21T08:15:00.000000Z");
  CHECK(again("2026-11-21T08:15:30Z") == "2026-11-21T08:15:30.000000Z");
  CHECK(again("2026-11-21T08:15:30.25Z") == "2026-11-21T08:15:30.250000Z");
  for (const char* wrong :
       {"", "today", "2026", "2026-02-30", "2026-11-21T", "2026-11-21T24:00", "2026-11-21 08:15",
        "2026-11-21T08:15:30.", "2026-11-21T08:15:30.1234567", "2026-11-21T08:15:30+01:00"}) {
    INFO(wrong);
    CHECK(again(wrong) == "/from");
  }
  CHECK_FALSE(*time_param(Json::object(), "from"));
}

}  // namespace
}  // namespace reeld::engine
