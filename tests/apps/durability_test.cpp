// What a daemon says, and goes on with, whose disk or database fails under it.
#include <fcntl.h>
#include <sys/mount.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <thread>

#include <SQLiteCpp/SQLiteCpp.h>
#include <catch2/catch.hpp>

#include "tests/apps/daemon.hpp"

namespace reeld::test {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

const fs::path kFailingDisk = fs::path(REELD_BINARY_DIR) / "tests" / "failing_disk.so";

Result<Json> submit(Daemon& daemon, int scene_count = 1) {
  // So long that fifty scenes make 200 kB of request.
  const std::string nowhere = "nowhere/" + std::string(scene_count > 1 ? 4000 : 1, 'x');
  const Json scene = {{"picture", {{"file", nowhere}}}, {"duration", 1}};
  const Json request = {{"reeld", 1}, {"scenes", Json(std::vector<Json>(scene_count, scene))}};
  return daemon.client().submit(request, "/nowhere/film.mp4", "/", "");
}

std::string submitted(Daemon& daemon) {
  const auto answer = submit(daemon);
  INFO((answer ? "" : answer.error().message));
  REQUIRE(answer);
  return answer->at("job").at("id");
}

Json ask(Daemon& daemon, const std::string& method, const Json& params = Json::object()) {
  auto answer = daemon.client().call(method, params);
  while (answer && answer->value("status", "") == "checking") answer = daemon.client().call(method, params);
  INFO(method << ": " << (answer ? "" : answer.error().message));
  REQUIRE(answer);
  return *answer;
}

// Its picture is nowhere, so every job ends as failed once that can be recorded.
bool ends(Daemon& daemon, const std::string& job) {
  for (const auto until = Clock::now() + std::chrono::seconds(30); Clock::now() < until;) {
    if (ask(daemon, "status", {{"job", job}}).at("job").at("status") == "failed") return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  return false;
}

bool says(const Error& error, const std::string& words) {
  return error.message.find(words) != std::string::npos;
}

// A disk below `folder` that fails when it is told to, of programs that are started while this is there.
class FailingDisk {
 public:
  explicit FailingDisk(const fs::path& folder) : switch_(folder.parent_path() / "switch") {
    ::setenv("LD_PRELOAD", kFailingDisk.c_str(), 1);
    ::setenv("FAILING_DISK_FOLDER", folder.c_str(), 1);
    ::setenv("FAILING_DISK_SWITCH", switch_.c_str(), 1);
  }
  ~FailingDisk() {
    for (const char* name : {"LD_PRELOAD", "FAILING_DISK_FOLDER", "FAILING_DISK_SWITCH"}) ::unsetenv(name);
  }
  void fail(int error) const { std::ofstream(switch_) << error; }
  void mend() const { fs::remove(switch_); }

 private:
  const fs::path switch_;
};

// The daemon on a disk that fails from now on refuses with `code`, and answers what only reads.
void check_refuses(Daemon& daemon, const std::string& known_job, Code code) {
  const auto refused = submit(daemon);
  REQUIRE_FALSE(refused);
  INFO(refused.error().message);
  CHECK(refused.error().code == code);
  CHECK(says(refused.error(), "data directory"));
  CHECK(ask(daemon, "status", {{"job", known_job}}).at("job").at("id") == known_job);
  CHECK_FALSE(ask(daemon, "list").at("jobs").empty());
  const Json health = ask(daemon, "health");
  CHECK(health.at("database").at("error").at("code") == code_name(code));
}

void check_failing_disk(int error, Code code) {
  if (!fs::exists(kFailingDisk)) {
    WARN("skipped: a sanitizer's library has to be loaded first");
    return;
  }
  const TemporaryFolder folder;
  const FailingDisk disk(folder.path() / "daemon" / "data");
  Daemon daemon(folder.path() / "daemon");
  const std::string first = submitted(daemon);
  disk.fail(error);
  check_refuses(daemon, first, code);
  disk.mend();
  const std::string second = submitted(daemon);
  CHECK(ask(daemon, "health").at("database").at("error").is_null());
  CHECK(ends(daemon, first));
  CHECK(ends(daemon, second));
}

TEST_CASE("a disk that turns read-only under a daemon is said; reading goes on, and later writing") {
  check_failing_disk(EROFS, Code::database_failed);
}

TEST_CASE("a disk that fills up under a daemon is said; reading goes on, and later writing") {
  check_failing_disk(ENOSPC, Code::disk_full);
}

TEST_CASE("a database on a small disk that is really full is said, and takes jobs again once there is room") {
  const TemporaryFolder folder;
  const fs::path data = folder.path() / "daemon" / "data";
  fs::create_directories(data);
  fs::permissions(data, fs::perms::owner_all);
  if (::mount("tmpfs", data.c_str(), "tmpfs", 0, "size=24m,mode=700") != 0) {
    WARN("skipped: mounting a small tmpfs needs root");
    return;
  }
  {
    Daemon daemon(folder.path() / "daemon");
    std::vector<std::string> jobs = {submitted(daemon)};
    std::ofstream filler(data / "filler", std::ios::binary);
    while (filler << std::string(4096, 'x') << std::flush) {
    }
    constexpr int kScenes = 50;
    auto more = submit(daemon, kScenes);
    for (int i = 0; more && i < 200; ++i, more = submit(daemon, kScenes))
      jobs.push_back(more->at("job").at("id"));
    REQUIRE_FALSE(more);
    INFO(more.error().message);
    CHECK(more.error().code == Code::disk_full);
    CHECK(ask(daemon, "status", {{"job", jobs.back()}}).at("job").at("id") == jobs.back());
    CHECK_FALSE(ask(daemon, "list").at("jobs").empty());
    CHECK(ask(daemon, "health").at("database").at("error").at("code") == "disk_full");
    filler.close();
    fs::remove(data / "filler");
    jobs.push_back(submitted(daemon));
    CHECK(ask(daemon, "health").at("database").at("error").is_null());
    for (const std::string& job : jobs) CHECK(ends(daemon, job));
  }
  CHECK(::umount2(data.c_str(), MNT_DETACH) == 0);
}

TEST_CASE(
    "a database that another process holds is busy within the client's time, and takes jobs again after") {
  const TemporaryFolder folder;
  Daemon daemon(folder.path() / "daemon");
  const std::string first = submitted(daemon);
  CHECK(ends(daemon, first));
  SQLite::Database other((daemon.data_dir() / "reeld.db").string(), SQLite::OPEN_READWRITE);
  other.setBusyTimeout(10'000);
  other.exec("BEGIN EXCLUSIVE");
  const auto refused = submit(daemon);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == Code::busy);
  CHECK(says(refused.error(), "Another process holds the database"));
  CHECK(ask(daemon, "list").at("jobs").size() == 1);
  CHECK(ask(daemon, "health").at("database").at("error").at("code") == "busy");
  other.exec("COMMIT");
  CHECK(ends(daemon, submitted(daemon)));
  CHECK(ask(daemon, "health").at("database").at("error").is_null());
}

// Overwrites the page that holds the root of this table.
void damage(const fs::path& file, const std::string& table) {
  int page = 0, size = 0;
  {
    SQLite::Database db(file.string(), SQLite::OPEN_READWRITE);
    db.exec("PRAGMA wal_checkpoint(TRUNCATE)");
    page = db.execAndGet("SELECT rootpage FROM sqlite_master WHERE name = '" + table + "'").getInt();
    size = db.execAndGet("PRAGMA page_size").getInt();
  }
  const int out = ::open(file.c_str(), O_WRONLY | O_CLOEXEC);
  REQUIRE(out >= 0);
  const std::string garbage(static_cast<std::size_t>(size), '\xee');
  CHECK(::pwrite(out, garbage.data(), garbage.size(), static_cast<off_t>(page - 1) * size) == size);
  ::close(out);
}

void check_is_damaged(Daemon& daemon, const std::string& method) {
  const auto refused = daemon.client().call(method, Json::object());
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == Code::database_failed);
  CHECK(says(refused.error(), (daemon.data_dir() / "reeld.db").string() + " is damaged"));
  CHECK(says(refused.error(), "put a backup in its place"));
  CHECK(says({Code::internal, ask(daemon, "health").at("database").at("error").at("message")}, "is damaged"));
  const Json found = ask(daemon, "fsck").at("findings");
  INFO(found.dump());
  REQUIRE(found.size() >= 1);
  CHECK(found[0].at("kind") == "database");
}

TEST_CASE("a page that was damaged while no daemon ran is said with its file, and the rest is answered") {
  const TemporaryFolder folder;
  std::string job;
  {
    Daemon daemon(folder.path() / "daemon");
    job = submitted(daemon);
    CHECK(ends(daemon, job));
    ask(daemon, "project_create", {{"title", "Harbour"}});
  }
  damage(folder.path() / "daemon" / "data" / "reeld.db", "projects");
  Daemon daemon(folder.path() / "daemon");
  CHECK(ask(daemon, "health").at("database").at("error").is_null());
  check_is_damaged(daemon, "project_list");
  CHECK(ask(daemon, "status", {{"job", job}}).at("job").at("id") == job);
  CHECK(ends(daemon, submitted(daemon)));
}

TEST_CASE("a page that is damaged under a daemon is said with its file, and the rest is answered") {
  const TemporaryFolder folder;
  Daemon daemon(folder.path() / "daemon");
  ask(daemon, "project_create", {{"title", "Harbour"}});
  damage(daemon.data_dir() / "reeld.db", "projects");
  const std::string job = submitted(daemon);  // whoever kept pages reads them anew
  check_is_damaged(daemon, "project_list");
  CHECK(ends(daemon, job));
  CHECK(ends(daemon, submitted(daemon)));
}

TEST_CASE("a daemon does not start on a file that is no database, and says which and what to do") {
  const TemporaryFolder folder;
  fs::create_directories(folder.path() / "data");
  fs::permissions(folder.path() / "data", fs::perms::owner_all);
  std::ofstream(folder.path() / "data" / "reeld.db") << std::string(8192, 'x');
  const Ran ran = run({program("reeld"), "--data-dir", folder.path() / "data", "--endpoint",
                       "ipc://" + (folder.path() / "reeld.sock").string()});
  CHECK(ran.status == 1);
  INFO(ran.errors);
  CHECK(ran.errors.find((folder.path() / "data" / "reeld.db").string() + " is damaged or no database") !=
        std::string::npos);
  CHECK(ran.errors.find("put a backup in its place") != std::string::npos);
}

}  // namespace
}  // namespace reeld::test
