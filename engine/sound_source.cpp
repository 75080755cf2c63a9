#include "engine/sound_source.hpp"

extern "C" {
#include <libavutil/channel_layout.h>
#include <libavutil/opt.h>
}

#include <algorithm>
#include <cmath>
#include <string_view>
#include <system_error>

#include "engine/plan.hpp"
#include "engine/sound_wav.hpp"

namespace reeld::engine::sound {
namespace {

// Sound files, and no playlist or script format, which would let a file that came from elsewhere name others.
constexpr const char* kFormats =
    "wav,w64,aiff,au,caf,mp3,flac,ogg,mov,mp4,m4a,matroska,webm,aac,ac3,eac3,asf,wv,amr";

// Far above any real sound, far below where the float of a hostile file would drown everything else.
constexpr float kSaneSample = 64.0F;

// Samples at `rate` that the container promises; 0 where it promises nothing or only guesses.
std::int64_t promised_samples(const AVFormatContext& input, const AVStream& stream, int rate) {
  if (stream.duration == AV_NOPTS_VALUE || input.duration_estimation_method == AVFMT_DURATION_FROM_BITRATE) {
    return 0;
  }
  return av_rescale_q(stream.duration, stream.time_base, AVRational{1, rate});
}

Result<void> check_file(const std::filesystem::path& file) {
  std::error_code error;
  const auto status = std::filesystem::status(file, error);
  if (status.type() == std::filesystem::file_type::not_found) {
    return Error{Code::file_missing, "There is no sound file " + file.string() + "."};
  }
  if (status.type() == std::filesystem::file_type::none) {
    return Error{Code::file_unreadable, "Cannot look at " + file.string() + ": " + error.message() + "."};
  }
  if (!std::filesystem::is_regular_file(status)) {
    return Error{Code::file_unreadable, file.string() + " is no regular file; give a sound file."};
  }
  return {};
}

}  // namespace

Result<SoundSource> SoundSource::open(const std::filesystem::path& file, bool loop) {
  SoundSource source;
  source.file_ = file;
  source.loop_ = loop;
  source.packet_.reset(av_packet_alloc());
  source.frame_.reset(av_frame_alloc());
  if (!source.packet_ || !source.frame_) {
    return Error{Code::internal, "No memory to decode " + file.string() + "."};
  }
  REELD_TRY(check_file(file));
  if (is_truncated_wav(file)) {
    return source.invalid("it is truncated: its header says that more sound follows than is there");
  }
  REELD_TRY(source.open_decoder());
  return source;
}

Result<std::int64_t> SoundSource::read(std::span<float> block) {
  std::size_t filled = 0;
  while (filled < block.size()) {
    if (pending_begin_ == pending_.size()) {
      pending_.clear();
      pending_begin_ = 0;
      if (ended_) {
        break;
      }
      REELD_TRY(decode_some());
      continue;
    }
    const std::size_t count = std::min(block.size() - filled, pending_.size() - pending_begin_);
    std::copy_n(pending_.begin() + static_cast<std::ptrdiff_t>(pending_begin_), count,
                block.begin() + static_cast<std::ptrdiff_t>(filled));
    pending_begin_ += count;
    filled += count;
  }
  return static_cast<std::int64_t>(filled / kChannels);
}

Result<void> SoundSource::open_decoder() {
  AVDictionary* options = nullptr;
  av_dict_set(&options, "format_whitelist", kFormats, 0);
  av_dict_set(&options, "protocol_whitelist", "file", 0);
  AVFormatContext* input = nullptr;
  // "file:" so that a name with a colon is not taken for a protocol.
  int status = avformat_open_input(&input, ("file:" + file_.string()).c_str(), nullptr, &options);
  av_dict_free(&options);
  input_.reset(input);
  if (status == AVERROR(EACCES) || status == AVERROR(EPERM) || status == AVERROR(EIO) ||
      status == AVERROR(EMFILE) || status == AVERROR(ENFILE)) {
    return Error{Code::file_unreadable, "Cannot read " + file_.string() + ": " + error_text(status) + "."};
  }
  if (status < 0) {
    return invalid("it is not a sound file that can be read (" + error_text(status) + ")");
  }
  status = avformat_find_stream_info(input, nullptr);
  if (status < 0) {
    return invalid("its beginning cannot be decoded (" + error_text(status) + ")");
  }
  const AVCodec* codec = nullptr;
  stream_index_ = av_find_best_stream(input, AVMEDIA_TYPE_AUDIO, -1, -1, &codec, 0);
  if (stream_index_ < 0 || codec == nullptr) {
    return invalid("it holds no sound that can be decoded");
  }
  for (unsigned i = 0; i < input->nb_streams; ++i) {
    input->streams[i]->discard = static_cast<int>(i) == stream_index_ ? AVDISCARD_DEFAULT : AVDISCARD_ALL;
  }
  const AVStream& stream = *input->streams[stream_index_];
  if (stream.codecpar->sample_rate <= 0) {
    return invalid("it names no sample rate");
  }
  decoder_.reset(avcodec_alloc_context3(codec));
  if (!decoder_ || avcodec_parameters_to_context(decoder_.get(), stream.codecpar) < 0) {
    return Error{Code::internal, "No memory to decode " + file_.string() + "."};
  }
  decoder_->pkt_timebase = stream.time_base;
  decoder_->thread_count = 1;
  status = avcodec_open2(decoder_.get(), codec, nullptr);
  if (status < 0) {
    return invalid("its decoder does not open (" + error_text(status) + ")");
  }
  draining_ = false;
  pass_samples_ = 0;
  promised_ = 0;
  return {};
}

// One step: a frame to pending_, a packet to the decoder, or the end of the file.
Result<void> SoundSource::decode_some() {
  const int status = avcodec_receive_frame(decoder_.get(), frame_.get());
  if (status == 0) {
    return take_frame();
  }
  if (draining_) {
    return end_pass();
  }
  // A frame that cannot be decoded is left out, as players do; if much is missing, end_pass says so.
  if (status != AVERROR(EAGAIN) && status != AVERROR_INVALIDDATA) {
    return invalid("decoding it failed (" + error_text(status) + ")");
  }
  return send_packet();
}

Result<void> SoundSource::send_packet() {
  int status = 0;
  do {
    av_packet_unref(packet_.get());
    status = av_read_frame(input_.get(), packet_.get());
  } while (status == 0 && packet_->stream_index != stream_index_);
  if (status == AVERROR(EIO)) {
    return Error{Code::file_unreadable, "Reading " + file_.string() + " failed: " + error_text(status) + "."};
  }
  if (status < 0 && status != AVERROR_EOF) {
    return invalid("it is broken on the way (" + error_text(status) + ")");
  }
  draining_ = status == AVERROR_EOF;
  status = avcodec_send_packet(decoder_.get(), draining_ ? nullptr : packet_.get());
  av_packet_unref(packet_.get());
  if (status < 0 && status != AVERROR_INVALIDDATA && status != AVERROR_EOF) {
    return invalid("decoding it failed (" + error_text(status) + ")");
  }
  return {};
}

Result<void> SoundSource::take_frame() {
  const AVFrame& frame = *frame_;
  if (!resampler_ || frame.sample_rate != in_rate_ || frame.format != in_format_ ||
      frame.ch_layout.nb_channels != in_channels_) {
    // A chained stream may change its format midway; what the old resampler still holds comes first.
    if (resampler_) {
      REELD_TRY(resample(nullptr));
    }
    REELD_TRY(set_up_resampler());
  }
  promised_ = promised_samples(*input_, *input_->streams[stream_index_], in_rate_);
  // An MP4 ends within its last frame, where its edit list says; libavcodec takes only the beginning's
  // padding.
  const bool ends_by_length = std::string_view(input_->iformat->name).starts_with("mov") && promised_ > 0;
  if (ends_by_length) {
    frame_->nb_samples =
        static_cast<int>(std::clamp<std::int64_t>(promised_ - pass_samples_, 0, frame_->nb_samples));
  }
  pass_samples_ += frame.nb_samples;
  const auto result = frame.nb_samples > 0 ? resample(&frame) : Result<void>();
  av_frame_unref(frame_.get());
  return result;
}

Result<void> SoundSource::set_up_resampler() {
  const AVFrame& frame = *frame_;
  in_rate_ = frame.sample_rate;
  in_format_ = frame.format;
  in_channels_ = frame.ch_layout.nb_channels;
  AVChannelLayout in_layout = {};
  if (frame.ch_layout.order == AV_CHANNEL_ORDER_UNSPEC) {
    av_channel_layout_default(&in_layout, in_channels_);
  } else {
    av_channel_layout_copy(&in_layout, &frame.ch_layout);
  }
  AVChannelLayout stereo = AV_CHANNEL_LAYOUT_STEREO;
  SwrContext* context = nullptr;
  int status = swr_alloc_set_opts2(&context, &stereo, AV_SAMPLE_FMT_FLT, kSampleRate, &in_layout,
                                   static_cast<AVSampleFormat>(in_format_), in_rate_, 0, nullptr);
  av_channel_layout_uninit(&in_layout);
  resampler_.reset(context);
  if (status >= 0) {
    // In float throughout: 16-bit sources would else be resampled in 16 bits.
    av_opt_set_sample_fmt(context, "internal_sample_fmt", AV_SAMPLE_FMT_FLTP, 0);
    // swresample's own mono to stereo is 3 dB down.
    const double full_level[kChannels] = {1.0, 1.0};
    status = in_channels_ == 1 ? swr_set_matrix(context, full_level, 1) : 0;
  }
  status = status >= 0 ? swr_init(context) : status;
  if (status < 0) {
    return invalid("its " + std::to_string(in_channels_) + " channels at " + std::to_string(in_rate_) +
                   " Hz cannot be made stereo (" + error_text(status) + ")");
  }
  return {};
}

// nullptr: what the resampler still holds.
Result<void> SoundSource::resample(const AVFrame* frame) {
  const int in_count = frame != nullptr ? frame->nb_samples : 0;
  const int capacity = swr_get_out_samples(resampler_.get(), in_count);
  const std::size_t begin = pending_.size();
  pending_.resize(begin + static_cast<std::size_t>(std::max(capacity, 0)) * kChannels);
  auto* out = reinterpret_cast<std::uint8_t*>(pending_.data() + begin);
  auto* in = frame != nullptr ? const_cast<const std::uint8_t**>(frame->extended_data) : nullptr;
  const int count = swr_convert(resampler_.get(), &out, capacity, in, in_count);
  pending_.resize(begin + static_cast<std::size_t>(std::max(count, 0)) * kChannels);
  if (count < 0) {
    return invalid("resampling it failed (" + error_text(count) + ")");
  }
  for (std::size_t i = begin; i < pending_.size(); ++i) {
    if (!(std::abs(pending_[i]) < kSaneSample)) {  // also NaN
      pending_[i] = 0;
    }
  }
  return {};
}

Result<void> SoundSource::end_pass() {
  if (pass_samples_ == 0) {
    return invalid("it holds no samples");
  }
  // Coders' delay and padding are up to 0.1 s of honest difference.
  const std::int64_t tolerance = std::min<std::int64_t>(in_rate_ / 10, promised_ / 4);
  if (pass_samples_ < promised_ - tolerance) {
    return invalid("it is truncated: it says that it holds " + std::to_string(promised_) +
                   " samples, and only " + std::to_string(pass_samples_) + " are there");
  }
  if (loop_) {
    return open_decoder();
  }
  ended_ = true;
  return resample(nullptr);
}

Error SoundSource::invalid(const std::string& what) const {
  return {Code::audio_invalid, "Cannot use " + file_.string() + " as sound: " + what + "."};
}

}  // namespace reeld::engine::sound
