#include "engine/film_frame.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <string>

#include "engine/film_graph.hpp"

namespace reeld::engine {

FrameSize scaled_size(int width, int height, int longer_side) {
  const double scale = static_cast<double>(longer_side) / std::max({1, width, height});
  const auto side = [&](int pixels) { return std::max(2, static_cast<int>(std::lround(pixels * scale))); };
  return {side(width), side(height)};
}

Result<av::FramePtr> film_frame(const std::filesystem::path& file, double seconds, FrameSize size) {
  FilmGraph graph(1);
  REELD_ASSIGN(const FilmGraph::Flow from, graph.film(file, seconds));
  const std::string w = std::to_string(size.width), h = std::to_string(size.height);
  REELD_ASSIGN(
      const FilmGraph::Flow scaled,
      graph.filter("scale", {{"w", w}, {"h", h}, {"force_original_aspect_ratio", "decrease"}}, {from}));
  REELD_ASSIGN(const FilmGraph::Flow padded,
               graph.filter("pad", {{"w", w}, {"h", h}, {"x", "(ow-iw)/2"}, {"y", "(oh-ih)/2"}}, {scaled}));
  REELD_TRY(graph.end(padded, AV_PIX_FMT_RGB24));
  av::FramePtr shown;
  while (true) {
    REELD_ASSIGN(av::FramePtr frame, graph.next());
    if (!frame) break;
    const double time = static_cast<double>(frame->pts) * av_q2d(graph.time_base());
    if (shown && time > seconds) break;
    shown = std::move(frame);
  }
  if (!shown) {
    return Error{Code::file_unreadable, file.string() + " has no frame at " + clock_text(seconds) + "."};
  }
  return shown;
}

std::string clock_text(double seconds) {
  std::array<char, 32> text{};
  const auto hundredths = static_cast<long long>(std::llround(seconds * 100));
  std::snprintf(text.data(), text.size(), "%lld:%02lld.%02lld", hundredths / 6000, hundredths / 100 % 60,
                hundredths % 100);
  return text.data();
}

}  // namespace reeld::engine
