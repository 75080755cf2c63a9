// What jobs took: one job, or many in sums; in words, as JSON, as a plot.
#include <memory>
#include <string>

#include <fmt/format.h>

#include "apps/reelctl/commands.hpp"
#include "apps/reelctl/job_words.hpp"
#include "apps/reelctl/table.hpp"
#include "apps/reelctl/usage_plot.hpp"
#include "apps/reelctl/words.hpp"
#include "engine/desks/params.hpp"
#include "engine/files.hpp"

namespace reeld::reelctl {
namespace {

struct UsageOptions {
  std::string job, by, day, from, before, user, device, plot;
};

std::string whole(const Json& sum, const char* member) {
  return fmt::format("{:.0f}", number(sum, member));
}

Row row_of_jobs(const std::string& name, const Json& sum) {
  return {name,
          whole(sum, "jobs"),
          whole(sum, "films"),
          whole(sum, "frames"),
          seconds_text(number(sum, "film_seconds")),
          seconds_text(number(sum, "wall_seconds")),
          seconds_text(number(sum, "cpu_seconds")),
          seconds_text(number(sum, "gpu_seconds")),
          whole(sum, "peak_memory_mb") + " MB",
          whole(sum, "tokens"),
          dollars(sum.at("cost_usd"))};
}

Row row_of_calls(const std::string& name, const Json& sum) {
  return {name,
          whole(sum, "jobs"),
          whole(sum, "calls"),
          seconds_text(number(sum, "call_seconds")),
          whole(sum, "tokens"),
          dollars(sum.at("cost_usd"))};
}

std::string sums_report(const Json& sums) {
  const std::string range = text(sums, "from").substr(0, 19) + " to " + text(sums, "before").substr(0, 19);
  if (sums.at("rows").empty()) return "nothing from " + range + " (UTC)\n";
  const bool of_calls = sums.at("total").at("films").is_null();
  const auto row_of = of_calls ? row_of_calls : row_of_jobs;
  std::vector<Row> rows;
  rows.push_back(of_calls ? Row{text(sums, "by"), "jobs", "calls", "answers took", "tokens", "cost"}
                          : Row{text(sums, "by"), "jobs", "films", "frames", "film", "wall", "cpu", "gpu",
                                "peak memory", "tokens", "cost"});
  for (const Json& row : sums.at("rows"))
    rows.push_back(row_of(row.at("name").is_null() ? "none" : text(row, "name"), row));
  rows.push_back(row_of("all", sums.at("total")));
  return table(rows);
}

// Writes the plot, where one is wanted, before the answer is told.
int answer_with_plot(const Console& console, const Result<Json>& reply, const std::string& file,
                     std::string (*plot)(const Json&), const Words& words) {
  if (reply && !file.empty()) {
    if (const auto written = engine::write_text(file, plot(*reply)); !written)
      return console.fail(written.error());
  }
  return console.answer(reply, words);
}

Result<Json> sum_params(const UsageOptions& options) {
  Json params = Json::object();
  const auto give = [&](const char* name, const std::string& value) {
    if (!value.empty()) params[name] = value;
  };
  give("by", options.by);
  give("from", options.from);
  give("before", options.before);
  give("user", options.user);
  give("device", options.device);
  if (options.day.empty()) return params;
  constexpr std::int64_t kDayUs = std::int64_t{86400} * 1'000'000;
  REELD_ASSIGN(const auto begin, engine::time_param({{"day", options.day}}, "day"));
  params["from"] = options.day;
  params["before"] = engine::time_text(*begin + kDayUs);
  return params;
}

int run_usage(const Console& console, const UsageOptions& options) {
  if (!options.job.empty()) {
    return answer_with_plot(console, console.client.call("usage_job", {{"job", options.job}}), options.plot,
                            job_plot, usage_report);
  }
  const auto params = sum_params(options);
  if (!params) return console.fail(params.error());
  return answer_with_plot(console, console.client.call("usage_sum", *params), options.plot, sums_plot,
                          sums_report);
}

}  // namespace

void add_usage_commands(CommandLine& line) {
  const auto options = std::make_shared<UsageOptions>();
  CLI::App& usage =
      line.add(line.root(), "usage", "what a job took, or without one what the jobs of a time took",
               [options](const Console& console) { return run_usage(console, *options); });
  CLI::Option* const job = usage.add_option("JOB", options->job, "the job's id");
  CLI::Option* const day = usage.add_option("--day", options->day, "the jobs of a day as 2026-11-21 (UTC)");
  CLI::Option* const from =
      usage.add_option("--from", options->from, "the jobs made from a day or a UTC time on; else of 30 days");
  CLI::Option* const before =
      usage.add_option("--before", options->before, "the jobs made before it; else until now");
  CLI::Option* const by =
      usage.add_option("--by", options->by, "day, user, device, encoder, provider or model");
  CLI::Option* const user = usage.add_option("--user", options->user, "only jobs of the user with this id");
  CLI::Option* const device =
      usage.add_option("--device", options->device, "only jobs that ran on this device");
  usage.add_option("--plot", options->plot, "also draw it into this SVG file");
  for (CLI::Option* const option : {day, from, before, by, user, device}) job->excludes(option);
  day->excludes(from);
  day->excludes(before);
}

}  // namespace reeld::reelctl
