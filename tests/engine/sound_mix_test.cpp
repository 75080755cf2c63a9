#include "engine/sound_mix.hpp"

#include "tests/engine/sound_fixture.hpp"

namespace reeld::engine::sound {
namespace {

using namespace sound_fixture;

Signal constant(double value) {
  return [=](std::int64_t) { return value; };
}

// The left channel of the mix, read in blocks of an odd size.
std::vector<float> mix_of(const Plan& plan, const Folder& folder) {
  auto mix = SoundMix::open(plan, folder.path());
  REQUIRE(mix);
  std::vector<float> left;
  std::vector<float> block(2 * 1001);
  for (;;) {
    const auto count = mix->read(block);
    REQUIRE(count);
    if (*count == 0) {
      return left;
    }
    for (std::int64_t n = 0; n < *count; ++n) {
      left.push_back(block[static_cast<std::size_t>(2 * n)]);
    }
  }
}

// -20 dB is 1/10: 0.5 becomes 0.05, and where both sound 0.5 + 0.05.
TEST_CASE("speech stands at its samples with its gain, and adds up", "[sound]") {
  Folder folder;
  write_wav(folder / "a.wav", 2000, constant(0.5));
  Plan plan;
  plan.sample_count = 6000;
  const int sound = add_sound(plan, folder, "a.wav");
  add_speech(plan, sound, 2001, -20);
  add_speech(plan, sound, 1000);
  const auto left = mix_of(plan, folder);
  REQUIRE(left.size() == 6000);
  CHECK(left[999] == 0);
  CHECK(left[1000] == 0.5F);
  CHECK(left[2000] == 0.5F);
  CHECK(left[2001] == Approx(0.55));
  CHECK(left[2999] == Approx(0.55));
  CHECK(left[3000] == Approx(0.05));
  CHECK(left[4000] == Approx(0.05));
  CHECK(left[4001] == 0);
}

// 10 ms before a cut the level begins to sink: half of it is left in the middle, nothing at the last sample.
TEST_CASE("a cut is faded over 10 ms, an end of its own is left alone", "[sound]") {
  Folder folder;
  write_wav(folder / "a.wav", 4000, constant(0.5));
  Plan plan;
  plan.sample_count = 3000;
  const int sound = add_sound(plan, folder, "a.wav");
  SECTION("speech") {
    add_speech(plan, sound, 0);
  }
  SECTION("music that is longer than the film") {
    plan.music = PlanMusic{.sound = sound, .gain_db = 0, .loop = false};
  }
  SECTION("music that loops") {
    plan.music = PlanMusic{.sound = sound, .gain_db = 0};
  }
  auto left = mix_of(plan, folder);
  REQUIRE(left.size() == 3000);
  CHECK(left[2999 - kDeclick] == 0.5F);
  CHECK(left[2999 - kDeclick / 2] == Approx(0.25));
  CHECK(left[2999] == 0);

  Plan whole;
  whole.sample_count = 5000;
  add_speech(whole, add_sound(whole, folder, "a.wav"), 1000);
  left = mix_of(whole, folder);
  CHECK(left[4999] == 0.5F);
}

TEST_CASE("ten minutes of looped music and late speech do not drift", "[sound]") {
  Folder folder;
  write_wav(folder / "music.wav", 44101, click_at(0, 0.25));
  write_wav(folder / "speech.wav", 100, click_at(50, 1));
  Plan plan;
  plan.sample_count = 600LL * kSampleRate + 1;
  plan.music = PlanMusic{.sound = add_sound(plan, folder, "music.wav"), .gain_db = 0, .duck_db = 0};
  const int speech = add_sound(plan, folder, "speech.wav");
  add_speech(plan, speech, 599LL * kSampleRate);
  const auto left = mix_of(plan, folder);
  REQUIRE(static_cast<std::int64_t>(left.size()) == plan.sample_count);
  CHECK(left[599 * kSampleRate + 50] == 1.0F);
  CHECK(left[652 * 44101] == 0.25F);  // the 652nd time around, 599.02 s
}

}  // namespace
}  // namespace reeld::engine::sound
