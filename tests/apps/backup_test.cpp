// reelctl backup against the real daemon.
#include <catch2/catch.hpp>
#include <fstream>

#include "storage/database.hpp"
#include "tests/apps/daemon.hpp"

namespace reeld::test {
namespace {

TEST_CASE("reelctl backup copies the database of a running daemon, once") {
  const TemporaryFolder folder;
  Daemon daemon(folder.path() / "daemon");
  const Json request = {{"reeld", 1},
                        {"scenes", {{{"picture", {{"file", "nowhere.jpg"}}}, {"duration", 1}}}}};
  const auto job = daemon.client().submit(request, (folder.path() / "film.mp4").string(), "/", "");
  REQUIRE(job);
  const std::string copy = (folder.path() / "copy.db").string();
  const auto backup = [&](const std::string& target) {
    return run({program("reelctl"), "--endpoint", daemon.endpoint(), "backup", "-o", target});
  };
  const Ran made = backup(copy);
  INFO(made.errors);
  REQUIRE(made.status == 0);
  CHECK(made.output.find(copy + ": ") == 0);
  CHECK(made.output.find("verified") != std::string::npos);
  const auto opened = storage::Database::open(copy);
  REQUIRE(opened);
  CHECK((*opened)->find_job(job->at("job").at("id").get<std::string>()));

  const Ran again = backup(copy);
  CHECK(again.status == 1);
  CHECK(again.errors.find("there is a file already") != std::string::npos);
  const Ran nowhere = backup((folder.path() / "no/copy.db").string());
  CHECK(nowhere.status == 1);
  CHECK(nowhere.errors.find("there is no folder") != std::string::npos);
  const auto relative = daemon.client().call("backup", {{"target", "copy.db"}});
  REQUIRE_FALSE(relative);
  CHECK(relative.error().path == "/target");
}

}  // namespace
}  // namespace reeld::test
