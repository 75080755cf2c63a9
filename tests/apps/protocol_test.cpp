// Holds docs/protocol.md against the real daemon: every request of the page is sent to it, about jobs that
// are there, and is answered in the shape that the page shows.
#include <catch2/catch.hpp>

#include "tests/apps/page_check.hpp"

namespace reeld::test {
namespace {

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
  Json params_of(const std::string& method, Json params) const {
    if (params.contains("job"))
      params["job"] = method == "cancel" ? running : method == "retry" ? failed : completed;
    if (params.contains("script")) params["script"] = script;
    if (params.contains("check")) params["check"] = check;
    if (params.contains("target")) params["target"] = folder_ + "/submitted.mp4";
    if (method == "backup") params["target"] = folder_ + "/copy.db";
    if (params.contains("base_dir")) params["base_dir"] = folder_;
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
  const auto params_of = [&](const std::string& method, const Json& params) {
    return jobs.params_of(method, params);
  };
  CHECK(check_answers(daemon, read_protocol_page("../protocol.md"), params_of,
                      {"/job/request", "/job/assets/*/params", "/job/assets/*/metadata",
                       "/providers/*/models", "/providers/*/limits"}) >= 10);
}

TEST_CASE("the real daemon refuses what the protocol's pages say it refuses") {
  const TemporaryFolder folder;
  Daemon daemon(folder.path() / "daemon");
  CHECK(check_refusals(daemon, read_protocol_page()) >= 6);
}

}  // namespace
}  // namespace reeld::test
