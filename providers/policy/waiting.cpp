#include "providers/policy/waiting.hpp"

#include <algorithm>
#include <random>
#include <thread>

namespace reeld::providers {
namespace {

constexpr std::chrono::milliseconds kLook{20};

class RealWaiting : public Waiting {
 public:
  Clock::time_point now() const override { return Clock::now(); }

  void wait_until(Clock::time_point time, const Cancelled& cancelled) override {
    while (Clock::now() < time && !(cancelled && cancelled())) {
      std::this_thread::sleep_for(std::min<Clock::duration>(kLook, time - Clock::now()));
    }
  }

  double chance() override {
    thread_local std::mt19937_64 random{std::random_device{}()};
    return std::uniform_real_distribution<double>(0, 1)(random);
  }
};

}  // namespace

std::unique_ptr<Waiting> real_waiting() {
  return std::make_unique<RealWaiting>();
}

}  // namespace reeld::providers
