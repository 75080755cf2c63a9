#include "engine/sound_master.hpp"

#include "tests/engine/sound_fixture.hpp"

namespace reeld::engine::sound {
namespace {

using namespace sound_fixture;

// `count` samples of `signal` on both channels through a limiter, in blocks of `block` samples.
std::vector<float> limit(const Signal& signal, std::int64_t count, std::int64_t block, double limit_db) {
  auto limiter = Limiter::create(limit_db);
  REQUIRE(limiter);
  std::vector<float> out;
  const Sink sink = [&](std::span<const float> samples) -> Result<void> {
    out.insert(out.end(), samples.begin(), samples.end());
    return {};
  };
  for (std::int64_t begin = 0; begin < count; begin += block) {
    std::vector<float> in;
    for (std::int64_t n = begin; n < std::min(begin + block, count); ++n) {
      in.insert(in.end(), 2, static_cast<float>(signal(n)));
    }
    REQUIRE(limiter->push(in, sink));
  }
  REQUIRE(limiter->finish(sink));
  return out;
}

double true_peak(const std::vector<float>& samples) {
  auto meter = LoudnessMeter::create(true);
  meter->add(samples);
  return meter->true_peak_db();
}

TEST_CASE("the limiter passes what is below its limit, in place", "[sound]") {
  for (const std::int64_t count : {1, 239, 241, 4096, 20001}) {
    const auto tone = sine(1000, 0.4);
    const std::vector<float> out = limit(tone, count, 4096, -2);
    INFO(count);
    REQUIRE(std::abs(static_cast<std::int64_t>(out.size()) - 2 * count) <= 8);
    double worst = 0;
    for (std::int64_t n = 50; n < count - 50; ++n) {  // the resamplers' edges aside
      worst = std::max(worst, std::abs(out[static_cast<std::size_t>(2 * n)] - tone(n)));
    }
    CHECK(worst < 1e-3);
  }
}

TEST_CASE("the limiter holds a click down at its sample", "[sound]") {
  const auto signal = [](std::int64_t n) { return n == 12345 ? 3.0 : sine(440, 0.1)(n); };
  const std::vector<float> out = limit(signal, 30000, 1000, -3);
  const auto highest =
      std::max_element(out.begin(), out.end(), [](float a, float b) { return std::abs(a) < std::abs(b); });
  CHECK((highest - out.begin()) / 2 == 12345);
  CHECK(true_peak(out) < -3 + 0.3);
}

// At a quarter of the sample rate and 45 degrees all samples are 3 dB below the tone's peaks between them.
TEST_CASE("the limiter sees peaks between samples", "[sound]") {
  const auto signal = [](std::int64_t n) { return n % 4 < 2 ? 1.0 : -1.0; };  // of peak sqrt 2: +3 dB
  const std::vector<float> out = limit(signal, 48000, 4096, -2);
  const std::vector<float> middle(out.begin() + 20000, out.begin() + 60000);
  CHECK(true_peak(middle) < -2 + 0.2);  // the meter's interpolation and the limiter's differ by about 0.1 dB
}

// EBU Tech 3341, case 1: a stereo sine of 1 kHz at -23 dBFS is -23 LUFS.
TEST_CASE("the meter agrees with the norm's first case", "[sound]") {
  auto meter = LoudnessMeter::create(true);
  std::vector<float> block;
  const auto tone = sine(1000, std::pow(10, -23.0 / 20));
  for (std::int64_t n = 0; n < 20 * kSampleRate; ++n) {
    block.insert(block.end(), 2, static_cast<float>(tone(n)));
  }
  meter->add(block);
  CHECK(std::abs(meter->loudness_lufs() + 23) < 0.1);
  CHECK(std::abs(meter->true_peak_db() + 23) < 0.1);
}

}  // namespace
}  // namespace reeld::engine::sound
