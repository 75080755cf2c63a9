// Pages that stay in place while rows come and go.
#include <SQLiteCpp/SQLiteCpp.h>
#include <atomic>
#include <set>
#include <thread>

#include "storage/media.hpp"
#include "storage/projects.hpp"
#include "storage/users.hpp"
#include "tests/storage/storage_helpers.hpp"

namespace reeld::storage {
namespace {

std::string add(Projects& projects, const std::string& title) {
  Project project;
  project.title = title;
  return projects.create(project)->id;
}

TEST_CASE("a cursor is of its list and order alone") {
  const TempDir dir;
  const auto db = opened(dir / "reeld.db");
  Projects projects(*db);
  for (const char* title : {"a", "b", "c"}) add(projects, title);
  const auto first = projects.list({}, {"title", true, "", 2});
  REQUIRE_FALSE(first->next.empty());
  CHECK(projects.list({}, {"title", true, first->next, 2})->rows.size() == 1);
  const auto refused = [&](const PageRequest& page) {
    const auto listed = projects.list({}, page);
    return !listed && listed.error().code == Code::invalid_request;
  };
  CHECK(refused({"title", false, first->next, 2}));
  CHECK(refused({"updated", true, first->next, 2}));
  CHECK(refused({"", true, first->next, 2}));
  for (const char* cursor :
       {"x", "[]", "{}", R"(["title", true, null, "id"])", R"(["title", true, "a", 7])"}) {
    INFO(cursor);
    CHECK(refused({"title", true, cursor, 2}));
  }
}

TEST_CASE("the last page says that it is the last, also where it is full or there is nothing") {
  const TempDir dir;
  const auto db = opened(dir / "reeld.db");
  Projects projects(*db);
  CHECK(projects.list({}, {})->next.empty());
  for (int i = 0; i < 4; ++i) add(projects, "same");
  for (const char* sort : {"", "title", "updated"}) {
    const auto first = projects.list({}, {sort, true, "", 2});
    const auto second = projects.list({}, {sort, true, first->next, 2});
    CHECK(second->rows.size() == 2);
    CHECK(second->next.empty());
  }
}

// Pages of 7, one after the other, while another thread adds and removes rows of its own: each of the rows
// that were there before and stay is seen, once.
void walk(const std::string& sort, bool descending) {
  const TempDir dir;
  const auto db = opened(dir / "reeld.db");
  Projects projects(*db);
  std::set<std::string> there;
  for (int i = 0; i < 60; ++i) there.insert(add(projects, "title " + std::to_string(i % 5)));
  std::atomic<bool> stop{false};
  std::atomic<int> added{0};
  std::thread other([&] {
    for (int i = 0; !stop; ++i) {
      const std::string id = add(projects, "title " + std::to_string(i % 5));
      if (i % 2 == 0) static_cast<void>(projects.remove(id));
      ++added;
    }
  });
  std::set<std::string> seen;
  std::string cursor;
  int pages = 0;
  do {
    const int before = added;
    const auto page = projects.list({}, {sort, descending, cursor, 7});
    CHECK(page);
    if (!page) break;
    for (const Project& project : page->rows) CHECK(seen.insert(project.id).second);
    cursor = page->next;
    ++pages;
    // Oldest first would run after the other thread forever.
    if (seen.size() > 200) break;
    while (added == before) std::this_thread::yield();
  } while (!cursor.empty());
  stop = true;
  other.join();
  CHECK(pages >= 9);
  for (const std::string& id : there) CHECK(seen.contains(id));
}

TEST_CASE("newest first, pages repeat and lose no row while others come and go") {
  walk("", true);
}

TEST_CASE("oldest first, likewise") {
  walk("", false);
}

TEST_CASE("by a field that many rows share, likewise") {
  walk("updated", true);
  const TempDir dir;
  const auto db = opened(dir / "reeld.db");
  Projects projects(*db);
  std::set<std::string> there, seen;
  for (int i = 0; i < 30; ++i) there.insert(add(projects, i % 2 == 0 ? "a" : "b"));
  std::string cursor;
  do {
    const auto page = projects.list({}, {"title", false, cursor, 7});
    for (const Project& project : page->rows) CHECK(seen.insert(project.id).second);
    cursor = page->next;
    add(projects, "a");  // before the place that the walk has reached, or behind it
  } while (!cursor.empty() && seen.size() < 100);
  for (const std::string& id : there) CHECK(seen.contains(id));
}

TEST_CASE("jobs are filtered by each of what they belong to, and counted") {
  const TempDir dir;
  const auto db = opened(dir / "reeld.db");
  NewJob job = some_job();
  job.session_id = "s1";
  job.user_id = Users(*db).create({"ada", "a@b", "", false})->id;
  job.project_id = add(*std::make_unique<Projects>(*db), "Harbour");
  job.request = {{"scenes", {{{"picture", {{"model", "large"}}}}}}, {"seed", 7}};
  job.coherence_settings = {{"use_seed_control", true}};
  const Job one = db->create_job(job)->job;
  const Job other = made(*db);
  CHECK(one.coherence_settings == job.coherence_settings);
  const auto only = [&](const JobFilter& filter) {
    const auto listed = db->page_of_jobs(filter, {});
    return listed->rows.size() == 1 && listed->rows.front().id == one.id && *db->count_jobs(filter) == 1;
  };
  JobFilter filter;
  filter.session_id = "s1";
  CHECK(only(filter));
  filter = {};
  filter.user_id = job.user_id;
  CHECK(only(filter));
  filter = {};
  filter.project_id = job.project_id;
  CHECK(only(filter));
  filter = {};
  filter.model = "large";
  CHECK(only(filter));
  filter = {};
  filter.from_us = 0;
  filter.before_us = other.created_us;
  CHECK(*db->count_jobs(filter) == (one.created_us < other.created_us ? 1 : 0));
  filter = {};
  filter.status = JobStatus::completed;
  CHECK(*db->count_jobs(filter) == 0);
  CHECK(*db->count_jobs({}) == 2);
  job.project_id = "none";
  CHECK(db->create_job(job).error().code == Code::not_found);
}

TEST_CASE("jobs, assets and films are paged in other orders than that of their making") {
  const TempDir dir;
  const auto db = opened(dir / "reeld.db");
  Media media(*db);
  std::string jobs, assets, videos, last_job;
  for (const char digit : {'b', 'a', 'c'}) {
    NewJob job = some_job();
    job.title = std::string(1, digit);
    last_job = db->create_job(job)->job.id;
    Asset asset;
    asset.sha256 = std::string(64, digit);
    asset.type = digit == 'a' ? "AUDIO" : "IMAGE";
    asset.source_type = "STOCK";
    asset.file = std::string("assets/") + digit;
    asset.size_bytes = digit - 'a';
    REQUIRE(db->link_asset(last_job, db->add_asset(asset)->id, "picture", 0));
    const Json facts = {
        {"duration_seconds", digit - 'a' + 0.5}, {"width", 640}, {"height", digit == 'c' ? 480 : 360}};
    REQUIRE(db->add_video({"", last_job, "/o.mp4", "", job.title, facts, 0}));
  }
  std::string cursor;
  do {  // pages of one row
    const auto page = db->page_of_jobs({}, {"title", false, cursor, 1});
    for (const Job& job : page->rows) jobs += job.title;
    cursor = page->next;
  } while (!cursor.empty());
  CHECK(jobs == "abc");
  do {
    const auto page = media.assets({}, {"size", true, cursor, 2});
    for (const Asset& asset : page->rows) assets += asset.sha256[0];
    cursor = page->next;
  } while (!cursor.empty());
  CHECK(assets == "cba");
  do {
    const auto page = media.videos({}, {"duration", false, cursor, 2});
    for (const Video& video : page->rows) videos += video.title;
    cursor = page->next;
  } while (!cursor.empty());
  CHECK(videos == "abc");

  CHECK(*media.count_assets({"AUDIO"}) == 1);
  AssetFilter of_job;
  of_job.job_id = last_job;
  CHECK(media.assets(of_job, {})->rows.front().sha256[0] == 'c');
  VideoFilter tall;
  tall.resolution = "640x480";
  CHECK(media.videos(tall, {})->rows.front().job_id == last_job);
  CHECK(*media.count_videos({kLocalUser}) == 3);
  CHECK(*media.count_videos({"nobody"}) == 0);
  REQUIRE(db->set_status(last_job, JobStatus::cancelled));
  CHECK(db->page_of_jobs({}, {"completed"})->rows.front().id == last_job);
  CHECK(db->page_of_jobs({}, {"request"}).error().code == Code::invalid_request);
}

TEST_CASE("what jobs are looked up by is found by an index, however many there are") {
  const TempDir dir;
  const auto keeper = opened(dir / "reeld.db");
  SQLite::Database db((dir / "reeld.db").string());
  for (const char* condition :
       {"status = ?", "user_id = ?", "session_id = ?", "project_id = ?", "generation_group_id = ?",
        "parent_job_id = ?", "model = ?", "idempotency_key = ? AND idempotency_key <> ''"}) {
    INFO(condition);
    SQLite::Statement plan(db, std::string("EXPLAIN QUERY PLAN SELECT * FROM jobs WHERE ") + condition +
                                   " ORDER BY id DESC LIMIT 50");
    REQUIRE(plan.executeStep());
    CHECK(plan.getColumn(3).getString().starts_with("SEARCH jobs USING INDEX"));
    CHECK_FALSE(plan.executeStep());  // no sorting behind it
  }
}

TEST_CASE("a job's calls and their tokens are counted, and stay so when the calls rotate out") {
  const TempDir dir;
  const auto db = opened(dir / "reeld.db");
  const std::string id = made(*db).id;
  ProviderCall call = some_call(1);
  call.job_id = id;
  call.input_tokens = 10;
  call.output_tokens = 20;
  REQUIRE(db->add_call(call));
  REQUIRE(db->add_call(call));
  CHECK(*db->rotate_calls(now_us()) == 2);
  CHECK(db->find_job(id)->model_requests == 2);
  CHECK(db->find_job(id)->tokens_used == 60);
}

}  // namespace
}  // namespace reeld::storage
