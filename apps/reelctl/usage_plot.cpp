#include "apps/reelctl/usage_plot.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <optional>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "apps/reelctl/chart.hpp"
#include "apps/reelctl/words.hpp"
#include "base/utf8.hpp"
#include "engine/desks/params.hpp"

namespace reeld::reelctl {
namespace {

using Json = nlohmann::json;

constexpr double kPageWidth = 900, kHead = 62, kPanelHeight = 96, kPanelStride = 140, kFoot = 40;
constexpr const char* kBlue = "#2563eb";
constexpr const char* kGreen = "#059669";
constexpr const char* kViolet = "#7c3aed";
constexpr const char* kOrange = "#ea580c";
constexpr const char* kPink = "#db2777";

// Seconds since 1970; nullopt where there is no time.
std::optional<double> seconds_at(const Json& record, const char* name) {
  if (!record.at(name).is_string()) return std::nullopt;
  const auto time = engine::time_param(record, name);
  return time && *time ? std::optional(static_cast<double>(**time) / 1e6) : std::nullopt;
}

void head(Svg& svg, const std::string& title, const std::string& more) {
  svg.text({Panel::kLeft, 26}, title, {.size = 15, .color = "#111827", .bold = true});
  svg.text({Panel::kLeft, 43}, more, {.color = "#6b7280"});
}

struct Band {
  std::string stage;
  double from = 0, to = 0;
};

// The newest attempt of a job, in seconds since it began.
struct Attempt {
  int number = 1;
  double seconds = 1;
  std::vector<Band> bands;
  std::vector<Json> samples;
  std::vector<double> times;  // of the samples
};

Attempt newest_attempt(const Json& usage) {
  Attempt attempt;
  for (const Json& stage : usage.at("stages"))
    attempt.number = std::max(attempt.number, stage.at("attempt").get<int>());
  std::optional<double> began;
  for (const Json& stage : usage.at("stages")) {
    const auto from = seconds_at(stage, "started_at");
    if (stage.at("attempt") != attempt.number || !from) continue;
    if (!began) began = from;
    // One that is open, or was left so by a daemon's death, is drawn as a moment.
    attempt.bands.push_back({text(stage, "stage"), *from, seconds_at(stage, "completed_at").value_or(*from)});
  }
  for (const Json& sample : usage.at("samples")) {
    const auto time = seconds_at(sample, "time");
    // The first sample is taken a moment before the first stage.
    if (!time || (attempt.number > 1 && began && *time < *began - 0.5)) continue;
    attempt.samples.push_back(sample);
    attempt.times.push_back(*time);
  }
  const double start = std::min(began.value_or(1e18), attempt.times.empty() ? 1e18 : attempt.times.front());
  double end = start;
  for (Band& band : attempt.bands) {
    band.from -= start, band.to -= start;
    end = std::max(end, start + band.to);
  }
  for (double& time : attempt.times) {
    end = std::max(end, time);
    time -= start;
  }
  attempt.seconds = std::max(end - start, 1e-3);
  return attempt;
}

// A line in a panel: a member of the samples.
struct Curve {
  const char* member;
  const char* color;
  bool is_rate;  // between the sample before and this one
  const char* label;
};
struct JobPanel {
  const char* title;
  std::vector<Curve> curves;
  double least_top;  // of the axis
};
const JobPanel kJobPanels[] = {
    {"Frames a second", {{"frames_per_second", kBlue, true, ""}}, 0},
    {"CPU, cores busy", {{"cpu_cores", kGreen, true, ""}}, 0},
    {"Memory of the workers, MB", {{"memory_mb", kViolet, false, ""}}, 0},
    {"GPU and encoder, %",
     {{"gpu_percent", kOrange, false, "GPU"}, {"encoder_percent", kPink, false, "encoder"}},
     100},
    {"GPU memory, MB", {{"gpu_memory_mb", kOrange, false, ""}}, 0},
};

std::vector<Panel::Value> values_of(const Attempt& attempt, const char* member) {
  std::vector<Panel::Value> values;
  for (std::size_t i = 0; i < attempt.samples.size(); ++i) {
    const Json& value = attempt.samples[i].at(member);
    values.push_back(
        {attempt.times[i], value.is_number() ? std::optional(value.get<double>()) : std::nullopt});
  }
  return values;
}

// nullopt where no sample has one.
std::optional<double> highest(const Attempt& attempt, const JobPanel& panel) {
  std::optional<double> top;
  for (const Curve& curve : panel.curves) {
    for (const Panel::Value& value : values_of(attempt, curve.member)) {
      if (value.value) top = std::max({top.value_or(0), *value.value, panel.least_top});
    }
  }
  return top;
}

void draw_stages(Svg& svg, Panel& panel, const Attempt& attempt, bool named) {
  for (std::size_t i = 0; i < attempt.bands.size(); ++i) {
    const Band& band = attempt.bands[i];
    panel.band(band.from, band.to, i % 2 == 0 ? "#eef2ff" : "#f3f4f6",
               fmt::format("{}: {}", band.stage, seconds_text(band.to - band.from)));
    const double width = panel.x_of(band.to) - panel.x_of(band.from);
    // About six pixels a letter.
    if (named && width > 6.0 * static_cast<double>(band.stage.size())) {
      svg.text({(panel.x_of(band.from) + panel.x_of(band.to)) / 2, kHead + 10}, band.stage,
               {.size = 10, .color = "#6b7280", .anchor = "middle"});
    }
  }
}

void draw_seconds(Svg& svg, const Panel& panel, double seconds, bool named) {
  const bool minutes = seconds > 180;
  const double unit = minutes ? 60 : 1;
  const double step = axis_for(seconds / unit, 8).step;
  for (double at = 0; at * unit <= seconds; at += step) {
    svg.text({panel.x_of(at * unit), panel.bottom() + 15}, fmt::format("{:.6g}", at),
             {.size = 10, .anchor = "middle"});
  }
  if (!named) return;
  svg.text({kPageWidth - Panel::kRight, panel.bottom() + 30},
           minutes ? "minutes since the job began" : "seconds since the job began",
           {.size = 10, .anchor = "end"});
}

std::string gpu_note(const Attempt& attempt) {
  bool job = false, machine = false;
  for (const Json& sample : attempt.samples) {
    job = job || text(sample, "gpu_scope") == "job";
    machine = machine || text(sample, "gpu_scope") == "machine";
  }
  if (job && machine)
    return "; GPU: of this job, or of all programs where the driver does not tell them apart";
  return job ? "; GPU: of this job" : machine ? "; GPU: of all programs" : "";
}

// What a bar's height is, in one panel of sums.
struct BarPanel {
  const char* title;
  const char* member;
  const char* color;
  double divisor;
  const char* unit;  // in the hint
};
const std::vector<BarPanel> kJobBars = {
    {"Jobs", "jobs", kBlue, 1, "jobs"},
    {"Wall time, minutes", "wall_seconds", kGreen, 60, "minutes"},
    {"CPU time, minutes", "cpu_seconds", kViolet, 60, "minutes"},
    {"Cost at providers, US dollars", "cost_usd", kOrange, 1, "US dollars"},
};
const std::vector<BarPanel> kCallBars = {
    {"Calls", "calls", kBlue, 1, "calls"},
    {"Time of answers, minutes", "call_seconds", kGreen, 60, "minutes"},
    {"Tokens", "tokens", kViolet, 1, "tokens"},
    {"Cost, US dollars", "cost_usd", kOrange, 1, "US dollars"},
};

struct Bar {
  std::string name;
  const Json* sum;  // null: nothing there
};

// Every day from the first to the last that has something, for a day without jobs is a fact too.
std::vector<Bar> bars_of_days(const Json& rows) {
  using std::chrono::sys_days;
  const auto day_of = [](const Json& row) {
    return std::chrono::floor<std::chrono::days>(std::chrono::sys_time<std::chrono::seconds>(
        std::chrono::seconds(static_cast<std::int64_t>(seconds_at(row, "key").value_or(0)))));
  };
  std::vector<Bar> bars;
  for (const Json& row : rows) {
    constexpr auto kMostEmpty = std::chrono::days(400);
    const sys_days day = day_of(row);
    if (!bars.empty()) {
      const sys_days before = day_of(*bars.back().sum);
      if (day - before < kMostEmpty) {
        for (sys_days empty = before + std::chrono::days(1); empty < day; empty += std::chrono::days(1))
          bars.push_back({"", nullptr});
      }
    }
    bars.push_back({text(row, "name"), &row});
  }
  return bars;
}

std::vector<Bar> bars_of(const Json& sums) {
  if (text(sums, "by") == "day") return bars_of_days(sums.at("rows"));
  std::vector<Bar> bars;
  for (const Json& row : sums.at("rows"))
    bars.push_back({row.at("name").is_null() ? "none" : text(row, "name"), &row});
  return bars;
}

void draw_bars(Panel& panel, const BarPanel& what, const std::vector<Bar>& bars) {
  double top = 0;
  for (const Bar& bar : bars) {
    if (bar.sum != nullptr) top = std::max(top, number(*bar.sum, what.member) / what.divisor);
  }
  panel.scale(what.title, top);
  for (std::size_t i = 0; i < bars.size(); ++i) {
    if (bars[i].sum == nullptr) continue;
    const double value = number(*bars[i].sum, what.member) / what.divisor;
    const auto at = static_cast<double>(i);
    panel.bar(at + 0.1, at + 0.9, value, what.color,
              fmt::format("{}: {:.6g} {}", bars[i].name, value, what.unit));
  }
}

// Longer ones are cut; pointing at a bar tells the whole.
constexpr std::size_t kNameLength = 20;
std::string short_name(const std::string& name) {
  std::string start;
  std::size_t characters = 0;
  for (const char c : name) {
    const bool begins = (static_cast<unsigned char>(c) & 0xC0) != 0x80;
    if (begins && ++characters > kNameLength) return start + "…";
    start += c;
  }
  return start;
}

// The room below the bars for names of that many characters, which are turned, at six pixels each.
double height_of_names(const std::vector<Bar>& bars) {
  std::size_t longest = 0;
  for (const Bar& bar : bars)
    longest = std::max(longest, std::min(character_count(bar.name), kNameLength + 1));
  return 6.0 * static_cast<double>(longest);
}

// As many as there is room for.
void draw_names(Svg& svg, const Panel& panel, const std::vector<Bar>& bars) {
  constexpr double kRoom = 22;
  const double each = panel.x_of(1) - panel.x_of(0);
  const auto every = static_cast<std::size_t>(std::max(1.0, std::ceil(kRoom / each)));
  for (std::size_t i = 0; i < bars.size(); i += every) {
    svg.text({panel.x_of(static_cast<double>(i) + 0.5) + 3, panel.bottom() + 12}, short_name(bars[i].name),
             {.size = 10, .anchor = "end", .turned = -60});
  }
}

}  // namespace

std::string job_plot(const Json& usage) {
  const Json& job = usage.at("job");
  const std::string title = text(job, "title").empty() ? text(job, "id") : text(job, "title");
  const Attempt attempt = newest_attempt(usage);
  std::vector<std::pair<const JobPanel*, double>> panels;
  for (const JobPanel& panel : kJobPanels) {
    if (const auto top = highest(attempt, panel)) panels.emplace_back(&panel, *top);
  }
  const double height =
      kHead + kPanelStride * std::max<double>(1, static_cast<double>(panels.size())) + kFoot;
  Svg svg(kPageWidth, height, "What the job " + title + " took");
  head(svg, title,
       fmt::format("{}, job {}{}{}", text(job, "status"), text(job, "id"),
                   attempt.number > 1 ? fmt::format(", attempt {}", attempt.number) : "", gpu_note(attempt)));
  if (attempt.samples.empty()) {
    svg.text({Panel::kLeft, kHead + 40}, "No samples were taken of this job.", {.size = 13});
    return svg.document();
  }
  for (std::size_t i = 0; i < panels.size(); ++i) {
    const auto& [what, top] = panels[i];
    Panel panel(svg, kPageWidth, kHead + 14 + kPanelStride * static_cast<double>(i), kPanelHeight,
                attempt.seconds);
    draw_stages(svg, panel, attempt, i == 0);
    panel.scale(what->title, top);
    double label_at = Panel::kLeft + 140;
    for (const Curve& curve : what->curves) {
      const auto values = values_of(attempt, curve.member);
      curve.is_rate ? panel.steps(values, curve.color) : panel.curve(values, curve.color);
      if (*curve.label != '\0') {
        svg.text({label_at, panel.bottom() - kPanelHeight - 6}, curve.label,
                 {.color = curve.color, .bold = true});
        label_at += 50;
      }
    }
    draw_seconds(svg, panel, attempt.seconds, i + 1 == panels.size());
  }
  return svg.document();
}

std::string sums_plot(const Json& sums) {
  const std::vector<Bar> bars = bars_of(sums);
  const auto& panels = sums.at("total").at("films").is_null() ? kCallBars : kJobBars;
  Svg svg(kPageWidth, kHead + kPanelStride * static_cast<double>(panels.size()) + height_of_names(bars),
          "What jobs took");
  head(svg, "What jobs took, by " + text(sums, "by"),
       text(sums, "from").substr(0, 10) + " to " + text(sums, "before").substr(0, 19) + " UTC");
  if (bars.empty()) {
    svg.text({Panel::kLeft, kHead + 40}, "There is nothing in this time.", {.size = 13});
    return svg.document();
  }
  // A bar alone is still a bar, and no wall.
  constexpr std::size_t kLeastPlaces = 12;
  const auto places = static_cast<double>(std::max(bars.size(), kLeastPlaces));
  for (std::size_t i = 0; i < panels.size(); ++i) {
    Panel panel(svg, kPageWidth, kHead + kPanelStride * static_cast<double>(i), kPanelHeight, places);
    draw_bars(panel, panels[i], bars);
    if (i + 1 == panels.size()) draw_names(svg, panel, bars);
  }
  return svg.document();
}

}  // namespace reeld::reelctl
