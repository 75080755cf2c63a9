// A film's frames, decoded one after the other, and what they are in RGB. Runs in workers; one thread.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <vector>

#include "base/result.hpp"
#include "engine/film_graph.hpp"
#include "engine/frame_buffer.hpp"
#include "engine/request.hpp"
#include "engine/score/rendered_frames.hpp"

struct SwsContext;

namespace reeld::engine {

class DecodedFilm {
 public:
  // A film as `output` says. Errors: file_missing, file_unreadable.
  static Result<DecodedFilm> open(const std::filesystem::path& file, const OutputSpec& output, int threads);

  // The next frame, in scored_format; nullopt behind the last. Errors: file_unreadable (also where it has
  // another size).
  Result<std::optional<FrameBuffer>> next();

 private:
  DecodedFilm(FilmGraph graph, std::filesystem::path file, const OutputSpec& output)
      : graph_(std::move(graph)),
        file_(std::move(file)),
        format_(scored_format(output.bit_depth)),
        width_(output.width),
        height_(output.height) {}

  FilmGraph graph_;
  std::filesystem::path file_;
  kernels::PixelFormat format_;
  int width_, height_;
};

// Frames of a film, BT.709, limited range, into 8-bit RGB. One object a thread.
class RgbConverter {
 public:
  static Result<RgbConverter> create(const OutputSpec& output);
  // 3 bytes a pixel, rows without gaps.
  std::vector<std::uint8_t> convert(const FrameBuffer& frame) const;

 private:
  struct Free {
    void operator()(SwsContext* context) const;
  };
  std::unique_ptr<SwsContext, Free> context_;
  int width_ = 0, height_ = 0;
};

}  // namespace reeld::engine
