#include "engine/encoder.hpp"

#include <utility>

#include "engine/encoder_setup.hpp"
#include "engine/media_file.hpp"

namespace reeld::engine {
namespace {

class CodedSegment final : public SegmentWriter {
 public:
  CodedSegment(const EncoderInput& input, av::CodecContextPtr codec, std::unique_ptr<MediaFile> file,
               AVStream* stream, av::PacketPtr packet)
      : input_(input),
        codec_(std::move(codec)),
        file_(std::move(file)),
        stream_(stream),
        packet_(std::move(packet)) {}

  Result<void> write(EncoderFrame rendered) override {
    REELD_ASSIGN(const av::FramePtr frame, input_.taken(std::move(rendered)));
    frame->pts = frame_count_;
    frame->pict_type = frame_count_ == 0 ? AV_PICTURE_TYPE_I : AV_PICTURE_TYPE_NONE;
    frame->color_range = codec_->color_range;
    frame->color_primaries = codec_->color_primaries;
    frame->color_trc = codec_->color_trc;
    frame->colorspace = codec_->colorspace;
    frame->chroma_location = codec_->chroma_sample_location;
    ++frame_count_;
    return encode(frame.get());
  }

  Result<void> finish() override {
    REELD_TRY(encode(nullptr));
    return file_->close();
  }

 private:
  // Sends a frame, or the end (nullptr), and writes the packets that come of it.
  Result<void> encode(const AVFrame* frame) {
    const av::LogCapture log;
    int error = avcodec_send_frame(codec_.get(), frame);
    if (error < 0) {
      return lost(log, error);
    }
    while ((error = avcodec_receive_packet(codec_.get(), packet_.get())) >= 0) {
      packet_->duration = 1;
      packet_->stream_index = stream_->index;
      av_packet_rescale_ts(packet_.get(), codec_->time_base, stream_->time_base);
      REELD_TRY(file_->write(*packet_));
    }
    if (error != AVERROR(EAGAIN) && error != AVERROR_EOF) {
      return lost(log, error);
    }
    return {};
  }

  Error lost(const av::LogCapture& log, int error) const {
    const std::string what = std::string(input_.kind().name) + " stopped at frame " +
                             std::to_string(frame_count_) + " of a segment: " + log.text_or(error) +
                             ". Try again, or choose another encoder.";
    return {input_.surfaces() != nullptr ? Code::device_lost : Code::encoder_unavailable, what,
            "/output/encoder"};
  }

  const EncoderInput& input_;
  av::CodecContextPtr codec_;
  std::unique_ptr<MediaFile> file_;
  AVStream* stream_;  // of file_
  av::PacketPtr packet_;
  std::int64_t frame_count_ = 0;  // written so far; the next one's time in units of 1/fps
};

}  // namespace

Result<std::unique_ptr<SegmentWriter>> open_segment(const std::filesystem::path& out,
                                                    const OutputSpec& output, const EncoderInput& input,
                                                    int threads) {
  auto opened = open_encoder(input, output, threads);
  if (!opened) return does_not_open(input.kind(), opened.error());
  av::CodecContextPtr codec = *std::move(opened);
  REELD_ASSIGN(auto file, MediaFile::create(out, "mp4"));
  REELD_ASSIGN(AVStream * stream, file->add_stream());
  av::PacketPtr packet(av_packet_alloc());
  if (!packet || avcodec_parameters_from_context(stream->codecpar, codec.get()) < 0) {
    return Error{Code::internal, "Out of memory for a segment to encode."};
  }
  stream->time_base = codec->time_base;
  stream->avg_frame_rate = codec->framerate;
  av::Options none;
  REELD_TRY(file->begin(none));
  return std::unique_ptr<SegmentWriter>(
      std::make_unique<CodedSegment>(input, std::move(codec), std::move(file), stream, std::move(packet)));
}

}  // namespace reeld::engine
