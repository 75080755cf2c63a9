#include "engine/contact_sheet.hpp"

#include <algorithm>
#include <string_view>

#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

#include "engine/files.hpp"
#include "engine/film_frame.hpp"
#include "engine/film_label.hpp"

namespace reeld::engine {
namespace {

constexpr int kCell = 320;  // pixels of a frame's longer side
constexpr int kGap = 8;     // between cells, and around them
constexpr int kStrip = 30;  // the height of a line of text
constexpr double kText = 17;
constexpr int kJpegQuality = 92;
const cv::Scalar kPaper(28, 28, 28), kEmpty(44, 44, 44);

// As the first film's frames are shaped.
FrameSize cell_of(const SheetFilm& film) {
  return scaled_size(film.width, film.height, kCell);
}

// The texts' alpha is premultiplied; what lies outside is left out.
void draw(const TextRaster& raster, int left, int top, cv::Mat& sheet) {
  for (int y = 0; y < raster.height; ++y) {
    for (int x = 0; x < raster.width; ++x) {
      const int at_x = left + static_cast<int>(raster.x) + x, at_y = top + static_cast<int>(raster.y) + y;
      if (at_x < 0 || at_y < 0 || at_x >= sheet.cols || at_y >= sheet.rows) continue;
      const std::uint8_t* ink = raster.pixels.data() + (static_cast<std::size_t>(y) * raster.width + x) * 4;
      auto& pixel = sheet.at<cv::Vec3b>(at_y, at_x);
      for (int c = 0; c < 3; ++c) {
        pixel[c] = static_cast<std::uint8_t>(ink[c] + (pixel[c] * (255 - ink[3]) + 127) / 255);
      }
    }
  }
}

Result<cv::Mat> frame_at(const SheetFilm& film, double seconds, FrameSize cell) {
  REELD_ASSIGN(const av::FramePtr shown, film_frame(film.file, seconds, cell));
  return cv::Mat(cell.height, cell.width, CV_8UC3, shown->data[0],
                 static_cast<std::size_t>(shown->linesize[0]))
      .clone();
}

Result<void> write(const cv::Mat& sheet, const std::string& as, const std::filesystem::path& out) {
  try {
    cv::Mat bgr;
    cv::cvtColor(sheet, bgr, cv::COLOR_RGB2BGR);
    std::vector<std::uint8_t> bytes;
    if (!cv::imencode(as, bgr, bytes, {cv::IMWRITE_JPEG_QUALITY, kJpegQuality})) {
      return Error{Code::internal, "The sheet cannot be encoded as " + as + "."};
    }
    return write_text(out, std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size()));
  } catch (const cv::Exception& error) {
    return Error{Code::internal, "The sheet cannot be encoded as " + as + ": " + error.what()};
  }
}

}  // namespace

Result<SheetFacts> make_contact_sheet(const std::vector<SheetFilm>& films, int columns,
                                      const std::filesystem::path& out, const std::string& as,
                                      const std::function<void(double done, double total)>& progress) {
  const FrameSize cell = cell_of(films.front());
  double longest = 0;
  for (const SheetFilm& film : films) longest = std::max(longest, film.seconds);
  const int rows = static_cast<int>(films.size());
  const int width = kGap + columns * (cell.width + kGap);
  const int row_height = kStrip + cell.height + kGap;
  cv::Mat sheet(kStrip + rows * row_height, width, CV_8UC3, kPaper);
  const auto left_of = [&](int column) { return kGap + column * (cell.width + kGap); };
  const auto text = [&](const std::string& words, int left, int top, int room) -> Result<void> {
    REELD_ASSIGN(const TextRaster raster, film_label(words, kText, room, kStrip - 4, false));
    draw(raster, left, top + 4, sheet);
    return {};
  };
  for (int column = 0; column < columns; ++column) {
    REELD_TRY(text(clock_text(longest * (column + 0.5) / columns), left_of(column), 0, cell.width));
  }
  for (int row = 0; row < rows; ++row) {
    const SheetFilm& film = films[static_cast<std::size_t>(row)];
    const int top = kStrip + row * row_height;
    REELD_TRY(text(film.label, kGap, top, width - 2 * kGap));
    for (int column = 0; column < columns; ++column) {
      const double seconds = longest * (column + 0.5) / columns;
      cv::Mat place = sheet(cv::Rect(left_of(column), top + kStrip, cell.width, cell.height));
      place.setTo(kEmpty);
      if (seconds < film.seconds) {
        REELD_ASSIGN(const cv::Mat frame, frame_at(film, seconds, cell));
        frame.copyTo(place);
      }
      progress(row * columns + column + 1, rows * columns);
    }
  }
  REELD_TRY(write(sheet, as, out));
  return SheetFacts{sheet.cols, sheet.rows};
}

}  // namespace reeld::engine
