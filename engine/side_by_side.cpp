#include "engine/side_by_side.hpp"

extern "C" {
#include <libavutil/imgutils.h>
}

#include <algorithm>
#include <cmath>
#include <system_error>

#include "engine/film_graph.hpp"
#include "engine/film_label.hpp"

namespace reeld::engine {
namespace {

namespace fs = std::filesystem;

constexpr double kAspect = 16.0 / 9.0;
constexpr int kMostWidth = 3840, kMostHeight = 2160;
constexpr int kCrf = 18;  // a second generation is to show what the first one did, not its own losses

std::string text_of(Rational rate) {
  return std::to_string(rate.num) + "/" + std::to_string(rate.den);
}

double rate_of(const VideoFacts& facts) {
  return static_cast<double>(facts.fps.num) / static_cast<double>(facts.fps.den);
}

int even(double pixels) {
  return std::max(2, 2 * static_cast<int>(pixels / 2));
}

// One film in its cell, with its label.
Result<FilmGraph::Flow> cell(FilmGraph& graph, const GridFilm& film, const Grid& grid,
                             const OutputSpec& output) {
  const std::string w = std::to_string(grid.cell_width), h = std::to_string(grid.cell_height);
  REELD_ASSIGN(FilmGraph::Flow flow, graph.film(film.file));
  // A film's end is told with its last frame's time, at which the rate would cut that frame off.
  REELD_ASSIGN(flow, graph.filter("tpad", {{"stop", "1"}, {"stop_mode", "clone"}}, {flow}));
  REELD_ASSIGN(flow, graph.filter("fps", {{"fps", text_of(output.fps)}, {"start_time", "0"}}, {flow}));
  REELD_ASSIGN(
      flow, graph.filter("scale", {{"w", w}, {"h", h}, {"force_original_aspect_ratio", "decrease"}}, {flow}));
  REELD_ASSIGN(flow,
               graph.filter("pad", {{"w", w}, {"h", h}, {"x", "(ow-iw)/2"}, {"y", "(oh-ih)/2"}}, {flow}));
  REELD_ASSIGN(flow, graph.filter("setsar", {{"sar", "1"}}, {flow}));
  const int margin = std::max(4, std::min(grid.cell_width, grid.cell_height) / 40);
  REELD_ASSIGN(const TextRaster raster, film_label(film.label, std::max(10.0, grid.cell_height / 16.0),
                                                   grid.cell_width - 2 * margin, grid.cell_height / 4, true));
  REELD_ASSIGN(const FilmGraph::Flow label, graph.picture(raster));
  const std::string at = std::to_string(margin);
  const std::string format = output.bit_depth == 8 ? "yuv420" : "yuv420p10";
  return graph.filter("overlay", {{"x", at}, {"y", at}, {"eof_action", "repeat"}, {"format", format}},
                      {flow, label});
}

Result<FilmGraph::Flow> stacked(FilmGraph& graph, const std::vector<FilmGraph::Flow>& cells,
                                const Grid& grid) {
  if (cells.size() == 1) return cells.front();
  std::string layout;
  for (int i = 0; i < static_cast<int>(cells.size()); ++i) {
    layout += (i > 0 ? "|" : "") + std::to_string(i % grid.columns * grid.cell_width) + "_" +
              std::to_string(i / grid.columns * grid.cell_height);
  }
  REELD_ASSIGN(
      const FilmGraph::Flow all,
      graph.filter("xstack",
                   {{"inputs", std::to_string(cells.size())}, {"layout", layout}, {"fill", "black"}}, cells));
  // A last row that is not full leaves the picture as wide and high as the others make it.
  return graph.filter("pad",
                      {{"w", std::to_string(grid.columns * grid.cell_width)},
                       {"h", std::to_string(grid.rows * grid.cell_height)}},
                      {all});
}

void copy(const AVFrame& frame, const OutputSpec& output, const kernels::FrameView& view) {
  const auto format = static_cast<AVPixelFormat>(frame.format);
  for (int plane = 0; plane < av_pix_fmt_count_planes(format); ++plane) {
    const int rows = plane == 0 ? output.height : output.height / 2;
    av_image_copy_plane(view.planes[plane], static_cast<int>(view.stride_bytes[plane]), frame.data[plane],
                        frame.linesize[plane], av_image_get_linesize(format, output.width, plane), rows);
  }
}

// So many frames; where the films are over before, the last one stays.
Result<void> encode(FilmGraph& graph, FilmGraph::Flow last, const OutputSpec& output,
                    const SideBySide& wanted, std::int64_t frames, const std::string& encoder,
                    const fs::path& segment, const std::function<void(std::int64_t)>& progress) {
  REELD_ASSIGN(const EncoderInput input, EncoderInput::open(output, encoder, nullptr));
  REELD_ASSIGN(const auto writer, open_segment(segment, output, input, wanted.threads));
  REELD_TRY(graph.end(last, av::to_av(input.frames().pixel_format())));
  av::FramePtr shown;
  for (std::int64_t n = 0; n < frames; ++n) {
    REELD_ASSIGN(av::FramePtr next, graph.next());
    if (next) shown = std::move(next);
    if (!shown) return Error{Code::file_unreadable, "None of the films has a frame that can be read."};
    REELD_ASSIGN(EncoderFrame frame, input.frames().next());
    copy(*shown, output, frame.view());
    REELD_TRY(writer->write(std::move(frame)));
    progress(n + 1);
  }
  return writer->finish();
}

}  // namespace

Grid grid_of(int films, int width, int height) {
  Grid best;
  double nearest = 0;
  for (int columns = 1; columns <= films; ++columns) {
    const int rows = (films + columns - 1) / columns;
    if ((rows - 1) * columns >= films) continue;
    const double aspect = static_cast<double>(columns) * width / (static_cast<double>(rows) * height);
    const double distance = std::abs(std::log(aspect / kAspect));
    if (columns > 1 && distance > nearest + 1e-9) continue;
    nearest = distance;
    best.columns = columns;
    best.rows = rows;
  }
  const double scale = std::min({1.0, static_cast<double>(kMostWidth) / (best.columns * width),
                                 static_cast<double>(kMostHeight) / (best.rows * height)});
  best.cell_width = even(width * scale);
  best.cell_height = even(height * scale);
  return best;
}

Result<SideBySideFacts> make_side_by_side(const SideBySide& wanted,
                                          const std::function<void(double done, double total)>& progress) {
  std::vector<VideoFacts> facts;
  double longest = 0;
  OutputSpec output;
  output.fps = {0, 1};
  for (const GridFilm& film : wanted.films) {
    REELD_ASSIGN(const VideoFacts one, probe_video(film.file));
    if (one.frame_count < 1 || one.fps.num < 1) {
      return Error{Code::file_unreadable, film.file.string() + " has no frames."};
    }
    longest = std::max(longest, static_cast<double>(one.frame_count) / rate_of(one));
    if (output.fps.num * one.fps.den < one.fps.num * output.fps.den) output.fps = one.fps;
    if (bit_depth_of(one) > 8) output.bit_depth = 10;
    facts.push_back(one);
  }
  SideBySideFacts made;
  made.grid = grid_of(static_cast<int>(facts.size()), facts.front().width, facts.front().height);
  output.width = made.grid.columns * made.grid.cell_width;
  output.height = made.grid.rows * made.grid.cell_height;
  output.crf = kCrf;
  auto chosen = choose_encoder(output, wanted.encoder_order);
  if (!chosen && output.bit_depth > 8) {  // a comparison in 8 bits says more than none
    output.bit_depth = 8;
    chosen = choose_encoder(output, wanted.encoder_order);
  }
  REELD_ASSIGN(const EncoderChoice choice, std::move(chosen));
  made.encoder = choice.name;

  FilmGraph graph(wanted.threads);
  std::vector<FilmGraph::Flow> cells;
  for (const GridFilm& film : wanted.films) {
    REELD_ASSIGN(const FilmGraph::Flow one, cell(graph, film, made.grid, output));
    cells.push_back(one);
  }
  REELD_ASSIGN(const FilmGraph::Flow all, stacked(graph, cells, made.grid));
  const auto frames = std::max<std::int64_t>(
      1, std::llround(longest * static_cast<double>(output.fps.num) / static_cast<double>(output.fps.den)));
  const fs::path segment = wanted.scratch / "side_by_side.mp4";
  REELD_TRY(encode(graph, all, output, wanted, frames, choice.name, segment, [&](std::int64_t done) {
    progress(static_cast<double>(done), static_cast<double>(frames));
  }));
  const fs::path sound = facts.front().audio_codec.empty() ? fs::path() : wanted.films.front().file;
  REELD_TRY(join_segments({segment}, {frames}, sound, output, wanted.title, wanted.out));
  std::error_code ignored;
  fs::remove(segment, ignored);
  REELD_ASSIGN(made.video, probe_video(wanted.out));
  return made;
}

}  // namespace reeld::engine
