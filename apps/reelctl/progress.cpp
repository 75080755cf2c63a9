#include "apps/reelctl/progress.hpp"

#include <cstdio>

#include <fmt/format.h>

#include "apps/reelctl/words.hpp"

namespace reeld::reelctl {
namespace {

using Json = nlohmann::json;

constexpr int kBarWidth = 30;

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

}  // namespace reeld::reelctl
