#include "engine/score/quality_search.hpp"

#include <algorithm>

#include "tests/engine/fidelity_fixture.hpp"

namespace reeld::engine {
namespace {

using fidelity_fixture::Film;

// An encoder whose ssim is 1 - crf / 100.
Result<QualityTry> steady(int crf) {
  return QualityTry{crf, 1 - crf / 100.0, 1000 - crf};
}

TEST_CASE("a failed try ends the search", "[quality_search]") {
  const auto found = largest_crf(0.9, [](int crf) -> Result<QualityTry> {
    if (crf < 20) return Error{Code::encoder_unavailable, "it stopped"};
    return steady(crf);
  });
  REQUIRE_FALSE(found);
  CHECK(found.error().code == Code::encoder_unavailable);
}

TEST_CASE("the largest number that reaches the target is found, in six tries at most", "[quality_search]") {
  for (int largest = kBestCrf; largest <= kWorstCrf; ++largest) {
    const auto found = largest_crf(1 - (largest + 0.5) / 100.0, steady);
    REQUIRE(found);
    INFO(largest);
    CHECK(found->crf == largest);
    CHECK(found->is_reached);
    CHECK(found->reached == 1 - largest / 100.0);
    CHECK(found->tries.size() <= 6);
    CHECK(std::ranges::any_of(found->tries, [&](const QualityTry& tried) { return tried.crf == largest; }));
  }
}

TEST_CASE("where nothing reaches the target the best is taken, and said to fall short", "[quality_search]") {
  const auto found = largest_crf(0.995, steady);
  REQUIRE(found);
  CHECK(found->crf == kBestCrf);
  CHECK_FALSE(found->is_reached);
  CHECK(found->reached == 0.99);
  CHECK(found->tries.size() <= 6);
}

Plan plan_of(std::int64_t frame_count, int width, int height) {
  Plan plan;
  plan.frame_count = frame_count;
  plan.output.width = width;
  plan.output.height = height;
  return plan;
}

TEST_CASE("samples are a second each in the middle of the film's thirds", "[quality_search]") {
  const auto samples = quality_samples(plan_of(1800, 1280, 720));
  REQUIRE(samples.size() == 3);
  for (std::size_t i = 0; i < 3; ++i) {
    CHECK(samples[i].count == 30);
    CHECK(samples[i].first + 15 == 300 + 600 * static_cast<std::int64_t>(i));
  }
}

TEST_CASE("a short film is sampled whole, and huge frames for a shorter time", "[quality_search]") {
  for (const std::int64_t count : {1, 7, 30, 31, 75, 90}) {
    std::int64_t next = 0;
    for (const SegmentRange& sample : quality_samples(plan_of(count, 320, 180))) {
      CHECK(sample.first == next);
      CHECK(sample.count > 0);
      next += sample.count;
    }
    CHECK(next == count);
  }
  for (const SegmentRange& sample : quality_samples(plan_of(9000, 8192, 8192))) CHECK(sample.count == 4);
  std::int64_t bytes = 0;
  for (const SegmentRange& sample : quality_samples(plan_of(9000, 3840, 2160))) {
    CHECK(sample.count >= 10);
    bytes += sample.count * 3840 * 2160 * 3 / 2;
  }
  CHECK(bytes <= kSampleBytes);
}

FoundQuality searched(const Film& film, const QualityTarget& target) {
  const auto scratch = film.folder.path() / "scratch";
  std::filesystem::create_directories(scratch);
  double done = 0;
  const QualityWish wish{target, film.folder.path(), scratch, "libx264", 2};
  const auto found = search_quality(film.plan, wish, *film.device, [&](double now) { done = now; });
  INFO((found ? "" : found.error().message));
  REQUIRE(found);
  CHECK(done > 0);
  CHECK(done <= 1);
  CHECK(std::filesystem::is_empty(scratch));
  return *found;
}

TEST_CASE("a higher target takes a smaller number and more bytes, by any metric", "[quality_search]") {
  const Film film;
  const std::vector<std::pair<std::string, std::vector<double>>> ladders = {
      {"ssim", {0.85, 0.95, 0.99}}, {"ms_ssim", {0.95, 0.98, 0.995}}, {"psnr", {30, 36, 42}}};
  for (const auto& [metric, targets] : ladders) {
    int last = kWorstCrf + 1;
    for (const double at_least : targets) {
      const FoundQuality found = searched(film, {metric, at_least});
      INFO(metric << " " << at_least << ": crf " << found.crf << " reaches " << found.reached);
      CHECK(found.is_reached);
      CHECK(found.reached >= at_least);
      CHECK(found.crf < last);
      last = found.crf;
      // The next number was tried and falls short, where there is one.
      const auto next = std::ranges::find(found.tries, found.crf + 1, &QualityTry::crf);
      if (found.crf < kWorstCrf) {
        REQUIRE(next != found.tries.end());
        CHECK(next->reached < at_least);
      }
    }
  }
}

TEST_CASE("no lossy film is its frames, so a target of 1 is not reached", "[quality_search]") {
  const FoundQuality found = searched(Film(), {"ssim", 1});
  CHECK_FALSE(found.is_reached);
  CHECK(found.crf == kBestCrf);
  CHECK(found.reached > 0.98);
}

TEST_CASE("an encoder that does not open ends the search with its own error", "[quality_search]") {
  const Film film;
  const QualityTarget target{"ssim", 0.9};
  const QualityWish wish{target, film.folder.path(), film.folder.path(), "libx999", 1};
  const auto found = search_quality(film.plan, wish, *film.device, [](double) {});
  REQUIRE_FALSE(found);
  CHECK(found.error().code == Code::encoder_unavailable);
}

}  // namespace
}  // namespace reeld::engine
