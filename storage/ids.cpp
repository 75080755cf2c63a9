#include <sys/random.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <mutex>

#include "base/check.hpp"
#include "storage/database.hpp"

namespace reeld::storage {

std::int64_t now_us() {
  return std::chrono::duration_cast<std::chrono::microseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

// RFC 9562, version 7: 48 bits of milliseconds; its method 3, 12 bits of the time within the millisecond; 62
// random bits. The 60 bits of time never repeat within the process, so ids sort by their making.
std::string new_id() {
  static std::mutex mutex;
  static std::int64_t last = 0;
  std::int64_t ticks;  // 4096 a millisecond
  {
    const std::lock_guard lock(mutex);
    const std::int64_t us = now_us();
    ticks = std::max(us / 1000 * 4096 + us % 1000 * 4096 / 1000, last + 1);
    last = ticks;
  }
  std::array<unsigned char, 8> random;
  REELD_CHECK(::getrandom(random.data(), random.size(), 0) == static_cast<ssize_t>(random.size()));
  random[0] = static_cast<unsigned char>((random[0] & 0x3f) | 0x80);
  const auto ms = static_cast<unsigned long long>(ticks / 4096);
  char text[37];
  std::snprintf(text, sizeof text, "%08llx-%04llx-7%03x-%02x%02x-%02x%02x%02x%02x%02x%02x", ms >> 16,
                ms & 0xffff, static_cast<unsigned>(ticks % 4096), random[0], random[1], random[2], random[3],
                random[4], random[5], random[6], random[7]);
  return text;
}

}  // namespace reeld::storage
