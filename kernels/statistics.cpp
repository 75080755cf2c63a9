#include "kernels/statistics.hpp"

namespace reeld::kernels {
namespace {

void add_lines(const std::vector<LineSums>& part, std::vector<LineSums>* whole) {
  for (std::size_t i = 0; i < part.size(); ++i) {
    LineSums& line = (*whole)[i];
    line.luma += part[i].luma;
    line.squares += part[i].squares;
    line.steps += part[i].steps;
  }
}

}  // namespace

PictureStatistics no_statistics(int width, int height) {
  PictureStatistics made;
  made.width = width;
  made.height = height;
  made.rows.resize(static_cast<std::size_t>(height));
  made.columns.resize(static_cast<std::size_t>(width));
  made.blocks.resize(static_cast<std::size_t>(made.block_columns()) *
                     static_cast<std::size_t>(made.block_rows()));
  return made;
}

void add_statistics(const PictureStatistics& part, PictureStatistics* whole) {
  for (std::size_t i = 0; i < part.histogram.size(); ++i) {
    whole->histogram[i] += part.histogram[i];
  }
  whole->laplacian_sum += part.laplacian_sum;
  whole->laplacian_squares += part.laplacian_squares;
  whole->gradient_squares += part.gradient_squares;
  whole->noise_sum += part.noise_sum;
  whole->band_squares += part.band_squares;
  whole->red_green_sum += part.red_green_sum;
  whole->red_green_squares += part.red_green_squares;
  whole->yellow_blue_sum += part.yellow_blue_sum;
  whole->yellow_blue_squares += part.yellow_blue_squares;
  whole->clipped_count += part.clipped_count;
  add_lines(part.rows, &whole->rows);
  add_lines(part.columns, &whole->columns);
  for (std::size_t i = 0; i < part.blocks.size(); ++i) {
    whole->blocks[i] = static_cast<std::uint16_t>(whole->blocks[i] + part.blocks[i]);
  }
}

}  // namespace reeld::kernels
