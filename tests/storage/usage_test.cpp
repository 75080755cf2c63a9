// Samples of what a job takes, and sums over jobs.
#include "storage/usage.hpp"

#include <SQLiteCpp/SQLiteCpp.h>

#include "storage/users.hpp"
#include "tests/storage/rules.hpp"
#include "tests/storage/storage_helpers.hpp"

namespace reeld::storage {
namespace {

constexpr std::int64_t kSecond = 1'000'000, kDay = 86400 * kSecond;
// 2026-11-20T00:00:00Z
constexpr std::int64_t kFriday = 1795132800 * kSecond;

ResourceSample sample_at(std::int64_t time_us, std::int64_t frames, double cpu_seconds) {
  ResourceSample sample;
  sample.time_us = time_us;
  sample.frames = frames;
  sample.cpu_seconds = cpu_seconds;
  sample.memory_mb = 100;
  return sample;
}

TEST_CASE("samples: what nothing measures is NULL, percents are 0 to 100, GPU figures say whose they are") {
  Rows rows;
  const auto verdict = [&](const std::string& values) {
    return rows.verdict("INSERT INTO resource_samples VALUES ('" + kId + "', " + values + ")");
  };
  CHECK(verdict("1, 0, 0, 0, NULL, NULL, NULL, NULL") == SQLITE_OK);
  CHECK(verdict("1, 5, 1.5, 99.5, 0, 100, 80, 'machine'") == SQLITE_OK);
  CHECK(verdict("1, 5, 1.5, 99.5, 50, NULL, NULL, 'job'") == SQLITE_OK);
  for (const char* broken :
       {"1, -1, 0, 0, NULL, NULL, NULL, NULL", "1, 0, -1, 0, NULL, NULL, NULL, NULL",
        "1, 0, 0, -1, NULL, NULL, NULL, NULL", "1, 0, 0, 0, 101, 0, 0, 'job'", "1, 0, 0, 0, 0, -1, 0, 'job'",
        "1, 0, 0, 0, 0, 0, -1, 'job'", "1, 0, 0, 0, 0, 0, 0, 'user'", "1, 0, 0, 0, 0, NULL, NULL, NULL",
        "1, 0, 0, 0, NULL, NULL, 1, NULL"}) {
    INFO(broken);
    CHECK(verdict(broken) == SQLITE_CONSTRAINT_CHECK);
  }
  check({{"job_stages",
          {"cpu_seconds = 0, gpu_seconds = 0, peak_memory_mb = 0, peak_gpu_memory_mb = 0, frames = 0"},
          {"cpu_seconds = -1", "gpu_seconds = -1", "peak_memory_mb = -1", "peak_gpu_memory_mb = -1",
           "frames = -1"}}});
}

TEST_CASE("a sample of nobody's job is refused, and a job without samples has none") {
  const TempDir dir;
  const auto db = opened(dir / "reeld.db");
  UsageLog log(*db);
  CHECK(log.add_sample("nobody", sample_at(1, 0, 0), std::nullopt).error().code == Code::not_found);
  CHECK(log.samples("nobody")->empty());
}

TEST_CASE("rates are worked out between samples, and begin anew where a daemon was started again") {
  const TempDir dir;
  const auto db = opened(dir / "reeld.db");
  const std::string job = made(*db).id;
  UsageLog log(*db);
  REQUIRE(log.add_sample(job, sample_at(10 * kSecond, 0, 0), std::nullopt));
  REQUIRE(log.add_sample(job, sample_at(12 * kSecond, 50, 3), std::nullopt));
  REQUIRE(log.add_sample(job, sample_at(60 * kSecond, 0, 0), std::nullopt));
  ResourceSample last = sample_at(61 * kSecond, 10, 0.5);
  last.gpu_percent = 70;
  last.gpu_scope = "job";
  REQUIRE(log.add_sample(job, last, std::nullopt));
  const auto samples = log.samples(job);
  REQUIRE(samples->size() == 4);
  CHECK_FALSE((*samples)[0].frames_per_second);
  CHECK((*samples)[1].frames_per_second == 25);
  CHECK((*samples)[1].cpu_cores == 1.5);
  CHECK_FALSE((*samples)[1].gpu_percent);
  CHECK((*samples)[1].gpu_scope.empty());
  CHECK_FALSE((*samples)[2].frames_per_second);
  CHECK_FALSE((*samples)[2].cpu_cores);
  CHECK((*samples)[3].frames_per_second == 10);
  CHECK((*samples)[3].cpu_cores == 0.5);
  CHECK((*samples)[3].gpu_percent == 70);
  CHECK((*samples)[3].gpu_scope == "job");
}

TEST_CASE("a long job keeps a bounded number of samples, and its rates stay true") {
  const TempDir dir;
  const auto db = opened(dir / "reeld.db");
  const std::string job = made(*db).id;
  UsageLog log(*db);
  std::int64_t time = 0;
  int removed = 0;
  std::int64_t interval = kSecond;
  // Two hours at 24 frames a second on three cores.
  for (; time <= 7200 * kSecond; time += interval) {
    const auto full = log.add_sample(
        job, sample_at(time, time / kSecond * 24, static_cast<double>(time / kSecond) * 3), std::nullopt);
    REQUIRE(full);
    if (*full) ++removed, interval *= 2;
  }
  const auto samples = *log.samples(job);
  CHECK(samples.size() <= static_cast<std::size_t>(UsageLog::kMostSamples));
  CHECK(samples.size() >= static_cast<std::size_t>(UsageLog::kMostSamples) / 2);
  CHECK(removed == 3);
  CHECK(samples.front().time_us == 0);
  for (std::size_t i = 1; i < samples.size(); ++i) {
    REQUIRE(*samples[i].frames_per_second == Approx(24));
    REQUIRE(*samples[i].cpu_cores == Approx(3));
  }
}

TEST_CASE("a sample notes when the open stage will be completed, and leaves completed stages alone") {
  const TempDir dir;
  const auto db = opened(dir / "reeld.db");
  const std::string job = made(*db).id;
  UsageLog log(*db);
  REQUIRE(db->begin_stage(job, "planning"));
  REQUIRE(db->end_stage(job, "planning", std::nullopt, {}));
  REQUIRE(log.add_sample(job, sample_at(1, 0, 0), 5 * kDay));
  CHECK_FALSE(db->stages(job)->at(0).estimated_us);
  REQUIRE(db->begin_stage(job, "rendering"));
  const std::int64_t started = db->stages(job)->at(1).started_us;
  REQUIRE(log.add_sample(job, sample_at(2, 0, 0), started + kSecond));
  CHECK(db->stages(job)->at(1).estimated_us == started + kSecond);
  REQUIRE(log.add_sample(job, sample_at(3, 0, 0), std::nullopt));
  CHECK(db->stages(job)->at(1).estimated_us == started + kSecond);
  REQUIRE(log.add_sample(job, sample_at(4, 0, 0), 1));
  CHECK(db->stages(job)->at(1).estimated_us == started);  // none is completed before it began
}

TEST_CASE("samples go with their job") {
  const TempDir dir;
  const auto db = opened(dir / "reeld.db");
  const std::string job = made(*db).id;
  UsageLog log(*db);
  REQUIRE(log.add_sample(job, sample_at(1, 0, 0), std::nullopt));
  REQUIRE(db->set_status(job, JobStatus::cancelled));
  REQUIRE(db->remove_job(job));
  CHECK(log.samples(job)->empty());
}

// Three jobs of two users on two days; the second failed, the third never began.
struct Sums {
  Sums() : db(opened(dir / "reeld.db")), raw((dir / "reeld.db").string(), SQLite::OPEN_READWRITE) {
    Users users(*db);
    NewUser ada;
    ada.username = "ada";
    ada.email = "ada@example.org";
    const auto created = users.create(ada);
    if (!created) FAIL(created.error().message);
    user = created->id;
    first = add(kFriday + 5, "", "cuda", "h264_nvenc", 100, 2);
    second = add(kFriday + kDay - 1, user, "cpu", "libx264", 50, 3);
    third = add(kFriday + kDay, user, "", "", 0, 0);
    Video video;
    video.job_id = first;
    video.file = "/out/film.mp4";
    video.facts = {{"duration_seconds", 4.5}, {"size_bytes", 10}};
    REQUIRE(db->add_video(video));
    for (int i = 0; i < 2; ++i) {
      ProviderCall call = some_call(kFriday + i * kDay, i == 0 ? "large" : "small");
      call.job_id = first;
      call.input_tokens = 10;
      call.output_tokens = 5;
      call.cost_usd = 0.25;
      REQUIRE(db->add_call(call));
    }
    raw.exec("UPDATE jobs SET cost_usd = 0.5 WHERE id = '" + first + "'");
  }

  std::string add(std::int64_t created_us, const std::string& of_user, const std::string& device,
                  const std::string& encoder, std::int64_t frames, double seconds) {
    NewJob job = some_job();
    job.user_id = of_user;
    const std::string id = db->create_job(job)->job.id;
    raw.exec("UPDATE jobs SET created_at = " + std::to_string(created_us) + " WHERE id = '" + id + "'");
    if (device.empty()) return id;
    JobResources resources;
    resources.wall_seconds = seconds;
    resources.cpu_seconds = 2 * seconds;
    resources.gpu_seconds = seconds / 4;
    resources.peak_memory_mb = 100 * seconds;
    resources.peak_gpu_memory_mb = 10 * seconds;
    resources.frames = frames;
    resources.device = device;
    resources.encoder = encoder;
    REQUIRE(db->set_resources(id, resources));
    return id;
  }

  UsageSums by(UsageBy what, const std::string& of_user = "", const std::string& device = "",
               std::int64_t from = kFriday, std::int64_t before = kFriday + 2 * kDay) {
    const auto sums = UsageLog(*db).sums({what, from, before, of_user, device});
    if (!sums) FAIL(sums.error().message);
    return *sums;
  }

  TempDir dir;
  std::unique_ptr<Database> db;
  SQLite::Database raw;
  std::string user, first, second, third;
};

std::vector<std::string> keys(const UsageSums& sums) {
  std::vector<std::string> keys;
  for (const UsageSum& sum : sums.rows) keys.push_back(sum.key);
  return keys;
}

TEST_CASE("sums of jobs by day, user, device and encoder, and of all of them") {
  Sums s;
  const UsageSums days = s.by(UsageBy::day);
  CHECK(keys(days) == std::vector<std::string>{"2026-11-20", "2026-11-21"});
  const UsageSum& friday = days.rows[0];
  CHECK(friday.jobs == 2);
  CHECK(friday.calls == 2);
  CHECK(friday.tokens == 30);
  CHECK(friday.cost_usd == 0.5);
  CHECK_FALSE(friday.call_seconds);
  REQUIRE(friday.work);
  CHECK(friday.work->films == 1);
  CHECK(friday.work->frames == 150);
  CHECK(friday.work->film_seconds == 4.5);
  CHECK(friday.work->wall_seconds == 5);
  CHECK(friday.work->cpu_seconds == 10);
  CHECK(friday.work->gpu_seconds == 1.25);
  CHECK(friday.work->peak_memory_mb == 300);
  CHECK(friday.work->peak_gpu_memory_mb == 30);
  CHECK(days.rows[1].jobs == 1);
  CHECK(days.rows[1].work->peak_memory_mb == 0);
  CHECK(days.total.jobs == 3);
  CHECK(days.total.work->frames == 150);

  const UsageSums users = s.by(UsageBy::user);
  CHECK(keys(users) == std::vector<std::string>{std::string(kLocalUser), s.user});
  CHECK(users.rows[1].name == "ada");
  CHECK(users.rows[1].jobs == 2);
  CHECK(keys(s.by(UsageBy::device)) == std::vector<std::string>{"", "cpu", "cuda"});
  CHECK(keys(s.by(UsageBy::encoder)) == std::vector<std::string>{"", "h264_nvenc", "libx264"});
}

TEST_CASE("sums of calls by provider and model") {
  Sums s;
  const UsageSums providers = s.by(UsageBy::provider);
  CHECK(keys(providers) == std::vector<std::string>{"gemini"});
  CHECK(providers.rows[0].jobs == 1);
  CHECK(providers.rows[0].calls == 2);
  CHECK(providers.rows[0].tokens == 30);
  CHECK(providers.rows[0].cost_usd == 0.5);
  CHECK(providers.rows[0].call_seconds == 2);
  CHECK_FALSE(providers.rows[0].work);
  const UsageSums models = s.by(UsageBy::model);
  CHECK(keys(models) == std::vector<std::string>{"gemini/large", "gemini/small"});
  CHECK(models.total.jobs == 1);  // one job asked both
  CHECK(models.total.calls == 2);
  CHECK(s.by(UsageBy::model, "", "", kFriday, kFriday + kDay).total.calls == 1);
  CHECK(s.by(UsageBy::model, s.user).total.calls == 0);
  CHECK(s.by(UsageBy::model, "", "cuda").total.calls == 2);
  CHECK(s.by(UsageBy::model, "", "cpu").total.calls == 0);
}

TEST_CASE("sums of a user, of a device, of a part of a day, of nothing") {
  Sums s;
  CHECK(s.by(UsageBy::day, s.user).total.jobs == 2);
  CHECK(s.by(UsageBy::day, "", "cuda").total.work->frames == 100);
  CHECK(s.by(UsageBy::day, s.user, "cuda").total.jobs == 0);
  CHECK(s.by(UsageBy::day, "", "", kFriday, kFriday + 5).total.jobs == 0);      // before is not within
  CHECK(s.by(UsageBy::day, "", "", kFriday + 5, kFriday + 6).total.jobs == 1);  // from is
  for (const UsageBy by :
       {UsageBy::day, UsageBy::user, UsageBy::device, UsageBy::encoder, UsageBy::provider, UsageBy::model}) {
    const UsageSums none = s.by(by, "", "", 0, 1);
    CHECK(none.rows.empty());
    CHECK(none.total.jobs == 0);
    CHECK(none.total.cost_usd == 0);
  }
}

TEST_CASE("sums of a day read that day's jobs alone, each from the index") {
  Sums s;
  UsageLog log(*s.db);
  for (const std::string& user : {std::string(), s.user}) {
    for (const std::string device : {"", "cpu"}) {
      for (const UsageBy by : {UsageBy::day, UsageBy::user, UsageBy::device, UsageBy::encoder}) {
        const auto plan = log.plan_of_sums({by, kFriday, kFriday + kDay, user, device});
        REQUIRE(plan);
        std::string steps;
        for (const std::string& step : *plan) steps += step + "\n";
        INFO(steps);
        CHECK(steps.find("SEARCH j USING COVERING INDEX jobs_created_at (created_at>? AND created_at<?)") !=
              std::string::npos);
        CHECK(steps.find("SCAN") == std::string::npos);
      }
      for (const UsageBy by : {UsageBy::provider, UsageBy::model}) {
        const auto plan = log.plan_of_sums({by, kFriday, kFriday + kDay, user, device});
        REQUIRE(plan);
        std::string steps;
        for (const std::string& step : *plan) steps += step + "\n";
        INFO(steps);
        CHECK(steps.find("SEARCH c USING INDEX provider_calls_started_at (started_at>? AND started_at<?)") !=
              std::string::npos);
        CHECK(steps.find("SCAN") == std::string::npos);
      }
    }
  }
}

}  // namespace
}  // namespace reeld::storage
