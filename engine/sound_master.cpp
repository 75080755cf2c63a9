#include "engine/sound_master.hpp"

extern "C" {
#include <libavfilter/buffersink.h>
#include <libavfilter/buffersrc.h>
#include <libavutil/channel_layout.h>
}

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <limits>

#include "base/check.hpp"
#include "engine/plan.hpp"
#include "engine/sound_source.hpp"

namespace reeld::engine::sound {
namespace {

Error no_limiter(int status) {
  return {Code::internal, "The limiter failed: " + error_text(status) + "."};
}

}  // namespace

Result<LoudnessMeter> LoudnessMeter::create(bool with_true_peak) {
  // The histogram (of 0.1 LU) instead of a list of all blocks, so that memory does not grow with the film.
  const int more = with_true_peak ? EBUR128_MODE_TRUE_PEAK | EBUR128_MODE_LRA : 0;
  const int mode = EBUR128_MODE_I | EBUR128_MODE_HISTOGRAM | more;
  LoudnessMeter meter;
  meter.state_.reset(ebur128_init(kChannels, kSampleRate, mode));
  if (!meter.state_) {
    return Error{Code::internal, "No memory for the loudness meter."};
  }
  return meter;
}

void LoudnessMeter::add(std::span<const float> block) {
  const int status = ebur128_add_frames_float(state_.get(), block.data(), block.size() / kChannels);
  REELD_CHECK(status == EBUR128_SUCCESS);
}

double LoudnessMeter::loudness_lufs() const {
  double loudness = 0;
  REELD_CHECK(ebur128_loudness_global(state_.get(), &loudness) == EBUR128_SUCCESS);
  return loudness;
}

double LoudnessMeter::true_peak_db() const {
  double highest = 0;
  for (unsigned channel = 0; channel < kChannels; ++channel) {
    double peak = 0;
    REELD_CHECK(ebur128_true_peak(state_.get(), channel, &peak) == EBUR128_SUCCESS);
    highest = std::max(highest, peak);
  }
  return highest > 0 ? 20 * std::log10(highest) : -std::numeric_limits<double>::infinity();
}

double LoudnessMeter::loudness_range_lu() const {
  double range = 0;
  REELD_CHECK(ebur128_loudness_range(state_.get(), &range) == EBUR128_SUCCESS);
  return range;
}

Result<Limiter> Limiter::create(double limit_db) {
  Limiter limiter;
  limiter.graph_.reset(avfilter_graph_alloc());
  limiter.frame_.reset(av_frame_alloc());
  if (!limiter.graph_ || !limiter.frame_) {
    return Error{Code::internal, "No memory for the limiter."};
  }
  AVFilterGraph* graph = limiter.graph_.get();
  graph->nb_threads = 1;
  // level=0: no make-up gain of its own. latency=1: its look-ahead is taken out again. 5 ms of look-ahead
  // keeps the gain's slope out of the audible; 80 ms of release neither pumps nor distorts the bass.
  char chain[300];
  std::snprintf(chain, sizeof chain,
                "abuffer@in=sample_rate=%d:sample_fmt=flt:channel_layout=stereo:time_base=1/%d,"
                "aresample=%d,alimiter=limit=%.6f:level=0:attack=5:release=80:latency=1,"
                "aresample=%d,aformat=sample_fmts=flt:channel_layouts=stereo,abuffersink@out",
                kSampleRate, kSampleRate, 4 * kSampleRate, std::pow(10.0, limit_db / 20), kSampleRate);
  AVFilterInOut* inputs = nullptr;
  AVFilterInOut* outputs = nullptr;
  int status = avfilter_graph_parse2(graph, chain, &inputs, &outputs);
  avfilter_inout_free(&inputs);
  avfilter_inout_free(&outputs);
  status = status >= 0 ? avfilter_graph_config(graph, nullptr) : status;
  if (status < 0) {
    return no_limiter(status);
  }
  limiter.source_ = avfilter_graph_get_filter(graph, "abuffer@in");
  limiter.sink_ = avfilter_graph_get_filter(graph, "abuffersink@out");
  REELD_CHECK(limiter.source_ != nullptr && limiter.sink_ != nullptr);
  return limiter;
}

Result<void> Limiter::push(std::span<const float> block, const Sink& sink) {
  AVFrame* frame = frame_.get();
  av_frame_unref(frame);
  frame->format = AV_SAMPLE_FMT_FLT;
  frame->ch_layout = AV_CHANNEL_LAYOUT_STEREO;
  frame->sample_rate = kSampleRate;
  frame->nb_samples = static_cast<int>(block.size() / kChannels);
  int status = av_frame_get_buffer(frame, 0);
  if (status >= 0) {
    std::copy(block.begin(), block.end(), reinterpret_cast<float*>(frame->data[0]));
    status = av_buffersrc_add_frame(source_, frame);
  }
  if (status < 0) {
    return no_limiter(status);
  }
  return pull(sink);
}

Result<void> Limiter::finish(const Sink& sink) {
  const int status = av_buffersrc_add_frame(source_, nullptr);
  if (status < 0) {
    return no_limiter(status);
  }
  return pull(sink);
}

Result<void> Limiter::pull(const Sink& sink) {
  for (;;) {
    av_frame_unref(frame_.get());
    const int status = av_buffersink_get_frame(sink_, frame_.get());
    if (status == AVERROR(EAGAIN) || status == AVERROR_EOF) {
      return {};
    }
    if (status < 0) {
      return no_limiter(status);
    }
    const auto size = static_cast<std::size_t>(frame_->nb_samples) * kChannels;
    REELD_TRY(sink({reinterpret_cast<const float*>(frame_->data[0]), size}));
  }
}

}  // namespace reeld::engine::sound
