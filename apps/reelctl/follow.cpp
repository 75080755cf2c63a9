#include "apps/reelctl/follow.hpp"

#include <unistd.h>

#include <iostream>

#include "apps/reelctl/job_words.hpp"
#include "apps/reelctl/progress.hpp"

namespace reeld::reelctl {

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
