// What the tests of sound share: a folder that vanishes, small sounds made on the spot, plans over them, and
// the finished file decoded by ffmpeg's own program, so that our reader does not vouch for our writer.
#pragma once

#include <ebur128.h>
#include <unistd.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <numbers>
#include <string>
#include <vector>

#include "engine/plan.hpp"
#include "engine/sound.hpp"

namespace reeld::engine::sound_fixture {

class Folder {
 public:
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "reeld-sound-XXXXXX").string();
    REQUIRE(mkdtemp(name.data()) != nullptr);
    path_ = name;
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  std::filesystem::path operator/(const std::string& name) const { return path_ / name; }
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

// A sample, -1..1, of its position.
using Signal = std::function<double(std::int64_t)>;

inline Signal sine(double hertz, double amplitude, int rate = kSampleRate) {
  return [=](std::int64_t n) {
    return amplitude * std::sin(2 * std::numbers::pi * hertz * static_cast<double>(n) / rate);
  };
}

inline Signal click_at(std::int64_t position, double amplitude) {
  return [=](std::int64_t n) { return n == position ? amplitude : 0.0; };
}

// White, clipped hard where `amplitude` is beyond 1; the same each time.
inline Signal noise(double amplitude) {
  return [amplitude, state = std::uint32_t{1}](std::int64_t) mutable {
    state = state * 1664525U + 1013904223U;
    return std::clamp(amplitude * (static_cast<double>(state) / 2147483648.0 - 1.0), -1.0, 1.0);
  };
}

template <class T>
void put(std::ofstream& file, T value) {
  file.write(reinterpret_cast<const char*>(&value), sizeof value);
}

// A mono WAV of 32-bit floats (format 3).
inline void write_wav(const std::filesystem::path& path, std::int64_t count, Signal signal,
                      int rate = kSampleRate) {
  std::ofstream file(path, std::ios::binary);
  const auto bytes = static_cast<std::uint32_t>(count * 4);
  file << "RIFF";
  put<std::uint32_t>(file, 36 + bytes);
  file << "WAVEfmt ";
  put<std::uint32_t>(file, 16);
  put<std::uint16_t>(file, 3);
  put<std::uint16_t>(file, 1);
  put<std::uint32_t>(file, static_cast<std::uint32_t>(rate));
  put<std::uint32_t>(file, static_cast<std::uint32_t>(rate * 4));
  put<std::uint16_t>(file, 4);
  put<std::uint16_t>(file, 32);
  file << "data";
  put<std::uint32_t>(file, bytes);
  for (std::int64_t n = 0; n < count; ++n) {
    put<float>(file, static_cast<float>(signal(n)));
  }
}

// Adds the file to the plan's sounds, with its length as inspected; returns its index.
inline int add_sound(Plan& plan, const Folder& folder, const std::string& name) {
  const auto facts = inspect_sound(folder / name);
  REQUIRE(facts);
  PlanAsset asset;
  asset.file = name;
  asset.sample_count = facts->sample_count;
  plan.sounds.push_back(asset);
  return static_cast<int>(plan.sounds.size()) - 1;
}

inline void add_speech(Plan& plan, int sound, std::int64_t start, double gain_db = 0) {
  const std::int64_t length = plan.sounds[static_cast<std::size_t>(sound)].sample_count;
  plan.speech.push_back({sound, start, std::min(length, plan.sample_count - start), gain_db});
}

struct Decoded {
  std::vector<float> samples;  // interleaved stereo
  std::int64_t count() const { return static_cast<std::int64_t>(samples.size() / 2); }
  float left(std::int64_t n) const { return samples[static_cast<std::size_t>(2 * n)]; }

  double loudness_lufs = 0, true_peak_db = 0;
};

inline Decoded decode(const std::filesystem::path& file) {
  const std::string raw = file.string() + ".raw";
  const std::string command =
      "ffmpeg -v error -y -i '" + file.string() + "' -f f32le -ac 2 -ar 48000 '" + raw + "'";
  REQUIRE(std::system(command.c_str()) == 0);
  Decoded decoded;
  decoded.samples.resize(std::filesystem::file_size(raw) / sizeof(float));
  std::ifstream(raw, std::ios::binary)
      .read(reinterpret_cast<char*>(decoded.samples.data()),
            static_cast<std::streamsize>(decoded.samples.size() * sizeof(float)));
  ebur128_state* state = ebur128_init(2, kSampleRate, EBUR128_MODE_I | EBUR128_MODE_TRUE_PEAK);
  ebur128_add_frames_float(state, decoded.samples.data(), decoded.samples.size() / 2);
  ebur128_loudness_global(state, &decoded.loudness_lufs);
  double peak = 0;
  ebur128_true_peak(state, 0, &peak);
  decoded.true_peak_db = 20 * std::log10(peak);
  ebur128_destroy(&state);
  return decoded;
}

// The length that the file's edit list presents, by ffprobe. (What ffmpeg 5.1 decodes goes on to the end of
// the last AAC frame.)
inline std::int64_t presented_samples(const std::filesystem::path& file) {
  const std::string text = file.string() + ".txt";
  const std::string command = "ffprobe -v error -show_entries stream=duration_ts -of csv=p=0 '" +
                              file.string() + "' > '" + text + "'";
  REQUIRE(std::system(command.c_str()) == 0);
  std::int64_t count = 0;
  std::ifstream(text) >> count;
  return count;
}

// Makes the plan's sound and decodes it.
inline Decoded make_and_decode(const Plan& plan, const Folder& folder) {
  const auto result = make_sound(plan, folder.path(), folder / "out.m4a", {});
  INFO((result ? "" : result.error().message));
  REQUIRE(result);
  CHECK(result->sample_count == plan.sample_count);
  return decode(folder / "out.m4a");
}

// The amplitude of the sine of `hertz` in [begin, begin + count): the correlation with it, which a whole
// number of periods makes blind for other whole ones.
inline double amplitude_at(const Decoded& decoded, double hertz, std::int64_t begin, std::int64_t count) {
  double re = 0;
  double im = 0;
  for (std::int64_t n = begin; n < begin + count; ++n) {
    const double phase = 2 * std::numbers::pi * hertz * static_cast<double>(n) / kSampleRate;
    re += decoded.left(n) * std::cos(phase);
    im += decoded.left(n) * std::sin(phase);
  }
  return 2 * std::hypot(re, im) / static_cast<double>(count);
}

inline double to_db(double ratio) {
  return 20 * std::log10(ratio);
}

}  // namespace reeld::engine::sound_fixture
