#include "bench/reelbench/report.hpp"

#include <catch2/catch.hpp>

#include "base/temporary_folder.hpp"
#include "bench/reelbench/compare.hpp"
#include "engine/files.hpp"

namespace reeld::bench {
namespace {

Json report_with(double wall, double ratio) {
  Json report = new_report("job", {{"job", "J1"}});
  add_result(report, "whole", {{{"wall_seconds", wall}}});
  report["ratios"] = {{"whole_to_encode", ratio}};
  return report;
}

TEST_CASE("the median is the middle one, or between the two in the middle") {
  CHECK(median({3}) == 3);
  CHECK(median({5, 1, 3}) == 3);
  CHECK(median({4, 1, 3, 2}) == 2.5);
}

TEST_CASE("a result holds its runs and the median of each of their figures") {
  Json report = new_report("job", Json::object());
  add_result(report, "encode",
             {{{"wall_seconds", 2.0}, {"encoder", "libx264"}},
              {{"wall_seconds", 8.0}, {"encoder", "libx264"}},
              {{"wall_seconds", 3.0}, {"frames", 7}, {"encoder", "libx264"}}});
  const Json& result = report.at("results").at(0);
  CHECK(result.at("name") == "encode");
  CHECK(result.at("runs").size() == 3);
  CHECK(result.at("median") == Json{{"wall_seconds", 3.0}, {"frames", 7.0}});
}

TEST_CASE("a report says where, when and with what it was made") {
  const Json report = new_report("micro", {{"device", "cpu"}});
  CHECK(report.at("reelbench") == kReportVersion);
  CHECK(report.at("kind") == "micro");
  CHECK(report.at("settings").at("device") == "cpu");
  CHECK(report.at("date").get<std::string>().size() == std::string("2026-11-21T08:00:00Z").size());
  CHECK(report.at("machine").at("cores").get<int>() >= 1);
  CHECK_FALSE(report.at("machine").at("name").get<std::string>().empty());
  CHECK_FALSE(report.at("machine").at("processor").get<std::string>().empty());
  for (const char* of : {"reeld", "ffmpeg", "compiler"}) CHECK(report.at("versions").contains(of));
}

TEST_CASE("what was saved is read back, and what is no report is refused") {
  const TemporaryFolder folder;
  const auto file = folder.path() / "report.json";
  const Json report = report_with(2, 0.5);
  REQUIRE(save_report(report, file));
  const auto loaded = load_report(file);
  REQUIRE(loaded);
  CHECK(*loaded == report);
  for (const char* text : {"", "[]", "{}", R"({"reelbench": 2, "results": []})", R"({"reelbench": 1})"}) {
    REQUIRE(engine::write_text(file, text));
    const auto refused = load_report(file);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == Code::invalid_request);
  }
  CHECK_FALSE(load_report(folder.path() / "missing.json"));
}

TEST_CASE("figures are compared by their names, whatever one of the two lacks") {
  const Json before = report_with(8, 0.5);
  Json after = report_with(2, 0.75);
  add_result(after, "render", {{{"wall_seconds", 1.0}}});
  const auto rows = compare_reports(before, after);
  REQUIRE(rows.size() == 3);
  CHECK(rows[0].name == "whole wall_seconds");
  CHECK(rows[0].old_value == 8);
  CHECK(rows[0].new_value == 2);
  CHECK(rows[1].name == "whole_to_encode");
  CHECK(rows[1].new_value == 0.75);
  CHECK(rows[2].name == "render wall_seconds");
  CHECK_FALSE(rows[2].old_value);
}

TEST_CASE("the table's last column is new over old") {
  CHECK(comparison_table({{"a", 8, 2}, {"b", {}, 1}, {"c", 0, 1}}) ==
        "figure          old          new   new/old\n"
        "a                 8            2     0.250\n"
        "b                 -            1         -\n"
        "c                 0            1         -\n");
}

}  // namespace
}  // namespace reeld::bench
