// What a finished file says of itself.
#include <cerrno>
#include <memory>
#include <string_view>
#include <system_error>
#include <vector>

#include "engine/encoder.hpp"
#include "engine/ffmpeg.hpp"

extern "C" {
#include <libavutil/pixdesc.h>
}

namespace reeld::engine {
namespace {

namespace fs = std::filesystem;

constexpr AVRational kMicroseconds{1, 1'000'000};

// In our words: libavformat knows mp4 and mov as one, and writes the difference into the brand alone.
std::string container_name(const AVFormatContext& context) {
  const std::string_view name = context.iformat->name;
  if (name.find("matroska") != std::string_view::npos) {
    return "mkv";
  }
  if (name.find("mp4") == std::string_view::npos) {
    return std::string(name);
  }
  const AVDictionaryEntry* brand = av_dict_get(context.metadata, "major_brand", nullptr, 0);
  return brand != nullptr && std::string_view(brand->value).substr(0, 2) == "qt" ? "mov" : "mp4";
}

std::int64_t stream_duration_us(const AVStream& stream, const AVFormatContext& context) {
  if (stream.duration != AV_NOPTS_VALUE) {
    return av_rescale_q(stream.duration, stream.time_base, kMicroseconds);
  }
  return context.duration == AV_NOPTS_VALUE ? 0 : context.duration;  // mkv has one for the whole file
}

// All that a container says, without decoding a frame for the one thing that it does not: the pixel format.
int find_stream_info(AVFormatContext& context) {
  std::vector<AVDictionary*> options(context.nb_streams, nullptr);
  for (AVDictionary*& stream : options) av_dict_set(&stream, "skip_frame", "all", 0);
  const int error = avformat_find_stream_info(&context, options.data());
  for (AVDictionary*& stream : options) av_dict_free(&stream);
  return error;
}

// By the head of a coded frame; none where the codec's parser does not tell.
AVPixelFormat coded_format(const AVStream& stream, const AVPacket& packet) {
  const av::CodecContextPtr codec(avcodec_alloc_context3(nullptr));
  const std::unique_ptr<AVCodecParserContext, decltype(&av_parser_close)> parser(
      av_parser_init(stream.codecpar->codec_id), av_parser_close);
  if (!codec || !parser || avcodec_parameters_to_context(codec.get(), stream.codecpar) < 0) {
    return AV_PIX_FMT_NONE;
  }
  parser->flags |= PARSER_FLAG_COMPLETE_FRAMES;
  std::uint8_t* data = nullptr;
  int size = 0;
  av_parser_parse2(parser.get(), codec.get(), &data, &size, packet.data, packet.size, packet.pts, packet.dts,
                   packet.pos);
  return static_cast<AVPixelFormat>(parser->format);
}

// Seconds as a decimal, exact to the microsecond it was made of.
double seconds(std::int64_t us) {
  return static_cast<double>(us) / 1e6;
}

}  // namespace

Result<VideoFacts> probe_video(const fs::path& file) {
  const av::LogCapture log;
  const auto unreadable = [&](int error) {
    return Error{error == AVERROR(ENOENT) ? Code::file_missing : Code::file_unreadable,
                 "Reading " + file.string() + " as a video failed: " + log.text_or(error) + "."};
  };
  AVFormatContext* opened = nullptr;
  const std::string url = av::file_url(file);
  if (const int error = avformat_open_input(&opened, url.c_str(), nullptr, nullptr); error < 0) {
    return unreadable(error);
  }
  const av::InputPtr context(opened);
  if (const int error = find_stream_info(*context); error < 0) {
    return unreadable(error);
  }
  const int video_index = av_find_best_stream(context.get(), AVMEDIA_TYPE_VIDEO, -1, -1, nullptr, 0);
  const int sound_index = av_find_best_stream(context.get(), AVMEDIA_TYPE_AUDIO, -1, -1, nullptr, 0);
  if (video_index < 0) {
    return unreadable(video_index);
  }
  const AVStream& video = *context->streams[video_index];
  VideoFacts facts;
  facts.width = video.codecpar->width;
  facts.height = video.codecpar->height;
  facts.fps = reduced({video.avg_frame_rate.num, video.avg_frame_rate.den});
  facts.container = container_name(*context);
  facts.codec = avcodec_get_name(video.codecpar->codec_id);
  facts.duration_us = context->duration == AV_NOPTS_VALUE ? 0 : context->duration;
  if (sound_index >= 0) {
    const AVStream& sound = *context->streams[sound_index];
    facts.audio_codec = avcodec_get_name(sound.codecpar->codec_id);
    facts.audio_duration_us = stream_duration_us(sound, *context);
  }
  const av::PacketPtr packet(av_packet_alloc());
  int error = packet ? 0 : AVERROR(ENOMEM);
  while (error >= 0 && (error = av_read_frame(context.get(), packet.get())) >= 0) {
    if (packet->stream_index == video_index && ++facts.frame_count == 1) {
      const char* format = av_get_pix_fmt_name(coded_format(video, *packet));
      facts.pixel_format = format == nullptr ? "" : format;
    }
    av_packet_unref(packet.get());
  }
  if (error != AVERROR_EOF || context->pb->error < 0) {
    return unreadable(error);
  }
  facts.size_bytes = avio_size(context->pb);
  if (facts.duration_us > 0) {
    facts.bit_rate = scale_rounded(facts.size_bytes, 8'000'000, facts.duration_us);
  }
  return facts;
}

int bit_depth_of(const VideoFacts& facts) {
  const AVPixFmtDescriptor* format = av_pix_fmt_desc_get(av_get_pix_fmt(facts.pixel_format.c_str()));
  return format == nullptr ? 8 : format->comp[0].depth;
}

nlohmann::json to_json(const VideoFacts& facts) {
  const bool silent = facts.audio_codec.empty();
  return {{"duration_seconds", seconds(facts.duration_us)},
          {"width", facts.width},
          {"height", facts.height},
          {"resolution", std::to_string(facts.width) + "x" + std::to_string(facts.height)},
          {"fps", std::to_string(facts.fps.num) + "/" + std::to_string(facts.fps.den)},
          {"fps_value", static_cast<double>(facts.fps.num) / static_cast<double>(facts.fps.den)},
          {"frame_count", facts.frame_count},
          {"size_bytes", facts.size_bytes},
          {"container", facts.container},
          {"codec", facts.codec},
          {"pixel_format", facts.pixel_format},
          {"audio_codec", silent ? nlohmann::json() : nlohmann::json(facts.audio_codec)},
          {"audio_duration_seconds",
           silent ? nlohmann::json() : nlohmann::json(seconds(facts.audio_duration_us))},
          {"bit_rate", facts.bit_rate}};
}

}  // namespace reeld::engine
