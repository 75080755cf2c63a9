#include "engine/sound.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <string>
#include <system_error>
#include <vector>

#include "engine/files.hpp"
#include "engine/score/sound_scores.hpp"
#include "engine/sound_file.hpp"
#include "engine/sound_master.hpp"
#include "engine/sound_mix.hpp"
#include "engine/sound_source.hpp"

namespace reeld::engine {
namespace {

using sound::AacFile;
using sound::kChannels;
using sound::Limiter;
using sound::LoudnessMeter;
using sound::Sink;
using sound::SoundMix;
using sound::SoundSource;
using sound::SpeechMeter;
using sound::Stems;
using sound::TrackMeter;

constexpr std::int64_t kBlock = 4096;  // samples a channel; 85 ms

// AAC's quantisation noise lifts peaks; 1 dB below the finished file's limit is enough for most sound, and
// what it is not enough for shows when the file is checked.
constexpr double kFirstLimitDb = kTruePeakLimitDb - 1.0;
constexpr int kMaxEncodings = 4;
constexpr double kLimitMarginDb =
    0.2;  // below what the check of an encoding asks for: the next differs a little

constexpr double kLowestLimitDb = -24.0;  // of alimiter, 1/16

constexpr double kMaxGainDb = 30.0;     // more would only bring up a recording's noise
constexpr double kSilenceLufs = -70.0;  // the absolute gate of EBU R128
constexpr double kLoudnessToleranceLu =
    0.3;  // of the 1 LU that is promised; AAC and the meter's bins take theirs
constexpr double kFinishedToleranceLu = 0.7;
constexpr int kMaxCorrections = 3;

// What is done to the mix on its way to the encoder.
struct Master {
  double gain_db = 0;
  std::optional<double> limit_db;
};

struct Measured {
  double loudness_lufs = 0, true_peak_db = 0;
};

struct MeasuredMix {
  Measured mix;
  std::optional<double> speech_to_music_lu;
};

struct MeasuredFile {
  Measured file;
  Scores scores;
};

// Done so far, over passes whose number only shows on the way: each pass has a part of the whole, and parts
// that turn out not to be needed are jumped over.
class Meter {
 public:
  explicit Meter(const Progress& progress) : progress_(progress) {}

  void begin(double from, double to) {
    from_ = std::max(from, done_);
    to_ = std::max(to, from_);
  }
  Result<void> report(double fraction) {
    done_ = std::max(done_, from_ + (to_ - from_) * std::clamp(fraction, 0.0, 1.0));
    if (progress_ && !progress_(done_)) {
      return Error{Code::cancelled, "Making the sound track was cancelled."};
    }
    return {};
  }

 private:
  const Progress& progress_;
  double from_ = 0, to_ = 0, done_ = 0;
};

// A file that vanishes unless it is kept.
class PartialFile {
 public:
  explicit PartialFile(std::filesystem::path file) : file_(std::move(file)) {}
  PartialFile(const PartialFile&) = delete;
  PartialFile& operator=(const PartialFile&) = delete;
  ~PartialFile() {
    std::error_code ignored;  // it may not have come into being
    std::filesystem::remove(file_, ignored);
  }

  const std::filesystem::path& path() const { return file_; }
  Result<void> keep_as(const std::filesystem::path& target) { return publish_file(file_, target); }

 private:
  std::filesystem::path file_;
};

// A job on its way: one plan, streamed through as many passes as it takes.
class SoundJob {
 public:
  SoundJob(const Plan& plan, const std::filesystem::path& data_dir, const Progress& progress)
      : plan_(plan), data_dir_(data_dir), meter_(progress) {}

  Result<MeasuredMix> measure_mix();
  Result<Master> find_master(const Measured& mix);
  Result<Measured> encode(const Master& master, const Measured& mix, const std::filesystem::path& file);
  Result<MeasuredFile> measure_file(const std::filesystem::path& file);
  std::optional<Master> better_master(Master master, const Measured& sent, const Measured& finished) const;
  Result<void> finished();

 private:
  Result<double> loudness_of(const Master& master, double from, double to);
  Result<Master> correct(Master master, double mix_lufs);
  Result<void> stream(const Master& master, const Sink& sink);
  Result<void> stream_limited(const Master& master, const Sink& sink);
  Result<void> stream_mix(double gain_db, const Sink& sink, SpeechMeter* meter = nullptr);

  const Plan& plan_;
  const std::filesystem::path& data_dir_;
  Meter meter_;
};

Scores all_scores(Scores track, const MeasuredMix& mix) {
  if (mix.speech_to_music_lu) {
    track.scores.push_back({std::nullopt, "speech_to_music", *mix.speech_to_music_lu, kOwnModel});
  }
  return track;
}

}  // namespace

Result<SoundFacts> inspect_sound(const std::filesystem::path& file) {
  REELD_ASSIGN(SoundSource source, SoundSource::open(file, false));
  std::array<float, kBlock * kChannels> block;
  SoundFacts facts;
  for (;;) {
    REELD_ASSIGN(const std::int64_t count, source.read(block));
    if (count == 0) {
      return facts;
    }
    facts.sample_count += count;
  }
}

Result<SoundResult> make_sound(const Plan& plan, const std::filesystem::path& data_dir,
                               const std::filesystem::path& out, const Progress& progress) {
  SoundJob job(plan, data_dir, progress);
  REELD_ASSIGN(const MeasuredMix mix, job.measure_mix());
  REELD_ASSIGN(Master master, job.find_master(mix.mix));
  PartialFile part(out.string() + ".part");
  for (int encoding = 1;; ++encoding) {
    REELD_ASSIGN(const Measured sent, job.encode(master, mix.mix, part.path()));
    REELD_ASSIGN(const MeasuredFile finished, job.measure_file(part.path()));
    const std::optional<Master> better = job.better_master(master, sent, finished.file);
    if (!better || encoding == kMaxEncodings) {
      REELD_TRY(job.finished());
      REELD_TRY(part.keep_as(out));
      return SoundResult{plan.sample_count, sent.loudness_lufs, sent.true_peak_db,
                         all_scores(finished.scores, mix)};
    }
    master = *better;
  }
}

Result<Scores> score_sound(const Plan& plan, const std::filesystem::path& data_dir,
                           const std::filesystem::path& track, const Progress& progress) {
  SoundJob job(plan, data_dir, progress);
  REELD_ASSIGN(const MeasuredMix mix, job.measure_mix());
  REELD_ASSIGN(const MeasuredFile finished, job.measure_file(track));
  REELD_TRY(job.finished());
  return all_scores(finished.scores, mix);
}

namespace {

Result<MeasuredMix> SoundJob::measure_mix() {
  meter_.begin(0, 0.1);
  REELD_ASSIGN(LoudnessMeter loudness, LoudnessMeter::create(true));
  REELD_ASSIGN(SpeechMeter stems, SpeechMeter::create());
  const bool has_both = plan_.music && !plan_.speech.empty();
  REELD_TRY(stream_mix(
      0,
      [&](std::span<const float> block) -> Result<void> {
        loudness.add(block);
        return {};
      },
      has_both ? &stems : nullptr));
  return MeasuredMix{{loudness.loudness_lufs(), loudness.true_peak_db()}, stems.speech_to_music_lu()};
}

Result<double> SoundJob::loudness_of(const Master& master, double from, double to) {
  meter_.begin(from, to);
  REELD_ASSIGN(LoudnessMeter loudness, LoudnessMeter::create(false));
  REELD_TRY(stream(master, [&](std::span<const float> block) -> Result<void> {
    loudness.add(block);
    return {};
  }));
  return loudness.loudness_lufs();
}

// The gain that brings the mix to the plan's loudness, and the limit where its peaks need one.
Result<Master> SoundJob::find_master(const Measured& mix) {
  Master master;
  if (mix.loudness_lufs > kSilenceLufs) {
    master.gain_db = std::min(plan_.loudness_lufs - mix.loudness_lufs, kMaxGainDb);
  }
  if (mix.true_peak_db + master.gain_db <= kFirstLimitDb) {
    return master;
  }
  master.limit_db = kFirstLimitDb;
  return mix.loudness_lufs > kSilenceLufs ? correct(master, mix.loudness_lufs) : master;
}

// Limiting takes loudness away, so the gain goes on until the limited mix has it; the slope of the last step
// says how much of a gain arrives.
Result<Master> SoundJob::correct(Master master, double mix_lufs) {
  double last_gain_db = 0;
  double last_lufs = mix_lufs;
  for (int i = 0; i < kMaxCorrections; ++i) {
    const double from = 0.1 + 0.12 * i;
    REELD_ASSIGN(const double now_lufs, loudness_of(master, from, from + 0.12));
    const double missing_lu = plan_.loudness_lufs - now_lufs;
    if (std::abs(missing_lu) < kLoudnessToleranceLu || (missing_lu > 0 && master.gain_db >= kMaxGainDb)) {
      return master;
    }
    const double step_db = master.gain_db - last_gain_db;
    // Within the first guess's gain of 0 dB there is no slope; below 0.3 the peaks are all limited already,
    // and a longer step would be a leap in the dark.
    const double slope =
        std::abs(step_db) > 0.1 ? std::clamp((now_lufs - last_lufs) / step_db, 0.3, 1.0) : 1.0;
    last_gain_db = master.gain_db;
    last_lufs = now_lufs;
    master.gain_db = std::min(master.gain_db + missing_lu / slope, kMaxGainDb);
  }
  return master;
}

// What the encoder was given. Without a limit that is the mix, only louder, which needs no second measuring.
Result<Measured> SoundJob::encode(const Master& master, const Measured& mix,
                                  const std::filesystem::path& file) {
  meter_.begin(0.46, 0.91);
  REELD_ASSIGN(AacFile aac, AacFile::create(file));
  if (!master.limit_db) {
    REELD_TRY(stream(master, [&](std::span<const float> block) { return aac.write(block); }));
    REELD_TRY(aac.finish());
    return Measured{mix.loudness_lufs + master.gain_db, mix.true_peak_db + master.gain_db};
  }
  REELD_ASSIGN(LoudnessMeter loudness, LoudnessMeter::create(true));
  REELD_TRY(stream(master, [&](std::span<const float> block) {
    loudness.add(block);
    return aac.write(block);
  }));
  REELD_TRY(aac.finish());
  return Measured{loudness.loudness_lufs(), loudness.true_peak_db()};
}

Result<MeasuredFile> SoundJob::measure_file(const std::filesystem::path& file) {
  meter_.begin(0.91, 0.99);
  REELD_ASSIGN(TrackMeter track, TrackMeter::create());
  REELD_ASSIGN(SoundSource source, SoundSource::open(file, false));
  std::array<float, kBlock * kChannels> block;
  for (std::int64_t position = 0;;) {
    REELD_ASSIGN(const std::int64_t count, source.read(block));
    if (count == 0) {
      const Measured measured{track.loudness_lufs(), track.true_peak_db()};
      return MeasuredFile{measured, track.scores()};
    }
    track.add(std::span(block).first(static_cast<std::size_t>(count * kChannels)));
    position += count;
    REELD_TRY(meter_.report(static_cast<double>(position) / static_cast<double>(plan_.sample_count)));
  }
}

// Where the finished file breaks a promise that the encoder's input kept: AAC lifts peaks, and takes what of
// the loudness is in the highest frequencies. nullopt: nothing is left to be done.
std::optional<Master> SoundJob::better_master(Master master, const Measured& sent,
                                              const Measured& finished) const {
  const double excess_db = finished.true_peak_db - kTruePeakLimitDb;
  if (excess_db > 0) {
    const double limit_db = std::min(master.limit_db.value_or(kFirstLimitDb), sent.true_peak_db);
    master.limit_db = std::max(limit_db - excess_db - kLimitMarginDb, kLowestLimitDb);
  }
  const double missing_lu = plan_.loudness_lufs - finished.loudness_lufs;
  const double gain_db = std::min(master.gain_db + missing_lu, kMaxGainDb);
  const bool loudness_off = finished.loudness_lufs > kSilenceLufs &&
                            std::abs(missing_lu) > kFinishedToleranceLu && gain_db != master.gain_db;
  if (loudness_off) {
    master.gain_db = gain_db;
    if (!master.limit_db && sent.true_peak_db + missing_lu > kFirstLimitDb) {
      master.limit_db = kFirstLimitDb;
    }
  }
  return excess_db > 0 || loudness_off ? std::optional(master) : std::nullopt;
}

Result<void> SoundJob::finished() {
  meter_.begin(1, 1);
  return meter_.report(1);
}

Result<void> SoundJob::stream(const Master& master, const Sink& sink) {
  return master.limit_db ? stream_limited(master, sink) : stream_mix(master.gain_db, sink);
}

// The resamplers' rounding may leave the limiter a few samples short or over; the length is the plan's.
Result<void> SoundJob::stream_limited(const Master& master, const Sink& sink) {
  REELD_ASSIGN(Limiter limiter, Limiter::create(*master.limit_db));
  auto missing = static_cast<std::size_t>(plan_.sample_count * kChannels);
  const Sink cut = [&](std::span<const float> block) {
    block = block.first(std::min(block.size(), missing));
    missing -= block.size();
    return sink(block);
  };
  REELD_TRY(
      stream_mix(master.gain_db, [&](std::span<const float> block) { return limiter.push(block, cut); }));
  REELD_TRY(limiter.finish(cut));
  const std::vector<float> silence(missing, 0.0F);
  return sink(silence);
}

Result<void> SoundJob::stream_mix(double gain_db, const Sink& sink, SpeechMeter* meter) {
  REELD_ASSIGN(SoundMix mix, SoundMix::open(plan_, data_dir_));
  const auto gain = static_cast<float>(std::pow(10.0, gain_db / 20));
  Stems stems;
  std::array<float, kBlock * kChannels> block;
  for (std::int64_t position = 0; position < plan_.sample_count;) {
    REELD_ASSIGN(const std::int64_t count, mix.read(block, meter != nullptr ? &stems : nullptr));
    if (meter != nullptr) meter->add(stems.speech, stems.music);
    const auto filled = std::span(block).first(static_cast<std::size_t>(count * kChannels));
    for (float& sample : filled) {
      sample *= gain;
    }
    REELD_TRY(sink(filled));
    position += count;
    REELD_TRY(meter_.report(static_cast<double>(position) / static_cast<double>(plan_.sample_count)));
  }
  return {};
}

}  // namespace
}  // namespace reeld::engine
