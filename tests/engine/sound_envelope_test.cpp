#include "engine/sound_envelope.hpp"

#include <catch2/catch.hpp>

namespace reeld::engine::sound {
namespace {

double amount(const std::vector<PlanSpeech>& speech, std::int64_t position) {
  return DuckEnvelope(speech).amount(position);
}

// Half a cosine: 0.5 - 0.5 cos(pi / 3) = 0.25 at a third, 0.5 in the middle.
TEST_CASE("a raised cosine goes from 0 to 1", "[sound]") {
  CHECK(raised_cosine(-5, 300) == 0);
  CHECK(raised_cosine(0, 300) == 0);
  CHECK(raised_cosine(100, 300) == Approx(0.25));
  CHECK(raised_cosine(150, 300) == Approx(0.5));
  CHECK(raised_cosine(300, 300) == 1);
  CHECK(raised_cosine(1, 0) == 1);
}

TEST_CASE("ducking is complete while speech lasts", "[sound]") {
  const std::vector<PlanSpeech> speech = {{0, 100000, 50000, 0}};
  CHECK(amount(speech, 100000 - kDuckAttack) == 0);
  CHECK(amount(speech, 100000 - kDuckAttack / 2) == Approx(0.5));
  CHECK(amount(speech, 100000) == 1);
  CHECK(amount(speech, 149999) == 1);
  CHECK(amount(speech, 150000) == 1);
  CHECK(amount(speech, 150000 + kDuckRelease / 2) == Approx(0.5));
  CHECK(amount(speech, 150000 + kDuckRelease) == 0);
}

TEST_CASE("short pauses do not pump, long ones do rise", "[sound]") {
  const std::vector<PlanSpeech> close = {{0, 200000 + kDuckMerge - 1, 1000, 0}, {0, 100000, 100000, 0}};
  CHECK(amount(close, 200000 + kDuckMerge / 2) == 1);
  const std::vector<PlanSpeech> apart = {{0, 100000, 100000, 0}, {0, 200000 + kDuckMerge, 1000, 0}};
  CHECK(amount(apart, 200000 + kDuckMerge / 2) < 0.7);
  CHECK(amount(apart, 200000 + kDuckMerge) == 1);
}

TEST_CASE("a speech within a longer one does not shorten it", "[sound]") {
  const std::vector<PlanSpeech> nested = {{0, 0, 480000, 0}, {0, 48000, 1000, 0}};
  CHECK(amount(nested, 400000) == 1);
}

}  // namespace
}  // namespace reeld::engine::sound
