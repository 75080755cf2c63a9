#include "engine/score/quality_search.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <numeric>
#include <system_error>

#include "base/check.hpp"
#include "engine/encoder.hpp"
#include "engine/parallel.hpp"
#include "engine/score/decoded_film.hpp"
#include "engine/score/rendered_frames.hpp"
#include "engine/score/similarity.hpp"

namespace reeld::engine {
namespace {

namespace fs = std::filesystem;
using kernels::FrameView;
using kernels::PixelFormat;

constexpr int kMostTries = 6;  // halves 51 numbers down to one
constexpr std::int64_t kFewestFrames = 4;
constexpr std::int64_t kComparedFrames = 6;  // of a sample, evenly spread

std::int64_t sample_length(const Plan& plan) {
  const OutputSpec& output = plan.output;
  const double rate = static_cast<double>(output.fps.num) / static_cast<double>(output.fps.den);
  const std::int64_t sample_bytes = output.bit_depth == 8 ? 1 : 2;
  const std::int64_t frame_bytes = std::int64_t{output.width} * output.height * 3 / 2 * sample_bytes;
  const std::int64_t wanted = std::llround(kSampleSeconds * rate);
  return std::max(kFewestFrames, std::min(wanted, kSampleBytes / kMostSamples / frame_bytes));
}

// Into a frame of the encoder's, which takes the same, or of 8 bits interleaved chroma.
void copy_frame(const FrameBuffer& from, PixelFormat format, const FrameView& to) {
  if (format == from.format) return from.copy_to(to);
  REELD_CHECK(from.format == PixelFormat::yuv420p && format == PixelFormat::nv12);
  const PlaneSize luma = from.sizes[0], chroma = from.sizes[1];
  for (std::size_t y = 0; y < luma.rows; ++y) {
    std::memcpy(to.planes[0] + y * to.stride_bytes[0], from.view.planes[0] + y * from.view.stride_bytes[0],
                luma.row_bytes);
  }
  for (std::size_t y = 0; y < chroma.rows; ++y) {
    std::uint8_t* row = to.planes[1] + y * to.stride_bytes[1];
    for (std::size_t x = 0; x < chroma.row_bytes; ++x) {
      *row++ = from.view.planes[1][y * from.view.stride_bytes[1] + x];
      *row++ = from.view.planes[2][y * from.view.stride_bytes[2] + x];
    }
  }
}

// A file that is gone with the object.
struct ScratchFile {
  fs::path path;
  ~ScratchFile() {
    std::error_code ignored;
    fs::remove(path, ignored);
  }
};

class QualitySearch {
 public:
  QualitySearch(const Plan& plan, const QualityWish& wish, kernels::Device& device)
      : plan_(plan), wish_(wish), device_(device) {}

  Result<void> render() {
    for (const SegmentRange& range : quality_samples(plan_)) {
      RenderedFrames rendered(plan_, wish_.data_dir, range.first + range.count, device_, wish_.threads);
      std::vector<std::int64_t> numbers(static_cast<std::size_t>(range.count));
      std::iota(numbers.begin(), numbers.end(), range.first);
      REELD_ASSIGN(auto frames, rendered.render(numbers));
      samples_.push_back(std::move(frames));
    }
    return {};
  }

  Result<QualityTry> attempt(int crf) const {
    QualityTry tried{crf, 0, 0};
    for (std::size_t i = 0; i < samples_.size(); ++i) {
      const ScratchFile file{wish_.scratch / "quality_sample.mp4"};
      REELD_TRY(encode(samples_[i], crf, file.path));
      std::error_code ignored;
      tried.bytes += static_cast<std::int64_t>(fs::file_size(file.path, ignored));
      REELD_ASSIGN(const double reached, compare(samples_[i], file.path));
      tried.reached = i == 0 ? reached : std::min(tried.reached, reached);
    }
    return tried;
  }

 private:
  Result<void> encode(const std::vector<FrameBuffer>& frames, int crf, const fs::path& file) const {
    OutputSpec output = plan_.output;
    output.crf = crf;
    REELD_ASSIGN(const EncoderInput input, EncoderInput::open(output, wish_.encoder, nullptr));
    REELD_ASSIGN(const auto writer, open_segment(file, output, input, wish_.threads));
    for (const FrameBuffer& frame : frames) {
      REELD_ASSIGN(EncoderFrame target, input.frames().next());
      copy_frame(frame, input.frames().pixel_format(), target.view());
      REELD_TRY(writer->write(std::move(target)));
    }
    return writer->finish();
  }

  // The target's metric, over the frames that are compared.
  Result<double> compare(const std::vector<FrameBuffer>& frames, const fs::path& file) const {
    const auto count = static_cast<std::int64_t>(frames.size());
    const std::int64_t compared = std::min(count, kComparedFrames);
    REELD_ASSIGN(DecodedFilm film, DecodedFilm::open(file, plan_.output, wish_.threads));
    std::vector<std::pair<std::size_t, FrameBuffer>> decoded;
    for (std::int64_t n = 0; n < count; ++n) {
      REELD_ASSIGN(auto frame, film.next());
      if (!frame) return Error{Code::internal, file.string() + " has fewer frames than were coded."};
      // In the middle of its share of the sample.
      const auto share = static_cast<std::int64_t>(decoded.size());
      if (n == (2 * share + 1) * count / (2 * compared)) {
        decoded.emplace_back(static_cast<std::size_t>(n), *std::move(frame));
      }
    }
    std::vector<double> figures(decoded.size());
    REELD_TRY(in_parallel(static_cast<int>(decoded.size()), wish_.threads, [&](int i) -> Result<void> {
      const auto& [number, frame] = decoded[static_cast<std::size_t>(i)];
      figures[static_cast<std::size_t>(i)] = figure(frames[number], frame);
      return {};
    }));
    const double mean =
        std::accumulate(figures.begin(), figures.end(), 0.0) / static_cast<double>(figures.size());
    return wish_.target.metric == "psnr" ? psnr_of(mean) : mean;
  }

  // What is averaged: of psnr the error.
  double figure(const FrameBuffer& rendered, const FrameBuffer& decoded) const {
    if (wish_.target.metric == "psnr") return mean_squared_error(rendered, decoded);
    const Similarity alike = similarity(luma_of(rendered), luma_of(decoded));
    return wish_.target.metric == "ssim" ? alike.ssim : alike.ms_ssim.value_or(0);
  }

  const Plan& plan_;
  const QualityWish& wish_;
  kernels::Device& device_;
  std::vector<std::vector<FrameBuffer>> samples_;
};

}  // namespace

std::vector<SegmentRange> quality_samples(const Plan& plan) {
  const std::int64_t length = sample_length(plan);
  std::vector<SegmentRange> samples;
  if (plan.frame_count <= kMostSamples * length) {
    for (std::int64_t first = 0; first < plan.frame_count; first += length)
      samples.push_back({first, std::min(length, plan.frame_count - first)});
    return samples;
  }
  for (int i = 0; i < kMostSamples; ++i) {
    const std::int64_t middle = plan.frame_count * (2 * i + 1) / (2 * kMostSamples);
    samples.push_back({middle - length / 2, length});
  }
  return samples;
}

Result<FoundQuality> largest_crf(double at_least, const std::function<Result<QualityTry>(int crf)>& attempt) {
  FoundQuality found;
  int reaches = kBestCrf - 1, fails = kWorstCrf + 1;
  while (fails - reaches > 1) {
    REELD_ASSIGN(const QualityTry tried, attempt((reaches + fails) / 2));
    found.tries.push_back(tried);
    const bool is_reached = tried.reached >= at_least;
    (is_reached ? reaches : fails) = tried.crf;
    if (is_reached || !found.is_reached) {
      found.crf = tried.crf;
      found.reached = tried.reached;
      found.is_reached = is_reached;
    }
  }
  return found;
}

Result<FoundQuality> search_quality(const Plan& plan, const QualityWish& wish, kernels::Device& device,
                                    const std::function<void(double done)>& progress) {
  QualitySearch search(plan, wish, device);
  REELD_TRY(search.render());
  double tries = 0;
  return largest_crf(wish.target.at_least, [&](int crf) {
    auto tried = search.attempt(crf);
    progress(++tries / kMostTries);
    return tried;
  });
}

nlohmann::json to_json(const FoundQuality& found) {
  nlohmann::json tries = nlohmann::json::array();
  for (const QualityTry& tried : found.tries) {
    tries.push_back({{"crf", tried.crf}, {"value", tried.reached}, {"bytes", tried.bytes}});
  }
  return {{"crf", found.crf}, {"value", found.reached}, {"reached", found.is_reached}, {"tries", tries}};
}

}  // namespace reeld::engine
