#include "engine/score/decoded_film.hpp"

extern "C" {
#include <libswscale/swscale.h>
}

#include <cstring>

namespace reeld::engine {

using kernels::PixelFormat;

Result<DecodedFilm> DecodedFilm::open(const std::filesystem::path& file, const OutputSpec& output,
                                      int threads) {
  FilmGraph graph(threads);
  REELD_ASSIGN(const FilmGraph::Flow flow, graph.film(file));
  REELD_TRY(graph.end(flow, av::to_av(scored_format(output.bit_depth))));
  return DecodedFilm(std::move(graph), file, output);
}

Result<std::optional<FrameBuffer>> DecodedFilm::next() {
  REELD_ASSIGN(const av::FramePtr frame, graph_.next());
  if (!frame) return std::optional<FrameBuffer>();
  if (frame->width != width_ || frame->height != height_) {
    return Error{Code::file_unreadable, file_.string() + " is " + std::to_string(frame->width) + "x" +
                                            std::to_string(frame->height) + ", not " +
                                            std::to_string(width_) + "x" + std::to_string(height_) + "."};
  }
  FrameBuffer copy(format_, width_, height_);
  for (std::size_t plane = 0; plane < copy.sizes.size(); ++plane) {
    const auto stride = static_cast<std::size_t>(frame->linesize[plane]);
    for (std::size_t y = 0; y < copy.sizes[plane].rows; ++y) {
      std::memcpy(copy.view.planes[plane] + y * copy.view.stride_bytes[plane],
                  frame->data[plane] + y * stride, copy.sizes[plane].row_bytes);
    }
  }
  return std::optional(std::move(copy));
}

Result<RgbConverter> RgbConverter::create(const OutputSpec& output) {
  RgbConverter made;
  const int width = made.width_ = output.width, height = made.height_ = output.height;
  made.context_.reset(sws_getContext(width, height, av::to_av(scored_format(output.bit_depth)), width, height,
                                     AV_PIX_FMT_RGB24, SWS_BICUBIC, nullptr, nullptr, nullptr));
  const int* bt709 = sws_getCoefficients(SWS_CS_ITU709);
  if (!made.context_ ||
      sws_setColorspaceDetails(made.context_.get(), bt709, 0, bt709, 1, 0, 1 << 16, 1 << 16) < 0) {
    return Error{Code::internal, "No converter to RGB for frames of " + std::to_string(width) + "x" +
                                     std::to_string(height) + "."};
  }
  return made;
}

std::vector<std::uint8_t> RgbConverter::convert(const FrameBuffer& frame) const {
  std::vector<std::uint8_t> rgb(static_cast<std::size_t>(width_) * static_cast<std::size_t>(height_) * 3);
  const std::uint8_t* planes[4] = {frame.view.planes[0], frame.view.planes[1], frame.view.planes[2], nullptr};
  int strides[4] = {};
  for (std::size_t i = 0; i < 3; ++i) strides[i] = static_cast<int>(frame.view.stride_bytes[i]);
  std::uint8_t* const out[4] = {rgb.data(), nullptr, nullptr, nullptr};
  const int out_strides[4] = {width_ * 3, 0, 0, 0};
  sws_scale(context_.get(), planes, strides, 0, height_, out, out_strides);
  return rgb;
}

void RgbConverter::Free::operator()(SwsContext* context) const {
  sws_freeContext(context);
}

}  // namespace reeld::engine
