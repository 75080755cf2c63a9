// Handles that own FFmpeg's objects, for the sound files of this folder, on whatever thread they run.
#pragma once

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavfilter/avfilter.h>
#include <libavformat/avformat.h>
#include <libswresample/swresample.h>
}

#include <cerrno>
#include <memory>
#include <string>

namespace reeld::engine::sound {

// The libraries free through a pointer to the pointer.
template <auto free_function>
struct Free {
  template <class T>
  void operator()(T* object) const {
    free_function(&object);
  }
};
using FramePtr = std::unique_ptr<AVFrame, Free<av_frame_free>>;
using PacketPtr = std::unique_ptr<AVPacket, Free<av_packet_free>>;
using InputPtr = std::unique_ptr<AVFormatContext, Free<avformat_close_input>>;
using CodecContextPtr = std::unique_ptr<AVCodecContext, Free<avcodec_free_context>>;
using ResamplerPtr = std::unique_ptr<SwrContext, Free<swr_free>>;
using FilterGraphPtr = std::unique_ptr<AVFilterGraph, Free<avfilter_graph_free>>;

// A muxer and the file it has open.
struct FreeOutput {
  void operator()(AVFormatContext* context) const {
    avio_closep(&context->pb);
    avformat_free_context(context);
  }
};
using OutputPtr = std::unique_ptr<AVFormatContext, FreeOutput>;

inline std::string error_text(int error_number) {
  char text[AV_ERROR_MAX_STRING_SIZE] = {};
  av_strerror(error_number, text, sizeof text);
  return text;
}

}  // namespace reeld::engine::sound
