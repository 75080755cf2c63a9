// A film or segment being written: muxer, file, and what may go wrong with either. Private to the encoder's
// files.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "base/result.hpp"
#include "engine/ffmpeg.hpp"

namespace reeld::engine {

// Removes its file again unless close() succeeded. Every error: disk_full, target_unwritable, internal.
class MediaFile {
 public:
  // `container`: mp4, mov, mkv; whatever the name's extension is.
  static Result<std::unique_ptr<MediaFile>> create(const std::filesystem::path& file,
                                                   const std::string& container);
  ~MediaFile();
  MediaFile(const MediaFile&) = delete;
  MediaFile& operator=(const MediaFile&) = delete;

  // Add streams and metadata before begin().
  Result<AVStream*> add_stream();
  AVFormatContext& context() { return *context_; }

  Result<void> begin(av::Options& options);
  Result<void> write(AVPacket& packet);  // takes what the packet holds
  Result<void> close();                  // trailer, flush, and on disk for good

 private:
  explicit MediaFile(std::filesystem::path file) : file_(std::move(file)) {}
  Result<void> sync() const;
  void discard();

  std::filesystem::path file_;
  AVFormatContext* context_ = nullptr;  // its AVIOContext must be closed before it, hence no handle
  bool unfinished_ = false;             // the file is there, and not whole
};

}  // namespace reeld::engine
