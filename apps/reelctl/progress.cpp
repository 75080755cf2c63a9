#include "apps/reelctl/progress.hpp"

#include <unistd.h>

#include <cstdio>
#include <iostream>

#include <fmt/format.h>

#include "apps/reelctl/job_words.hpp"
#include "apps/reelctl/words.hpp"

namespace reeld::reelctl {
namespace {

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

void print_warnings(const Json& warnings) {
  for (const Json& warning : warnings) std::cerr << "warning: " << text(warning, "message") << "\n";
}

int follow(const Console& console, const std::string& job_id) {
  ProgressView view(::isatty(STDERR_FILENO) == 1);
  const auto finished = console.client.follow(job_id, [&](const Json& event) {
    if (console.json) {
      std::cout << event.dump() << std::endl;
    } else {
      view.show(event);
    }
    return true;
  });
  view.end();
  if (!finished) return console.fail(finished.error());
  const bool completed = finished->value("status", "") == "completed";
  if (!console.json)
    (completed ? std::cout : std::cerr) << (completed ? "" : "reelctl: ") << result_report(*finished);
  return completed ? 0 : 1;
}

}  // namespace reeld::reelctl
