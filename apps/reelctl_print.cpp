#include "apps/reelctl_print.hpp"

#include <cmath>
#include <cstdio>

#include <spdlog/fmt/fmt.h>

namespace reeld {
namespace {

using Json = nlohmann::json;

constexpr int kBarWidth = 30;

double number(const Json& object, const char* key) {
  const auto it = object.find(key);
  return it != object.end() && it->is_number() ? it->get<double>() : 0;
}

std::string text(const Json& object, const char* key) {
  const auto it = object.find(key);
  return it != object.end() && it->is_string() ? it->get<std::string>() : "";
}

std::string row(const char* name, const std::string& value) {
  return fmt::format("  {:<14} {}\n", name, value);
}

}  // namespace

void ProgressView::show(const Json& event) {
  if (event.value("type", "") == "warning") {
    end();
    std::fprintf(stderr, "warning: %s: %s\n", text(event.at("body"), "path").c_str(),
                 text(event.at("body"), "message").c_str());
  }
  if (event.value("type", "") != "progress") return;
  const Json& body = event.at("body");
  const int percent = static_cast<int>(number(body, "percent"));
  const std::string stage = text(body, "stage");
  std::string more;
  if (body.contains("fps")) {
    more = fmt::format("  {:.1f} frames/s  {} left", number(body, "fps"),
                       seconds_text(number(body, "eta_seconds")));
  }
  if (terminal_) {
    const int filled = percent * kBarWidth / 100;
    std::fprintf(stderr, "\r\033[K[%s%s] %3d%%  %s%s",
                 std::string(static_cast<std::size_t>(filled), '#').c_str(),
                 std::string(static_cast<std::size_t>(kBarWidth - filled), '.').c_str(), percent,
                 stage.c_str(), more.c_str());
    std::fflush(stderr);
    open_ = true;
  } else if (stage != last_stage_ || percent >= last_percent_ + 10) {
    std::fprintf(stderr, "%3d%%  %s%s\n", percent, stage.c_str(), more.c_str());
    last_percent_ = percent;
    last_stage_ = stage;
  }
}

void ProgressView::end() {
  if (open_) std::fprintf(stderr, "\r\033[K");
  open_ = false;
}

std::string seconds_text(double seconds) {
  if (seconds < 60) return fmt::format("{:.1f} s", seconds);
  const auto whole = std::llround(seconds);
  if (whole < 3600) return fmt::format("{}:{:02} min", whole / 60, whole % 60);
  return fmt::format("{}:{:02}:{:02} h", whole / 3600, whole / 60 % 60, whole % 60);
}

std::string error_line(const Json& error) {
  const std::string path = text(error, "path"), message = text(error, "message");
  const bool named = path.empty() || message.starts_with(path);
  return fmt::format("{}{}{} ({})\n", named ? "" : path, named ? "" : ": ", message, text(error, "code"));
}

std::string job_line(const Json& job) {
  return fmt::format("{}  {:<18} {:>3.0f}%  {}  {}\n", text(job, "id"), text(job, "status"),
                     number(job, "progress"), text(job, "created_at").substr(0, 19), text(job, "target"));
}

std::string usage_report(const Json& job) {
  const Json& used = job.at("resources");
  if (!used.is_object()) {
    return fmt::format("job {} is {}: what it cost is known once it is completed\n", text(job, "id"),
                       text(job, "status"));
  }
  const double wall = number(used, "wall_seconds"), cpu = number(used, "cpu_seconds");
  std::string out = fmt::format("job {}\n", text(job, "id"));
  out += row("wall", seconds_text(wall));
  out += row("cpu", fmt::format("{} ({:.1f} cores busy)", seconds_text(cpu), wall > 0 ? cpu / wall : 0));
  // A GPU makes a frame in a fraction of a millisecond.
  out += row("gpu", fmt::format("{:.3f} s", number(used, "gpu_seconds")));
  out += row("peak memory", fmt::format("{:.0f} MB", number(used, "peak_memory_mb")));
  out += row("peak gpu mem", fmt::format("{:.0f} MB", number(used, "peak_gpu_memory_mb")));
  out += row("disk", fmt::format("{:.1f} MB", number(used, "disk_used_mb")));
  out += row("frames", fmt::format("{:.0f}, {:.1f} a second", number(used, "frames"),
                                   number(used, "frames_per_second")));
  out += row("device", text(used, "device"));
  out += row("encoder", text(used, "encoder"));
  for (const Json& trial : used.at("encoder_trials")) {
    out += row("", fmt::format("not {}: {}", text(trial, "name"), text(trial, "why_not")));
  }
  return out;
}

std::string result_report(const Json& job) {
  if (text(job, "status") != "completed") {
    return job.at("error").is_object() ? error_line(job.at("error"))
                                       : fmt::format("job {} is {}\n", text(job, "id"), text(job, "status"));
  }
  const Json& video = job.at("video");
  const Json& used = job.at("resources");
  return fmt::format(
      "{}\n  {} {}, {:.5g} frames/s, {}, {:.1f} MB; made at {:.1f} frames/s, {} wall, {} cpu, {:.0f} MB "
      "memory, {} on {}\n",
      text(video, "file"), text(video, "resolution"), text(video, "codec"), number(video, "fps_value"),
      seconds_text(number(video, "duration_seconds")), number(video, "size_bytes") / 1e6,
      number(used, "frames_per_second"), seconds_text(number(used, "wall_seconds")),
      seconds_text(number(used, "cpu_seconds")), number(used, "peak_memory_mb"), text(used, "encoder"),
      text(used, "device"));
}

std::string job_report(const Json& job) {
  std::string out = fmt::format("job {}\n", text(job, "id"));
  out += row("status", fmt::format("{} ({:.0f}%)", text(job, "status"), number(job, "progress")));
  if (!text(job, "title").empty()) out += row("title", text(job, "title"));
  out += row("target", text(job, "target"));
  out += row("created", text(job, "created_at"));
  if (job.at("completed_at").is_string()) out += row("completed", text(job, "completed_at"));
  if (job.at("error").is_object()) out += row("error", error_line(job.at("error")));
  for (const Json& stage : job.at("stages")) {
    const std::string end = stage.at("completed_at").is_string() ? text(stage, "completed_at") : "...";
    out += row("stage", fmt::format("{:<18} {} - {}", text(stage, "stage"), text(stage, "started_at"), end));
  }
  for (const Json& asset : job.at("assets")) {
    const std::string scene =
        asset.at("scene").is_number() ? fmt::format("scene {}", asset.at("scene").get<int>()) : "film";
    out += row("asset", fmt::format("{:<9} {:<8} {} {}", scene, text(asset, "role"), text(asset, "provider"),
                                    text(asset, "file")));
  }
  if (job.at("video").is_object()) out += row("film", text(job.at("video"), "file"));
  return out;
}

std::string devices_report(const Json& devices) {
  std::string out;
  for (const Json& device : devices.at("devices")) {
    out += fmt::format("device   {:<10} {}\n", text(device, "kind"),
                       !device.value("available", false) ? "no: " + text(device, "why_not")
                       : device.value("emulated", false) ? text(device, "name") + ", emulated on the CPU"
                                                         : text(device, "name"));
  }
  for (const Json& encoder : devices.at("encoders")) {
    out += fmt::format("encoder  {:<10} {:<5} {}\n", text(encoder, "name"), text(encoder, "codec"),
                       encoder.value("available", false) ? "yes" : "no: " + text(encoder, "why_not"));
  }
  return out;
}

}  // namespace reeld
