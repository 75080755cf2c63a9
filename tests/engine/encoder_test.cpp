// Encoded: frame counts, times, tags and PSNR of real files, judged by ffprobe and ffmpeg (the tools), which
// share no code of ours.
#include "engine/encoder.hpp"

#include <signal.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <sstream>

namespace reeld::engine {
namespace {

namespace fs = std::filesystem;
using Bytes = std::vector<std::uint8_t>;

// A directory of the test's own, gone with it.
class Scratch {
 public:
  Scratch() {
    std::string name = (fs::temp_directory_path() / "reeld_encoder_XXXXXX").string();
    REQUIRE(mkdtemp(name.data()) != nullptr);
    directory_ = name;
  }
  ~Scratch() { fs::remove_all(directory_); }
  fs::path operator/(const std::string& name) const { return directory_ / name; }

 private:
  fs::path directory_;
};

std::string run(const std::string& command) {
  std::unique_ptr<FILE, int (*)(FILE*)> pipe(popen(command.c_str(), "r"), pclose);
  std::string text;
  char block[65536];
  for (std::size_t count = 0; (count = fread(block, 1, sizeof block, pipe.get())) > 0;) {
    text.append(block, count);
  }
  INFO(command);
  CHECK(pclose(pipe.release()) == 0);
  return text;
}

nlohmann::json ffprobe(const fs::path& file, const std::string& what) {
  return nlohmann::json::parse(run("ffprobe -v error -of json " + what + " '" + file.string() + "'"));
}

OutputSpec small_output(const std::string& codec = "h264") {
  OutputSpec output;
  output.width = 320;
  output.height = 180;
  output.fps = {30000, 1001};
  output.codec = codec;
  output.crf = 10;
  return output;
}

// Frame n of the test film, I420 without padding: gradients that move by one pixel a frame, and differ by
// row.
Bytes picture(const OutputSpec& output, int n) {
  Bytes pixels;
  for (int plane = 0; plane < 3; ++plane) {
    const int shift = plane == 0 ? 0 : 1;
    for (int y = 0; y < output.height >> shift; ++y) {
      for (int x = 0; x < output.width >> shift; ++x) {
        const int ramp = (x + (plane + 1) * n + 2 * y) % 400;  // up and down again: no hard edge
        pixels.push_back(static_cast<std::uint8_t>(16 + (ramp < 200 ? ramp : 399 - ramp)));
      }
    }
  }
  return pixels;
}

void fill(const kernels::FrameView& view, const OutputSpec& output, const Bytes& pixels) {
  std::size_t from = 0;
  for (int plane = 0; plane < 3; ++plane) {
    const int shift = plane == 0 ? 0 : 1;
    const auto width = static_cast<std::size_t>(output.width >> shift);
    for (int y = 0; y < output.height >> shift; ++y, from += width) {
      std::copy_n(&pixels[from], width,
                  view.planes[plane] + static_cast<std::size_t>(y) * view.stride_bytes[plane]);
    }
  }
}

void write_segment(const fs::path& file, const OutputSpec& output, const std::string& encoder, int first,
                   int count) {
  auto writer = open_segment(file, output, encoder, 2);
  REQUIRE((writer ? "" : writer.error().message) == "");
  CHECK((*writer)->pixel_format() == kernels::PixelFormat::yuv420p);
  for (int n = first; n < first + count; ++n) {
    auto view = (*writer)->next_frame();
    REQUIRE(view);
    fill(*view, output, picture(output, n));
    REQUIRE((*writer)->write());
  }
  REQUIRE((*writer)->finish());
}

std::string message(const Result<void>& result) {
  return result ? "" : result.error().message;
}

// Segments of 50 and 37 frames, and a click every second.
struct Film {
  explicit Film(OutputSpec spec, const std::string& encoder = "libx264") : output(std::move(spec)) {
    write_segment(segments[0], output, encoder, 0, 50);
    write_segment(segments[1], output, encoder, 50, 37);
  }
  Result<void> join(const fs::path& out) {
    return join_segments(segments, counts, sound, output, "A \"title\" ü", out);
  }
  void add_sound() {
    sound = scratch / "sound.m4a";
    // 2.9029 s; sample n is loud for n % 48000 in [24000, 24100).
    run("ffmpeg -v error -f lavfi -i \"aevalsrc='0.9*between(mod(n,48000),24000,24099)':s=48000:d=2.9029\" "
        "-ac 2 -c:a aac -b:a 192k '" +
        sound.string() + "'");
  }

  Scratch scratch;
  OutputSpec output;
  std::vector<fs::path> segments{scratch / "0.mp4", scratch / "1.mp4"};
  std::vector<std::int64_t> counts{50, 37};
  fs::path sound;
};

// The frames that ffmpeg decodes.
Bytes decoded(const fs::path& file) {
  const std::string raw = run("ffmpeg -v error -i '" + file.string() +
                              "' -map 0:v -fps_mode passthrough -f rawvideo -pix_fmt yuv420p -");
  return Bytes(raw.begin(), raw.end());
}

// Of the worst frame, over all planes.
double lowest_psnr(const OutputSpec& output, const Bytes& film, int count) {
  double lowest = 1000;
  const std::size_t size = picture(output, 0).size();
  REQUIRE(film.size() == size * static_cast<std::size_t>(count));
  for (int n = 0; n < count; ++n) {
    const Bytes expected = picture(output, n);
    double sum = 0;
    for (std::size_t i = 0; i < size; ++i) {
      const double off = static_cast<double>(film[static_cast<std::size_t>(n) * size + i]) - expected[i];
      sum += off * off;
    }
    lowest =
        std::min(lowest, sum == 0 ? 1000 : 10 * std::log10(255.0 * 255.0 * static_cast<double>(size) / sum));
  }
  return lowest;
}

// Sample number of the first loud sample as presented, by ffmpeg's decoding.
std::int64_t click_position(const fs::path& file) {
  const std::string raw = run("ffmpeg -v error -i '" + file.string() + "' -map 0:a -f f32le -ac 1 -");
  for (std::size_t i = 0; i + 4 <= raw.size(); i += 4) {
    float sample = 0;
    std::memcpy(&sample, &raw[i], 4);
    if (std::abs(sample) > 0.45F) {
      return static_cast<std::int64_t>(i / 4);
    }
  }
  return -1;
}

// Presentation times in order must be n * 1001 / 30000, decoding times even and rising.
void check_times(const fs::path& file, int count, const std::vector<int>& idr_frames) {
  const auto probed = ffprobe(file, "-select_streams v -show_packets -show_streams");
  const std::string time_base = probed["streams"][0]["time_base"];
  const std::int64_t ticks = std::stoll(time_base.substr(2));
  REQUIRE(ticks % 30000 == 0);
  std::vector<std::int64_t> shown;
  std::vector<std::int64_t> keys;
  std::int64_t last_dts = -1'000'000;
  for (const auto& packet : probed["packets"]) {
    shown.push_back(packet["pts"].get<std::int64_t>());
    CHECK(packet["dts"].get<std::int64_t>() > last_dts);
    CHECK(packet["dts"] <= packet["pts"]);
    last_dts = packet["dts"];
    if (packet["flags"].get<std::string>().starts_with("K")) {
      keys.push_back(packet["pts"]);
    }
  }
  std::sort(shown.begin(), shown.end());
  REQUIRE(shown.size() == static_cast<std::size_t>(count));
  for (int n = 0; n < count; ++n) {
    CHECK(shown[static_cast<std::size_t>(n)] == n * 1001 * (ticks / 30000));
  }
  for (const int frame : idr_frames) {
    CHECK(std::find(keys.begin(), keys.end(), frame * 1001 * (ticks / 30000)) != keys.end());
  }
}

bool is_faststart(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(in), {}};
  return bytes.find("moov") < bytes.find("mdat");
}

}  // namespace

TEST_CASE("Two segments and a sound become one film", "[encoder]") {
  OutputSpec output = small_output();
  output.preset = GENERATE("veryfast", "medium", "ultrafast");
  output.container = GENERATE("mp4", "mov");
  CAPTURE(output.preset, output.container);
  Film film(output);
  film.add_sound();
  const fs::path out = film.scratch / "film.part";  // the muxer is chosen by the output's container
  REQUIRE(message(film.join(out)) == "");

  check_times(out, 87, {0, 50});
  const auto probed = ffprobe(out, "-show_streams -show_format");
  const auto& video = probed["streams"][0];
  CHECK(video["start_time"] == "0.000000");
  CHECK(probed["streams"][1]["start_time"] == "0.000000");
  CHECK(video["avg_frame_rate"] == "30000/1001");
  CHECK(video["r_frame_rate"] == "30000/1001");
  CHECK(video["nb_frames"] == "87");
  CHECK(video["color_range"] == "tv");
  CHECK(video["color_space"] == "bt709");
  CHECK(video["color_transfer"] == "bt709");
  CHECK(video["color_primaries"] == "bt709");
  CHECK(video["chroma_location"] == "left");
  CHECK(video["pix_fmt"] == "yuv420p");
  CHECK(probed["format"]["tags"]["title"] == "A \"title\" ü");
  CHECK(std::stod(probed["format"]["duration"].get<std::string>()) ==
        Approx(87 * 1001 / 30000.0).margin(1e-6));
  CHECK(is_faststart(out));
  CHECK(lowest_psnr(output, decoded(out), 87) >= 40);
  CHECK(click_position(out) == click_position(film.sound));
  CHECK(std::abs(click_position(out) - 24000) <= 2);
}

}  // namespace reeld::engine
