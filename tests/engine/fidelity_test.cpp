// Films that are really rendered and coded, held against their frames, and against what ffmpeg and numpy say.
#include "engine/score/fidelity.hpp"

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <map>
#include <memory>

#include "engine/film_likeness.hpp"
#include "tests/engine/fidelity_fixture.hpp"

namespace reeld::engine {
namespace {

using fidelity_fixture::Film;
using Named = std::map<std::string, double>;

Result<Scores> measured(const Film& film, const std::filesystem::path& file) {
  return measure_fidelity(film.plan, {file, film.folder.path(), 2}, *film.device, [](std::int64_t) {});
}

Named named(const Scores& scores, std::optional<int> scene) {
  Named found;
  for (const Score& score : scores.scores) {
    if (score.scene == scene) CHECK(found.emplace(score.name, score.value).second);
  }
  return found;
}

Scores scores_of(const Film& film, const std::filesystem::path& file) {
  const auto scores = measured(film, file);
  INFO((scores ? "" : scores.error().message));
  REQUIRE(scores);
  return *scores;
}

TEST_CASE("a film that is not there, is no film, or is another one, is refused", "[fidelity]") {
  Film film;
  const auto missing = measured(film, film.folder.path() / "none.mp4");
  REQUIRE_FALSE(missing);
  CHECK(missing.error().code == Code::file_missing);

  std::ofstream(film.folder.path() / "text.mp4") << "no film";
  const auto text = measured(film, film.folder.path() / "text.mp4");
  REQUIRE_FALSE(text);
  CHECK(text.error().code == Code::file_unreadable);

  const auto file = film.coded(30, "film.mp4");
  for (const std::int64_t change : {-1, 1}) {
    Film other;
    other.plan.frame_count += change;
    other.plan.scenes.back().frame_count += change;
    const auto longer =
        measure_fidelity(other.plan, {file, other.folder.path(), 2}, *other.device, [](std::int64_t) {});
    REQUIRE_FALSE(longer);
    CHECK(longer.error().code == Code::internal);
    CHECK_THAT(longer.error().message, Catch::Matchers::Contains("frames of its plan"));
  }
  Film wider(1.5, 360, 180);
  const auto size =
      measure_fidelity(wider.plan, {file, wider.folder.path(), 2}, *wider.device, [](std::int64_t) {});
  REQUIRE_FALSE(size);
  CHECK(size.error().code == Code::file_unreadable);
}

TEST_CASE("a lossless film is its frames", "[fidelity]") {
  Film film;
  const Scores scores = scores_of(film, film.coded(0, "film.mp4"));
  for (const std::optional<int> scene : {std::optional<int>(), std::optional(0), std::optional(1)}) {
    const Named found = named(scores, scene);
    CHECK(found.at("psnr") == kMostPsnr);
    CHECK(found.at("ssim") == Approx(1));
    CHECK(found.at("ssim_worst") == Approx(1));
    CHECK(found.at("ms_ssim") == Approx(1));
    CHECK(found.at("banding_added") == 0);
    CHECK(found.at("temporal_flickering") < 1);
    CHECK(found.at("temporal_flickering") > 0.9);
  }
}

// The films are so short that every frame is measured, so libavfilter's mean error of all frames against the
// lossless film is the same figure.
TEST_CASE("PSNR is what libavfilter says, and all falls with the quality", "[fidelity]") {
  Film film;
  const auto lossless = film.coded(0, "lossless.mp4");
  Named last{{"psnr", kMostPsnr}, {"ssim", 1}, {"ms_ssim", 1}, {"ssim_worst", 1}};
  for (const int crf : {16, 26, 36, 46}) {
    const auto file = film.coded(crf, "film.mp4");
    const Scores scores = scores_of(film, file);
    const Named found = named(scores, std::nullopt);
    const auto likeness = measure_likeness(file, lossless, 2, [](double) {});
    REQUIRE(likeness);
    INFO("crf " << crf);
    CHECK(std::abs(found.at("psnr") - likeness->psnr) < 0.02);
    for (const char* name : {"psnr", "ssim", "ms_ssim", "ssim_worst"}) {
      INFO(name);
      CHECK(found.at(name) < last.at(name));
    }
    CHECK(found.at("ssim_worst") <= found.at("ssim"));
    last = found;
    const Named first = named(scores, 0), second = named(scores, 1);
    CHECK(std::min(first.at("ssim_worst"), second.at("ssim_worst")) == found.at("ssim_worst"));
  }
}

TEST_CASE("flickering is VBench's, from every pair of the decoded film", "[fidelity]") {
  Film film;
  const auto file = film.coded(28, "film.mp4");
  const Named found = named(scores_of(film, file), std::nullopt);
  const std::string command = "/usr/bin/python3 -B '" REELD_SOURCE_DIR "/tests/engine/film_flickering.py' '" +
                              file.string() + "' 320 180";
  const std::unique_ptr<FILE, int (*)(FILE*)> pipe(popen(command.c_str(), "r"), pclose);
  double expected = 0;
  REQUIRE(std::fscanf(pipe.get(), "%lf", &expected) == 1);
  CHECK(std::abs(found.at("temporal_flickering") - expected) < 1e-4);
}

TEST_CASE("frames are measured at even steps, and where scenes begin, end, and are at their midst",
          "[fidelity]") {
  Film film(30);
  const std::int64_t step = fidelity_step(film.plan);
  CHECK(film.plan.frame_count == 2 * 900 - 15);
  CHECK(step == 15);  // 1785 / 120, rounded up
  const auto frames = fidelity_frames(film.plan);
  CHECK(std::ranges::is_sorted(frames));
  CHECK(std::ranges::adjacent_find(frames) == frames.end());
  for (const std::int64_t frame : {0, 15, 30, 1784, 450, 899, 885, 885 + 450}) {
    INFO(frame);
    CHECK(std::ranges::binary_search(frames, frame));
  }
  CHECK(std::ssize(frames) <= kMostSteps + 6);
}

// Two scenes of 4 frames that overlap by 2, so 6 frames, all measured: frame n has an error of n + 1.
TEST_CASE("a scene's figures are those of its frames, shared ones counting for both", "[fidelity]") {
  Plan plan;
  plan.frame_count = 6;
  plan.scenes.resize(2);
  plan.scenes[0].frame_count = 4;
  plan.scenes[1].first_frame = 2;
  plan.scenes[1].frame_count = 4;
  std::vector<FrameFidelity> frames;
  for (int i = 0; i < 6; ++i) {
    FrameFidelity frame;
    frame.frame = i;
    frame.mean_squared_error = i + 1;
    frame.ssim = 1 - 0.1 * i;
    frame.banding_decoded = 0.2;
    frame.banding_rendered = 0.1 + 0.01 * i;
    frames.push_back(frame);
  }
  const std::vector<double> differences = {0, 51, 0, 0, 102};
  const Scores scores = fidelity_scores(plan, frames, differences);
  const Named whole = named(scores, std::nullopt), first = named(scores, 0), second = named(scores, 1);
  const auto psnr = [](double error) { return 10 * std::log10(255 * 255 / error); };
  CHECK(whole.at("psnr") == Approx(psnr(3.5)));
  CHECK(first.at("psnr") == Approx(psnr(2.5)));
  CHECK(second.at("psnr") == Approx(psnr(4.5)));
  CHECK(first.at("ssim") == Approx(0.85));
  CHECK(first.at("ssim_worst") == Approx(0.7));
  CHECK(whole.at("ssim_worst") == Approx(0.5));
  CHECK(first.at("banding_added") == Approx(0.085));
  CHECK(whole.at("temporal_flickering") == Approx((255 - 153.0 / 5) / 255));
  CHECK(first.at("temporal_flickering") == Approx((255 - 51.0 / 3) / 255));
  CHECK(second.at("temporal_flickering") == Approx((255 - 102.0 / 3) / 255));
  CHECK(whole.count("ms_ssim") == 0);

  std::map<std::string, Series> series;
  for (const Series& one : scores.series) series[one.name] = one;
  CHECK(series.at("ssim").values.size() == 6);
  CHECK(series.at("ssim").frames_each == 1);
  CHECK(series.at("temporal_flickering").values.size() == 5);
  CHECK(series.count("ms_ssim") == 0);
}

TEST_CASE("a film of one frame has no flickering, and the rest", "[fidelity]") {
  Plan plan;
  plan.frame_count = 1;
  plan.scenes.resize(1);
  plan.scenes[0].frame_count = 1;
  const Named whole = named(fidelity_scores(plan, {FrameFidelity{0, 4, 0.9, std::nullopt, 0, 0}}, {}), {});
  CHECK(whole.count("temporal_flickering") == 0);
  CHECK(whole.at("ssim") == 0.9);
}

TEST_CASE("what a long film flickers over time takes a thousand values at most", "[fidelity]") {
  Plan plan;
  plan.frame_count = 10'001;
  plan.scenes.resize(1);
  plan.scenes[0].frame_count = plan.frame_count;
  const std::vector<double> differences(10'000, 25.5);
  const Scores scores = fidelity_scores(plan, {}, differences);
  const Series& series = scores.series.back();
  CHECK(series.values.size() == 1000);
  CHECK(series.frames_each == 10);
  CHECK(series.values.back() == Approx(0.9));
}

}  // namespace
}  // namespace reeld::engine
