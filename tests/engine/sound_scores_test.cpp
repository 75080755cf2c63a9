#include "engine/score/sound_scores.hpp"

#include <map>

#include "tests/engine/sound_fixture.hpp"

namespace reeld::engine {
namespace {

using namespace sound_fixture;
using sound::SpeechMeter;
using sound::TrackMeter;

constexpr std::int64_t kSecond = kSampleRate;

std::map<std::string, double> by_name(const Scores& scores) {
  std::map<std::string, double> values;
  for (const Score& score : scores.scores) values[score.name] = score.value;
  CHECK(values.size() == scores.scores.size());
  return values;
}

// Both channels alike, fed in blocks of odd sizes.
template <class Add>
void feed(std::int64_t count, const Signal& signal, const Add& add) {
  constexpr std::int64_t kBlock = 1237;
  for (std::int64_t begin = 0; begin < count; begin += kBlock) {
    std::vector<float> block;
    for (std::int64_t n = begin; n < std::min(count, begin + kBlock); ++n)
      block.insert(block.end(), 2, static_cast<float>(signal(n)));
    add(block);
  }
}

std::map<std::string, double> scores_of(std::int64_t count, const Signal& signal) {
  auto meter = TrackMeter::create();
  REQUIRE(meter);
  feed(count, signal, [&](const std::vector<float>& block) { meter->add(block); });
  return by_name(meter->scores());
}

// As two sine waves take turns: the level in dBFS of the peak, as EBU Tech 3341 and 3342 give it.
Signal tones(const std::vector<double>& levels_db, std::int64_t each) {
  return [=](std::int64_t n) {
    const double level = levels_db[static_cast<std::size_t>(n / each) % levels_db.size()];
    return sine(1000, std::pow(10, level / 20))(n);
  };
}

TEST_CASE("silence has no loudness and no peak, and is silent throughout", "[sound][score]") {
  const auto scores = scores_of(5 * kSecond, [](std::int64_t) { return 0.0; });
  CHECK(scores.count("loudness") == 0);
  CHECK(scores.count("loudness_range") == 0);
  CHECK(scores.count("true_peak") == 0);
  CHECK(scores.at("silence") == 1);
  CHECK(scores.at("longest_silence") == 5);
  CHECK(scores.at("sound_clipping") == 0);
}

TEST_CASE("a track without a sample has scores that are numbers", "[sound][score]") {
  for (const auto& [name, value] : scores_of(0, sine(1000, 1))) {
    INFO(name);
    CHECK(value == 0);
  }
}

// Tech 3341, cases 1 and 2 (-23 and -33 +-0.1 LUFS), and case 3, whose quiet ends are gated away.
TEST_CASE("a stereo sine of 1 kHz is as loud as its level says", "[sound][score]") {
  for (const double level : {-23.0, -33.0}) {
    const auto scores = scores_of(20 * kSecond, tones({level}, kSecond));
    CHECK(std::abs(scores.at("loudness") - level) <= 0.1);
    CHECK(std::abs(scores.at("true_peak") - level) <= 0.2);
    CHECK(scores.at("loudness_range") <= 0.1);
    CHECK(scores.at("silence") == 0);
  }
  const auto scores = scores_of(80 * kSecond, [](std::int64_t n) {
    const bool is_loud = n >= 10 * kSecond && n < 70 * kSecond;
    return tones({is_loud ? -23.0 : -36.0}, kSecond)(n);
  });
  CHECK(std::abs(scores.at("loudness") - -23) <= 0.1);
}

// Tech 3342, cases 1 to 3: 20 s each, ranges 10, 5 and 20 +-1 LU.
TEST_CASE("the loudness range is the distance between loud and quiet passages", "[sound][score]") {
  const std::vector<std::pair<std::vector<double>, double>> cases = {
      {{-20, -30}, 10}, {{-20, -15}, 5}, {{-40, -20}, 20}};
  for (const auto& [levels, range] : cases) {
    CHECK(std::abs(scores_of(40 * kSecond, tones(levels, 20 * kSecond)).at("loudness_range") - range) <= 1);
  }
  CHECK(scores_of(2 * kSecond, tones({-20}, kSecond)).count("loudness_range") == 0);
}

// A sine of a quarter of the rate, whose samples miss its peaks by 45 degrees: they reach 0.5 where it
// reaches 0.7071, -3.0 dBTP (Tech 3341, cases 15 to 19: +0.2, -0.4).
TEST_CASE("a peak between samples is found", "[sound][score]") {
  const auto scores = scores_of(3 * kSecond, [](std::int64_t n) {
    return std::sqrt(0.5) * std::sin(std::numbers::pi * (static_cast<double>(n) / 2 + 0.25));
  });
  CHECK(scores.at("true_peak") >= -3.0 - 0.4);
  CHECK(scores.at("true_peak") <= -3.0 + 0.2);
}

// 4 samples at full scale in each 100, so one run a hundred and channel; two in a row are no run.
TEST_CASE("samples at full scale are counted, and so are runs of three", "[sound][score]") {
  const auto scores = scores_of(kSecond, [](std::int64_t n) { return n % 100 < 4 ? -1.0 : 0.5; });
  CHECK(std::abs(scores.at("sound_clipping") - 0.04) < 1e-9);
  CHECK(scores.at("sound_clipped_runs") == 2 * kSecond / 100);
  const auto pairs = scores_of(kSecond, [](std::int64_t n) { return n % 100 < 2 ? 1.2 : 0.5; });
  CHECK(std::abs(pairs.at("sound_clipping") - 0.02) < 1e-9);
  CHECK(pairs.at("sound_clipped_runs") == 0);
  CHECK(scores_of(kSecond, sine(1000, 0.99)).at("sound_clipping") == 0);
}

// 6 of 10 s at -70 dBFS; the longest stretch is from 2 to 6.
TEST_CASE("silence is what lies below -60 dBFS", "[sound][score]") {
  const auto scores = scores_of(10 * kSecond, [](std::int64_t n) {
    const std::int64_t second = n / kSecond;
    const bool is_silent = (second >= 2 && second < 6) || second >= 8;
    return sine(1000, is_silent ? std::pow(10, -67.0 / 20) : 0.1)(n);
  });
  CHECK(scores.at("silence") == Approx(0.6));
  CHECK(scores.at("longest_silence") == Approx(4));
}

std::optional<double> ratio_of(std::int64_t count, const Signal& speech, const Signal& music) {
  auto meter = SpeechMeter::create();
  REQUIRE(meter);
  std::vector<float> said;
  feed(count, speech,
       [&](const std::vector<float>& block) { said.insert(said.end(), block.begin(), block.end()); });
  std::size_t at = 0;
  feed(count, music, [&](const std::vector<float>& block) {
    meter->add(std::span(said).subspan(at, block.size()), block);
    at += block.size();
  });
  return meter->speech_to_music_lu();
}

TEST_CASE("there is no ratio where nobody speaks, or no music is heard meanwhile", "[sound][score]") {
  const Signal none = [](std::int64_t) { return 0.0; };
  CHECK_FALSE(ratio_of(5 * kSecond, none, sine(1000, 0.1)));
  CHECK_FALSE(ratio_of(5 * kSecond, sine(1000, 0.1), none));
  CHECK_FALSE(ratio_of(kSecond / 20, sine(1000, 0.1), sine(1000, 0.1)));  // shorter than a block
}

// Speech at -20 dBFS in every other 4 s, music at -32 while it is there, at -14 else: 12 LU, but for what
// the meter's filters ring on at the seams.
TEST_CASE("speech is held against the music that is there while it is", "[sound][score]") {
  const auto speaks = [](std::int64_t n) { return n / (4 * kSecond) % 2 == 0; };
  const auto ratio = ratio_of(
      40 * kSecond, [&](std::int64_t n) { return speaks(n) ? sine(1000, 0.1)(n) : 0.0; },
      [&](std::int64_t n) { return sine(1000, std::pow(10, (speaks(n) ? -32.0 : -14.0) / 20))(n); });
  REQUIRE(ratio);
  CHECK(std::abs(*ratio - 12) < 0.3);
  const auto even = ratio_of(20 * kSecond, sine(1000, 0.1), sine(1000, std::pow(10, -32.0 / 20)));
  REQUIRE(even);
  CHECK(std::abs(*even - 12) < 0.1);
}

std::map<std::string, double> made(const Plan& plan, const Folder& folder) {
  const auto result = make_sound(plan, folder.path(), folder / "out.m4a", {});
  REQUIRE(result);
  const auto again = score_sound(plan, folder.path(), folder / "out.m4a", {});
  REQUIRE(again);
  CHECK(again->scores == result->scores.scores);  // a track that is there scores as when it was made
  return by_name(result->scores);
}

TEST_CASE("music under real speech: 6 dB more of it is 6 LU less of a ratio, and ducking is heard",
          "[sound][score]") {
  Folder folder;
  const std::string said = (folder / "speech.wav").string();
  REQUIRE(std::system(("espeak-ng -w '" + said + "' 'The harbour lies still, and the boats go out at dawn.'")
                          .c_str()) == 0);
  write_wav(folder / "music.wav", 12 * kSecond, noise(0.3));
  Plan plan;
  plan.sample_count = 12 * kSecond;
  add_speech(plan, add_sound(plan, folder, "speech.wav"), 2 * kSecond);
  const int music = add_sound(plan, folder, "music.wav");
  const auto with = [&](double gain_db, double duck_db) {
    plan.music = PlanMusic{.sound = music, .gain_db = gain_db, .duck_db = duck_db};
    return made(plan, folder).at("speech_to_music");
  };
  const double quiet = with(-24, 0);
  CHECK(std::abs(quiet - with(-18, 0) - 6) < 0.05);
  CHECK(with(-24, -8) - quiet > 6);  // what of 8 dB is not lost where the music rises behind the speech
  CHECK(with(-24, -8) - quiet <= 8.05);
}

TEST_CASE("a finished track says what a meter of its own decoding says", "[sound][score]") {
  Folder folder;
  write_wav(folder / "tone.wav", 6 * kSecond, tones({-20, -30}, 3 * kSecond));
  Plan plan;
  plan.sample_count = 8 * kSecond;
  add_speech(plan, add_sound(plan, folder, "tone.wav"), 0);
  const auto scores = made(plan, folder);
  const Decoded decoded = decode(folder / "out.m4a");
  CHECK(std::abs(scores.at("loudness") - decoded.loudness_lufs) < 0.1);
  CHECK(std::abs(scores.at("true_peak") - decoded.true_peak_db) < 0.1);
  CHECK(scores.at("longest_silence") == Approx(2).margin(0.1));
  CHECK(scores.count("speech_to_music") == 0);
}

TEST_CASE("a track that cannot be read has no scores", "[sound][score]") {
  Folder folder;
  write_wav(folder / "tone.wav", kSecond, sine(1000, 0.1));
  Plan plan;
  plan.sample_count = kSecond;
  add_speech(plan, add_sound(plan, folder, "tone.wav"), 0);
  const auto missing = score_sound(plan, folder.path(), folder / "none.m4a", {});
  REQUIRE_FALSE(missing);
  CHECK(missing.error().code == Code::file_missing);
  std::ofstream(folder / "text.m4a") << "no sound";
  CHECK_FALSE(score_sound(plan, folder.path(), folder / "text.m4a", {}));
}

}  // namespace
}  // namespace reeld::engine
