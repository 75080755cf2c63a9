// GpuDevice::measure: the picture is sent as it is, and what the kernel's groups summed is read into numbers
// of 64 bits. gpu/measure_params.inc says how the sums lie.
#include <algorithm>
#include <cstring>
#include <utility>

#include "kernels/gpu/gpu_device.hpp"
#include "kernels/gpu/measure_params.hpp"
#include "kernels/validate.hpp"

namespace reeld::kernels {
namespace {

// Of gpu/measure.inc.
constexpr int kTileSide = 32;

// Sent at once, so that a large picture needs no pinned memory of its size.
constexpr std::size_t kPieceBytes = std::size_t{16} << 20;

// A picture on the device for as long as this lives.
class SentPicture {
 public:
  static Result<SentPicture> send(GpuBackend& backend, const PictureView& picture) {
    const std::size_t row_bytes = static_cast<std::size_t>(picture.width) * 4;
    const auto rows = static_cast<std::size_t>(picture.height);
    REELD_ASSIGN(const DeviceAddress address, backend.allocate(row_bytes * rows));
    SentPicture sent(backend, address);
    const auto* from = static_cast<const std::uint8_t*>(picture.data);
    const std::size_t piece_rows = std::max(std::size_t{1}, kPieceBytes / row_bytes);
    std::vector<std::uint8_t> piece;
    for (std::size_t y = 0; y < rows; y += piece_rows) {
      const std::size_t count = std::min(piece_rows, rows - y);
      const std::uint8_t* bytes = from + y * picture.stride_bytes;
      if (picture.stride_bytes != row_bytes) {
        piece.resize(count * row_bytes);
        for (std::size_t i = 0; i < count; ++i) {
          std::memcpy(piece.data() + i * row_bytes, bytes + i * picture.stride_bytes, row_bytes);
        }
        bytes = piece.data();
      }
      REELD_TRY(backend.upload(address + y * row_bytes, bytes, count * row_bytes));
    }
    return Result<SentPicture>(std::move(sent));
  }
  SentPicture(SentPicture&& other) noexcept
      : backend_(other.backend_), address_(std::exchange(other.address_, 0)) {}
  SentPicture& operator=(SentPicture&&) = delete;
  ~SentPicture() {
    if (address_ != 0) {
      backend_.free(address_);
    }
  }
  DeviceAddress address() const { return address_; }

 private:
  SentPicture(GpuBackend& backend, DeviceAddress address) : backend_(backend), address_(address) {}
  GpuBackend& backend_;
  DeviceAddress address_ = 0;
};

// Where the parts of the results lie, in words of 32 bits.
struct Places {
  std::size_t rows, columns, blocks, end;
};

Places places_of(const PictureStatistics& found) {
  constexpr std::size_t kLineWords = 3;
  Places places = {};
  places.rows = static_cast<std::size_t>(gpu::kSumSets) * gpu::kSetWords;
  places.columns = places.rows + found.rows.size() * kLineWords;
  places.blocks = places.columns + found.columns.size() * kLineWords;
  places.end = places.blocks + found.blocks.size();
  return places;
}

void read_lines(const std::uint8_t* words, std::vector<LineSums>* lines) {
  static_assert(sizeof(LineSums) == 12, "the kernel writes them one behind the other");
  std::memcpy(lines->data(), words, lines->size() * sizeof(LineSums));
}

std::uint32_t word_at(const std::uint8_t* results, std::size_t index) {
  std::uint32_t word = 0;
  std::memcpy(&word, results + index * 4, 4);
  return word;
}

void read_results(const std::uint8_t* results, const Places& places, PictureStatistics* found) {
  std::int64_t sums[gpu::kTileSums] = {};
  for (std::size_t set = 0; set < static_cast<std::size_t>(gpu::kSumSets); ++set) {
    std::size_t at = set * gpu::kSetWords;
    for (std::uint64_t& count : found->histogram) {
      count += word_at(results, at++);
    }
    for (std::size_t i = 0; i < gpu::kTileSums; ++i) {
      const std::int64_t low = word_at(results, at + i);
      const auto high = static_cast<std::int32_t>(word_at(results, at + gpu::kTileSums + i));
      sums[i] += low + std::int64_t{high} * 65536;
    }
  }
  const auto total = [&](int which) { return static_cast<std::uint64_t>(sums[which]); };
  found->laplacian_sum = sums[gpu::kLaplacianSum];
  found->laplacian_squares = total(gpu::kLaplacianSquares);
  found->gradient_squares = total(gpu::kGradientSquares);
  found->noise_sum = total(gpu::kNoiseSum);
  found->band_squares = total(gpu::kBandSquares);
  found->red_green_sum = sums[gpu::kRedGreenSum];
  found->red_green_squares = total(gpu::kRedGreenSquares);
  found->yellow_blue_sum = sums[gpu::kYellowBlueSum];
  found->yellow_blue_squares = total(gpu::kYellowBlueSquares);
  found->clipped_count = total(gpu::kClippedCount);
  read_lines(results + places.rows * 4, &found->rows);
  read_lines(results + places.columns * 4, &found->columns);
  for (std::size_t i = 0; i < found->blocks.size(); ++i) {
    found->blocks[i] = static_cast<std::uint16_t>(word_at(results, places.blocks + i));
  }
}

}  // namespace

Result<PictureStatistics> GpuDevice::measure(const PictureView& picture, int) {
  REELD_TRY(validate_measure(picture));
  REELD_ASSIGN(const SentPicture sent, SentPicture::send(*backend_, picture));
  PictureStatistics found = no_statistics(picture.width, picture.height);
  const Places places = places_of(found);
  const SlotLease lease(*this);
  REELD_ASSIGN(const GpuBackend::SlotMemory memory,
               backend_->reserve(lease.index(), sizeof(gpu::MeasureParams), places.end * 4));
  const gpu::MeasureParams params = {sent.address(),
                                     memory.results_address,
                                     memory.results_address + places.rows * 4,
                                     memory.results_address + places.columns * 4,
                                     memory.results_address + places.blocks * 4,
                                     picture.width,
                                     picture.height,
                                     picture.alpha == AlphaKind::straight ? 1 : 0,
                                     0};
  std::memcpy(memory.packet, &params, sizeof params);
  const Grid grid{(picture.width + kTileSide - 1) / kTileSide, (picture.height + kTileSide - 1) / kTileSide,
                  1};
  Launch launch = {Kernel::measure, sizeof params, grid, places.end * 4};
  launch.clears_results = true;
  REELD_ASSIGN(const double seconds, backend_->launch(lease.index(), launch));
  kernel_seconds_ += seconds;
  read_results(memory.results, places, &found);
  return found;
}

}  // namespace reeld::kernels
