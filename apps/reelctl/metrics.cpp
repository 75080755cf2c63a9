// How good a film is: its scores in a table, as JSON, or as a page.
#include <map>
#include <memory>
#include <set>
#include <string>

#include <fmt/format.h>

#include "apps/reelctl/commands.hpp"
#include "apps/reelctl/table.hpp"
#include "apps/reelctl/words.hpp"

namespace reeld::reelctl {
namespace {

struct MetricsOptions {
  std::string job, report;
};

std::string figure(const Json& value) {
  return fmt::format("{:.6g}", value.get<double>());
}

std::string with_unit(const std::string& name, const Json& score) {
  const std::string unit = text(score, "unit");
  return name + (unit.empty() ? "" : " (" + unit + ")");
}

std::string called(const Json& score) {
  const std::string model = text(score, "model");
  return with_unit(text(score, "name"), score) + (model.empty() || model == "reeld-1" ? "" : " by " + model);
}

std::string better_way(const Json& score) {
  return score.at("better").is_null() ? "-" : text(score, "better");
}

// "0..1", "0.." where there is no upper end, "-" where nobody says.
std::string range_words(const Json& score) {
  const Json& range = score.at("range");
  if (range.is_null()) return "-";
  const auto end = [](const Json& value) { return value.is_null() ? "" : figure(value); };
  return end(range[0]) + ".." + end(range[1]);
}

// A row a score; in the columns the whole film and its scenes.
std::string scores_table(const Json& scores) {
  struct Line {
    std::string better, range;
    std::map<int, std::string> cells;  // by scene; -1: the film
  };
  std::map<std::string, Line> lines;
  std::set<int> scenes;
  for (const Json& score : scores) {
    const int scene = score.at("scene").is_null() ? -1 : score.at("scene").get<int>();
    scenes.insert(scene);
    Line& line = lines[called(score)];
    line.better = better_way(score);
    line.range = range_words(score);
    line.cells[scene] = figure(score.at("value"));
  }
  Row heads = {"score", "better", "range"};
  for (const int scene : scenes) heads.push_back(scene < 0 ? "film" : fmt::format("scene {}", scene));
  std::vector<Row> rows = {heads};
  for (const auto& [name, line] : lines) {
    Row row = {name, line.better, line.range};
    for (const int scene : scenes) {
      const auto value = line.cells.find(scene);
      row.push_back(value == line.cells.end() ? "-" : value->second);
    }
    rows.push_back(std::move(row));
  }
  return table(rows);
}

// Of scenes of which more than one picture was made.
std::string tries_table(const Json& pictures) {
  std::set<int> again;
  for (const Json& one : pictures) {
    if (one.at("number").get<int>() > 1) again.insert(one.at("scene").get<int>());
  }
  if (again.empty()) return "";
  std::vector<Row> rows = {{"scene", "try", "seed", "cost", "image_quality", ""}};
  for (const Json& one : pictures) {
    if (!again.contains(one.at("scene").get<int>())) continue;
    const Json& quality = one.at("scores").value("image_quality", Json());
    rows.push_back({one.at("scene").dump(), one.at("number").dump(),
                    one.at("seed").is_null() ? "-" : one.at("seed").dump(), dollars(one.at("cost_usd")),
                    quality.is_null() ? "-" : figure(quality), one.at("kept").get<bool>() ? "shown" : ""});
  }
  return "\npictures that were made again\n" + table(rows);
}

std::string metrics_words(const Json& metrics) {
  if (!metrics.at("why_not").is_null()) return text(metrics, "why_not") + "\n";
  std::string words = metrics.at("scores").empty() ? "" : scores_table(metrics.at("scores"));
  return words + tries_table(metrics.at("pictures"));
}

std::string report_line(const Json& made) {
  return fmt::format("{}: {:.0f} frames, {:.0f} scenes' pictures, {:.0f} kB\n", text(made, "target"),
                     number(made, "frames"), number(made, "scenes"), number(made, "size_bytes") / 1e3);
}

int run_metrics(const Console& console, const MetricsOptions& options) {
  if (options.report.empty()) {
    return console.answer(console.client.call("metrics", {{"job", options.job}}), metrics_words);
  }
  const Json params = {{"job", options.job}, {"target", absolute(options.report)}};
  return console.answer(until_done(console, "metrics_report", params), report_line);
}

std::string models_words(const Json& reply) {
  std::string words;
  std::vector<Row> rows = {{"score", "better", "range", "model", "may be asked of", "manifest"}};
  for (const Json& model : reply.at("models")) {
    std::string reach;
    for (const Json& gate : model.at("reach")) reach += (reach.empty() ? "" : ", ") + gate.get<std::string>();
    rows.push_back({with_unit(text(model, "metric"), model), better_way(model), range_words(model),
                    text(model, "model"), reach, text(model, "manifest")});
  }
  if (rows.size() > 1) words += table(rows);
  for (const Json& refused : reply.at("refused")) words += "refused: " + refused.get<std::string>() + "\n";
  for (const Json& absent : reply.at("absent"))
    words += text(absent, "metric") + " is absent: " + text(absent, "why") + "\n";
  return words;
}

int run_models(const Console& console) {
  return console.answer(console.client.call("models", Json::object()), models_words);
}

}  // namespace

void add_metrics_commands(CommandLine& line) {
  const auto options = std::make_shared<MetricsOptions>();
  CLI::App& metrics = line.add(line.root(), "metrics", "how good a film is: its scores",
                               [options](const Console& console) { return run_metrics(console, *options); });
  metrics.add_option("JOB", options->job, "the job's id")->required();
  metrics.add_option("--report", options->report, "write a report into this file, .html");
  line.add(line.root(), "models", "models that score pictures: which there are, and which are absent",
           run_models);
}

}  // namespace reeld::reelctl
