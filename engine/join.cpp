// Segments and sound into the finished file: packets are copied, and only their times change.
#include <algorithm>
#include <cstring>
#include <numeric>
#include <utility>

#include "base/check.hpp"
#include "engine/encoder.hpp"
#include "engine/media_file.hpp"

namespace reeld::engine {
namespace {

namespace fs = std::filesystem;

Error broken(const fs::path& file, const std::string& what) {
  return {Code::internal, file.string() + " cannot be joined: " + what + "."};
}

// One stream of a file, packet by packet: a segment's only one, or a file's sound.
class Source {
 public:
  // A segment's times are as stored, before an edit list shifts them or hides packets.
  static Result<std::unique_ptr<Source>> open(const fs::path& file, AVMediaType type) {
    const bool raw_times = type == AVMEDIA_TYPE_VIDEO;
    std::unique_ptr<Source> source(new Source(file));
    av::Options options;
    if (raw_times) {
      options.set("ignore_editlist", "1");
    }
    AVFormatContext* context = nullptr;
    const std::string url = av::file_url(file);
    if (const int error = avformat_open_input(&context, url.c_str(), nullptr, options.get()); error < 0) {
      return broken(file, av::error_text(error));
    }
    source->context_.reset(context);
    if ((raw_times && context->nb_streams != 1) || !source->packet_) {
      return broken(file, "it has " + std::to_string(context->nb_streams) + " streams instead of 1");
    }
    source->index_ = av_find_best_stream(context, type, -1, -1, nullptr, 0);
    if (source->index_ < 0) {
      return broken(file, std::string("it has no ") + av_get_media_type_string(type));
    }
    for (unsigned i = 0; i < context->nb_streams; ++i) {
      if (static_cast<int>(i) != source->index_) context->streams[i]->discard = AVDISCARD_ALL;
    }
    return source;
  }

  AVStream& stream() { return *context_->streams[index_]; }

  // The next packet, owned by the source until the next call; nullptr at the end.
  Result<AVPacket*> next() {
    int error = 0;
    do {
      av_packet_unref(packet_.get());
      error = av_read_frame(context_.get(), packet_.get());
    } while (error >= 0 && packet_->stream_index != index_);
    if (error == AVERROR_EOF && context_->pb->error >= 0) {
      return nullptr;
    }
    if (error < 0) {
      return broken(file_, av::error_text(error));
    }
    if ((packet_->flags & AV_PKT_FLAG_CORRUPT) != 0) {
      return broken(file_, "it is cut short");
    }
    return packet_.get();
  }

 private:
  explicit Source(fs::path file) : file_(std::move(file)), packet_(av_packet_alloc()) {}
  fs::path file_;
  av::InputPtr context_;
  av::PacketPtr packet_;
  int index_ = 0;  // of the stream
};

bool same_bytes(const AVCodecParameters& a, const AVCodecParameters& b) {
  return a.extradata_size == b.extradata_size &&
         (a.extradata_size == 0 ||
          std::memcmp(a.extradata, b.extradata, static_cast<std::size_t>(a.extradata_size)) == 0);
}

// Of the finished file's clock: video times and their edit list in it are exact, and so are the sound's at
// 48 kHz, unless the rate is so odd that the clock would tick too fast for 32-bit durations.
int movie_timescale(AVRational video_time_base) {
  constexpr std::int64_t kSoundRate = 48000, kFastest = 1'000'000;
  const std::int64_t both = std::lcm<std::int64_t>(video_time_base.den, kSoundRate);
  return static_cast<int>(both <= kFastest ? both : video_time_base.den);
}

class Joiner {
 public:
  Joiner(const std::vector<fs::path>& segments, const std::vector<std::int64_t>& frame_counts,
         const OutputSpec& output, MediaFile& file)
      : segments_(segments), frame_counts_(frame_counts), output_(output), file_(file) {}

  // Looks into every segment before a byte is copied.
  Result<void> inspect() {
    REELD_ASSIGN(first_, Source::open(segments_.front(), AVMEDIA_TYPE_VIDEO));
    for (std::size_t index = 0; index < segments_.size(); ++index) {
      REELD_ASSIGN(auto source, Source::open(segments_[index], AVMEDIA_TYPE_VIDEO));
      REELD_TRY(compare(segments_[index], source->stream()));
      REELD_ASSIGN(const AVPacket* packet, source->next());
      if (packet == nullptr) {
        return broken(segments_[index], "it has no frame");
      }
      if ((packet->flags & AV_PKT_FLAG_KEY) == 0) {
        return broken(segments_[index], "it does not begin with a key frame");
      }
      REELD_ASSIGN(const std::int64_t ahead,
                   frames(segments_[index], source->stream(), packet->pts - packet->dts));
      reorder_delay_ = std::max(reorder_delay_, ahead);
    }
    return {};
  }

  Result<void> begin(const fs::path& sound, const std::string& title) {
    REELD_ASSIGN(video_, add_copy(first_->stream()));
    video_->time_base = av_inv_q(av::to_av(output_.fps));
    video_->avg_frame_rate = av::to_av(output_.fps);
    if (video_->codecpar->codec_id == AV_CODEC_ID_HEVC && output_.container != "mkv") {
      video_->codecpar->codec_tag = MKTAG('h', 'v', 'c', '1');  // Apple's players know no other
    }
    first_.reset();
    if (!sound.empty()) {
      REELD_ASSIGN(sound_source_, Source::open(sound, AVMEDIA_TYPE_AUDIO));
      REELD_ASSIGN(sound_, add_copy(sound_source_->stream()));
      sound_->time_base = sound_source_->stream().time_base;
      REELD_ASSIGN(sound_packet_, sound_source_->next());
      describe_priming();
    }
    if (!title.empty()) {
      av_dict_set(&file_.context().metadata, "title", title.c_str(), 0);
    }
    av::Options options;
    if (output_.container == "mkv") {
      options.set("cues_to_front", "1");
    } else {
      options.set("movflags", "+faststart");
      options.set("movie_timescale", std::to_string(movie_timescale(mov_time_base(video_->time_base))));
    }
    return file_.begin(options);
  }

  Result<void> copy() {
    std::int64_t first_frame = 0;
    for (std::size_t index = 0; index < segments_.size(); ++index) {
      REELD_TRY(copy_segment(segments_[index], first_frame, frame_counts_[index]));
      first_frame += frame_counts_[index];
    }
    while (sound_packet_ != nullptr) {
      REELD_TRY(copy_sound_packet());
    }
    return {};
  }

 private:
  // The muxer's own choice: the rate's numerator, doubled until a tick is short enough.
  static AVRational mov_time_base(AVRational time_base) {
    while (time_base.den < 10000) {
      time_base.den *= 2;
    }
    return time_base;
  }

  // What the sound's coder needs before the first sample that is heard lies before time 0. mp4 says so by its
  // edit list; mkv by a delay that every time of the sound is stored later by, else the whole film is
  // shifted.
  void describe_priming() {
    if (output_.container == "mkv" && sound_packet_ != nullptr && sound_packet_->pts < 0) {
      const AVRational sample{1, sound_->codecpar->sample_rate};
      sound_->codecpar->initial_padding =
          static_cast<int>(av_rescale_q(-sound_packet_->pts, sound_source_->stream().time_base, sample));
      file_.context().avoid_negative_ts = AVFMT_AVOID_NEG_TS_DISABLED;
    }
  }

  Result<AVStream*> add_copy(const AVStream& from) {
    REELD_ASSIGN(AVStream * stream, file_.add_stream());
    if (avcodec_parameters_copy(stream->codecpar, from.codecpar) < 0) {
      return Error{Code::internal, "Out of memory while joining segments."};
    }
    stream->codecpar->codec_tag = 0;  // what the input's container calls it
    return stream;
  }

  Result<void> compare(const fs::path& file, const AVStream& stream) const {
    const AVCodecParameters& own = *stream.codecpar;
    const AVCodecParameters& first = *first_->stream().codecpar;
    if (own.codec_type != AVMEDIA_TYPE_VIDEO || own.width != output_.width || own.height != output_.height) {
      return broken(file, "it is " + std::to_string(own.width) + "x" + std::to_string(own.height) +
                              ", not of the output's size");
    }
    if (own.codec_id != first.codec_id || !same_bytes(own, first)) {
      return broken(file, "it was coded with other parameters than the first segment");
    }
    return {};
  }

  // `time` of a segment's stream in frames.
  Result<std::int64_t> frames(const fs::path& file, const AVStream& stream, std::int64_t time) const {
    const std::int64_t ticks = time * stream.time_base.num * output_.fps.num;
    const std::int64_t frame = stream.time_base.den * output_.fps.den;
    if (ticks % frame != 0) {
      return broken(file, "its frames do not lie at the output's frame rate");
    }
    return ticks / frame;
  }

  // Frame k of the film in coding order is due at k - reorder_delay_ everywhere, whatever its segment says:
  // so decoding times are even over the joints, and none is later than its presentation.
  Result<void> copy_segment(const fs::path& file, std::int64_t first_frame, std::int64_t frame_count) {
    REELD_ASSIGN(auto source, Source::open(file, AVMEDIA_TYPE_VIDEO));
    std::vector<bool> seen(static_cast<std::size_t>(frame_count), false);
    std::int64_t start = 0;
    std::int64_t count = 0;
    while (true) {
      REELD_ASSIGN(AVPacket * packet, source->next());
      if (packet == nullptr) {
        break;
      }
      REELD_ASSIGN(const std::int64_t time, frames(file, source->stream(), packet->pts));
      start = count == 0 ? time : start;
      const std::int64_t shown = time - start;
      if (shown < 0 || shown >= frame_count || seen[static_cast<std::size_t>(shown)]) {
        return broken(file, "its packet " + std::to_string(count) + " is for frame " + std::to_string(shown) +
                                " of " + std::to_string(frame_count));
      }
      seen[static_cast<std::size_t>(shown)] = true;
      packet->pts = first_frame + shown;
      packet->dts = first_frame + count - reorder_delay_;
      if (packet->dts > packet->pts) {
        return broken(file, "its frames are reordered further than its start says");
      }
      REELD_TRY(copy_frame(*packet));
      ++count;
    }
    if (count != frame_count) {
      return broken(file,
                    "it has " + std::to_string(count) + " frames instead of " + std::to_string(frame_count));
    }
    return {};
  }

  Result<void> copy_frame(AVPacket& packet) {
    const AVRational frame = av_inv_q(av::to_av(output_.fps));
    while (sound_packet_ != nullptr &&
           av_compare_ts(sound_packet_->dts, sound_source_->stream().time_base, packet.dts, frame) <= 0) {
      REELD_TRY(copy_sound_packet());
    }
    packet.duration = 1;
    packet.pos = -1;
    packet.stream_index = video_->index;
    av_packet_rescale_ts(&packet, frame, video_->time_base);
    return file_.write(packet);
  }

  Result<void> copy_sound_packet() {
    av_packet_rescale_ts(sound_packet_, sound_source_->stream().time_base, sound_->time_base);
    sound_packet_->pos = -1;
    sound_packet_->stream_index = sound_->index;
    REELD_TRY(file_.write(*sound_packet_));
    REELD_ASSIGN(sound_packet_, sound_source_->next());
    return {};
  }

  const std::vector<fs::path>& segments_;
  const std::vector<std::int64_t>& frame_counts_;
  const OutputSpec& output_;
  MediaFile& file_;
  std::unique_ptr<Source> first_;  // what the others are compared with
  std::unique_ptr<Source> sound_source_;
  AVPacket* sound_packet_ = nullptr;  // the next to be copied; of sound_source_
  AVStream* video_ = nullptr;         // of file_
  AVStream* sound_ = nullptr;
  std::int64_t reorder_delay_ = 0;  // frames that decoding is ahead of presentation, at most
};

}  // namespace

Result<void> join_segments(const std::vector<fs::path>& segments,
                           const std::vector<std::int64_t>& frame_counts, const fs::path& sound,
                           const OutputSpec& output, const std::string& title, const fs::path& out) {
  REELD_CHECK(!segments.empty() && segments.size() == frame_counts.size());
  const av::LogCapture log;
  REELD_ASSIGN(auto file, MediaFile::create(out, output.container));
  Joiner joiner(segments, frame_counts, output, *file);
  REELD_TRY(joiner.inspect());
  REELD_TRY(joiner.begin(sound, title));
  REELD_TRY(joiner.copy());
  return file->close();
}

}  // namespace reeld::engine
