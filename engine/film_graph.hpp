// A graph of libavfilter's filters, built one by one: no text is parsed, so that no file's name or label can
// be taken for more than it is. Runs in workers. Not thread-safe.
#pragma once

#include <cstdint>  // which libavfilter needs and does not include

extern "C" {
#include <libavfilter/avfilter.h>
}

#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "engine/ffmpeg.hpp"
#include "engine/text.hpp"

namespace reeld::engine {

class FilmGraph {
 public:
  // What flows out of a filter.
  struct Flow {
    AVFilterContext* filter = nullptr;
    unsigned pad = 0;
  };
  using Settings = std::vector<std::pair<std::string, std::string>>;

  // `threads`: what the graph and its decoders may use of the processor; 0: all.
  explicit FilmGraph(int threads);

  // A film's pictures, from the last key frame at or before `from_seconds` on, with the times they have in
  // the film. Errors: file_missing, file_unreadable.
  Result<Flow> film(const std::filesystem::path& file, double from_seconds = 0);
  // One picture that stays.
  Result<Flow> picture(const TextRaster& raster);
  // Any other filter, with its inputs in order. Errors: internal, with libavfilter's own words.
  Result<Flow> filter(const std::string& name, const Settings& settings, const std::vector<Flow>& inputs);
  // Where the graph ends, in this pixel format; nothing is added behind. Errors: internal, file_unreadable.
  Result<void> end(Flow last, AVPixelFormat format);

  // The next frame at the end; nullptr behind the last. Errors: file_unreadable.
  Result<av::FramePtr> next();
  AVRational time_base() const;  // of the frames' times at the end

 private:
  Result<AVFilterContext*> add(const std::string& name, const Settings& settings, Code code);

  std::unique_ptr<AVFilterGraph, av::Free<avfilter_graph_free>> graph_;
  AVFilterContext* sink_ = nullptr;  // of graph_
  // Pictures and their sources: they are let in once the graph is whole.
  std::vector<std::pair<AVFilterContext*, av::FramePtr>> pictures_;
};

}  // namespace reeld::engine
