// What a plugin gets to see, and what nobody else does.
#include <cstdlib>

#include "providers/plugin/line_log.hpp"
#include "tests/providers/plugin_fixture.hpp"

namespace reeld::providers {
namespace {

constexpr const char* kTellAll = R"(
for request in requests():
    try: open("/proc/self/fd/9/x")
    except OSError: pass
    import resource
    deliver(request, metadata={"names": sorted(os.environ), "key": os.environ.get("TEST_KEY", ""),
            "length": len(os.environ.get("TEST_KEY", "")), "stdin": sys.stdin.read(),
            "files": sorted(int(name) for name in os.listdir("/proc/self/fd")),
            "core": resource.getrlimit(resource.RLIMIT_CORE)[0],
            "memory": resource.getrlimit(resource.RLIMIT_AS)[0],
            "group": os.getpgid(0) == os.getpid(), "tmp": os.environ["TMPDIR"],
            "socket_mode": [os.stat(os.environ["REELD_PLUGIN_SOCKET"][6:]).st_mode & 0o777,
                            os.stat(os.path.dirname(os.environ["REELD_PLUGIN_SOCKET"][6:])).st_mode & 0o777]})
)";

TEST_CASE("a plugin sees only the secrets that its manifest names") {
  ::setenv("TEST_KEY", "k-123456", 1);
  ::setenv("TEST_OTHER_KEY", "k-other", 1);
  PluginFixture plugin;
  plugin.start(std::string(kMannered) + kTellAll,
               "secrets = [\"TEST_KEY\", \"TEST_ABSENT\"]\n[limits]\nmemory_mb = 2048\n");
  const Tried tried = plugin.ask();
  if (!tried.result) FAIL(tried.result.error().message);
  const auto& seen = tried.result->front().provenance.metadata;
  for (const auto& name : seen["names"]) {
    CAPTURE(name);
    // LC_CTYPE is Python's own, which it adds where there is no LANG.
    const std::vector<std::string> expected = {
        "HOME",     "LANG",  "LC_CTYPE", "PATH", "REELD_PLUGIN_SOCKET", "REELD_PLUGIN_TOKEN",
        "TEST_KEY", "TMPDIR"};
    CHECK(std::find(expected.begin(), expected.end(), name) != expected.end());
  }
  CHECK(seen["length"] == 8);
  CHECK(seen["key"] == "[key]");  // it may know it, but what it says of it is not taken in
  CHECK(seen["stdin"] == "");
  CHECK(seen["core"] == 0);
  CHECK(seen["memory"] == std::int64_t{2048} << 20);
  CHECK(seen["group"] == true);
  CHECK(seen["socket_mode"] == nlohmann::json{0600, 0700});
  CHECK(seen["tmp"].get<std::string>().starts_with(plugin.dir.path().string()));
  ::unsetenv("TEST_KEY");
  ::unsetenv("TEST_OTHER_KEY");
}

TEST_CASE("a secret stays out of the log and of errors, however the plugin tells it") {
  PluginFixture plugin;
  plugin.options.secret = [](const std::string& name) { return Secret(name == "TEST_KEY" ? "k-98765" : ""); };
  plugin.start(std::string(kMannered) + R"(
for request in requests():
    print("my key is", os.environ["TEST_KEY"], flush=True)
    if request["wish"]["prompt"] == "die": sys.exit("it was " + os.environ["TEST_KEY"])
    send(type="error", id=request["id"], code="key_invalid", message="not taken: " + os.environ["TEST_KEY"])
)",
               "secrets = [\"TEST_KEY\"]\n");
  CHECK(plugin.error().message == "the plugin test: not taken: [key]");
  CHECK(plugin.error({{"prompt", "die"}}).message.find("k-98765") == std::string::npos);
  plugin.service.reset();
  CHECK(plugin.log().find("my key is [key]") != std::string::npos);
  CHECK(plugin.log().find("k-98765") == std::string::npos);
}

TEST_CASE("lines are cut, counted, and left out where there are too many") {
  std::vector<std::string> lines;
  LineLog log([&](const std::string& line) { lines.push_back(line); }, {Secret("abc")});
  const Clock::time_point start{std::chrono::hours(1)};
  log.feed("one abc\n\n  \ntw", start);
  log.feed("o\n" + std::string(5000, 'x') + "\nrest", start);
  CHECK(lines == std::vector<std::string>{"one [key]", "two", std::string(LineLog::kMaxLineBytes, 'x')});
  log.finish(start);
  CHECK(log.last_line() == "rest");
  for (int i = 0; i < 100; ++i) log.feed("more\n", start);
  CHECK(lines.size() == LineLog::kLinesPerSecond);
  log.feed("later\n", start + std::chrono::seconds(2));
  REQUIRE(lines.size() == LineLog::kLinesPerSecond + 2);
  CHECK(lines[LineLog::kLinesPerSecond] == "84 more lines were printed and left out");
  CHECK(lines.back() == "later");
}

}  // namespace
}  // namespace reeld::providers
