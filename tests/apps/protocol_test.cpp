// Holds docs/protocol.md against the real daemon: every request of the page is sent to it, about jobs that
// are there, and is answered in the shape that the page shows.
#include <catch2/catch.hpp>

#include "tests/apps/daemon.hpp"
#include "tests/ipc/protocol_page.hpp"

namespace reeld::test {
namespace {

std::string request_method(const Exchange& exchange) {
  return exchange.request.at("method").get<std::string>();
}

// Jobs in the states that the page's requests are about.
struct Jobs {
  explicit Jobs(Daemon& daemon, const TemporaryFolder& folder) : folder_(folder.path().string()) {
    write_picture(folder.path() / "harbour.jpg", 320, 200, 1);
    completed = submit(daemon, 1, "completed.mp4");
    end_of(daemon, completed);
    failed = submit(daemon, 1, "no/such/folder/failed.mp4");
    end_of(daemon, failed);
    running = submit(daemon, 600, "running.mp4");
    const auto written =
        daemon.client().script({{"text", "The boats leave."}, {"picture", {{"folder", folder_}}}});
    REQUIRE(written);
    script = written->at("id").get<std::string>();
    const auto checking = daemon.client().call("check_provider", {{"provider", "file"}});
    REQUIRE(checking);
    check = checking->at("id").get<std::string>();
  }

  // The page's request with its jobs, files and folders replaced by those that are here.
  Json params_of(const Json& request) const {
    Json params = request.value("params", Json::object());
    const std::string method = request.at("method").get<std::string>();
    if (params.contains("job"))
      params["job"] = method == "cancel" ? running : method == "retry" ? failed : completed;
    if (params.contains("script")) params["script"] = script;
    if (params.contains("check")) params["check"] = check;
    if (params.contains("target")) params["target"] = folder_ + "/submitted.mp4";
    if (method == "backup") params["target"] = folder_ + "/copy.db";
    if (params.contains("base_dir")) params["base_dir"] = folder_;
    // A list's page begins behind a job that is newer than all of these.
    if (params.contains("before")) params["before"] = "ffffffff-ffff-7fff-bfff-ffffffffffff";
    return params;
  }

  std::string completed, failed, running, script, check;

 private:
  std::string submit(Daemon& daemon, double seconds, const std::string& target) const {
    const Json request = {{"reeld", 1},
                          {"title", "Harbour"},
                          {"output", {{"width", 320}, {"height", 180}, {"encoder", "libx264"}}},
                          {"scenes", {{{"picture", {{"file", "harbour.jpg"}}}, {"duration", seconds}}}}};
    const auto submitted = daemon.client().submit(request, folder_ + "/" + target, folder_, "");
    REQUIRE(submitted);
    return submitted->at("job").at("id").get<std::string>();
  }

  static void end_of(Daemon& daemon, const std::string& job) {
    REQUIRE(daemon.client().follow(job, [](const Json&) { return true; }));
  }

  const std::string folder_;
};

TEST_CASE("the real daemon answers every request of the protocol's page as the page shows") {
  const TemporaryFolder folder;
  Daemon daemon(folder.path() / "daemon");
  const Jobs jobs(daemon, folder);
  int compared = 0;
  for (const Exchange& exchange : read_protocol_page().exchanges) {
    INFO(exchange.label);
    if (exchange.reply.contains("error")) continue;  // tests/ipc holds these, word for word
    const auto result = daemon.client().call(request_method(exchange), jobs.params_of(exchange.request));
    INFO((result ? "" : result.error().path + " " + result.error().message));
    REQUIRE(result);
    // A request is as the client sent it, and an event's body as its type has it.
    Json answered = *result;
    if (request_method(exchange) == "watch") {
      for (Json& event : answered["events"])
        event["body"] = exchange.reply.at("result").at("events").at(0).at("body");
    }
    CHECK(shape_difference(exchange.reply.at("result"), answered,
                           {"/job/request", "/job/assets/*/params", "/job/assets/*/metadata",
                            "/providers/*/models", "/providers/*/limits"}) == "");
    ++compared;
  }
  CHECK(compared >= 10);
}

TEST_CASE("the real daemon refuses what the protocol's page says it refuses") {
  const TemporaryFolder folder;
  Daemon daemon(folder.path() / "daemon");
  int compared = 0;
  for (const Exchange& exchange : read_protocol_page().exchanges) {
    const Json& request = exchange.request;
    // What the client library cannot send wrongly, a broken envelope, is tests/ipc's.
    if (!exchange.reply.contains("error") || request.value("v", 0) != 1 || !request.contains("id") ||
        request.contains("parameters"))
      continue;
    INFO(exchange.label);
    const auto result = daemon.client().call(request.at("method"), request.value("params", Json::object()));
    REQUIRE_FALSE(result);
    const Json& error = exchange.reply.at("error");
    CHECK(code_name(result.error().code) == error.at("code").get<std::string>());
    CHECK(result.error().path == error.at("path").get<std::string>());
    CHECK(result.error().message == error.at("message").get<std::string>());
    ++compared;
  }
  CHECK(compared >= 6);
}

}  // namespace
}  // namespace reeld::test
