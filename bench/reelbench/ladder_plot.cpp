#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <vector>

#include "apps/reelctl/chart.hpp"
#include "bench/reelbench/ladder.hpp"
#include "engine/files.hpp"

namespace reeld::bench {
namespace {

using reelctl::Panel;

constexpr double kWidth = 640;
constexpr double kHead = 44;
constexpr double kPanelHeight = 110;
constexpr double kPanelSpace = 170;
constexpr const char* kColors[] = {"#2563eb", "#dc2626", "#059669", "#d97706", "#7c3aed", "#0891b2",
                                   "#be185d", "#65a30d", "#475569", "#ea580c", "#4338ca", "#0d9488"};

// One panel: a curve a photograph. Where `relative`, of its own highest value.
void draw_panel(reelctl::Svg& svg, double top, const Json& ladder, const char* which, bool relative,
                const std::string& title) {
  const auto harms = ladder.at("harms").get<std::vector<double>>();
  Panel panel(svg, kWidth, top, kPanelHeight, harms.back());
  panel.scale(title, relative ? 1 : 100);
  std::size_t color = 0;
  for (const Json& picture : ladder.at("pictures")) {
    const auto values = picture.at(which).get<std::vector<double>>();
    const double highest = *std::max_element(values.begin(), values.end());
    const double unit = relative && highest > 0 ? highest : 1;
    std::vector<Panel::Value> curve;
    for (std::size_t i = 0; i < values.size(); ++i) curve.push_back({harms[i], values[i] / unit});
    panel.curve(curve, kColors[color++ % std::size(kColors)]);
  }
  for (const double harm : harms) {
    svg.text({panel.x_of(harm), panel.bottom() + 13}, fmt::format("{:g}", harm),
             {.size = 9, .anchor = "middle"});
  }
  svg.text({kWidth - Panel::kRight, top + 14}, ladder.at("unit").get<std::string>(),
           {.size = 10, .anchor = "end"});
}

}  // namespace

std::string ladder_plot(const Json& report) {
  const Json& ladders = report.at("ladders");
  reelctl::Svg svg(kWidth, kHead + 2 * kPanelSpace * static_cast<double>(ladders.size()),
                   "Photographs made worse step by step, and what their scores say");
  svg.text({Panel::kLeft, 22}, "Photographs made worse step by step: a curve each",
           {.size = 14, .bold = true});
  double top = kHead;
  for (const Json& ladder : ladders) {
    const auto name = ladder.at("name").get<std::string>();
    draw_panel(svg, top, ladder, "values", true,
               fmt::format("{}: {}, of its highest", name, ladder.at("score").get<std::string>()));
    draw_panel(svg, top + kPanelSpace, ladder, "qualities", false, name + ": image_quality");
    top += 2 * kPanelSpace;
  }
  return svg.document();
}

Result<void> save_ladder_plot(const Json& report, const std::filesystem::path& file) {
  if (file.empty()) return {};
  return engine::write_text(file, ladder_plot(report));
}

}  // namespace reeld::bench
