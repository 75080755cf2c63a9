// Encoded: frame counts, times, tags and PSNR of real files, judged by ffprobe and ffmpeg (the tools), which
// share no code of ours.
#include "engine/encoder.hpp"

#include <malloc.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cmath>
#include <cstdlib>
#include <cstring>
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
  const auto input = EncoderInput::open(output, encoder, nullptr);
  REQUIRE((input ? "" : input.error().message) == "");
  auto writer = open_segment(file, output, *input, 2);
  REQUIRE((writer ? "" : writer.error().message) == "");
  CHECK(input->frames().pixel_format() == kernels::PixelFormat::yuv420p);
  for (int n = first; n < first + count; ++n) {
    auto frame = input->frames().next();
    REQUIRE(frame);
    fill(frame->view(), output, picture(output, n));
    REQUIRE((*writer)->write(*std::move(frame)));
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
    // 2.9 s, a little less than 87 frames; sample n is loud for n % 48000 in [24000, 24100).
    run("ffmpeg -v error -f lavfi -i \"aevalsrc='0.9*between(mod(n,48000),24000,24099)':s=48000:d=2.9\" "
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

TEST_CASE("The probe tells what is in the file", "[encoder]") {
  OutputSpec output = small_output();
  output.container = GENERATE("mp4", "mov", "mkv");
  CAPTURE(output.container);
  Film film(output);
  film.add_sound();
  const fs::path out = film.scratch / "film";
  REQUIRE(message(film.join(out)) == "");
  const auto facts = probe_video(out);
  REQUIRE(facts);
  CHECK(facts->frame_count == 87);
  CHECK(facts->fps == Rational{30000, 1001});
  CHECK(facts->container == output.container);
  CHECK(facts->codec == "h264");
  CHECK(facts->audio_codec == "aac");
  CHECK(facts->pixel_format == "yuv420p");
  CHECK(facts->size_bytes == static_cast<std::int64_t>(fs::file_size(out)));
  // mkv keeps times in milliseconds.
  CHECK(std::abs(facts->duration_us - 2'902'900) <= (output.container == "mkv" ? 1500 : 0));
  CHECK(std::abs(facts->audio_duration_us - 2'900'000) <= (output.container == "mkv" ? 4000 : 0));
  const auto json = to_json(*facts);
  CHECK(json["fps"] == "30000/1001");
  CHECK(json["resolution"] == "320x180");
  CHECK(json["audio_codec"] == "aac");
  CHECK(json["bit_rate"] == Approx(static_cast<double>(facts->size_bytes) * 8 / 2.9029).epsilon(0.001));
  // In mkv what primes the decoder lies before time 0, and the tool decodes it too; times are rounded to 1
  // ms.
  const auto streams = ffprobe(out, "-show_streams")["streams"];
  CHECK(streams[0]["start_time"] == "0.000000");
  const double sound_start = std::stod(streams[1]["start_time"].get<std::string>());
  const auto heard = static_cast<double>(click_position(out)) + sound_start * 48000;
  CHECK(std::abs(heard - 24000) <= (output.container == "mkv" ? 24 + 2 : 2));
  CHECK(ffprobe(out, "-show_format")["format"]["tags"]["title"] == "A \"title\" ü");
}

TEST_CASE("A film without sound has none", "[encoder]") {
  Film film(small_output());
  const fs::path out = film.scratch / "film.mp4";
  REQUIRE(message(film.join(out)) == "");
  const auto facts = probe_video(out);
  REQUIRE(facts);
  CHECK(to_json(*facts)["audio_codec"].is_null());
  CHECK(to_json(*facts)["audio_duration_seconds"].is_null());
}

TEST_CASE("crf 0 is lossless where the encoder can", "[encoder]") {
  const auto [codec, encoder] =
      GENERATE(table<std::string, std::string>({{"h264", "libx264"}, {"hevc", "libx265"}}));
  OutputSpec output = small_output(codec);
  output.crf = 0;
  Film film(output, encoder);
  const fs::path out = film.scratch / "film.mp4";
  REQUIRE(message(film.join(out)) == "");
  Bytes expected;
  for (int n = 0; n < 87; ++n) {
    const Bytes frame = picture(output, n);
    expected.insert(expected.end(), frame.begin(), frame.end());
  }
  CHECK((decoded(out) == expected));
}

TEST_CASE("hevc and av1 go the same way", "[encoder]") {
  const auto [codec, encoder] =
      GENERATE(table<std::string, std::string>({{"hevc", "libx265"}, {"av1", "libsvtav1"}}));
  OutputSpec output = small_output(codec);
  output.preset = encoder == "libx265" ? "medium" : "veryfast";
  output.container = GENERATE("mp4", "mov", "mkv");
  CAPTURE(encoder, output.container);
  if (codec == "av1" && output.container == "mov") {
    CHECK(choose_encoder(output, {}).error().path == "/output/container");
    return;
  }
  output.encoder = encoder;  // SVT-AV1 is also closed without having coded a frame
  REQUIRE(choose_encoder(output, {}));
  Film film(output, encoder);
  const fs::path out = film.scratch / "film";
  REQUIRE(message(film.join(out)) == "");
  const auto video = ffprobe(out, "-show_streams")["streams"][0];
  CHECK(video["color_space"] == "bt709");
  CHECK(video["color_transfer"] == "bt709");
  CHECK(video["color_primaries"] == "bt709");
  CHECK(video["color_range"] == "tv");
  if (output.container != "mkv") {
    check_times(out, 87, {0, 50});
    CHECK(video["codec_tag_string"] == (codec == "hevc" ? "hvc1" : "av01"));
    CHECK(video["start_time"] == "0.000000");
  }
  CHECK(lowest_psnr(output, decoded(out), 87) >= 40);
}

TEST_CASE("The same frames give the same bytes", "[encoder]") {
  const Scratch scratch;
  const auto bytes = [&](const std::string& name) {
    write_segment(scratch / name, small_output(), "libx264", 0, 70);
    std::ifstream in(scratch / name, std::ios::binary);
    return std::string{std::istreambuf_iterator<char>(in), {}};
  };
  // Whatever lies in the memory that the encoder gets: x264's AVX-512 code once coded what it found there.
  mallopt(M_PERTURB, 85);
  const std::string first = bytes("a.mp4");
  mallopt(M_PERTURB, 170);
  const std::string second = bytes("b.mp4");
  mallopt(M_PERTURB, 0);
  CHECK((first == second));
}

TEST_CASE("A segment of one frame joins with longer ones", "[encoder]") {
  OutputSpec output = small_output();
  output.preset = "medium";  // the longer ones are reordered, the short one cannot be
  Film film(output);
  film.segments.insert(film.segments.begin(), film.scratch / "one.mp4");
  film.counts.insert(film.counts.begin(), 1);
  write_segment(film.segments[0], output, "libx264", 0, 1);
  const fs::path out = film.scratch / "film.mp4";
  REQUIRE(message(film.join(out)) == "");
  check_times(out, 88, {0, 1, 51});
}

TEST_CASE("A segment that is given up leaves no file", "[encoder]") {
  const Scratch scratch;
  {
    const auto input = EncoderInput::open(small_output(), "libx264", nullptr);
    REQUIRE(input);
    auto writer = open_segment(scratch / "0.mp4", small_output(), *input, 1);
    REQUIRE(writer);
    REQUIRE((*writer)->write(*input->frames().next()));
  }
  CHECK_FALSE(fs::exists(scratch / "0.mp4"));
}

TEST_CASE("Candidates are tried from hardware to software", "[encoder]") {
  CHECK(encoder_candidates("h264") == std::vector<std::string>{"h264_nvenc", "h264_vaapi", "libx264"});
  CHECK(encoder_candidates("hevc") == std::vector<std::string>{"hevc_nvenc", "hevc_vaapi", "libx265"});
  CHECK(encoder_candidates("av1") == std::vector<std::string>{"libsvtav1"});
  CHECK(encoder_candidates("theora").empty());
}

TEST_CASE("The choice is what opens, and tells why others do not", "[encoder]") {
  OutputSpec output = small_output();
  const auto choice = choose_encoder(output, {});
  REQUIRE(choice);
  for (const EncoderTrial& trial : choice->failed) {
    UNSCOPED_INFO(trial.name << ": " << trial.why_not);
    CHECK_FALSE(trial.why_not.empty());
    CHECK(trial.why_not.find("Unknown error") == std::string::npos);
    CHECK(trial.why_not != "Generic error in an external library");
  }
  if (choice->name == "libx264") {
    REQUIRE(choice->failed.size() == 2);
    CHECK(choice->failed[0].name == "h264_nvenc");
    CHECK(choice->failed[1].name == "h264_vaapi");
    output.encoder = "h264_nvenc";
    const auto demanded = choose_encoder(output, {});
    REQUIRE_FALSE(demanded);
    CHECK(demanded.error().code == Code::encoder_unavailable);
    CHECK(demanded.error().path == "/output/encoder");
    CHECK(demanded.error().message.find(choice->failed[0].why_not) != std::string::npos);
    const auto input = EncoderInput::open(output, "h264_nvenc", nullptr);
    REQUIRE_FALSE(input);
    CHECK(input.error().code == Code::encoder_unavailable);
    CHECK(input.error().path == "/output/encoder");
    CHECK(input.error().message == "h264_nvenc does not open: " + choice->failed[0].why_not + ".");
  } else {
    WARN("this machine has " << choice->name << ": its failing is not tested");
  }
}

TEST_CASE("A configured order is kept to, without names of other codecs", "[encoder]") {
  const auto choice = choose_encoder(small_output(), {"libx265", "libx264", "h264_nvenc"});
  REQUIRE(choice);
  CHECK(choice->name == "libx264");
  CHECK(choice->failed.empty());
  const auto none = choose_encoder(small_output(), {"libx265"});
  REQUIRE_FALSE(none);
  CHECK(none.error().code == Code::encoder_unavailable);
}

TEST_CASE("Encoders and codecs that do not fit are named", "[encoder]") {
  OutputSpec output = small_output();
  output.encoder = GENERATE("libx265", "libx2644");
  const auto wrong = choose_encoder(output, {});
  REQUIRE_FALSE(wrong);
  CHECK(wrong.error().code == Code::encoder_unavailable);
  CHECK(wrong.error().path == "/output/encoder");
  CHECK(wrong.error().message.find("h264_nvenc, h264_vaapi, libx264") != std::string::npos);
  output.codec = "theora";
  const auto codec = choose_encoder(output, {});
  REQUIRE_FALSE(codec);
  CHECK(codec.error().path == "/output/codec");
}

TEST_CASE("Segments that are not what the plan says are refused, and nothing is left", "[encoder]") {
  Film film(small_output());
  const fs::path out = film.scratch / "film.mp4";
  SECTION("missing") {
    fs::remove(film.segments[1]);
  }
  SECTION("cut short, its index gone") {
    fs::resize_file(film.segments[1], fs::file_size(film.segments[1]) / 2);
  }
  SECTION("cut short, its index there") {
    const std::string moved = (film.scratch / "moved.mp4").string();
    run("ffmpeg -v error -i '" + film.segments[1].string() + "' -c copy -movflags +faststart '" + moved +
        "'");
    fs::resize_file(moved, fs::file_size(moved) - 100);
    film.segments[1] = moved;
  }
  SECTION("a frame too few") {
    film.counts[1] = 38;
  }
  SECTION("a frame too many") {
    film.counts[0] = 49;
  }
  SECTION("coded otherwise") {
    OutputSpec other = film.output;
    other.preset = "ultrafast";
    write_segment(film.segments[1], other, "libx264", 50, 37);
  }
  SECTION("of another size") {
    OutputSpec other = film.output;
    other.width = 322;
    write_segment(film.segments[1], other, "libx264", 50, 37);
  }
  SECTION("of another rate") {
    OutputSpec other = film.output;
    other.fps = {25, 1};
    write_segment(film.segments[1], other, "libx264", 50, 37);
  }
  SECTION("no sound where one should be") {
    film.sound = film.scratch / "sound.m4a";
  }
  const auto joined = film.join(out);
  REQUIRE_FALSE(joined);
  CAPTURE(joined.error().message);
  CHECK(joined.error().code == Code::internal);
  CHECK_FALSE(fs::exists(out));
}

TEST_CASE("A directory that is not there cannot be written to", "[encoder]") {
  Film film(small_output());
  const auto joined = film.join(film.scratch / "no" / "film.mp4");
  REQUIRE_FALSE(joined);
  CHECK(joined.error().code == Code::target_unwritable);
  CHECK(joined.error().message.find("No such file or directory") != std::string::npos);
  CHECK(film.join("/proc/film.mp4").error().code == Code::target_unwritable);
  const auto input = EncoderInput::open(film.output, "libx264", nullptr);
  REQUIRE(input);
  const auto segment = open_segment("/proc/0.mp4", film.output, *input, 1);
  REQUIRE_FALSE(segment);
  CHECK(segment.error().code == Code::target_unwritable);
}

TEST_CASE("What stands in the way of a film is not removed", "[encoder]") {
  Film film(small_output());
  fs::create_directory(film.scratch / "film.mp4");
  CHECK(film.join(film.scratch / "film.mp4").error().code == Code::target_unwritable);
  CHECK(fs::is_directory(film.scratch / "film.mp4"));
}

// Writes beyond `bytes` fail with EFBIG while it lives.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(std::uintmax_t bytes) : handler_(signal(SIGXFSZ, SIG_IGN)) {
    getrlimit(RLIMIT_FSIZE, &before_);
    rlimit limit = before_;
    limit.rlim_cur = bytes;
    setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FileSizeLimit() {
    setrlimit(RLIMIT_FSIZE, &before_);
    signal(SIGXFSZ, handler_);
  }

 private:
  rlimit before_{};
  void (*handler_)(int);
};

TEST_CASE("A file that ends too early anywhere is a full disk", "[encoder]") {
  OutputSpec output = small_output();
  output.container = GENERATE("mp4", "mkv");
  CAPTURE(output.container);
  Film film(output);
  film.add_sound();
  const fs::path out = film.scratch / "film";
  REQUIRE(message(film.join(out)) == "");
  const std::uintmax_t size = fs::file_size(out);
  REQUIRE(size > 8);
  for (std::uintmax_t eighth = 0; eighth <= 8; ++eighth) {
    const std::uintmax_t limit = eighth == 8 ? size - 1 : size * eighth / 8;
    CAPTURE(limit, size);
    const auto joined = [&] {
      const FileSizeLimit limited(limit);
      return film.join(out);
    }();
    REQUIRE_FALSE(joined);
    CHECK(joined.error().code == Code::disk_full);
    CHECK_FALSE(fs::exists(out));
  }
  REQUIRE(message(film.join(out)) == "");
}

TEST_CASE("A segment on a full disk says so", "[encoder]") {
  const Scratch scratch;
  const OutputSpec output = small_output();
  write_segment(scratch / "whole.mp4", output, "libx264", 0, 30);
  const std::uintmax_t size = fs::file_size(scratch / "whole.mp4");
  const std::uintmax_t bytes = GENERATE_COPY(std::uintmax_t{0}, size / 2, size - 1);
  // Nothing is printed under the limit: it holds for the report too.
  const auto write_all = [&]() -> Result<void> {
    const FileSizeLimit limited(bytes);
    REELD_ASSIGN(const auto input, EncoderInput::open(output, "libx264", nullptr));
    REELD_ASSIGN(auto writer, open_segment(scratch / "0.mp4", output, input, 1));
    for (int n = 0; n < 30; ++n) {
      REELD_ASSIGN(EncoderFrame frame, input.frames().next());
      fill(frame.view(), output, picture(output, n));
      REELD_TRY(writer->write(std::move(frame)));
    }
    return writer->finish();
  };
  const auto result = write_all();
  REQUIRE_FALSE(result);
  CHECK(result.error().code == Code::disk_full);
  CHECK_FALSE(fs::exists(scratch / "0.mp4"));
}

TEST_CASE("A disk without space is a full disk", "[encoder]") {
  Film film(small_output());
  const fs::path disk = film.scratch / "disk";
  fs::create_directory(disk);
  if (mount("tmpfs", disk.c_str(), "tmpfs", 0, "size=16k") != 0) {
    WARN("skipped: this user may not mount a small disk");
    return;
  }
  const auto joined = film.join(disk / "film.mp4");
  const bool left = fs::exists(disk / "film.mp4");
  CHECK(umount(disk.c_str()) == 0);
  REQUIRE_FALSE(joined);
  CHECK(joined.error().code == Code::disk_full);
  CHECK_FALSE(left);
}

TEST_CASE("What is no video is not probed", "[encoder]") {
  const Scratch scratch;
  CHECK(probe_video(scratch / "none.mp4").error().code == Code::file_missing);
  std::ofstream(scratch / "text.mp4") << "no video";
  CHECK(probe_video(scratch / "text.mp4").error().code == Code::file_unreadable);
}

}  // namespace reeld::engine
