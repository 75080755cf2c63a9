// Every encoder's own words for the output's preset and crf.
extern "C" {
#include <libavutil/cpu.h>
}

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include "engine/encoder_setup.hpp"

namespace reeld::engine {
namespace {

struct PresetRow {
  std::string_view name;  // x264's and x265's
  const char* nvenc;      // p1 (fastest) .. p7
  const char* svt_av1;    // 13 (fastest) .. 0; above 12 it is for debugging, below 3 it is hours a minute
};
constexpr std::array<PresetRow, 10> kPresets{{{"ultrafast", "p1", "12"},
                                              {"superfast", "p1", "11"},
                                              {"veryfast", "p2", "10"},
                                              {"faster", "p3", "9"},
                                              {"fast", "p3", "8"},
                                              {"medium", "p4", "7"},
                                              {"slow", "p5", "6"},
                                              {"slower", "p6", "5"},
                                              {"veryslow", "p7", "4"},
                                              {"placebo", "p7", "3"}}};

const PresetRow& preset_row(const std::string& name) {
  const auto row = std::find_if(kPresets.begin(), kPresets.end(),
                                [&](const PresetRow& candidate) { return candidate.name == name; });
  return row == kPresets.end() ? kPresets[2] : *row;  // veryfast, the default
}

void x264_settings(const OutputSpec& output, int threads, AVCodecContext& context, av::Options& options) {
  context.thread_count = threads;
  options.set("preset", output.preset);
  // qp 0 is lossless by definition; that crf 0 is too holds at 8 bits only.
  options.set(output.crf == 0 ? "qp" : "crf", std::to_string(output.crf));
  options.set("forced-idr", "1");
  // x264's AVX-512 code (build 164) for the lookahead works on 8 macroblocks at once and, at a row's end, on
  // memory that nobody wrote, so with B-frames the same film came out in other bytes each time (seen with
  // MALLOC_PERTURB_). Where rows are whole eights it does not; elsewhere it is held to AVX2, which costs some
  // 15% of its speed.
  const int macroblocks = (output.width + 15) / 16;
  if (macroblocks % 8 != 0 && (av_get_cpu_flags() & AV_CPU_FLAG_AVX512) != 0) {
    options.set("x264-params", "asm=avx2");
  }
}

void x265_settings(const OutputSpec& output, int threads, AVCodecContext& context, av::Options& options) {
  // The wrapper takes thread_count for frames in flight, of which x265 itself takes about one for four cores.
  context.thread_count = 1 + std::min(threads, 16) / 4;
  options.set("preset", output.preset);
  options.set("forced-idr", "1");
  std::string own = "open-gop=0:chromaloc=0:log-level=error:pools=" + std::to_string(threads);
  if (output.crf == 0) {
    own += ":lossless=1";
  } else {
    options.set("crf", std::to_string(output.crf));
  }
  options.set("x265-params", own);
}

void svt_av1_settings(const OutputSpec& output, int threads, AVCodecContext&, av::Options& options) {
  options.set("preset", preset_row(output.preset).svt_av1);
  // x264's 0..51 stretched over 0..63; 0 would mean "not given", and it has no lossless mode.
  options.set("crf", std::to_string(std::max(1, (output.crf * 63 + 25) / 51)));
  options.set("svtav1-params", "lp=" + std::to_string(threads));
}

void nvenc_settings(const OutputSpec& output, int, AVCodecContext& context, av::Options& options) {
  options.set("preset", preset_row(output.preset).nvenc);
  options.set("forced-idr", "1");
  context.bit_rate = 0;  // else the wrapper's 2 Mbit/s default is a ceiling over the quality asked for
  if (output.crf == 0) {
    options.set("tune", "lossless");
    return;
  }
  options.set("tune", "hq");
  options.set("rc", "vbr");
  options.set("cq", std::to_string(output.crf));
}

void vaapi_settings(const OutputSpec& output, int, AVCodecContext& context, av::Options& options) {
  options.set("rc_mode", "CQP");
  options.set("qp", std::to_string(std::max(1, output.crf)));  // 0 means "not given"
  options.set("idr_interval", "0");
  context.bit_rate = 0;
}

}  // namespace

const std::vector<EncoderKind>& encoder_kinds() {
  static const std::vector<EncoderKind> kinds{
      {"h264_nvenc", "h264", 8, AV_HWDEVICE_TYPE_CUDA, AV_PIX_FMT_CUDA, nvenc_settings},
      {"h264_vaapi", "h264", 8, AV_HWDEVICE_TYPE_VAAPI, AV_PIX_FMT_VAAPI, vaapi_settings},
      {"libx264", "h264", 10, AV_HWDEVICE_TYPE_NONE, AV_PIX_FMT_NONE, x264_settings},
      {"hevc_nvenc", "hevc", 10, AV_HWDEVICE_TYPE_CUDA, AV_PIX_FMT_CUDA, nvenc_settings},
      {"hevc_vaapi", "hevc", 10, AV_HWDEVICE_TYPE_VAAPI, AV_PIX_FMT_VAAPI, vaapi_settings},
      {"libx265", "hevc", 10, AV_HWDEVICE_TYPE_NONE, AV_PIX_FMT_NONE, x265_settings},
      {"libsvtav1", "av1", 10, AV_HWDEVICE_TYPE_NONE, AV_PIX_FMT_NONE, svt_av1_settings},
  };
  return kinds;
}

const EncoderKind* find_encoder_kind(const std::string& name) {
  const auto& kinds = encoder_kinds();
  const auto kind =
      std::find_if(kinds.begin(), kinds.end(), [&](const EncoderKind& one) { return name == one.name; });
  return kind == kinds.end() ? nullptr : &*kind;
}

}  // namespace reeld::engine
