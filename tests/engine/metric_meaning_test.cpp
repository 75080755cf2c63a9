// What the numbers of users' models mean: as manifests say it, and where it is told.
#include <catch2/catch.hpp>
#include <fstream>

#include "base/temporary_folder.hpp"
#include "engine/comparison.hpp"
#include "engine/learned/manifest.hpp"
#include "engine/score/job_metrics.hpp"
#include "engine/score/report.hpp"

namespace reeld::engine {
namespace {

using Catch::Matchers::Contains;

// A folder of manifests whose networks nobody runs.
struct Folder {
  Folder() { std::ofstream(folder.path() / "net.onnx") << "a network"; }

  void add(const std::string& name, const std::string& metric, const Json& output) const {
    Json said = {{"meaning", "score"}};
    said.update(output);
    std::ofstream(folder.path() / (name + ".json")) << Json{{"model", name},
                                                            {"metric", metric},
                                                            {"file", "net.onnx"},
                                                            {"input", {{"width", 16}, {"height", 8}}},
                                                            {"output", said}};
  }
  Manifests read() const { return read_manifests(folder.path()); }

  TemporaryFolder folder;
};

const OwnMetrics kStamps = {{"watermark", {"stamps", "lower", 0, 1}}, {"redness", {}}};

TEST_CASE("what a manifest says of its numbers is refused with file and field where it cannot be",
          "[meaning]") {
  const auto refusal = [](const std::string& metric, const Json& output) {
    const Folder folder;
    folder.add("m", metric, output);
    const Manifests manifests = folder.read();
    REQUIRE(manifests.refused.size() == 1);
    CHECK_THAT(manifests.refused[0].message, Contains((folder.folder.path() / "m.json").string()));
    CHECK_THAT(manifests.refused[0].message, Contains(manifests.refused[0].path + ":"));
    return manifests.refused[0].path;
  };
  CHECK(refusal("watermark", {{"better", "more"}}) == "/output/better");
  CHECK(refusal("watermark", {{"better", true}}) == "/output/better");
  CHECK(refusal("watermark", {{"unit", ""}}) == "/output/unit");
  CHECK(refusal("watermark", {{"range", 1}}) == "/output/range");
  CHECK(refusal("watermark", {{"range", {0}}}) == "/output/range");
  CHECK(refusal("watermark", {{"range", {0, "1"}}}) == "/output/range/1");
  CHECK(refusal("watermark", {{"range", {1, 0}}}) == "/output/range");
  CHECK(refusal("watermark", {{"range", {1, 1}}}) == "/output/range");
  CHECK(refusal("watermark", {{"beter", "lower"}}) == "/output/beter");
  // These names say it already.
  CHECK(refusal("aesthetic_quality", {{"better", "lower"}}) == "/output/better");
  CHECK(refusal("imaging_quality", {{"unit", "points"}}) == "/output/unit");
  CHECK(refusal("aesthetic_quality", {{"range", {0, 10}}}) == "/output/range");
}

TEST_CASE("what manifests say of names of the user's own is known, and else nothing is", "[meaning]") {
  const Folder folder;
  folder.add("red", "redness", Json::object());
  folder.add("stamps", "watermark", {{"better", "lower"}, {"unit", "stamps"}, {"range", {0, 1}}});
  folder.add("taste", "aesthetic_quality", Json::object());
  folder.add("vbench", "imaging_quality", Json::object());
  CHECK(folder.read().refused.empty());
  const OwnMetrics own = own_metrics(folder.folder.path());
  CHECK(own.size() == 3);
  CHECK(meaning_of("watermark", own) == MetricMeaning{"stamps", "lower", 0, 1});
  CHECK(meaning_of("redness", own) == MetricMeaning{});
  CHECK(meaning_of("imaging_quality", own).better == "higher");
  CHECK(meaning_of("nobody_knows", own) == MetricMeaning{});
  CHECK(meaning_of("noise", own) == MetricMeaning{"levels", "lower", 0, std::nullopt});
  CHECK(own_metrics("/no/such/folder").empty());
}

TEST_CASE("of two manifests that do not say the same of one metric the second is refused", "[meaning]") {
  const Folder folder;
  folder.add("a", "watermark", {{"better", "lower"}, {"range", {0, 1}}});
  folder.add("b", "watermark", {{"better", "lower"}, {"range", {0, 1}}});
  folder.add("c", "watermark", {{"better", "higher"}, {"range", {0, 1}}});
  folder.add("d", "watermark", {{"better", "lower"}, {"range", {0, 100}}});
  folder.add("e", "watermark", {{"better", "lower"}, {"range", {0, 1}}, {"unit", "stamps"}});
  const Manifests manifests = folder.read();
  CHECK(manifests.usable.size() == 2);
  REQUIRE(manifests.refused.size() == 3);
  CHECK_THAT(manifests.refused[0].message, Contains((folder.folder.path() / "c.json").string()) &&
                                               Contains((folder.folder.path() / "a.json").string()));
  CHECK(manifests.refused[0].path == "/output/better");
  CHECK(manifests.refused[1].path == "/output/range");
  CHECK(manifests.refused[2].path == "/output/unit");
}

TEST_CASE("a score is told with its unit, its better way and its range", "[meaning]") {
  const auto told = [](const char* name) {
    const Json json = score_json({"", "j", 0, name, 0.5, "stamps-1", 0}, kStamps);
    return Json{json.at("unit"), json.at("better"), json.at("range")};
  };
  CHECK(told("watermark") == Json{"stamps", "lower", {0.0, 1.0}});
  CHECK(told("redness") == Json{"", nullptr, nullptr});
  CHECK(told("noise") == Json{"levels", "lower", {0.0, nullptr}});
  CHECK(told("true_peak") == Json{"dBTP", "lower", nullptr});
}

TEST_CASE("films are compared by a user's metric in the way that its manifest says", "[meaning]") {
  const auto film = [](double value) {
    ComparedFilm film;
    film.metrics = {{"", "j", std::nullopt, "watermark", value, "stamps-1", 0},
                    {"", "j", std::nullopt, "redness", value, "red-1", 0}};
    return film;
  };
  const Json rows = comparison_of({film(0.75), film(0.25)}, kStamps);
  REQUIRE(rows.size() >= 2);
  for (const Json& row : rows) {
    if (row.at("name") != "watermark" && row.at("name") != "redness") continue;
    const bool stamps = row.at("name") == "watermark";
    CHECK(row.at("better") == (stamps ? Json("lower") : Json()));
    CHECK(row.at("unit") == (stamps ? "stamps" : ""));
    CHECK(row.at("best") == (stamps ? Json{1} : Json::array()));
    CHECK(row.at("differences") == Json{0.0, -0.5});
  }
}

TEST_CASE("a report marks the worst of a user's metric, and says its unit and range", "[meaning]") {
  Report report;
  report.scenes = {{"a harbour", ""}, {"hills", ""}};
  report.scores = {{std::nullopt, "watermark", 0.5, "stamps-1"},
                   {0, "watermark", 0.75, "stamps-1"},
                   {1, "watermark", 0.25, "stamps-1"},
                   {0, "redness", 0.875, "red-1"},
                   {1, "redness", 0.125, "red-1"}};
  report.own = kStamps;
  const std::string page = report_html(report);
  CHECK_THAT(page, Contains("<td class=\"worst\">0.75</td>") && Contains("<th>watermark, stamps</th>") &&
                       Contains("lower is better, 0 to 1") && Contains("0.5 stamps"));
  CHECK(page.find("class=\"worst\">0.25") == std::string::npos);
  CHECK(page.find("class=\"worst\">0.125") == std::string::npos);
  CHECK(page.find("class=\"worst\">0.875") == std::string::npos);
}

}  // namespace
}  // namespace reeld::engine
