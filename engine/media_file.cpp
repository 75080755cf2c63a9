#include "engine/media_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace reeld::engine {
namespace {

const char* muxer_name(const std::string& container) {
  return container == "mkv" ? "matroska" : container.c_str();
}

}  // namespace

Result<std::unique_ptr<MediaFile>> MediaFile::create(const std::filesystem::path& file,
                                                     const std::string& container) {
  std::unique_ptr<MediaFile> made(new MediaFile(file));
  const std::string url = av::file_url(file);
  const int error =
      avformat_alloc_output_context2(&made->context_, nullptr, muxer_name(container), url.c_str());
  if (error < 0) {
    return Error{Code::internal, "No muxer for '" + container + "': " + av::error_text(error) + "."};
  }
  const int opened = avio_open(&made->context_->pb, url.c_str(), AVIO_FLAG_WRITE);
  if (opened < 0) {
    return av::write_error(opened, file);
  }
  made->unfinished_ = true;
  return made;
}

MediaFile::~MediaFile() {
  discard();
  avformat_free_context(context_);
}

Result<AVStream*> MediaFile::add_stream() {
  AVStream* stream = avformat_new_stream(context_, nullptr);
  if (stream == nullptr) {
    return Error{Code::internal, "Out of memory while describing " + file_.string() + "."};
  }
  return stream;
}

Result<void> MediaFile::begin(av::Options& options) {
  if (const int error = avformat_write_header(context_, options.get()); error < 0) {
    return av::write_error(error, file_);
  }
  if (const std::string unknown = options.left_over(); !unknown.empty()) {
    return Error{Code::internal, "The muxer does not know the option '" + unknown + "'."};
  }
  return {};
}

Result<void> MediaFile::write(AVPacket& packet) {
  if (const int error = av_interleaved_write_frame(context_, &packet); error < 0) {
    return av::write_error(error, file_);
  }
  return {};
}

Result<void> MediaFile::close() {
  const int error = av_write_trailer(context_);
  // A full disk may show only now, as what was buffered goes out; the trailer's own result does not tell.
  avio_flush(context_->pb);
  const int flushed = context_->pb->error;
  const int ended = avio_closep(&context_->pb);
  for (const int one : {flushed, error, ended}) {
    if (one < 0) {
      discard();
      return av::write_error(one, file_);
    }
  }
  if (auto synced = sync(); !synced) {
    discard();
    return synced;
  }
  unfinished_ = false;
  return {};
}

// Space that was only promised (delayed allocation, NFS) is refused here.
Result<void> MediaFile::sync() const {
  const int descriptor = open(file_.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) {
    return av::write_error(AVERROR(errno), file_);
  }
  const int error = fsync(descriptor) < 0 ? AVERROR(errno) : 0;
  ::close(descriptor);
  if (error < 0) {
    return av::write_error(error, file_);
  }
  return {};
}

void MediaFile::discard() {
  if (!unfinished_) {
    return;
  }
  avio_closep(&context_->pb);
  std::error_code ignored;
  std::filesystem::remove(file_, ignored);
  unfinished_ = false;
}

}  // namespace reeld::engine
