#include "engine/film_likeness.hpp"

extern "C" {
#include <libavutil/pixdesc.h>
}

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "engine/encoder.hpp"
#include "engine/film_graph.hpp"

namespace reeld::engine {
namespace {

double figure(const AVFrame& frame, const char* name) {
  const AVDictionaryEntry* entry = av_dict_get(frame.metadata, name, nullptr, 0);
  return entry == nullptr ? 0 : std::strtod(entry->value, nullptr);
}

// Frames get their number as their time, so that films of unlike rates and containers meet.
Result<FilmGraph::Flow> numbered(FilmGraph& graph, const std::filesystem::path& file, AVPixelFormat format) {
  REELD_ASSIGN(FilmGraph::Flow flow, graph.film(file));
  REELD_ASSIGN(flow, graph.filter("format", {{"pix_fmts", av_get_pix_fmt_name(format)}}, {flow}));
  REELD_ASSIGN(flow, graph.filter("settb", {{"expr", "1/25"}}, {flow}));
  return graph.filter("setpts", {{"expr", "N"}}, {flow});
}

}  // namespace

Result<Likeness> measure_likeness(const std::filesystem::path& film, const std::filesystem::path& reference,
                                  int threads, const std::function<void(double frames)>& progress) {
  bool is_deep = false;
  for (const auto& file : {film, reference}) {
    REELD_ASSIGN(const VideoFacts facts, probe_video(file));
    is_deep = is_deep || bit_depth_of(facts) > 8;
  }
  const AVPixelFormat format = is_deep ? AV_PIX_FMT_YUV420P10LE : AV_PIX_FMT_YUV420P;
  const double peak = is_deep ? 1023 : 255;
  FilmGraph graph(threads);
  REELD_ASSIGN(const FilmGraph::Flow own, numbered(graph, film, format));
  REELD_ASSIGN(const FilmGraph::Flow first, numbered(graph, reference, format));
  REELD_ASSIGN(const FilmGraph::Flow twice, graph.filter("split", {}, {first}));
  REELD_ASSIGN(const FilmGraph::Flow ssim, graph.filter("ssim", {{"shortest", "1"}}, {own, twice}));
  REELD_ASSIGN(const FilmGraph::Flow both,
               graph.filter("psnr", {{"shortest", "1"}}, {ssim, FilmGraph::Flow{twice.filter, 1}}));
  REELD_TRY(graph.end(both, format));
  double frames = 0, similarity = 0, error = 0;
  while (true) {
    REELD_ASSIGN(const av::FramePtr frame, graph.next());
    if (!frame) break;
    similarity += figure(*frame, "lavfi.ssim.All");
    error += figure(*frame, "lavfi.psnr.mse_avg");
    progress(++frames);
  }
  if (frames == 0) {
    return Error{Code::file_unreadable,
                 film.string() + " and " + reference.string() + " have no frame in common."};
  }
  const double mean = error / frames;
  const double psnr = mean > 0 ? 10 * std::log10(peak * peak / mean) : kMostPsnr;
  return Likeness{similarity / frames, std::min(psnr, kMostPsnr)};
}

}  // namespace reeld::engine
