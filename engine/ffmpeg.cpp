#include "engine/ffmpeg.hpp"

extern "C" {
#include <libavutil/error.h>
#include <libavutil/log.h>
}

#include <cerrno>
#include <mutex>

namespace reeld::engine::av {
namespace {

constexpr std::size_t kMaxCapturedBytes = 2000;  // a driver in a loop may log for ever

thread_local std::string* captured = nullptr;

void log_message(void* context, int level, const char* format, va_list arguments) {
  if (captured == nullptr) {
    av_log_default_callback(context, level, format, arguments);
    return;
  }
  if (level > AV_LOG_ERROR || captured->size() >= kMaxCapturedBytes) {
    return;
  }
  char line[500];
  int print_prefix = 0;
  av_log_format_line2(nullptr, level, format, arguments, line, sizeof line, &print_prefix);
  std::string text = line;
  text.erase(text.find_last_not_of(" \r\n") + 1);
  if (!text.empty()) {
    *captured += (captured->empty() ? "" : "; ") + text;
  }
}

}  // namespace

std::string Options::left_over() const {
  const AVDictionaryEntry* entry = av_dict_get(dictionary_, "", nullptr, AV_DICT_IGNORE_SUFFIX);
  return entry == nullptr ? "" : entry->key;
}

LogCapture::LogCapture() : outer_(captured) {
  // The callback is the process's; what it does is decided by thread, so it is set once and stays.
  static std::once_flag once;
  std::call_once(once, [] { av_log_set_callback(log_message); });
  captured = &text_;
}

LogCapture::~LogCapture() {
  captured = nullptr;
}

std::string LogCapture::text_or(int error_number) const {
  return text_.empty() ? error_text(error_number) : text_;
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
