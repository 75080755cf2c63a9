// Handles that own FFmpeg's objects, and its errors and messages as values. Used by the encoder, the joiner
// and the probe, on whatever thread they run.
#pragma once

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/buffer.h>
#include <libavutil/dict.h>
#include <libavutil/frame.h>
}

#include <cstdarg>
#include <filesystem>
#include <memory>
#include <string>

#include "base/rational.hpp"
#include "base/result.hpp"
#include "kernels/frame_plan.hpp"

namespace reeld::engine::av {

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
using BufferPtr = std::unique_ptr<AVBufferRef, Free<av_buffer_unref>>;
using BufferPoolPtr = std::unique_ptr<AVBufferPool, Free<av_buffer_pool_uninit>>;
using InputPtr = std::unique_ptr<AVFormatContext, Free<avformat_close_input>>;

// A dictionary of options; what a library did not know is left in it.
class Options {
 public:
  Options() = default;
  Options(const Options&) = delete;
  Options& operator=(const Options&) = delete;
  ~Options() { av_dict_free(&dictionary_); }

  void set(const std::string& key, const std::string& value) {
    av_dict_set(&dictionary_, key.c_str(), value.c_str(), 0);
  }
  AVDictionary** get() { return &dictionary_; }
  // The first option that was not taken; empty where all were.
  std::string left_over() const;

 private:
  AVDictionary* dictionary_ = nullptr;
};

// Collects the error messages that the libraries log on this thread while it lives, since their error numbers
// say little ("Cannot load libcuda.so.1" comes with -1). Other threads' messages go where they went before.
// Within another one it takes what is logged while it lives.
class LogCapture {
 public:
  LogCapture();
  ~LogCapture();
  LogCapture(const LogCapture&) = delete;
  LogCapture& operator=(const LogCapture&) = delete;

  // The errors logged, joined by "; "; where there are none, the last lesser message (VAAPI tells its
  // failures so); where there is none either, the words for `error_number`.
  std::string text_or(int error_number) const;

 private:
  static void take(void* context, int level, const char* format, va_list arguments);

  std::string errors_;
  std::string last_;
  LogCapture* outer_;
};

// Closes an encoder, its work done or not.
struct FreeCodecContext {
  void operator()(AVCodecContext* context) const;
};
using CodecContextPtr = std::unique_ptr<AVCodecContext, FreeCodecContext>;

std::string error_text(int error_number);

// What a failed write to `file` is: disk_full where space, a quota or a size limit ended it, else
// target_unwritable.
Error write_error(int error_number, const std::filesystem::path& file);

// As FFmpeg takes it, so that a name with a colon in it is not taken for a protocol.
inline std::string file_url(const std::filesystem::path& file) {
  return "file:" + file.string();
}

inline AVRational to_av(Rational r) {
  return {static_cast<int>(r.num), static_cast<int>(r.den)};
}

inline AVPixelFormat to_av(kernels::PixelFormat format) {
  switch (format) {
    case kernels::PixelFormat::yuv420p:
      return AV_PIX_FMT_YUV420P;
    case kernels::PixelFormat::nv12:
      return AV_PIX_FMT_NV12;
    case kernels::PixelFormat::p010:
      return AV_PIX_FMT_P010LE;
    case kernels::PixelFormat::rgb24:
      return AV_PIX_FMT_RGB24;
  }
  return AV_PIX_FMT_NONE;
}

}  // namespace reeld::engine::av
