#include "kernels/cpu/measure.hpp"

#include <algorithm>
#include <thread>

namespace reeld::kernels {

void add_blocks(const std::uint16_t* lumas, int first_column, int count, int block_row,
                PictureStatistics* sums) {
  constexpr int kSize = PictureStatistics::kBlockSize;
  std::uint16_t* blocks =
      sums->blocks.data() + static_cast<std::ptrdiff_t>(block_row) * sums->block_columns();
  for (int i = 0; i < count; ++i) {
    const int x = first_column + i;
    const int times = x == sums->width - 1 ? kSize - x % kSize : 1;
    blocks[x / kSize] = static_cast<std::uint16_t>(blocks[x / kSize] + times * lumas[i]);
  }
}

PictureStatistics measure_by_bands(const PictureView& picture, const CpuKernels& kernels, int thread_count) {
  constexpr int kSize = PictureStatistics::kBlockSize;
  PictureStatistics whole = no_statistics(picture.width, picture.height);
  const int count = std::clamp(thread_count, 1, whole.block_rows());
  const auto first_row = [&](int band) {
    return std::min(picture.height,
                    static_cast<int>(std::int64_t{whole.block_rows()} * band / count) * kSize);
  };
  std::vector<PictureStatistics> parts(static_cast<std::size_t>(count - 1), whole);
  std::vector<std::jthread> threads;
  for (int band = 1; band < count; ++band) {
    PictureStatistics* part = &parts[static_cast<std::size_t>(band - 1)];
    threads.emplace_back([=, &picture, &kernels] {
      kernels.measure_rows(picture, first_row(band), first_row(band + 1), part);
    });
  }
  kernels.measure_rows(picture, 0, first_row(1), &whole);
  threads.clear();  // waits for them
  for (const PictureStatistics& part : parts) {
    add_statistics(part, &whole);
  }
  return whole;
}

}  // namespace reeld::kernels
