#include "engine/score/fidelity.hpp"

#include <algorithm>
#include <functional>
#include <opencv2/core.hpp>
#include <set>
#include <string>

#include "engine/parallel.hpp"
#include "engine/score/decoded_film.hpp"
#include "engine/score/rendered_frames.hpp"
#include "engine/score/similarity.hpp"

namespace reeld::engine {
namespace {

constexpr std::size_t kMostValues = 1000;  // of a series

// Frames [first, end).
struct Span {
  std::int64_t first = 0, end = 0;
  bool holds(std::int64_t frame) const { return frame >= first && frame < end; }
};

// Looks at a film a few frames at a time, so that memory does not grow with it.
class FilmComparison {
 public:
  FilmComparison(const Plan& plan, const FidelityWish& wish, kernels::Device& device)
      : plan_(plan),
        threads_(std::max(1, wish.threads)),
        rendered_(plan, wish.data_dir, plan.frame_count, device, threads_),
        wanted_(fidelity_frames(plan)) {}

  Result<void> run(const FidelityWish& wish, const FramesSeen& seen) {
    REELD_ASSIGN(DecodedFilm film, DecodedFilm::open(wish.film, plan_.output, threads_));
    for (int i = 0; i < threads_; ++i) {
      REELD_ASSIGN(auto converter, RgbConverter::create(plan_.output));
      converters_.push_back(std::move(converter));
    }
    for (bool is_more = true; is_more;) {
      REELD_ASSIGN(is_more, read(film));
      if (first_ + std::ssize(decoded_) > plan_.frame_count) return other_length(wish);
      REELD_TRY(compare());
      REELD_TRY(difference());
      first_ += std::ssize(decoded_);
      seen(first_);
    }
    return first_ == plan_.frame_count ? Result<void>() : other_length(wish);
  }

  std::vector<FrameFidelity> frames;
  std::vector<double> differences;

 private:
  Error other_length(const FidelityWish& wish) const {
    return {Code::internal, wish.film.string() + " does not have the " + std::to_string(plan_.frame_count) +
                                " frames of its plan."};
  }

  // The next frames; false where there may be no more.
  Result<bool> read(DecodedFilm& film) {
    decoded_.clear();
    const int most = 4 * threads_;
    for (int i = 0; i < most; ++i) {
      REELD_ASSIGN(auto frame, film.next());
      if (!frame) return false;
      decoded_.push_back(*std::move(frame));
    }
    return true;
  }

  Result<void> compare() {
    std::vector<std::int64_t> numbers;
    for (; next_ < wanted_.size() && wanted_[next_] < first_ + std::ssize(decoded_); ++next_)
      numbers.push_back(wanted_[next_]);
    REELD_ASSIGN(const std::vector<FrameBuffer> rendered, rendered_.render(numbers));
    const std::size_t before = frames.size();
    frames.resize(before + numbers.size());
    return in_parallel(static_cast<int>(numbers.size()), threads_, [&](int i) -> Result<void> {
      const auto index = static_cast<std::size_t>(i);
      frames[before + index] = compare_frames(numbers[index], rendered[index],
                                              decoded_[static_cast<std::size_t>(numbers[index] - first_)]);
      return {};
    });
  }

  // Each thread takes a stretch of the frames, and the one before it, so that converters are no one's but
  // its.
  Result<void> difference() {
    std::vector<std::vector<std::uint8_t>> rgb(decoded_.size());
    REELD_TRY(in_parallel(threads_, threads_, [&](int lane) -> Result<void> {
      for (auto i = static_cast<std::size_t>(lane); i < rgb.size(); i += static_cast<std::size_t>(threads_))
        rgb[i] = converters_[static_cast<std::size_t>(lane)].convert(decoded_[i]);
      return {};
    }));
    if (!last_rgb_.empty()) rgb.insert(rgb.begin(), std::move(last_rgb_));
    const std::size_t before = differences.size();
    const auto pairs = static_cast<int>(rgb.empty() ? 0 : rgb.size() - 1);
    differences.resize(before + static_cast<std::size_t>(pairs));
    REELD_TRY(in_parallel(pairs, threads_, [&](int i) -> Result<void> {
      const auto index = static_cast<std::size_t>(i);
      differences[before + index] = mean_difference(rgb[index], rgb[index + 1]);
      return {};
    }));
    if (!rgb.empty()) last_rgb_ = std::move(rgb.back());
    return {};
  }

  static double mean_difference(const std::vector<std::uint8_t>& a, const std::vector<std::uint8_t>& b) {
    return cv::norm(a, b, cv::NORM_L1) / static_cast<double>(a.size());
  }

  static FrameFidelity compare_frames(std::int64_t number, const FrameBuffer& rendered,
                                      const FrameBuffer& decoded) {
    const LumaView shown = luma_of(rendered), seen = luma_of(decoded);
    const Similarity alike = similarity(shown, seen);
    return {number,        mean_squared_error(rendered, decoded), alike.ssim, alike.ms_ssim, banding(seen),
            banding(shown)};
  }

  const Plan& plan_;
  const int threads_;
  RenderedFrames rendered_;
  const std::vector<std::int64_t> wanted_;
  std::size_t next_ = 0;    // of wanted_
  std::int64_t first_ = 0;  // the number of decoded_'s first
  std::vector<FrameBuffer> decoded_;
  std::vector<RgbConverter> converters_;  // one a thread
  std::vector<std::uint8_t> last_rgb_;    // of the frame before decoded_
};

// Sums over the frames of a stretch.
class Means {
 public:
  void add(const FrameFidelity& frame) {
    ++count_;
    error_ += frame.mean_squared_error;
    ssim_ += frame.ssim;
    ms_ssim_ += frame.ms_ssim.value_or(0);
    has_ms_ssim_ = frame.ms_ssim.has_value();
    banding_decoded_ += frame.banding_decoded;
    banding_added_ += frame.banding_decoded - frame.banding_rendered;
  }

  void put(std::optional<int> scene, Scores& scores) const {
    if (count_ == 0) return;
    const auto add = [&](const char* name, double value) { scores.scores.push_back({scene, name, value}); };
    add("psnr", psnr_of(error_ / count_));
    add("ssim", ssim_ / count_);
    if (has_ms_ssim_) add("ms_ssim", ms_ssim_ / count_);
    add("banding_decoded", banding_decoded_ / count_);
    add("banding_added", banding_added_ / count_);
  }

 private:
  double count_ = 0, error_ = 0, ssim_ = 0, ms_ssim_ = 0;
  double banding_decoded_ = 0, banding_added_ = 0;
  bool has_ms_ssim_ = false;
};

// Of the frames within; `step`: only of every so many.
Means means_of(const std::vector<FrameFidelity>& frames, Span within, std::int64_t step) {
  Means means;
  for (const FrameFidelity& frame : frames) {
    if (within.holds(frame.frame) && frame.frame % step == 0) means.add(frame);
  }
  return means;
}

void put_worst(const std::vector<FrameFidelity>& frames, Span within, std::optional<int> scene,
               Scores& scores) {
  double worst = 1;
  for (const FrameFidelity& frame : frames) {
    if (within.holds(frame.frame)) worst = std::min(worst, frame.ssim);
  }
  scores.scores.push_back({scene, "ssim_worst", worst});
}

// As VBench computes it, from all pairs of neighbours within.
void put_flickering(const std::vector<double>& differences, Span within, std::optional<int> scene,
                    Scores& scores) {
  const std::int64_t pairs = within.end - within.first - 1;
  if (pairs < 1) return;
  double sum = 0;
  for (std::int64_t i = within.first; i < within.first + pairs; ++i)
    sum += differences[static_cast<std::size_t>(i)];
  scores.scores.push_back({scene, "temporal_flickering", (255 - sum / static_cast<double>(pairs)) / 255});
}

Series flickering_over_time(const std::vector<double>& differences) {
  const std::size_t each = (differences.size() + kMostValues - 1) / kMostValues;
  Series series{"temporal_flickering", 0, static_cast<std::int64_t>(each), {}};
  for (std::size_t first = 0; first < differences.size(); first += each) {
    const std::size_t count = std::min(each, differences.size() - first);
    double sum = 0;
    for (std::size_t i = first; i < first + count; ++i) sum += differences[i];
    series.values.push_back((255 - sum / static_cast<double>(count)) / 255);
  }
  return series;
}

void put_series(const std::vector<FrameFidelity>& frames, std::int64_t step, Scores& scores) {
  Series psnr{"psnr", 0, step, {}}, ssim{"ssim", 0, step, {}}, ms_ssim{"ms_ssim", 0, step, {}};
  for (const FrameFidelity& frame : frames) {
    if (frame.frame % step != 0) continue;
    psnr.values.push_back(psnr_of(frame.mean_squared_error));
    ssim.values.push_back(frame.ssim);
    if (frame.ms_ssim) ms_ssim.values.push_back(*frame.ms_ssim);
  }
  for (Series& series : {std::ref(psnr), std::ref(ssim), std::ref(ms_ssim)}) {
    if (!series.values.empty()) scores.series.push_back(std::move(series));
  }
}

}  // namespace

std::int64_t fidelity_step(const Plan& plan) {
  return std::max<std::int64_t>(1, (plan.frame_count + kMostSteps - 1) / kMostSteps);
}

std::vector<std::int64_t> fidelity_frames(const Plan& plan) {
  std::set<std::int64_t> frames;
  const std::int64_t step = fidelity_step(plan);
  for (std::int64_t frame = 0; frame < plan.frame_count; frame += step) frames.insert(frame);
  for (const PlanScene& scene : plan.scenes) {
    frames.insert(scene.first_frame);
    frames.insert(scene.first_frame + scene.frame_count / 2);
    frames.insert(scene.first_frame + scene.frame_count - 1);
  }
  return {frames.begin(), frames.end()};
}

Result<Scores> measure_fidelity(const Plan& plan, const FidelityWish& wish, kernels::Device& device,
                                const FramesSeen& seen) {
  FilmComparison comparison(plan, wish, device);
  REELD_TRY(comparison.run(wish, seen));
  return fidelity_scores(plan, comparison.frames, comparison.differences);
}

Scores fidelity_scores(const Plan& plan, const std::vector<FrameFidelity>& frames,
                       const std::vector<double>& differences) {
  Scores scores;
  const std::int64_t step = fidelity_step(plan);
  const Span film{0, plan.frame_count};
  means_of(frames, film, step).put(std::nullopt, scores);
  put_worst(frames, film, std::nullopt, scores);
  put_flickering(differences, film, std::nullopt, scores);
  for (std::size_t i = 0; i < plan.scenes.size(); ++i) {
    const PlanScene& scene = plan.scenes[i];
    const Span span{scene.first_frame, scene.first_frame + scene.frame_count};
    means_of(frames, span, 1).put(static_cast<int>(i), scores);
    put_worst(frames, span, static_cast<int>(i), scores);
    put_flickering(differences, span, static_cast<int>(i), scores);
  }
  put_series(frames, step, scores);
  if (!differences.empty()) scores.series.push_back(flickering_over_time(differences));
  return scores;
}

}  // namespace reeld::engine
