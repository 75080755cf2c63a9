#include "engine/periodic.hpp"

#include <catch2/catch.hpp>

namespace reeld::engine {
namespace {

using namespace std::chrono_literals;

TEST_CASE("work is done again and again, and no more once its object is gone") {
  std::atomic<int> done = 0;
  {
    const Periodic rounds(1ms, 1ms, [&](const auto&) { ++done; });
    while (done < 3) std::this_thread::sleep_for(1ms);
  }
  const int at_its_end = done;
  std::this_thread::sleep_for(20ms);
  CHECK(done == at_its_end);
}

TEST_CASE("what waits for its turn ends at once") {
  std::atomic<int> done = 0;
  const auto begun = std::chrono::steady_clock::now();
  {
    const Periodic rounds(1h, 1h, [&](const auto&) { ++done; });
  }
  CHECK(done == 0);
  CHECK(std::chrono::steady_clock::now() - begun < 10min);
}

TEST_CASE("work that takes long is told to stop, and waited for") {
  std::atomic<bool> begun = false, stopped = false;
  {
    const Periodic rounds(0ms, 1h, [&](const std::atomic<bool>& stop) {
      begun = true;
      while (!stop) std::this_thread::sleep_for(1ms);
      stopped = true;
    });
    while (!begun) std::this_thread::sleep_for(1ms);
  }
  CHECK(stopped);
}

}  // namespace
}  // namespace reeld::engine
