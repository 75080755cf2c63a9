#include "providers/plugin/line_log.hpp"

namespace reeld::providers {

void LineLog::feed(std::string_view bytes, Clock::time_point now) {
  for (const char byte : bytes) {
    if (byte == '\n') {
      tell(now);
    } else if (line_.size() < kMaxLineBytes) {
      line_ += byte;
    }
  }
}

void LineLog::finish(Clock::time_point now) {
  if (!line_.empty()) tell(now);
}

void LineLog::tell(Clock::time_point now) {
  std::string line;
  line.swap(line_);
  for (const Secret& secret : secrets_) line = without_secret(std::move(line), secret);
  if (line.find_first_not_of(" \t\r") == std::string::npos) return;
  last_line_ = line;
  if (now - second_ >= std::chrono::seconds(1)) {
    if (dropped_ > 0 && sink_) sink_(std::to_string(dropped_) + " more lines were printed and left out");
    second_ = now;
    told_ = dropped_ = 0;
  }
  if (++told_ > kLinesPerSecond) {
    ++dropped_;
  } else if (sink_) {
    sink_(line);
  }
}

}  // namespace reeld::providers
