#include "engine/sound_file.hpp"

extern "C" {
#include <libavutil/channel_layout.h>
}

#include <algorithm>

#include "engine/plan.hpp"
#include "engine/sound_source.hpp"

namespace reeld::engine::sound {

Result<AacFile> AacFile::create(const std::filesystem::path& file) {
  AacFile result;
  result.file_ = file;
  result.frame_.reset(av_frame_alloc());
  result.packet_.reset(av_packet_alloc());
  if (!result.frame_ || !result.packet_) {
    return Error{Code::internal, "No memory to write " + file.string() + "."};
  }
  REELD_TRY(result.open_encoder());
  REELD_TRY(result.open_file());
  return result;
}

Result<void> AacFile::write(std::span<const float> block) {
  const std::size_t frame_size = static_cast<std::size_t>(encoder_->frame_size) * kChannels;
  while (!block.empty()) {
    const std::size_t size = std::min(block.size(), frame_size - pending_.size());
    pending_.insert(pending_.end(), block.begin(), block.begin() + static_cast<std::ptrdiff_t>(size));
    block = block.subspan(size);
    if (pending_.size() == frame_size) {
      REELD_TRY(encode_pending(frame_size));
    }
  }
  return {};
}

Result<void> AacFile::finish() {
  if (!pending_.empty()) {
    REELD_TRY(encode_pending(pending_.size()));
  }
  REELD_TRY(encode(nullptr));
  int status = av_write_trailer(output_.get());
  const int written = output_->pb->error;
  const int closed = avio_closep(&output_->pb);
  status = status < 0 ? status : (written < 0 ? written : closed);
  if (status < 0) {
    return failed(status);
  }
  return {};
}

Result<void> AacFile::open_encoder() {
  const AVCodec* codec = avcodec_find_encoder(AV_CODEC_ID_AAC);
  encoder_.reset(codec != nullptr ? avcodec_alloc_context3(codec) : nullptr);
  if (!encoder_) {
    return Error{Code::internal, "This FFmpeg has no AAC encoder; install one built with it."};
  }
  encoder_->sample_fmt = AV_SAMPLE_FMT_FLTP;
  encoder_->sample_rate = kSampleRate;
  encoder_->ch_layout = AV_CHANNEL_LAYOUT_STEREO;
  encoder_->bit_rate = kAacBitsPerSecond;
  encoder_->time_base = {1, kSampleRate};
  encoder_->thread_count = 1;
  encoder_->flags |= AV_CODEC_FLAG_GLOBAL_HEADER | AV_CODEC_FLAG_BITEXACT;
  const int status = avcodec_open2(encoder_.get(), codec, nullptr);
  if (status < 0) {
    return Error{Code::internal, "The AAC encoder does not open: " + error_text(status) + "."};
  }
  return {};
}

Result<void> AacFile::open_file() {
  const std::string url = "file:" + file_.string();
  AVFormatContext* output = nullptr;
  int status = avformat_alloc_output_context2(&output, nullptr, "mp4", url.c_str());
  output_.reset(output);
  AVStream* stream = status >= 0 ? avformat_new_stream(output, nullptr) : nullptr;
  if (stream == nullptr || avcodec_parameters_from_context(stream->codecpar, encoder_.get()) < 0) {
    return Error{Code::internal, "No memory to write " + file_.string() + "."};
  }
  stream->time_base = encoder_->time_base;
  output->flags |= AVFMT_FLAG_BITEXACT;
  status = avio_open(&output->pb, url.c_str(), AVIO_FLAG_WRITE);
  if (status < 0) {
    return failed(status);
  }
  AVDictionary* options = nullptr;
  // The edit list counts in the movie's time scale; its default of 1 ms would round the length.
  av_dict_set_int(&options, "movie_timescale", kSampleRate, 0);
  status = avformat_write_header(output, &options);
  av_dict_free(&options);
  if (status < 0) {
    return failed(status);
  }
  return {};
}

Result<void> AacFile::encode_pending(std::size_t size) {
  AVFrame* frame = frame_.get();
  av_frame_unref(frame);
  frame->format = AV_SAMPLE_FMT_FLTP;
  frame->ch_layout = AV_CHANNEL_LAYOUT_STEREO;
  frame->sample_rate = kSampleRate;
  frame->nb_samples = static_cast<int>(size / kChannels);
  frame->pts = position_;
  const int status = av_frame_get_buffer(frame, 0);
  if (status < 0) {
    return failed(status);
  }
  for (std::size_t i = 0; i < size; ++i) {
    reinterpret_cast<float*>(frame->data[i % kChannels])[i / kChannels] = pending_[i];
  }
  position_ += frame->nb_samples;
  pending_.clear();
  return encode(frame);
}

Result<void> AacFile::encode(const AVFrame* frame) {
  int status = avcodec_send_frame(encoder_.get(), frame);
  while (status >= 0) {
    status = avcodec_receive_packet(encoder_.get(), packet_.get());
    if (status == AVERROR(EAGAIN) || status == AVERROR_EOF) {
      return {};
    }
    if (status >= 0) {
      packet_->stream_index = 0;
      av_packet_rescale_ts(packet_.get(), encoder_->time_base, output_->streams[0]->time_base);
      status = av_interleaved_write_frame(output_.get(), packet_.get());
    }
  }
  return failed(status);
}

Error AacFile::failed(int status) const {
  return av::write_error(status, file_);
}

}  // namespace reeld::engine::sound
