// The handles of engine/ffmpeg.hpp that sound uses, and those that it alone needs.
#pragma once

extern "C" {
#include <libavfilter/avfilter.h>
#include <libswresample/swresample.h>
}

#include <cerrno>

#include "engine/ffmpeg.hpp"

namespace reeld::engine::sound {

using av::CodecContextPtr;
using av::error_text;
using av::FramePtr;
using av::InputPtr;
using av::PacketPtr;
using ResamplerPtr = std::unique_ptr<SwrContext, av::Free<swr_free>>;
using FilterGraphPtr = std::unique_ptr<AVFilterGraph, av::Free<avfilter_graph_free>>;

// A muxer and the file it has open.
struct FreeOutput {
  void operator()(AVFormatContext* context) const {
    avio_closep(&context->pb);
    avformat_free_context(context);
  }
};
using OutputPtr = std::unique_ptr<AVFormatContext, FreeOutput>;

}  // namespace reeld::engine::sound
