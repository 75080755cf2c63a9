// How SQLite goes about the statements of lists, however many rows there are. What is asked is what the
// methods themselves sent to it.
#include <sqlite3.h>

#include <functional>

#include "storage/brands.hpp"
#include "storage/edits.hpp"
#include "storage/groups.hpp"
#include "storage/media.hpp"
#include "storage/metrics.hpp"
#include "storage/projects.hpp"
#include "storage/takes.hpp"
#include "storage/users.hpp"
#include "tests/storage/storage_helpers.hpp"

#include <SQLiteCpp/SQLiteCpp.h>

namespace reeld::storage {
namespace {

std::vector<std::string>& statements() {
  static std::vector<std::string> all;
  return all;
}

int note(unsigned, void*, void* statement, void*) {
  statements().emplace_back(sqlite3_sql(static_cast<sqlite3_stmt*>(statement)));
  return 0;
}

int trace(sqlite3* db, char**, const void*) {
  return sqlite3_trace_v2(db, SQLITE_TRACE_STMT, note, nullptr);
}

// A database whose statements are noted.
class Traced {
 public:
  Traced() {
    REQUIRE(sqlite3_auto_extension(entry()) == SQLITE_OK);
    db_ = opened(file());
  }
  ~Traced() { sqlite3_cancel_auto_extension(entry()); }
  Database& operator*() const { return *db_; }
  Database* operator->() const { return db_.get(); }
  std::filesystem::path file() const { return dir_ / "reeld.db"; }

  // The plan of the list that `ask` asks for.
  std::string plan_of(const std::function<void()>& ask) const {
    statements().clear();
    ask();
    std::string plan;
    SQLite::Database db(file().string());
    for (const std::string& sql : statements()) {
      if (sql.find(" ORDER BY ") == std::string::npos) continue;
      plan += sql + "\n";
      SQLite::Statement rows(db, "EXPLAIN QUERY PLAN " + sql);
      while (rows.executeStep()) plan += "  " + rows.getColumn(3).getString() + "\n";
    }
    REQUIRE_FALSE(plan.empty());
    return plan;
  }

 private:
  static void (*entry())() { return reinterpret_cast<void (*)()>(trace); }
  TempDir dir_;
  std::unique_ptr<Database> db_;
};

// A cursor of this list and order, behind no row in particular.
std::string cursor_of(const PageRequest& page, const Json& key) {
  return Json::array({page.sort, page.descending, key, "0190a000-0000-7000-8000-000000000001"}).dump();
}

// Each order of a list, both ways, its first page and one behind. `sorts`: names, and a value of each.
void each_page(const std::map<std::string, Json>& sorts, const std::function<void(const PageRequest&)>& ask) {
  for (const auto& [sort, key] : sorts) {
    for (const bool descending : {true, false}) {
      ask({sort, descending});
      ask({sort, descending, cursor_of({sort, descending}, key)});
    }
  }
}

void check_straight(const std::string& plan) {
  INFO(plan);
  CHECK(plan.find("TEMP B-TREE") == std::string::npos);
  // A table that is gone through in an index's order has one named.
  for (std::size_t at = 0; (at = plan.find("\n  SCAN ", at)) != std::string::npos; ++at) {
    CHECK(plan.substr(at + 1, plan.find('\n', at + 1) - at - 1).find("USING") != std::string::npos);
  }
}

template <class Filter>
using Filters = std::vector<std::function<void(Filter&)>>;

const std::map<std::string, Json> kJobSorts = {
    {"", "x"}, {"title", "x"}, {"status", "failed"}, {"cost", 0.5}, {"completed", 7}};

// So many jobs that are not sorted.
void fill(const std::filesystem::path& file) {
  SQLite::Database raw(file.string(), SQLite::OPEN_READWRITE);
  raw.exec(
      "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20100) "
      "INSERT INTO jobs (id, request_hash, request, base_dir, target, created_at) "
      "SELECT printf('0190a000-0000-7000-8000-%012d', i), 'h', "
      "'{\"scenes\": [{\"picture\": {\"model\": \"m\"}}]}', '/', '/o.mp4', i FROM n");
}

const std::string kLocal(kLocalUser);

TEST_CASE("lists of jobs by any wide filter and order go along an index: none is scanned, none sorted") {
  const Traced db;
  fill(db.file());
  const Filters<JobFilter> filters = {
      [](JobFilter&) {},
      [](JobFilter& f) { f.status = JobStatus::pending; },
      [](JobFilter& f) { f.user_id = kLocal; },
      [](JobFilter& f) { f.model = "m"; },
  };
  for (std::size_t one = 0; one < filters.size(); ++one) {
    for (std::size_t other = one; other < filters.size(); ++other) {
      JobFilter filter;
      filters[one](filter);
      filters[other](filter);
      each_page(kJobSorts, [&](const PageRequest& page) {
        check_straight(db.plan_of([&] { REQUIRE(db->page_of_jobs(filter, page)); }));
      });
    }
  }
}

const Filters<JobFilter> kTimes = {
    [](JobFilter& f) { f.from_us = 1; },
    [](JobFilter& f) { f.before_us = std::int64_t{1} << 60; },
    [](JobFilter& f) { f.from_us = 1, f.before_us = std::int64_t{1} << 60; },
};

TEST_CASE("jobs of a time are looked up by it in its own order, and in another one where they are few") {
  const Traced db;
  for (const auto& set : kTimes) {
    JobFilter filter;
    set(filter);
    each_page(kJobSorts, [&](const PageRequest& page) {
      const std::string plan = db.plan_of([&] { REQUIRE(db->page_of_jobs(filter, page)); });
      if (page.sort.empty()) check_straight(plan);
      INFO(plan);
      const std::string found = page.sort.empty()
                                    ? "SEARCH jobs USING INDEX"
                                    : "SEARCH jobs USING COVERING INDEX jobs_created_at (created_at";
      CHECK(plan.find(found) != std::string::npos);
    });
  }
}

TEST_CASE("jobs of a time that are many are met in the order asked for, and not sorted") {
  const Traced db;
  fill(db.file());
  for (const auto& set : kTimes) {
    JobFilter filter;
    set(filter);
    each_page(kJobSorts, [&](const PageRequest& page) {
      check_straight(db.plan_of([&] { REQUIRE(db->page_of_jobs(filter, page)); }));
    });
  }
}

TEST_CASE("two wide filters are one look-up, in each order") {
  const Traced db;
  const auto both = [&](const JobFilter& filter, const std::string& index) {
    each_page(kJobSorts, [&](const PageRequest& page) {
      const std::string plan = db.plan_of([&] { REQUIRE(db->page_of_jobs(filter, page)); });
      check_straight(plan);
      INFO(plan);
      CHECK(plan.find("USING INDEX " + index) != std::string::npos);
    });
  };
  JobFilter filter;
  filter.user_id = "u";
  filter.status = JobStatus::failed;
  both(filter, "jobs_user_id_status");
  filter.status.reset();
  filter.model = "m";
  both(filter, "jobs_user_id_model");
  filter.user_id.clear();
  filter.status = JobStatus::failed;
  both(filter, "jobs_model_status");
}

TEST_CASE("lists of what people bring along go along an index in each order, all of them and a user's") {
  const Traced db;
  for (const std::string user : {"", "u"}) {
    const auto check = [&](const std::map<std::string, Json>& sorts,
                           const std::function<bool(const PageRequest&)>& list) {
      each_page(sorts,
                [&](const PageRequest& page) { check_straight(db.plan_of([&] { REQUIRE(list(page)); })); });
    };
    check({{"", "x"}, {"title", "x"}, {"status", "draft"}, {"updated", 7}},
          [&](const auto& page) { return bool(Projects(*db).list({.user_id = user}, page)); });
    check({{"", "x"}, {"comparison_type", "x"}},
          [&](const auto& page) { return bool(Groups(*db).list({.user_id = user}, page)); });
    check({{"", "x"}, {"updated", 7}},
          [&](const auto& page) { return bool(Edits(*db).list({.user_id = user}, page)); });
    check({{"", "x"}, {"name", "x"}, {"updated", 7}},
          [&](const auto& page) { return bool(Brands(*db).list({.user_id = user}, page)); });
    check({{"", "x"}, {"name", "x"}, {"size", 7}},
          [&](const auto& page) { return bool(Products(*db).list({.user_id = user}, page)); });
  }
  each_page({{"", "x"}, {"username", "x"}, {"email", "x"}}, [&](const PageRequest& page) {
    check_straight(db.plan_of([&] { REQUIRE(Users(*db).list({}, page)); }));
  });
}

TEST_CASE("a session's, project's, group's and film's jobs are looked up, whatever their order") {
  const Traced db;
  const Filters<JobFilter> filters = {
      [](JobFilter& f) { f.session_id = "s"; },
      [](JobFilter& f) { f.project_id = "p"; },
      [](JobFilter& f) { f.group_id = "g"; },
      [](JobFilter& f) { f.parent_job_id = "j"; },
  };
  for (const auto& set : filters) {
    JobFilter filter;
    set(filter);
    each_page(kJobSorts, [&](const PageRequest& page) {
      const std::string plan = db.plan_of([&] { REQUIRE(db->page_of_jobs(filter, page)); });
      INFO(plan);
      CHECK(plan.find("SEARCH jobs USING INDEX jobs_") != std::string::npos);
    });
  }
}

TEST_CASE("lists of films, assets and takes by any wide filter and order go along an index") {
  const Traced db;
  Media media(*db);
  Takes takes(*db);
  const Filters<VideoFilter> of_videos = {
      [](VideoFilter&) {},
      [](VideoFilter& f) { f.user_id = "u"; },
      [](VideoFilter& f) { f.resolution = "r"; },
      [](VideoFilter& f) { f.format = "f"; },
      [](VideoFilter& f) { f.codec = "c"; },
  };
  for (const auto& set : of_videos) {
    VideoFilter filter;
    set(filter);
    each_page({{"", "x"}, {"title", "x"}, {"duration", 7}, {"size", 7}}, [&](const PageRequest& page) {
      check_straight(db.plan_of([&] { REQUIRE(media.videos(filter, page)); }));
    });
  }
  const Filters<AssetFilter> of_assets = {
      [](AssetFilter&) {},
      [](AssetFilter& f) { f.type = "t"; },
      [](AssetFilter& f) { f.source_type = "s"; },
      [](AssetFilter& f) { f.provider = "p"; },
      [](AssetFilter& f) { f.model = "m"; },
  };
  for (const auto& set : of_assets) {
    AssetFilter filter;
    set(filter);
    each_page({{"", "x"}, {"size", 7}, {"model", "m"}}, [&](const PageRequest& page) {
      check_straight(db.plan_of([&] { REQUIRE(media.assets(filter, page)); }));
    });
  }
  const Filters<TakeFilter> of_takes = {
      [](TakeFilter&) {},
      [](TakeFilter& f) { f.type = "t"; },
      [](TakeFilter& f) { f.status = "s"; },
      [](TakeFilter& f) { f.provider = "p"; },
      [](TakeFilter& f) { f.model = "m"; },
      [](TakeFilter& f) { f.is_main = true; },
  };
  for (const auto& set : of_takes) {
    TakeFilter filter;
    set(filter);
    each_page({{"", "x"}, {"updated", 7}}, [&](const PageRequest& page) {
      check_straight(db.plan_of([&] { REQUIRE(takes.list(filter, page)); }));
    });
  }
}

TEST_CASE("a job's events and scores are looked up") {
  const Traced db;
  check_straight(db.plan_of([&] { REQUIRE(db->events_after("j", 3, 100)); }));
  Metrics metrics(*db);
  check_straight(db.plan_of([&] { REQUIRE(metrics.of_job("j")); }));
  check_straight(db.plan_of([&] { REQUIRE(metrics.series_of_job("j")); }));
  check_straight(db.plan_of([&] { REQUIRE(PictureTries(*db).of_job("j")); }));
  for (const MetricFilter& filter : {MetricFilter{}, MetricFilter{"", "", "noise"}}) {
    each_page({{"", "x"}, {"value", 0.5}}, [&](const PageRequest& page) {
      check_straight(db.plan_of([&] { REQUIRE(metrics.list(filter, page)); }));
    });
  }
}

}  // namespace
}  // namespace reeld::storage
