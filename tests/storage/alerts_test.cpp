#include "tests/storage/storage_helpers.hpp"

namespace reeld::storage {
namespace {

Alert some_alert(AlertKind kind, std::int64_t raised_us = 0) {
  Alert alert;
  alert.raised_us = raised_us;
  alert.kind = kind;
  alert.provider = "gemini";
  alert.model = "large";
  alert.value = 0.25;
  alert.threshold = 0.1;
  alert.message = "A quarter of the calls fell back within an hour.";
  return alert;
}

TEST_CASE("kinds of alerts have names, and a name of none is nothing") {
  for (const char* name : {"unavailable", "fallback_rate", "error_rate", "slow_response"}) {
    REQUIRE(alert_kind_from_name(name));
    CHECK(alert_kind_name(*alert_kind_from_name(name)) == name);
  }
  CHECK_FALSE(alert_kind_from_name("boredom"));
}

TEST_CASE("an alert that is raised again stays one, with its first time and its last value") {
  const TempDir dir;
  const auto db = opened(dir / "reeld.db");
  const auto first = *db->raise_alert(some_alert(AlertKind::fallback_rate, 100));
  CHECK_FALSE(first.repeated);
  CHECK(first.alert.id.size() == 36);
  Alert worse = some_alert(AlertKind::fallback_rate, 200);
  worse.value = 0.5;
  worse.message = "Half of them.";
  const auto second = *db->raise_alert(worse);
  CHECK(second.repeated);
  CHECK(second.alert.id == first.alert.id);
  CHECK(second.alert.raised_us == 100);
  const auto open = *db->open_alerts();
  REQUIRE(open.size() == 1);
  CHECK(open[0].id == first.alert.id);
  CHECK(open[0].raised_us == 100);
  CHECK(open[0].kind == AlertKind::fallback_rate);
  CHECK(open[0].value == 0.5);
  CHECK(open[0].threshold == 0.1);
  CHECK(open[0].message == "Half of them.");
  Alert mute = some_alert(AlertKind::error_rate);
  mute.message = "";
  CHECK(db->raise_alert(mute).error().code == Code::database_failed);
}

TEST_CASE("alerts of other kinds and models are others, and each is cleared by itself") {
  const TempDir dir;
  const auto db = opened(dir / "reeld.db");
  REQUIRE(db->raise_alert(some_alert(AlertKind::unavailable, 100)));
  REQUIRE(db->raise_alert(some_alert(AlertKind::slow_response, 101)));
  Alert small = some_alert(AlertKind::unavailable, 102);
  small.model = "small";
  REQUIRE(db->raise_alert(small));
  REQUIRE(db->open_alerts()->size() == 3);
  CHECK_FALSE(db->clear_alert(AlertKind::error_rate, "gemini", "large")->has_value());
  const auto cleared = *db->clear_alert(AlertKind::unavailable, "gemini", "large");
  REQUIRE(cleared);
  REQUIRE(cleared->cleared_us);
  CHECK(*cleared->cleared_us >= cleared->raised_us);
  CHECK_FALSE(db->clear_alert(AlertKind::unavailable, "gemini", "large")->has_value());
  const auto open = *db->open_alerts();
  REQUIRE(open.size() == 2);
  CHECK(open[0].kind == AlertKind::slow_response);
  CHECK(open[1].model == "small");
  const auto again = *db->raise_alert(some_alert(AlertKind::unavailable));
  CHECK_FALSE(again.repeated);
  CHECK(again.alert.id != cleared->id);
}

TEST_CASE("alerts since a time are those raised or cleared from then on; old cleared ones are rotated out") {
  const TempDir dir;
  const auto db = opened(dir / "reeld.db");
  REQUIRE(db->raise_alert(some_alert(AlertKind::unavailable, 100)));
  REQUIRE(db->raise_alert(some_alert(AlertKind::error_rate, 200)));
  CHECK(db->alerts_since(200)->size() == 1);
  REQUIRE(db->clear_alert(AlertKind::unavailable, "gemini", "large"));
  const auto since = *db->alerts_since(200);
  REQUIRE(since.size() == 2);
  CHECK(since[0].kind == AlertKind::unavailable);
  CHECK(*db->rotate_calls(now_us() + 1000000) == 1);
  CHECK(db->alerts_since(0)->size() == 1);
  CHECK(db->open_alerts()->size() == 1);
}

}  // namespace
}  // namespace reeld::storage
