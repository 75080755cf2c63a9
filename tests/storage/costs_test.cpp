#include <atomic>
#include <cmath>
#include <thread>

#include "tests/storage/storage_helpers.hpp"

namespace reeld::storage {
namespace {

constexpr std::int64_t kHour = 3600LL * 1000000;

Job job_with_budget(Database& db, std::optional<double> budget_usd) {
  NewJob wanted = some_job();
  wanted.budget_usd = budget_usd;
  return db.create_job(wanted)->job;
}

void add_cost(Database& db, std::int64_t started_us, std::optional<double> cost_usd) {
  ProviderCall call = some_call(started_us);
  call.cost_usd = cost_usd;
  REQUIRE(db.add_call(call));
}

TEST_CASE("a cost that is no amount, or of a job that is not there, is refused") {
  const TempDir dir;
  const auto db = opened(dir / "reeld.db");
  for (const double amount : {-0.01, std::nan(""), HUGE_VAL}) {
    CHECK(db->reserve_cost({"", "gemini", amount, {}, {}}).error().code == Code::invalid_request);
  }
  CHECK(db->reserve_cost({new_id(), "gemini", 1, {}, {}}).error().code == Code::not_found);
  CHECK(db->settle_cost(new_id(), 1).error().code == Code::not_found);
  const Job job = made(*db);
  const std::string id = *db->reserve_cost({job.id, "gemini", 1, {}, {}});
  CHECK(db->settle_cost(id, -1).error().code == Code::invalid_request);
  CHECK(db->find_job(job.id)->cost_usd == 0);
  REQUIRE(db->settle_cost(id, 1));
  CHECK(db->settle_cost(id, 1).error().code == Code::not_found);  // a second time
  CHECK(db->find_job(job.id)->cost_usd == 1);
}

TEST_CASE("a job's budget holds for what it spent and what it has reserved, and the refusal says all of it") {
  const TempDir dir;
  const auto db = opened(dir / "reeld.db");
  const std::string job = job_with_budget(*db, 0.5).id;
  const std::string first = *db->reserve_cost({job, "gemini", 0.25, {}, {}});
  const auto second = db->reserve_cost({job, "gemini", 0.125, {}, {}});
  REQUIRE(second);
  const auto refused = db->reserve_cost({job, "gemini", 0.375, {}, {}});
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == Code::budget_exceeded);
  CHECK(refused.error().message ==
        "This would cost up to 0.375 USD, and of the 0.5 USD allowed for job " + job +
            ", 0 USD are spent and 0.375 USD reserved; raise the budget or choose a "
            "cheaper model.");
  REQUIRE(db->settle_cost(first, 0.0625));  // cheaper than feared: the rest is free again
  CHECK(db->find_job(job)->cost_usd == 0.0625);
  CHECK(db->reserve_cost({job, "gemini", 0.3125, {}, {}}));
  CHECK(db->reserve_cost({job, "gemini", 0.0625, {}, {}}).error().code == Code::budget_exceeded);
  CHECK(db->reserve_cost({job, "gemini", 0, {}, {}}));
}

TEST_CASE("of two budgets for a job the smaller one holds, and other jobs have theirs") {
  const TempDir dir;
  const auto db = opened(dir / "reeld.db");
  const std::string small = job_with_budget(*db, 0.5).id, open_end = job_with_budget(*db, std::nullopt).id;
  CHECK(db->reserve_cost({small, "gemini", 0.75, 1.0, {}}).error().code == Code::budget_exceeded);
  CHECK(db->reserve_cost({small, "gemini", 0.5, 0.25, {}}).error().code == Code::budget_exceeded);
  CHECK(db->reserve_cost({open_end, "gemini", 0.5, 0.25, {}}).error().code == Code::budget_exceeded);
  CHECK(db->reserve_cost({open_end, "gemini", 1000, {}, {}}));
  CHECK(db->reserve_cost({small, "gemini", 0.5, {}, {}}));
}

TEST_CASE("prices that are not exact in binary fill a budget to its last cent") {
  const TempDir dir;
  const auto db = opened(dir / "reeld.db");
  const std::string job = job_with_budget(*db, 0.3).id;  // less than 0.1 + 0.1 + 0.1 in doubles
  for (int i = 0; i < 3; ++i) REQUIRE(db->settle_cost(*db->reserve_cost({job, "gemini", 0.1, {}, {}}), 0.1));
  CHECK(db->reserve_cost({job, "gemini", 0.0001, {}, {}}).error().code == Code::budget_exceeded);
}

TEST_CASE("a day is one of UTC, from its midnight to the next; calls without a price count nothing") {
  const TempDir dir;
  const auto db = opened(dir / "reeld.db");
  const std::int64_t midnight = 20000 * 24 * kHour;
  add_cost(*db, midnight - 1, 1);
  add_cost(*db, midnight, 2);
  add_cost(*db, midnight + 12 * kHour, std::nullopt);
  add_cost(*db, midnight + 24 * kHour - 1, 4);
  add_cost(*db, midnight + 24 * kHour, 8);
  CHECK(*db->cost_of_day(midnight - 1) == 1);
  CHECK(*db->cost_of_day(midnight) == 6);
  CHECK(*db->cost_of_day(midnight + 24 * kHour - 1) == 6);
  CHECK(*db->cost_of_day(midnight + 24 * kHour) == 8);
  CHECK(*db->cost_of_day(midnight + 48 * kHour) == 0);
}

TEST_CASE("the day's budget holds for all jobs together and what is of no job, and forgets other days") {
  const TempDir dir;
  const auto db = opened(dir / "reeld.db");
  const std::string one = made(*db).id, two = made(*db).id;
  add_cost(*db, now_us() - 48 * kHour, 100);
  const auto within = [&](const std::string& job, double amount) {
    return static_cast<bool>(db->reserve_cost({job, "gemini", amount, {}, 1.0}));
  };
  CHECK(within(one, 0.25));
  CHECK(within(two, 0.25));
  CHECK(within("", 0.25));
  CHECK_FALSE(within("", 0.5));
  // Where midnight comes between the call and the reservation, the call is the other day's and tells nothing.
  const std::int64_t now = now_us();
  add_cost(*db, now, 0.25);
  const bool refused = !within(two, 0.125);
  if (now / (24 * kHour) == now_us() / (24 * kHour)) CHECK(refused);
  const auto error = db->reserve_cost({"", "gemini", 2, {}, 1.0});
  REQUIRE_FALSE(error);
  CHECK(error.error().code == Code::budget_exceeded);
  CHECK(error.error().message.find("1 USD allowed for today (UTC)") != std::string::npos);
}

TEST_CASE("threads that reserve at the same time never exceed a budget together, nor do two connections") {
  const TempDir dir;
  const auto first = opened(dir / "reeld.db");
  const auto second = opened(dir / "reeld.db");
  // Every thread asks each job in turn for a quarter of its budget, so that four of eight get it. Some settle
  // at once.
  constexpr int kJobs = 100, kThreads = 8;
  std::vector<std::string> jobs;
  for (int i = 0; i < kJobs; ++i) jobs.push_back(job_with_budget(*first, 1.0).id);
  std::vector<std::atomic<int>> granted(kJobs);
  std::atomic<int> other_errors{0};
  std::vector<std::thread> threads;
  for (int thread = 0; thread < kThreads; ++thread) {
    threads.emplace_back([&, thread] {
      Database& db = thread % 2 == 0 ? *first : *second;
      for (int i = 0; i < kJobs; ++i) {
        const auto id = db.reserve_cost({jobs[i], "gemini", 0.25, {}, {}});
        if (!id && id.error().code != Code::budget_exceeded) ++other_errors;
        if (!id) continue;
        ++granted[i];
        if (thread < kThreads / 2 && !db.settle_cost(*id, 0.25)) ++other_errors;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(other_errors == 0);
  for (int i = 0; i < kJobs; ++i) {
    CHECK(granted[i] == 4);
    CHECK(first->find_job(jobs[i])->cost_usd <= 1.0);
  }
}

TEST_CASE("what a killed daemon had reserved is free again, what it had settled stays spent") {
  const TempDir dir;
  std::string job;
  {
    const auto db = opened(dir / "reeld.db");
    job = job_with_budget(*db, 1.0).id;
    REQUIRE(db->settle_cost(*db->reserve_cost({job, "gemini", 0.5, {}, {}}), 0.25));
    REQUIRE(db->reserve_cost({job, "gemini", 0.75, {}, {}}));
    REQUIRE_FALSE(db->reserve_cost({job, "gemini", 0.75, {}, {}}));
  }
  const auto db = opened(dir / "reeld.db");
  CHECK(db->find_job(job)->cost_usd == 0.25);
  CHECK(db->reserve_cost({job, "gemini", 0.75, {}, {}}));
}

}  // namespace
}  // namespace reeld::storage
