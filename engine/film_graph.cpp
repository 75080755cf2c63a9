#include "engine/film_graph.hpp"

extern "C" {
#include <libavfilter/buffersink.h>
#include <libavfilter/buffersrc.h>
#include <libavutil/opt.h>
#include <libavutil/pixdesc.h>
}

#include <algorithm>
#include <system_error>

namespace reeld::engine {
namespace {

Error out_of_memory() {
  return {Code::internal, "Out of memory for films to compare."};
}

std::string decimal(double value) {
  return std::to_string(value);
}

// Filters take straight alpha.
void copy_straight(const TextRaster& raster, AVFrame& frame) {
  for (int y = 0; y < raster.height; ++y) {
    const std::uint8_t* from = raster.pixels.data() + static_cast<std::size_t>(y) * raster.width * 4;
    std::uint8_t* to = frame.data[0] + static_cast<std::ptrdiff_t>(y) * frame.linesize[0];
    for (int x = 0; x < raster.width; ++x, from += 4, to += 4) {
      const int alpha = from[3];
      for (int c = 0; c < 3; ++c) {
        to[c] =
            static_cast<std::uint8_t>(alpha == 0 ? 0 : std::min(255, (from[c] * 255 + alpha / 2) / alpha));
      }
      to[3] = from[3];
    }
  }
}

}  // namespace

FilmGraph::FilmGraph(int threads) : graph_(avfilter_graph_alloc()) {
  if (graph_) graph_->nb_threads = threads;
}

Result<AVFilterContext*> FilmGraph::add(const std::string& name, const Settings& settings, Code code) {
  const AVFilter* kind = avfilter_get_by_name(name.c_str());
  if (kind == nullptr) {
    return Error{Code::internal, "This machine's libavfilter was built without the filter " + name + "."};
  }
  const av::LogCapture log;
  AVFilterContext* filter = graph_ ? avfilter_graph_alloc_filter(graph_.get(), kind, nullptr) : nullptr;
  if (filter == nullptr) return out_of_memory();
  for (const auto& [key, value] : settings) {
    if (const int error = av_opt_set(filter, key.c_str(), value.c_str(), AV_OPT_SEARCH_CHILDREN); error < 0) {
      return Error{Code::internal, "The filter " + name + " does not take " + key + "=" + value + ": " +
                                       log.text_or(error) + "."};
    }
  }
  if (const int error = avfilter_init_str(filter, nullptr); error < 0) {
    return Error{code, "The filter " + name + " does not start: " + log.text_or(error) + "."};
  }
  return filter;
}

Result<FilmGraph::Flow> FilmGraph::film(const std::filesystem::path& file, double from_seconds) {
  std::error_code error;
  if (!std::filesystem::exists(file, error)) {
    return Error{Code::file_missing, "The film " + file.string() + " is not there any more."};
  }
  // What lies there now may be another file than the film that was made: none that names others is opened.
  Settings settings = {{"filename", av::file_url(file)},
                       {"format_opts", "protocol_whitelist=file:format_whitelist=mov,matroska"},
                       {"dec_threads", std::to_string(graph_->nb_threads)}};
  if (from_seconds > 0) settings.emplace_back("seek_point", decimal(from_seconds));
  auto added = add("movie", settings, Code::file_unreadable);
  if (!added) {
    Error failed = added.error();
    failed.message = "Reading the film " + file.string() + " failed: " + failed.message;
    return failed;
  }
  return Flow{*added, 0};
}

Result<FilmGraph::Flow> FilmGraph::picture(const TextRaster& raster) {
  REELD_ASSIGN(AVFilterContext * source, add("buffer",
                                             {{"width", std::to_string(raster.width)},
                                              {"height", std::to_string(raster.height)},
                                              {"pix_fmt", "rgba"},
                                              {"time_base", "1/1000"}},
                                             Code::internal));
  av::FramePtr frame(av_frame_alloc());
  if (!frame) return out_of_memory();
  frame->format = AV_PIX_FMT_RGBA;
  frame->width = raster.width;
  frame->height = raster.height;
  frame->pts = 0;
  if (av_frame_get_buffer(frame.get(), 0) < 0) return out_of_memory();
  copy_straight(raster, *frame);
  pictures_.emplace_back(source, std::move(frame));
  return Flow{source, 0};
}

Result<FilmGraph::Flow> FilmGraph::filter(const std::string& name, const Settings& settings,
                                          const std::vector<Flow>& inputs) {
  REELD_ASSIGN(AVFilterContext * added, add(name, settings, Code::internal));
  for (unsigned i = 0; i < inputs.size(); ++i) {
    const av::LogCapture log;
    if (const int error = avfilter_link(inputs[i].filter, inputs[i].pad, added, i); error < 0) {
      return Error{Code::internal, "The filter " + name +
                                       " cannot be joined to what is before it: " + log.text_or(error) + "."};
    }
  }
  return Flow{added, 0};
}

Result<void> FilmGraph::end(Flow last, AVPixelFormat format) {
  REELD_ASSIGN(const Flow converted, filter("format", {{"pix_fmts", av_get_pix_fmt_name(format)}}, {last}));
  REELD_ASSIGN(const Flow sink, filter("buffersink", {}, {converted}));
  sink_ = sink.filter;
  const av::LogCapture log;
  if (const int error = avfilter_graph_config(graph_.get(), nullptr); error < 0) {
    return Error{Code::internal, "The films cannot be put together: " + log.text_or(error) + "."};
  }
  for (const auto& [source, frame] : pictures_) {
    if (av_buffersrc_add_frame(source, frame.get()) < 0) return out_of_memory();
    if (av_buffersrc_add_frame(source, nullptr) < 0) return out_of_memory();  // none follows
  }
  return {};
}

Result<av::FramePtr> FilmGraph::next() {
  av::FramePtr frame(av_frame_alloc());
  if (!frame) return out_of_memory();
  const av::LogCapture log;
  const int error = av_buffersink_get_frame(sink_, frame.get());
  if (error == AVERROR_EOF) return av::FramePtr();
  if (error < 0) return Error{Code::file_unreadable, "Reading a film failed: " + log.text_or(error) + "."};
  return frame;
}

AVRational FilmGraph::time_base() const {
  return av_buffersink_get_time_base(sink_);
}

}  // namespace reeld::engine
