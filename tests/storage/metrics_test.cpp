// Scores over time, and the pictures that were tried for a scene.
#include "storage/metrics.hpp"

#include <limits>

#include "storage/groups.hpp"
#include "tests/storage/rules.hpp"

namespace reeld::storage {
namespace {

Asset picture(Database& db, char digit) {
  Asset asset;
  asset.sha256 = std::string(64, digit);
  asset.type = "IMAGE";
  asset.source_type = "GENERATED";
  asset.file = std::string("assets/") + digit;
  asset.provider = "p";
  asset.prompt = "A harbour";
  return *db.add_asset(asset);
}

PictureTry tried(int scene, int number, const Asset& asset) {
  PictureTry made;
  made.scene = scene;
  made.number = number;
  made.asset_id = asset.id;
  return made;
}

// The assets of a job in this role, by scene.
std::vector<std::pair<int, std::string>> in_role(Database& db, const std::string& job, const char* role) {
  std::vector<std::pair<int, std::string>> found;
  const auto linked = *db.job_assets(job);
  for (const auto& used : linked) {
    if (used.role == role) found.emplace_back(used.scene, used.asset.sha256.substr(0, 1));
  }
  return found;
}

TEST_CASE("a series that no film has, or that JSON cannot keep, is refused") {
  const TempDir dir;
  const auto db = opened(dir / "reeld.db");
  Metrics metrics(*db);
  const std::string job = db->create_job(some_job())->job.id;
  CHECK(metrics.record_series("nobody", {{"luma", 0, 1, {1}}}).error().code == Code::not_found);
  CHECK(metrics.record_series(job, {{"luma", -1, 1, {1}}}).error().code == Code::invalid_request);
  CHECK(metrics.record_series(job, {{"luma", 0, 0, {1}}}).error().code == Code::invalid_request);
  CHECK(metrics.record_series(job, {{"flicker", 0, 1, {1}}, {"", 0, 1, {1}}}).error().code ==
        Code::invalid_request);
  const double nan = std::numeric_limits<double>::quiet_NaN();
  CHECK(metrics.record_series(job, {{"luma", 0, 1, {1, nan}}}).error().code == Code::invalid_request);
  CHECK(metrics.series_of_job(job)->empty());
}

TEST_CASE("a series is kept exactly, and a new one takes its place") {
  const TempDir dir;
  const auto db = opened(dir / "reeld.db");
  Metrics metrics(*db);
  const std::string job = db->create_job(some_job())->job.id;
  REQUIRE(metrics.record_series(job, {{"motion_error", 0, 5, {0.1, 1e-9, 3}}, {"luma", 2, 1, {}}}));
  REQUIRE(metrics.record_series(job, {{"luma", 0, 10, {0.25}}}));
  CHECK(*metrics.series_of_job(job) ==
        std::vector<MetricSeries>{{"luma", 0, 10, {0.25}}, {"motion_error", 0, 5, {0.1, 1e-9, 3}}});
}

TEST_CASE("scores are listed a page at a time, of a job, a group or a name") {
  const TempDir dir;
  const auto db = opened(dir / "reeld.db");
  Metrics metrics(*db);
  const std::string group = Groups(*db).create({"", "", "prompt"})->id;
  NewJob grouped = some_job();
  grouped.group_id = group;
  const std::string one = db->create_job(grouped)->job.id, two = db->create_job(some_job())->job.id;
  REQUIRE(metrics.record({{"", one, 0, "noise", 1, "", 0},
                          {"", one, std::nullopt, "flicker", 2, "", 0},
                          {"", two, 3, "noise", 3, "", 0}}));
  CHECK(*metrics.count({}) == 3);
  CHECK(*metrics.count({one}) == 2);
  CHECK(*metrics.count({"", group}) == 2);
  CHECK(*metrics.count({"", "", "noise"}) == 2);
  CHECK(*metrics.count({one, group, "nothing"}) == 0);
  const auto page = *metrics.list({"", "", "noise"}, {"", true, "", 1});
  REQUIRE(page.rows.size() == 1);
  CHECK(page.rows[0].scene == 3);
  const auto next = *metrics.list({"", "", "noise"}, {"", true, page.next, 1});
  REQUIRE(next.rows.size() == 1);
  CHECK(next.rows[0].job_id == one);
  CHECK(next.next.empty());
  CHECK(metrics.list({}, {"value"})->rows[0].value == 3);
  CHECK(metrics.list({}, {"scene"}).error().code == Code::invalid_request);
}

TEST_CASE("tries of no job, no asset or no scene are refused, all or nothing") {
  const TempDir dir;
  const auto db = opened(dir / "reeld.db");
  PictureTries tries(*db);
  const std::string job = db->create_job(some_job())->job.id;
  const Asset a = picture(*db, 'a');
  PictureTry bad = tried(0, 2, a);
  bad.asset_id = "nothing";
  CHECK(tries.record(job, {tried(0, 1, a), bad}).error().code == Code::not_found);
  bad = tried(-1, 1, a);
  CHECK(tries.record(job, {bad}).error().code == Code::invalid_request);
  bad = tried(0, 1, a);
  bad.hash = "xyz";
  CHECK(tries.record(job, {bad}).error().code == Code::invalid_request);
  CHECK(tries.record("nobody", {tried(0, 1, a)}).error().code == Code::not_found);
  CHECK(tries.of_job(job)->empty());
  CHECK(tries.keep(job, {{0, 1}}).error().code == Code::not_found);
}

TEST_CASE("the try that is kept becomes the scene's picture, and the others stay beside it") {
  const TempDir dir;
  const auto db = opened(dir / "reeld.db");
  PictureTries tries(*db);
  const std::string job = db->create_job(some_job())->job.id;
  const Asset a = picture(*db, 'a'), b = picture(*db, 'b'), c = picture(*db, 'c');
  REQUIRE(db->link_asset(job, a.id, "picture", 0));
  REQUIRE(db->link_asset(job, b.id, "picture_alternative", 0));
  REQUIRE(db->link_asset(job, c.id, "picture", 1));
  PictureTry second = tried(0, 2, b);
  second.seed = std::uint64_t{9007199254740991};
  second.cost_usd = 0.039;
  second.scores = {{"noise", 3.5}};
  second.hash = "00ff00ff00ff00ff";
  REQUIRE(tries.record(job, {tried(0, 1, a), second, tried(1, 1, c)}));
  REQUIRE(tries.keep(job, {{0, 2}, {1, 1}}));
  using Found = std::vector<std::pair<int, std::string>>;
  CHECK(in_role(*db, job, "picture") == Found{{0, "b"}, {1, "c"}});
  CHECK(in_role(*db, job, "picture_alternative") == Found{{0, "a"}});
  const auto kept = *tries.of_job(job);
  REQUIRE(kept.size() == 3);
  CHECK_FALSE(kept[0].kept);
  CHECK(kept[1].kept);
  CHECK(kept[1].seed == second.seed);
  CHECK(kept[1].cost_usd == second.cost_usd);
  CHECK(kept[1].scores == second.scores);
  CHECK(kept[1].hash == second.hash);
  CHECK_FALSE(kept[0].cost_usd);

  REQUIRE(tries.keep(job, {{0, 1}}));
  CHECK(in_role(*db, job, "picture") == Found{{0, "a"}, {1, "c"}});
  CHECK(in_role(*db, job, "picture_alternative") == Found{{0, "b"}});

  // A picture that cannot be read takes its tries along.
  REQUIRE(db->disown_asset(job, a.id));
  CHECK(tries.of_job(job)->size() == 2);
}

TEST_CASE("scores over time and tries keep their form, whoever writes them") {
  Rows rows;
  const std::string where = "UPDATE picture_tries SET ";
  CHECK(rows.verdict(where + "seed = NULL, cost_usd = NULL, hash = '', kept = 0") == SQLITE_OK);
  for (const char* wrong : {"number = 0", "attempt = 0", "seed = -1", "cost_usd = -0.1", "scores = '[]'",
                            "hash = 'ab'", "kept = 2", "scene_number = -1"}) {
    INFO(wrong);
    CHECK(rows.verdict(where + wrong) == SQLITE_CONSTRAINT_CHECK);
  }
  CHECK(rows.verdict("UPDATE metric_series SET figures = '{}'") == SQLITE_CONSTRAINT_CHECK);
  CHECK(rows.verdict("UPDATE metric_series SET frames_each = 0") == SQLITE_CONSTRAINT_CHECK);
}

}  // namespace
}  // namespace reeld::storage
