#include <atomic>
#include <limits>
#include <set>
#include <thread>

#include "tests/storage/storage_helpers.hpp"

namespace reeld::storage {
namespace {

using enum JobStatus;
constexpr JobStatus kAll[] = {pending, media_generation, video_composition, completed, failed, cancelled};

std::optional<Error> error_for(JobStatus status) {
  if (status != failed) return std::nullopt;
  return Error{Code::provider_failed, "It said no.", "/scenes/0"};
}

// Walks a new job to `status` by allowed steps.
std::string job_at(Database& db, JobStatus status) {
  const std::string id = made(db).id;
  if (status == media_generation || status == video_composition || status == completed) {
    REQUIRE(db.set_status(id, media_generation));
  }
  if (status == video_composition || status == completed) REQUIRE(db.set_status(id, video_composition));
  if (status == completed || is_final(status)) REQUIRE(db.set_status(id, status, error_for(status)));
  return id;
}

TEST_CASE("ids are UUIDs of version 7 that sort by their making, from all threads without a repeat") {
  std::string last;
  for (int i = 0; i < 20000; ++i) {
    const std::string id = new_id();
    REQUIRE(id.size() == 36);
    REQUIRE(id[14] == '7');
    REQUIRE(std::string("89ab").find(id[19]) != std::string::npos);
    REQUIRE(id > last);
    last = id;
  }
}

TEST_CASE("every step between two statuses is taken or refused as the seeds draw it") {
  const std::set<std::pair<JobStatus, JobStatus>> allowed = {{pending, media_generation},
                                                             {media_generation, video_composition},
                                                             {video_composition, completed},
                                                             {pending, failed},
                                                             {media_generation, failed},
                                                             {video_composition, failed},
                                                             {pending, cancelled},
                                                             {media_generation, cancelled},
                                                             {video_composition, cancelled},
                                                             {failed, pending},
                                                             {cancelled, pending}};
  const TempDir dir;
  const auto db = opened(dir / "reeld.db");
  for (const JobStatus from : kAll) {
    for (const JobStatus to : kAll) {
      CAPTURE(job_status_name(from), job_status_name(to));
      const std::string id = job_at(*db, from);
      const auto step = db->set_status(id, to, error_for(to));
      CHECK(static_cast<bool>(step) == allowed.contains({from, to}));
      if (!step) CHECK(step.error().code == Code::invalid_state);
      CHECK(db->find_job(id)->status == (step ? to : from));
    }
  }
}

TEST_CASE("an error comes exactly with failed; times follow; a retry clears them") {
  const TempDir dir;
  const auto db = opened(dir / "reeld.db");
  const std::string id = made(*db).id;
  CHECK(db->set_status(id, failed).error().code == Code::invalid_state);
  CHECK(db->set_status(id, cancelled, error_for(failed)).error().code == Code::invalid_state);
  CHECK(db->set_status("nobody", cancelled).error().code == Code::not_found);
  REQUIRE(db->set_status(id, media_generation));
  REQUIRE(db->set_progress(id, "creating_images", 40));
  REQUIRE(db->set_status(id, failed, error_for(failed)));
  const Job job = *db->find_job(id);
  CHECK(job.error == error_for(failed));
  REQUIRE(job.started_us);
  REQUIRE(job.completed_us);
  CHECK(*job.completed_us >= *job.started_us);
  REQUIRE(db->set_status(id, pending));
  const Job again = *db->find_job(id);
  CHECK(again.attempt == 2);
  CHECK(again.progress == 0);
  CHECK_FALSE(again.error);
  CHECK_FALSE(again.started_us);
  CHECK_FALSE(again.completed_us);
}

TEST_CASE("a job says whether another model may answer and whether one did, and what it may cost") {
  const TempDir dir;
  const auto db = opened(dir / "reeld.db");
  const std::string strict = made(*db).id;
  CHECK_FALSE(db->find_job(strict)->budget_usd);
  CHECK(db->set_fallback_occurred(strict).error().code == Code::invalid_state);
  CHECK_FALSE(db->find_job(strict)->model_fallback_occurred);
  CHECK(db->set_fallback_occurred("nobody").error().code == Code::not_found);
  NewJob wanted = some_job();
  wanted.allow_fallback = true;
  wanted.budget_usd = 0.25;
  const Job job = db->create_job(wanted)->job;
  CHECK(job.allow_fallback);
  CHECK(job.budget_usd == 0.25);
  CHECK_FALSE(job.model_fallback_occurred);
  REQUIRE(db->set_fallback_occurred(job.id));
  REQUIRE(db->set_fallback_occurred(job.id));
  CHECK(db->find_job(job.id)->model_fallback_occurred);
  wanted.budget_usd = -0.01;
  CHECK(db->create_job(wanted).error().code == Code::database_failed);
}

TEST_CASE("progress never goes back and stays within 0 to 100; a late report changes nothing") {
  const TempDir dir;
  const auto db = opened(dir / "reeld.db");
  const std::string id = job_at(*db, media_generation);
  const auto progress_after = [&](double percent) {
    REQUIRE(db->set_progress(id, "rendering", percent));
    return db->find_job(id)->progress;
  };
  CHECK(progress_after(30) == 30);
  CHECK(progress_after(20) == 30);
  CHECK(progress_after(-5) == 30);
  CHECK(progress_after(std::numeric_limits<double>::quiet_NaN()) == 30);
  REQUIRE(db->set_status(id, cancelled));
  CHECK(progress_after(90) == 30);
  CHECK(db->set_progress("nobody", "rendering", 1).error().code == Code::not_found);
  const std::string other = job_at(*db, media_generation);
  REQUIRE(db->set_progress(other, "rendering", 1000));
  CHECK(db->find_job(other)->progress == 100);
}

TEST_CASE("a repeated idempotency key gives the first job, or a conflict for another request or target") {
  const TempDir dir;
  const auto db = opened(dir / "reeld.db");
  const Job first = made(*db, "key");
  const auto repeated = db->create_job(some_job("key"));
  REQUIRE(repeated);
  CHECK(repeated->repeated);
  CHECK(repeated->job.id == first.id);
  NewJob other = some_job("key");
  other.request_hash = "other";
  CHECK(db->create_job(other).error().code == Code::conflict);
  other = some_job("key");
  other.target = "/out/other.mp4";
  CHECK(db->create_job(other).error().code == Code::conflict);
  CHECK(made(*db).id != made(*db).id);  // without a key nothing is a repetition
}

TEST_CASE("jobs are listed newest first, by status and in pages; the unfinished oldest first") {
  const TempDir dir;
  const auto db = opened(dir / "reeld.db");
  const std::string a = made(*db).id, b = job_at(*db, completed), c = made(*db).id;
  const auto ids = [](const std::vector<Job>& jobs) {
    std::vector<std::string> ids;
    for (const Job& job : jobs) ids.push_back(job.id);
    return ids;
  };
  PageRequest one_row;
  one_row.limit = 1;
  one_row.cursor = db->page_of_jobs({}, one_row)->next;
  using Ids = std::vector<std::string>;
  CHECK(ids(db->page_of_jobs({}, {})->rows) == Ids{c, b, a});
  CHECK(ids(db->page_of_jobs({}, one_row)->rows) == Ids{b});
  CHECK(ids(db->page_of_jobs({completed}, {})->rows) == Ids{b});
  CHECK(ids(*db->unfinished_jobs()) == Ids{a, c});
  CHECK((*db->counts())["jobs"]["pending"] == 2);
  CHECK((*db->counts())["jobs"]["failed"] == 0);
}

TEST_CASE("warnings are kept in their order, and each once") {
  const TempDir dir;
  const auto db = opened(dir / "reeld.db");
  const std::string id = made(*db).id;
  REQUIRE(db->add_warning(id, {{"code", "a"}}));
  REQUIRE(db->add_warning(id, "b"));
  REQUIRE(db->add_warning(id, {{"code", "a"}}));
  CHECK(db->find_job(id)->warnings == Json::array({{{"code", "a"}}, "b"}));
  CHECK(db->add_warning("nobody", "b").error().code == Code::not_found);
}

TEST_CASE("four threads may use one database") {
  const TempDir dir;
  const auto db = opened(dir / "reeld.db");
  const std::string id = made(*db).id;
  std::atomic<int> failures = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 25; ++i) {
        if (!db->create_job(some_job()) || !db->append_event(id, "progress", i)) ++failures;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(failures == 0);
  const auto events = db->events_after(id, 0, 1000);
  REQUIRE(events->size() == 100);
  for (std::size_t i = 0; i < 100; ++i) CHECK((*events)[i].seq == static_cast<std::int64_t>(i) + 1);
  CHECK(*db->count_jobs({}) == 101);
}

}  // namespace
}  // namespace reeld::storage
