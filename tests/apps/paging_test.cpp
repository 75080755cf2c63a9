// reelctl list against the real daemon, page by page.
#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "tests/apps/daemon.hpp"

namespace reeld::test {
namespace {

struct Listed {
  const TemporaryFolder folder;
  Daemon daemon{folder.path()};

  // A job is listed whether or not it can be made.
  std::string submit() {
    const Json request = {{"reeld", 1},
                          {"scenes", {{{"picture", {{"file", "none.png"}}}, {"duration", 1.0}}}}};
    const auto reply = daemon.client().submit(request, folder.path() / "film.mp4", folder.path(), "");
    INFO((reply ? "" : reply.error().message));
    REQUIRE(reply);
    return reply->at("job").at("id").get<std::string>();
  }
  Ran list(std::vector<std::string> options) const {
    options.insert(options.begin(), {program("reelctl"), "--endpoint", daemon.endpoint(), "list"});
    return run(options);
  }
};

// What stands between the quotes of "more: --cursor '...'".
std::string cursor_in(const std::string& errors) {
  const std::string before = "more: --cursor '";
  const auto start = errors.find(before);
  REQUIRE(start != std::string::npos);
  return errors.substr(start + before.size(), errors.rfind('\'') - start - before.size());
}

TEST_CASE("a page that cannot be is refused") {
  const Listed listed;
  CHECK(listed.list({"--limit", "0"}).status != 0);
  CHECK(listed.list({"--cursor", "x"}).errors.find("/cursor") != std::string::npos);
  CHECK(listed.list({"--sort", "colour"}).status == 1);
  CHECK(listed.list({"--status", "done"}).status == 1);
}

TEST_CASE("a list goes on where its last page ended, and the last one says so by silence") {
  Listed listed;
  CHECK(listed.list({}).output == "no jobs\n");
  const std::string first = listed.submit(), second = listed.submit();

  const Ran newest = listed.list({"--limit", "1", "--count"});
  CHECK(newest.output.starts_with(second));
  CHECK(newest.errors.starts_with("2 in all\n"));
  const Ran next = listed.list({"--limit", "1", "--cursor", cursor_in(newest.errors)});
  CHECK(next.output.starts_with(first));
  CHECK(next.errors.empty());

  CHECK(listed.list({"--ascending"}).output.starts_with(first));
  CHECK(listed.list({"--before", "2020-01-01"}).output == "no jobs\n");
  const Json reply = Json::parse(listed.list({"--json", "--limit", "1"}).output);
  CHECK(reply.at("next").is_string());
}

}  // namespace
}  // namespace reeld::test
