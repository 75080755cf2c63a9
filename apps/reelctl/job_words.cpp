#include "apps/reelctl/job_words.hpp"

#include <vector>

#include <fmt/format.h>

#include "apps/reelctl/table.hpp"
#include "apps/reelctl/words.hpp"

namespace reeld::reelctl {
namespace {

using Json = nlohmann::json;

Row job_row(const Json& job) {
  return {text(job, "id"), text(job, "status"), fmt::format("{:>3.0f}%", number(job, "progress")),
          text(job, "created_at").substr(0, 19), text(job, "target")};
}

// How the crf was found for the request's target.
std::string quality_line(const Json& search) {
  if (search.is_null()) return "";
  const std::string found = fmt::format(
      "crf {:.0f}: {} {:.4f} of {:.4f} asked, by {} tries", number(search, "crf"), text(search, "metric"),
      number(search, "value"), number(search, "at_least"), search.at("tries").size());
  return detail_line("quality", found);
}

// What each stage took; one that runs, or that a daemon died in, has no figures.
std::string stage_lines(const Json& stages) {
  if (stages.empty()) return "";
  std::vector<Row> rows = {{"", "stage", "attempt", "cpu", "gpu", "peak memory", "frames"}};
  for (const Json& stage : stages) {
    Row row = {"", text(stage, "stage"), fmt::format("{:.0f}", number(stage, "attempt"))};
    if (stage.at("cpu_seconds").is_number()) {
      row.push_back(seconds_text(number(stage, "cpu_seconds")));
      row.push_back(fmt::format("{:.3f} s", number(stage, "gpu_seconds")));
      row.push_back(fmt::format("{:.0f} MB", number(stage, "peak_memory_mb")));
      row.push_back(fmt::format("{:.0f}", number(stage, "frames")));
    }
    rows.push_back(row);
  }
  return table(rows);
}

}  // namespace

std::string job_line(const Json& job) {
  return table({job_row(job)});
}

std::string job_lines(const Json& jobs) {
  std::vector<Row> rows;
  for (const Json& job : jobs) rows.push_back(job_row(job));
  return table(rows);
}

std::string usage_report(const Json& usage) {
  const Json& job = usage.at("job");
  const Json& used = usage.at("resources");
  if (!used.is_object()) {
    return fmt::format("job {} is {}: what it cost is known once it has ended\n{}", text(job, "id"),
                       text(job, "status"), stage_lines(usage.at("stages")));
  }
  const double wall = number(used, "wall_seconds"), cpu = number(used, "cpu_seconds");
  std::string out = fmt::format("job {}\n", text(job, "id"));
  out += detail_line("wall", seconds_text(wall));
  out +=
      detail_line("cpu", fmt::format("{} ({:.1f} cores busy)", seconds_text(cpu), wall > 0 ? cpu / wall : 0));
  // A GPU makes a frame in a fraction of a millisecond.
  out += detail_line("gpu", fmt::format("{:.3f} s", number(used, "gpu_seconds")));
  out += detail_line("peak memory", fmt::format("{:.0f} MB", number(used, "peak_memory_mb")));
  out += detail_line("peak gpu mem", fmt::format("{:.0f} MB", number(used, "peak_gpu_memory_mb")));
  out += detail_line("disk", fmt::format("{:.1f} MB", number(used, "disk_used_mb")));
  out += detail_line("frames", fmt::format("{:.0f}, {:.1f} a second", number(used, "frames"),
                                           number(used, "frames_per_second")));
  out += detail_line("device", text(used, "device"));
  out += detail_line("encoder", text(used, "encoder"));
  for (const Json& trial : used.at("encoder_trials")) {
    out += detail_line("", fmt::format("not {}: {}", text(trial, "name"), text(trial, "why_not")));
  }
  out += quality_line(used.at("quality_search"));
  out += stage_lines(usage.at("stages"));
  return out;
}

std::string reuse_report(const Json& reused) {
  if (!reused.is_object() || (number(reused, "assets") == 0 && number(reused, "frames") == 0)) return "";
  const double saved = number(reused, "saved_cost_usd");
  return fmt::format("  reused {:.0f} of {:.0f} assets and {:.0f} of {:.0f} frames{}\n",
                     number(reused, "assets"), number(reused, "asset_total"), number(reused, "frames"),
                     number(reused, "frame_total"),
                     saved > 0 ? fmt::format(", which had cost {}", dollars(saved)) : "");
}

std::string result_report(const Json& job) {
  if (text(job, "status") != "completed") {
    return job.at("error").is_object() ? error_line(job.at("error"))
                                       : fmt::format("job {} is {}\n", text(job, "id"), text(job, "status"));
  }
  const Json& video = job.at("video");
  const Json& used = job.at("resources");
  return fmt::format(
             "{}\n  {} {}, {:.5g} frames/s, {}, {:.1f} MB; made at {:.1f} frames/s, {} wall, {} cpu, {:.0f} "
             "MB "
             "memory, {} on {}\n",
             text(video, "file"), text(video, "resolution"), text(video, "codec"), number(video, "fps_value"),
             seconds_text(number(video, "duration_seconds")), number(video, "size_bytes") / 1e6,
             number(used, "frames_per_second"), seconds_text(number(used, "wall_seconds")),
             seconds_text(number(used, "cpu_seconds")), number(used, "peak_memory_mb"), text(used, "encoder"),
             text(used, "device")) +
         reuse_report(job.value("reused", Json()));
}

std::string job_report(const Json& job) {
  std::string out = fmt::format("job {}\n", text(job, "id"));
  out += detail_line("status", fmt::format("{} ({:.0f}%)", text(job, "status"), number(job, "progress")));
  if (!text(job, "title").empty()) out += detail_line("title", text(job, "title"));
  out += detail_line("target", text(job, "target"));
  out += detail_line("created", text(job, "created_at"));
  if (job.at("completed_at").is_string()) out += detail_line("completed", text(job, "completed_at"));
  if (job.at("error").is_object()) out += detail_line("error", error_line(job.at("error")));
  for (const Json& stage : job.at("stages")) {
    const std::string end = stage.at("completed_at").is_string() ? text(stage, "completed_at") : "...";
    out += detail_line("stage",
                       fmt::format("{:<18} {} - {}", text(stage, "stage"), text(stage, "started_at"), end));
  }
  for (const Json& asset : job.at("assets")) {
    const std::string scene =
        asset.at("scene").is_number() ? fmt::format("scene {}", asset.at("scene").get<int>()) : "film";
    out += detail_line("asset", fmt::format("{:<9} {:<8} {} {}", scene, text(asset, "role"),
                                            text(asset, "provider"), text(asset, "file")));
  }
  if (job.at("video").is_object()) out += detail_line("film", text(job.at("video"), "file"));
  out += reuse_report(job.value("reused", Json()));
  return out;
}

std::string estimate_report(const Json& estimate) {
  std::vector<Row> rows;
  for (const Json& want : estimate.at("wants")) {
    rows.push_back({text(want, "path"), text(want, "provider"), text(want, "model"),
                    want.value("is_there", false) ? "already here" : dollars(want.at("cost_usd"))});
  }
  const Json& total = estimate.at("cost_usd");
  return table(rows) + (total.is_null()
                            ? "At least one price is not known: configure it in [providers.NAME.prices].\n"
                            : fmt::format("At most {} in all.\n", dollars(total)));
}

}  // namespace reeld::reelctl
