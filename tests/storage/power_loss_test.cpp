// What is there after the power went: on a disk that keeps of what was not synced some sectors and loses
// others.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <mutex>
#include <thread>

#include <SQLiteCpp/SQLiteCpp.h>

#include "storage/retention.hpp"
#include "tests/storage/lossy_disk.hpp"
#include "tests/storage/storage_helpers.hpp"

namespace reeld::storage {
namespace {

namespace fs = std::filesystem;

constexpr int kClients = 4;
constexpr int kCuts = 60;
constexpr int kMostJobs = 2000;

// Jobs as several clients submit them, for as long as it is there.
class Submits {
 public:
  Submits(Database& db, std::uint64_t seed) {
    for (int i = 0; i < kClients; ++i) threads_.emplace_back([this, &db, seed, i] { submit(db, seed + i); });
  }
  ~Submits() {
    ending_ = true;
    for (std::thread& thread : threads_) thread.join();
  }

  std::vector<std::string> answered() {
    const std::lock_guard lock(mutex_);
    return answered_;
  }

 private:
  void submit(Database& db, std::uint64_t seed) {
    std::mt19937_64 random(seed);
    for (int i = 0; i < kMostJobs / kClients && !ending_; ++i) {
      NewJob job = some_job();
      // So large that the log is carried over while they go on.
      if (i % 4 == 0) job.request["note"] = std::string(random() % 40'000, 'x');
      const auto created = db.create_job(job);
      if (!created) return;
      {
        const std::lock_guard lock(mutex_);
        answered_.push_back(created->job.id);
      }
      if (random() % 4 == 0 && !db.append_event(created->job.id, "status", {{"status", "pending"}})) return;
      if (random() % 8 == 0 && !db.set_status(created->job.id, JobStatus::cancelled)) return;
    }
  }

  std::atomic<bool> ending_ = false;
  std::mutex mutex_;
  std::vector<std::string> answered_;
  std::vector<std::thread> threads_;
};

TEST_CASE("every job that was answered is there after the power went, at whatever moment") {
  const std::uint64_t seed = std::random_device{}();
  INFO("seed " << seed);
  std::mt19937_64 random(seed);
  const TempDir dir;
  fs::create_directories(dir / "disk");
  LossyDisk disk(dir / "disk");
  const auto db = opened(dir / "disk/reeld.db");
  Submits submits(*db, seed);
  int cuts_with_loss = 0;
  std::size_t answered = 0;
  for (int cut = 0; cut < kCuts; ++cut) {
    std::this_thread::sleep_for(std::chrono::microseconds(random() % 20'000));
    const auto before = submits.answered();  // what is answered meanwhile may be there or not
    const fs::path left = dir / ("cut" + std::to_string(cut));
    cuts_with_loss += disk.cut(left, random) > 0 ? 1 : 0;
    const auto after = Database::open(left / "reeld.db");
    INFO("cut " << cut << ", " << before.size() << " jobs answered");
    if (!after) FAIL(after.error().message);
    const auto is_there = [&](const std::string& id) { return static_cast<bool>((*after)->find_job(id)); };
    CHECK(std::ranges::count_if(before, is_there) == static_cast<std::ptrdiff_t>(before.size()));
    CHECK(Retention(**after).check_database()->empty());
    answered = before.size();
    fs::remove_all(left);
  }
  CHECK(cuts_with_loss > kCuts / 10);
  CHECK(answered > kCuts / 2);
}

TEST_CASE("a database that the power left half made is made whole by the next start") {
  const std::uint64_t seed = std::random_device{}();
  INFO("seed " << seed);
  std::mt19937_64 random(seed);
  for (int cut = 0; cut < 10; ++cut) {
    const TempDir dir;
    fs::create_directories(dir / "disk");
    LossyDisk disk(dir / "disk");
    {
      std::thread making([&] { CHECK(Database::open(dir / "disk/reeld.db")); });
      std::this_thread::sleep_for(std::chrono::microseconds(random() % 60'000));
      disk.cut(dir / "left", random);
      making.join();
    }
    const auto after = Database::open(dir / "left/reeld.db");
    INFO("cut " << cut);
    if (!after) FAIL(after.error().message);
    CHECK((*after)->find_job(made(**after).id));
    CHECK(Retention(**after).check_database()->empty());
  }
}

// That the two above can fail.
TEST_CASE("a commit that syncs nothing is lost on such a disk") {
  std::mt19937_64 random(1);
  const TempDir dir;
  fs::create_directories(dir / "disk");
  LossyDisk disk(dir / "disk");
  const auto db = opened(dir / "disk/reeld.db");
  const std::string kept = made(*db).id;
  disk.cut(dir / "whole", random);
  CHECK(opened(dir / "whole/reeld.db")->find_job(kept));

  SQLite::Database careless((dir / "disk/reeld.db").string(), SQLite::OPEN_READWRITE);
  careless.exec("PRAGMA synchronous = NORMAL; UPDATE jobs SET title = 'changed'");
  CHECK(db->find_job(kept)->title == "changed");
  CHECK(disk.cut(dir / "left", random) > 0);
  CHECK(opened(dir / "left/reeld.db")->find_job(kept)->title == "A film");
}

}  // namespace
}  // namespace reeld::storage
