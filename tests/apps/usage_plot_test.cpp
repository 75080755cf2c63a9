// The plots that reelctl draws: well-formed, with everything in them and nothing that breaks out of its text.
#include "apps/reelctl/usage_plot.hpp"

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>

#include "apps/reelctl/chart.hpp"
#include "tests/apps/daemon.hpp"

namespace reeld::test {
namespace {

const char* const kParse = "import sys, xml.dom.minidom; xml.dom.minidom.parse(sys.argv[1])";

Json sample(const std::string& time, Json fps, Json gpu) {
  return {{"time", time},
          {"frames", 0},
          {"frames_per_second", std::move(fps)},
          {"cpu_seconds", 1.0},
          {"cpu_cores", 1.5},
          {"memory_mb", 300.0},
          {"gpu_percent", gpu},
          {"encoder_percent", gpu},
          {"gpu_memory_mb", gpu},
          {"gpu_scope", gpu.is_null() ? Json(nullptr) : Json("machine")}};
}

Json stage(const std::string& name, int attempt, const std::string& from, Json to) {
  return {{"stage", name}, {"attempt", attempt}, {"started_at", from}, {"completed_at", std::move(to)}};
}

Json usage(const std::string& title) {
  return {{"job", {{"id", "01"}, {"title", title}, {"status", "completed"}}},
          {"stages",
           {stage("planning", 1, "2026-11-21T08:00:00.000000Z", "2026-11-21T08:00:01.000000Z"),
            stage("rendering", 1, "2026-11-21T08:00:01.000000Z", nullptr)}},
          {"samples",
           {sample("2026-11-21T08:00:00.500000Z", nullptr, nullptr),
            sample("2026-11-21T08:00:01.500000Z", 24.0, 50.0),
            sample("2026-11-21T08:00:02.500000Z", nullptr, 60.0),
            sample("2026-11-21T08:00:03.500000Z", 25.0, 60.0)}}};
}

// A parser's verdict; the picture itself is looked at by people.
void check_well_formed(const std::string& document) {
  const TemporaryFolder folder;
  const std::string file = (folder.path() / "plot.svg").string();
  std::ofstream(file) << document;
  const Ran checked = run({"/usr/bin/python3", "-c", kParse, file});
  INFO(checked.errors);
  CHECK(checked.status == 0);
}

std::size_t count(const std::string& text, const std::string& what) {
  std::size_t found = 0;
  for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + 1)) ++found;
  return found;
}

TEST_CASE("axes have round numbers, and a top that nothing exceeds") {
  for (const double highest : {1e-6, 0.3, 1.0, 7.0, 99.9, 100.0, 101.0, 123456.0}) {
    const reelctl::Axis axis = reelctl::axis_for(highest);
    INFO(highest);
    CHECK(axis.top >= highest * (1 - 1e-9));
    CHECK(axis.top <= highest * 2.5);
    CHECK(axis.top / axis.step <= 5.000001);
  }
  CHECK(reelctl::axis_for(100).top == 100);
  CHECK(reelctl::axis_for(100).step == 50);
  CHECK(reelctl::axis_for(0).top == 1);
}

TEST_CASE("a job's plot has a panel for each thing that was measured, and none for the rest") {
  Json job = usage("Harbour");
  const std::string whole = reelctl::job_plot(job);
  check_well_formed(whole);
  for (const char* word :
       {"Harbour", "Frames a second", "CPU, cores busy", "Memory", "GPU and encoder", "GPU memory",
        "planning: 1.0 s", "of all programs", "seconds since the job began"}) {
    INFO(word);
    CHECK(whole.find(word) != std::string::npos);
  }
  for (Json& sample : job["samples"]) {
    for (const char* member : {"gpu_percent", "encoder_percent", "gpu_memory_mb", "gpu_scope"})
      sample[member] = nullptr;
  }
  const std::string without = reelctl::job_plot(job);
  CHECK(without.find("GPU") == std::string::npos);
  CHECK(count(without, "font-weight=\"bold\"") == 1 + 3);
}

TEST_CASE("a plot shows the newest attempt alone") {
  Json job = usage("Harbour");
  job["stages"].push_back(
      stage("rendering", 2, "2026-11-23T08:00:00.000000Z", "2026-11-23T08:00:09.000000Z"));
  job["samples"].push_back(sample("2026-11-23T08:00:00.100000Z", nullptr, nullptr));
  const std::string plot = reelctl::job_plot(job);
  CHECK(plot.find("attempt 2") != std::string::npos);
  CHECK(plot.find("planning") == std::string::npos);
  CHECK(plot.find("minutes since") == std::string::npos);
}

TEST_CASE("a plot of a job without samples says so") {
  Json job = usage("Harbour");
  job["samples"] = Json::array();
  const std::string plot = reelctl::job_plot(job);
  check_well_formed(plot);
  CHECK(plot.find("No samples were taken of this job.") != std::string::npos);
  job["stages"] = Json::array();
  check_well_formed(reelctl::job_plot(job));
}

TEST_CASE("a title cannot break out of its text") {
  const std::string plot = reelctl::job_plot(usage("</text><script>\"x\" & 'y'\x01\n</script>"));
  check_well_formed(plot);
  CHECK(plot.find("<script") == std::string::npos);
}

Json sum(const std::string& key, double jobs) {
  return {{"key", key},
          {"name", key},
          {"jobs", jobs},
          {"films", jobs},
          {"wall_seconds", 60 * jobs},
          {"cpu_seconds", 120 * jobs},
          {"cost_usd", 0.25}};
}

TEST_CASE("sums are bars, with room for days on which nothing was") {
  Json sums = {{"by", "day"},
               {"from", "2026-11-01T00:00:00.000000Z"},
               {"before", "2026-11-22T00:00:00.000000Z"},
               {"rows", {sum("2026-11-01", 3), sum("2026-11-04", 1)}},
               {"total", sum("", 4)}};
  const std::string plot = reelctl::sums_plot(sums);
  check_well_formed(plot);
  CHECK(plot.find("2026-11-01: 3 jobs") != std::string::npos);
  CHECK(plot.find("2026-11-04: 1 minutes") != std::string::npos);
  // Two days with bars in each of four panels, and two more between them; the page's own background is one
  // more.
  CHECK(count(plot, "<rect") == 2 * 4 + 1);
  CHECK(count(plot, "rotate(") == 4);

  sums["by"] = "device";
  sums["rows"][0]["name"] = nullptr;
  CHECK(reelctl::sums_plot(sums).find("none: 3 jobs") != std::string::npos);
  sums["rows"] = Json::array();
  const std::string empty = reelctl::sums_plot(sums);
  check_well_formed(empty);
  CHECK(empty.find("There is nothing in this time.") != std::string::npos);
}

}  // namespace
}  // namespace reeld::test
