// What jobs took, by a real daemon that renders: samples, stages, sums, and how reelctl and Python tell of
// them.
#include <catch2/catch.hpp>
#include <cmath>
#include <filesystem>
#include <fstream>

#include "tests/apps/page_check.hpp"

namespace reeld::test {
namespace {

const std::string kLocalUser = "00000000-0000-7000-8000-000000000001";

const char* const kParse = "import sys, xml.dom.minidom; xml.dom.minidom.parse(sys.argv[1])";

struct Stage {
  Stage() { write_picture(folder.path() / "one.jpg", 1600, 1000, 1); }

  std::string file(const std::string& name) const { return (folder.path() / name).string(); }

  std::string submit(double seconds, const std::string& target, int width = 320) {
    const Json request = {
        {"reeld", 1},
        {"title", "Harbour"},
        {"output", {{"width", width}, {"height", width * 9 / 16}, {"device", "cpu"}, {"encoder", "libx264"}}},
        {"scenes", {{{"picture", {{"file", "one.jpg"}}}, {"duration", seconds}, {"motion", "zoom-in"}}}}};
    const auto submitted = daemon.client().submit(request, file(target), folder.path().string(), "");
    INFO((submitted ? "" : submitted.error().message));
    REQUIRE(submitted);
    return submitted->at("job").at("id").get<std::string>();
  }
  void end_of(const std::string& job) {
    REQUIRE(daemon.client().follow(job, [](const Json&) { return true; }));
  }
  Json ask(const std::string& method, const Json& params) {
    const auto reply = daemon.client().call(method, params);
    INFO((reply ? "" : reply.error().path + " " + reply.error().message));
    REQUIRE(reply);
    return *reply;
  }

  TemporaryFolder folder;
  Daemon daemon{folder.path() / "daemon"};
};

double sum_of(const Json& records, const char* member) {
  double sum = 0;
  for (const Json& record : records) {
    if (record.at(member).is_number()) sum += record.at(member).get<double>();
  }
  return sum;
}

void check_samples(const Json& usage) {
  const Json& samples = usage.at("samples");
  REQUIRE(samples.size() >= 2);
  double cpu_seconds = 0, frames = -1, most_memory = 0;
  for (const Json& sample : samples) {
    CHECK(sample.at("cpu_seconds").get<double>() >= cpu_seconds);
    CHECK(sample.at("frames").get<double>() >= frames);
    cpu_seconds = sample.at("cpu_seconds").get<double>();
    frames = sample.at("frames").get<double>();
    most_memory = std::max(most_memory, sample.at("memory_mb").get<double>());
  }
  const Json& resources = usage.at("resources");
  // What was seen while the tasks ran comes to what they said at their ends: the last sample is taken after
  // it.
  CHECK(cpu_seconds == Approx(resources.at("cpu_seconds").get<double>()).margin(0.05));
  CHECK(most_memory > 1);
  CHECK(most_memory <=
        resources.at("peak_memory_mb").get<double>() * 2 + 1);  // two workers at a time at most
}

TEST_CASE("a film's samples and stages come to what it took") {
  Stage stage;
  const std::string job = stage.submit(20, "film.mp4", 1280);  // long enough to be seen at work
  stage.end_of(job);
  const Json usage = stage.ask("usage_job", {{"job", job}});
  INFO(usage.dump(1));
  const Json& resources = usage.at("resources");
  REQUIRE(resources.is_object());
  CHECK(usage.at("job").at("status") == "completed");
  check_samples(usage);
  CHECK(usage.at("samples").back().at("frames") == resources.at("frames"));
  CHECK(sum_of(usage.at("stages"), "cpu_seconds") == Approx(resources.at("cpu_seconds").get<double>()));
  CHECK(sum_of(usage.at("stages"), "frames") == resources.at("frames").get<double>());
  for (const Json& one : usage.at("stages")) {
    CHECK(one.at("attempt") == 1);
    CHECK(one.at("peak_memory_mb").get<double>() <= resources.at("peak_memory_mb").get<double>());
    // Asking providers of files is the daemon's own work, the rest is the workers'. The first picture,
    // decoded ahead, is counted in whichever stage it ended: one without tasks of its own may have that.
    const bool works =
        one.at("stage") == "planning" || one.at("stage") == "rendering" || one.at("stage") == "encoding";
    INFO(one.dump());
    if (works) CHECK(one.at("cpu_seconds").get<double>() > 0);
    CHECK((one.at("frames").get<int>() > 0) == (one.at("stage") == "rendering"));
  }
}

TEST_CASE("a failed and a cancelled job have what they took, and a retry adds to it") {
  Stage stage;
  const std::string cancelled = stage.submit(600, "cancelled.mp4", 640);
  REQUIRE(stage.daemon.client().follow(cancelled, [&](const Json& event) {
    if (event.at("body").value("frame", 0) > 0) stage.ask("cancel", {{"job", cancelled}});
    return true;
  }));
  const Json first = stage.ask("usage_job", {{"job", cancelled}});
  INFO(first.dump(1));
  CHECK(first.at("job").at("status") == "cancelled");
  REQUIRE(first.at("resources").is_object());
  CHECK(first.at("resources").at("cpu_seconds").get<double>() > 0);
  CHECK(first.at("resources").at("frames").get<int>() > 0);
  CHECK(first.at("resources").at("encoder") == "libx264");
  CHECK(first.at("samples").size() >= 2);

  stage.ask("retry", {{"job", cancelled}});
  REQUIRE(stage.daemon.client().follow(cancelled, [&](const Json&) {
    // The first attempt's events come again, so what counts is how the job is now.
    const Json now = stage.ask("status", {{"job", cancelled}}).at("job");
    if (now.at("attempt") == 2 && now.at("frames_per_second").is_number()) {
      (void)stage.daemon.client().call("cancel", {{"job", cancelled}});
    }
    return true;
  }));
  const Json second = stage.ask("usage_job", {{"job", cancelled}});
  INFO(second.dump(1));
  CHECK(second.at("resources").at("cpu_seconds").get<double>() >
        first.at("resources").at("cpu_seconds").get<double>());
  CHECK(second.at("resources").at("cpu_seconds").get<double>() ==
        Approx(sum_of(second.at("stages"), "cpu_seconds")));
  CHECK(second.at("stages").back().at("attempt") == 2);

  const std::string failed = stage.submit(1, "no/such/folder/failed.mp4");
  stage.end_of(failed);
  const Json usage = stage.ask("usage_job", {{"job", failed}});
  REQUIRE(usage.at("resources").is_object());
  CHECK(usage.at("resources").at("encoder") == "");
  CHECK(usage.at("resources").at("frames") == 0);
}

TEST_CASE("sums by day, user, device and encoder are the sums over jobs") {
  Stage stage;
  std::vector<Json> jobs;
  for (const char* target : {"one.mp4", "two.mp4", "no/such/folder/three.mp4"}) {
    const std::string job = stage.submit(1, target);
    stage.end_of(job);
    jobs.push_back(stage.ask("show", {{"job", job}}).at("job").at("resources"));
  }
  const auto total = [&](const char* member) {
    double sum = 0;
    for (const Json& resources : jobs) sum += resources.at(member).get<double>();
    return sum;
  };
  for (const char* by : {"day", "user", "device", "encoder"}) {
    INFO(by);
    const Json sums = stage.ask("usage_sum", {{"by", by}});
    CHECK(sum_of(sums.at("rows"), "jobs") == 3);
    for (const Json* figures : {&sums.at("total")}) {
      CHECK(figures->at("jobs") == 3);
      CHECK(figures->at("films") == 2);
      CHECK(figures->at("frames").get<double>() == total("frames"));
      CHECK(figures->at("wall_seconds").get<double>() == Approx(total("wall_seconds")));
      CHECK(figures->at("cpu_seconds").get<double>() == Approx(total("cpu_seconds")));
      CHECK(figures->at("film_seconds").get<double>() == Approx(2).margin(0.1));
    }
    for (const char* member : {"films", "frames", "wall_seconds", "cpu_seconds", "gpu_seconds", "cost_usd"}) {
      CHECK(sum_of(sums.at("rows"), member) == Approx(sums.at("total").at(member).get<double>()));
    }
  }
  const Json devices = stage.ask("usage_sum", {{"by", "device"}});
  REQUIRE(devices.at("rows").size() == 2);
  CHECK(devices.at("rows").at(0).at("key").is_null());  // the one that failed before it had a device
  CHECK(devices.at("rows").at(1).at("key") == "cpu");
  CHECK(stage.ask("usage_sum", {{"device", "cpu"}}).at("total").at("jobs") == 2);
  CHECK(stage.ask("usage_sum", {{"device", "cuda"}}).at("rows").empty());
  const Json users = stage.ask("usage_sum", {{"by", "user"}, {"user", kLocalUser}});
  CHECK(users.at("rows").at(0).at("name") == "local");
  CHECK(stage.ask("usage_sum", {{"before", "2020-01-01"}}).at("rows").empty());
  CHECK(stage.ask("usage_sum", {{"by", "provider"}}).at("total").at("calls") == 0);
}

TEST_CASE("what no sums can be made of is refused with its place") {
  Stage stage;
  const auto refused = [&](const Json& params, Code code, const std::string& path) {
    INFO(params.dump());
    const auto reply = stage.daemon.client().call("usage_sum", params);
    REQUIRE_FALSE(reply);
    CHECK(reply.error().code == code);
    CHECK(reply.error().path == path);
  };
  refused({{"from", "2026-02-30"}}, Code::invalid_request, "/from");
  refused({{"before", ""}}, Code::invalid_request, "/before");
  refused({{"by", "week"}}, Code::invalid_request, "/by");
  refused({{"user", "nobody"}}, Code::not_found, "");
  CHECK(stage.daemon.client().call("usage_job", {{"job", "nobody"}}).error().code == Code::not_found);
}

TEST_CASE("reelctl tells of a job and of a day, and draws both; so does the client in Python") {
  Stage stage;
  const std::string job = stage.submit(2, "film.mp4", 640);
  stage.end_of(job);
  const auto reelctl = [&](std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {program("reelctl").string(), "--endpoint", stage.daemon.endpoint()});
    return run(arguments);
  };
  const Ran told = reelctl({"usage", job, "--plot", stage.file("job.svg")});
  INFO(told.errors);
  CHECK(told.status == 0);
  CHECK(told.output.find("rendering") != std::string::npos);
  CHECK(told.output.find("libx264") != std::string::npos);
  CHECK(Json::parse(reelctl({"--json", "usage", job}).output).at("samples").size() >= 2);

  const std::string day =
      stage.ask("status", {{"job", job}}).at("job").at("created_at").get<std::string>().substr(0, 10);
  const Ran summed = reelctl({"usage", "--day", day, "--plot", stage.file("day.svg")});
  INFO(summed.errors);
  CHECK(summed.status == 0);
  CHECK(summed.output.find(day) != std::string::npos);
  CHECK(reelctl({"usage", "--by", "device", "--user", kLocalUser}).output.find("cpu") != std::string::npos);
  CHECK(reelctl({"usage", "--by", "model"}).output.find("nothing from") != std::string::npos);
  CHECK(reelctl({"usage", "--day", "2026-13-01"}).status == 1);
  CHECK(reelctl({"usage", "--by", "week"}).status == 1);
  CHECK(reelctl({"usage", job, "--day", day}).status != 0);
  CHECK(reelctl({"usage", job, "--plot", stage.file("no/such/folder.svg")}).status == 1);
  for (const char* plot : {"job.svg", "day.svg"}) {
    INFO(plot);
    CHECK(run({"/usr/bin/python3", "-c", kParse, stage.file(plot)}).status == 0);
  }

  std::ofstream(stage.file("ask.py")) << "import sys\n"
                                         "from reeld import Client\n"
                                         "with Client(sys.argv[1]) as client:\n"
                                         "    usage = client.usage.job(sys.argv[2])\n"
                                         "    sums = client.usage.sum(by='device', device='cpu')\n"
                                         "    assert usage['samples'][-1]['cpu_seconds'] > 0, usage\n"
                                         "    assert sums['total']['jobs'] == 1, sums\n";
  const Ran asked = run({"/usr/bin/python3", stage.file("ask.py"), stage.daemon.endpoint(), job},
                        {"PYTHONPATH=" REELD_SOURCE_DIR "/ipc/python", "PYTHONDONTWRITEBYTECODE=1"});
  INFO(asked.errors);
  CHECK(asked.status == 0);
}

TEST_CASE("the real daemon answers every request of the page on usage as the page shows") {
  Stage stage;
  const std::string job = stage.submit(1, "film.mp4");
  stage.end_of(job);
  const auto params_of = [&](const std::string&, Json params) {
    if (params.contains("job")) params["job"] = job;
    return params;
  };
  const ProtocolPage page = read_protocol_page("usage.md");
  CHECK(check_answers(stage.daemon, page, params_of) == 3);
  CHECK(check_refusals(stage.daemon, page) == 3);
}

}  // namespace
}  // namespace reeld::test
