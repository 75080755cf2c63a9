// A report's page, its charts, and which frames it shows: from values alone.
#include "engine/score/report.hpp"

#include <catch2/catch.hpp>
#include <fstream>

#include "engine/score/report_chart.hpp"

namespace reeld::engine {
namespace {

using Catch::Matchers::Contains;

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t found = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
  return found;
}

TEST_CASE("what users write is text in a report, wherever it stands", "[report]") {
  const std::string hostile = "</style><script>alert('x')</script><img src=\"http://e/\" onerror=\"x\">&\x01";
  Report report;
  report.title = report.job = report.made_at = hostile;
  report.facts = {{hostile, hostile}};
  report.notes = {hostile};
  report.scenes = {{hostile, ""}};
  report.scores = {{0, hostile, 1, hostile}, {std::nullopt, hostile, 1, hostile}, {0, "noise", 1}};
  report.series = {{hostile, 0, 1, {1, 2}}};
  report.frames = {{{0, hostile, 1, hostile}, ""}};
  storage::PictureTry again;
  again.number = 2;
  report.tries = {again};
  const std::string page = report_html(report);
  CHECK(page.find("<script") == std::string::npos);
  CHECK(page.find("<img src=\"http") == std::string::npos);
  CHECK(page.find('\x01') == std::string::npos);
  CHECK(count(page, "</style>") == 1);
  CHECK(count(page, "&lt;script&gt;") >= 9);
  CHECK(escaped("a<b>&\"'\n") == "a&lt;b&gt;&amp;&quot;&#39;\n");
}

TEST_CASE("a report of nothing is still a page, and says what is missing", "[report]") {
  Report report;
  report.job = "01a1fd7a";
  report.notes = {"There is no film."};
  const std::string page = report_html(report);
  CHECK_THAT(page, Contains("Film without a title") && Contains("There is no film.") && Contains("</html>"));
  CHECK(page.find("<svg") == std::string::npos);
  CHECK(page.find("<table") == std::string::npos);
}

TEST_CASE("the worst of a column is marked, by the way in which the metric is good", "[report]") {
  Report report;
  report.scenes = {{"a harbour", ""}, {"hills", ""}};
  report.scores = {{0, "image_quality", 80}, {1, "image_quality", 31.5}, {0, "noise", 7.25},
                   {1, "noise", 2},          {0, "exposure", 0.4},       {1, "exposure", 0.9},
                   {0, "entropy", 5},        {1, "entropy", 5}};
  const std::string page = report_html(report);
  CHECK(count(page, "class=\"worst\"") == 2);
  CHECK_THAT(page, Contains("<td class=\"worst\">31.5</td>") && Contains("<td class=\"worst\">7.25</td>"));
  CHECK(page.find("image quality</th>") < page.find("noise</th>"));
}

TEST_CASE("a chart has its values, its ends and its marks, however many there are", "[report]") {
  CHECK(chart_svg({"luma", {}}).empty());
  const std::string two = chart_svg({"luma", {10, 30}, 0, 0.5, {{0.25, 10}}});
  // Ends at 0 and 30; the middles of the two halves of 580 pixels from 52 on, 118 pixels high from 10 on.
  CHECK_THAT(two, Contains("points=\"197.0,88.7 487.0,10.0\"") && Contains("0:01.00") &&
                      Contains("<circle class=\"chart-mark\" cx=\"197.0\""));
  std::vector<double> many(108000, 1);
  many[70000] = 50;
  const std::string hour = chart_svg({"flicker", many, 0, 1.0 / 30});
  CHECK(hour.size() < 20000);
  CHECK_THAT(hour, Contains(",10.0 "));  // a single frame's peak is not lost
  CHECK_THAT(chart_svg({"even", {3, 3}}), Contains("polyline"));
}

TEST_CASE("the frames to look at stand out from their film, apart from each other", "[report]") {
  CHECK(worst_frames({}, 30).empty());
  CHECK(worst_frames({{"flicker", 0, 1, {}}}, 30).empty());
  CHECK(worst_frames({{"flicker", 0, 1, std::vector<double>(100, 0.5)}}, 30).empty());
  std::vector<double> flicker(300, 1), luma(60, 120);
  flicker[40] = 9;
  flicker[41] = 8;
  flicker[200] = 5;
  luma[7] = 3;
  const auto worst =
      worst_frames({{"other", 0, 1, {1, 99}}, {"flicker", 10, 1, flicker}, {"luma", 0, 5, luma}}, 30);
  REQUIRE(worst.size() == 3);
  CHECK(worst[0].frame == 35);
  CHECK(worst[0].series == "luma");
  CHECK(worst[1].frame == 50);
  CHECK(worst[1].value == 9);
  CHECK(worst[2].frame == 210);

  // A figure of 0 that nobody measured is no black frame.
  std::vector<double> measured(60, 1), dark = luma;
  dark[20] = measured[20] = 0;
  const auto seen = worst_frames({{"luma", 0, 5, dark}, {"measured", 0, 5, measured}}, 30);
  REQUIRE(seen.size() == 1);
  CHECK(seen[0].frame == 35);
}

}  // namespace
}  // namespace reeld::engine
