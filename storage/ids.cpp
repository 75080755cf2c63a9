#include <sys/random.h>

#include <array>
#include <chrono>
#include <cstdio>
#include <mutex>

#include "base/check.hpp"
#include "storage/database.hpp"

namespace reeld::storage {

std::int64_t now_us() {
  using std::chrono::duration_cast, std::chrono::microseconds, std::chrono::system_clock;
  return duration_cast<microseconds>(system_clock::now().time_since_epoch()).count();
}

// RFC 9562: 48 bits of milliseconds, 12 bits that count within a millisecond, 62 random bits. The count
// starts in its lower half, so at least 2048 ids fit before the millisecond is run ahead of the clock.
std::string new_id() {
  static std::mutex mutex;
  static std::int64_t last_ms = 0;
  static unsigned count = 0;

  std::array<unsigned char, 10> random{};
  // At most 256 bytes are given whole once the pool is ready, so there is no partial answer to handle.
  REELD_CHECK(getrandom(random.data(), random.size(), 0) == static_cast<ssize_t>(random.size()));

  const std::lock_guard lock(mutex);
  const std::int64_t clock_ms = now_us() / 1000;
  if (clock_ms > last_ms) {
    last_ms = clock_ms;
    count = ((random[8] << 8U) | random[9]) & 0x7ffU;
  } else if (++count > 0xfffU) {
    ++last_ms;
    count = 0;
  }
  std::array<char, 37> text{};
  std::snprintf(text.data(), text.size(), "%08x-%04x-7%03x-%02x%02x-%02x%02x%02x%02x%02x%02x",
                static_cast<unsigned>(last_ms >> 16), static_cast<unsigned>(last_ms & 0xffff), count,
                0x80U | (random[0] & 0x3fU), random[1], random[2], random[3], random[4], random[5], random[6],
                random[7]);
  return text.data();
}

}  // namespace reeld::storage
