#include "engine/ffmpeg.hpp"

extern "C" {
#include <libavutil/error.h>
#include <libavutil/log.h>
}

#include <cerrno>
#include <mutex>
#include <string_view>
#include <utility>

namespace reeld::engine::av {
namespace {

constexpr std::size_t kMaxCapturedBytes = 2000;  // a driver in a loop may log for ever

thread_local LogCapture* innermost = nullptr;

// SVT-AV1 (1.4 at least) waits for ever when it is closed before it was told of the end and has answered,
// which it does only after at least one frame: so it gets one that nobody will see.
void drain(AVCodecContext& context) {
  const FramePtr frame(av_frame_alloc());
  const PacketPtr packet(av_packet_alloc());
  if (!frame || !packet) {
    return;
  }
  frame->format = context.pix_fmt;
  frame->width = context.width;
  frame->height = context.height;
  int error = av_frame_get_buffer(frame.get(), 0);
  if (error < 0) {
    return;
  }
  // Each refuses where the encoder was ended already.
  while ((error = avcodec_send_frame(&context, frame.get())) == AVERROR(EAGAIN)) {
    if (avcodec_receive_packet(&context, packet.get()) < 0) {
      return;
    }
  }
  if (error < 0 || avcodec_send_frame(&context, nullptr) < 0) {
    return;
  }
  while (avcodec_receive_packet(&context, packet.get()) >= 0) {
  }
}

}  // namespace

std::string Options::left_over() const {
  const AVDictionaryEntry* entry = av_dict_get(dictionary_, "", nullptr, AV_DICT_IGNORE_SUFFIX);
  return entry == nullptr ? "" : entry->key;
}

LogCapture::LogCapture() : outer_(innermost) {
  // The callback is the process's; what it does is decided by thread, so it is set once and stays.
  static std::once_flag once;
  std::call_once(once, [] { av_log_set_callback(take); });
  innermost = this;
}

LogCapture::~LogCapture() {
  innermost = outer_;
}

std::string LogCapture::text_or(int error_number) const {
  if (!errors_.empty()) {
    return errors_;
  }
  return last_.empty() ? error_text(error_number) : last_ + " (" + error_text(error_number) + ")";
}

void LogCapture::take(void* context, int level, const char* format, va_list arguments) {
  if (innermost == nullptr) {
    av_log_default_callback(context, level, format, arguments);
    return;
  }
  if (level > AV_LOG_VERBOSE || innermost->errors_.size() >= kMaxCapturedBytes) {
    return;
  }
  char line[500];
  int print_prefix = 0;
  av_log_format_line2(nullptr, level, format, arguments, line, sizeof line, &print_prefix);
  std::string text = line;
  text.erase(text.find_last_not_of(" .\r\n") + 1);
  if (text.empty()) {
    return;
  }
  if (level <= AV_LOG_ERROR) {
    innermost->errors_ += (innermost->errors_.empty() ? "" : "; ") + text;
  }
  innermost->last_ = std::move(text);
}

void FreeCodecContext::operator()(AVCodecContext* context) const {
  const LogCapture quiet;  // encoders tell their statistics as they are closed
  if (avcodec_is_open(context) != 0 && std::string_view(context->codec->name) == "libsvtav1") {
    drain(*context);
  }
  avcodec_free_context(&context);
}

std::string error_text(int error_number) {
  char text[AV_ERROR_MAX_STRING_SIZE] = {};
  av_strerror(error_number, text, sizeof text);
  return text;
}

Error write_error(int error_number, const std::filesystem::path& file) {
  const bool full =
      error_number == AVERROR(ENOSPC) || error_number == AVERROR(EDQUOT) || error_number == AVERROR(EFBIG);
  if (full) {
    return {Code::disk_full, "Writing " + file.string() + " ended early: " + error_text(error_number) +
                                 ". Free some space, or write to another disk."};
  }
  return {Code::target_unwritable, "Writing " + file.string() + " failed: " + error_text(error_number) + "."};
}

}  // namespace reeld::engine::av
