// Films of 10 bits a sample: coded by real encoders, judged by ffprobe and ffmpeg (the tools), and measured.
#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <optional>

#include "engine/film_likeness.hpp"
#include "engine/score/decoded_film.hpp"
#include "engine/score/fidelity.hpp"
#include "engine/score/quality_search.hpp"
#include "engine/score/rendered_frames.hpp"
#include "engine/score/similarity.hpp"
#include "engine/side_by_side.hpp"
#include "tests/engine/fidelity_fixture.hpp"

namespace reeld::engine {
namespace {

namespace fs = std::filesystem;

std::string run(const std::string& command) {
  const std::unique_ptr<FILE, int (*)(FILE*)> pipe(popen(command.c_str(), "r"), pclose);
  std::string text;
  char block[65536];
  for (std::size_t count = 0; (count = fread(block, 1, sizeof block, pipe.get())) > 0;)
    text.append(block, count);
  return text;
}

Json video_stream(const fs::path& file) {
  return Json::parse(
      run("ffprobe -v error -of json -select_streams v -show_streams '" + file.string() + "'"))["streams"][0];
}

// Two short scenes, of 10 bits.
struct DeepFilm : fidelity_fixture::Film {
  explicit DeepFilm(double seconds = 0.8) : Film(seconds) { plan.output.bit_depth = 10; }

  fs::path coded_by(const std::string& codec, const std::string& encoder) {
    plan.output.codec = codec;
    const fs::path segment = folder.path() / "segment.mp4", film = folder.path() / "film.mp4";
    fs::remove(segment);
    const FrameRun run{folder.path(), 0, plan.frame_count, 2};
    const auto rendered =
        render_segments(plan, run, {{plan.frame_count, segment}}, encoder, *device, [](std::int64_t) {});
    INFO((rendered ? "" : rendered.error().message));
    REQUIRE(rendered);
    REQUIRE(join_segments({segment}, {plan.frame_count}, "", plan.output, "", film));
    return film;
  }
  // The planes that an encoder was given, as ffmpeg's program writes them: 10 bits in the lower part of 16.
  std::string frame(std::int64_t number) {
    RenderedFrames rendered(plan, folder.path(), plan.frame_count, *device, 1);
    const auto frames = rendered.render({number});
    REQUIRE(frames);
    const FrameBuffer& p010 = frames->front();
    REQUIRE(p010.format == kernels::PixelFormat::p010);
    const auto code = [&](std::size_t index) {
      const int word = p010.bytes[2 * index] | p010.bytes[2 * index + 1] << 8;
      return std::string{static_cast<char>(word >> 6 & 0xFF), static_cast<char>(word >> 14)};
    };
    const std::size_t luma = p010.sizes[0].row_bytes / 2 * p010.sizes[0].rows, chroma = luma / 4;
    std::string planes;
    for (std::size_t i = 0; i < luma; ++i) planes += code(i);
    for (std::size_t plane = 0; plane < 2; ++plane) {
      for (std::size_t i = 0; i < chroma; ++i) planes += code(luma + 2 * i + plane);
    }
    return planes;
  }
};

std::map<std::string, double> named(const Scores& scores) {
  std::map<std::string, double> found;
  for (const Score& score : scores.scores) {
    if (!score.scene) found[score.name] = score.value;
  }
  return found;
}

std::map<std::string, double> scores_of(fidelity_fixture::Film& film, const fs::path& file) {
  const auto scores =
      measure_fidelity(film.plan, {file, film.folder.path(), 2}, *film.device, [](std::int64_t) {});
  INFO((scores ? "" : scores.error().message));
  REQUIRE(scores);
  return named(*scores);
}

TEST_CASE("an encoder of 8 bits alone is passed over with its reason, or refused with it", "[ten_bits]") {
  OutputSpec output;
  output.bit_depth = 10;
  const auto choice = choose_encoder(output, {});
  REQUIRE(choice);
  CHECK(choice->name == "libx264");
  REQUIRE(choice->failed.size() == 2);
  for (const EncoderTrial& trial : choice->failed)
    CHECK(trial.why_not == "it codes 8 bits a sample at most, and the film is to have 10");
  output.encoder = "h264_nvenc";
  const auto refused = choose_encoder(output, {});
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == Code::encoder_unavailable);
  CHECK(refused.error().path == "/output/encoder");
  CHECK_THAT(refused.error().message,
             Catch::Matchers::Contains("1920x1080 in 10 bits (h264_nvenc: it codes 8"));
  // HEVC's hardware encoders can: if they do not open here, it is for another reason.
  output.encoder = "hevc_nvenc";
  output.codec = "hevc";
  if (const auto hevc = choose_encoder(output, {}); !hevc) {
    CHECK_THAT(hevc.error().message, !Catch::Matchers::Contains("8 bits"));
  }
}

TEST_CASE("every codec makes a film of 10 bits, tagged as one of 8", "[ten_bits]") {
  const auto [codec, encoder, profile] = GENERATE(table<std::string, std::string, std::string>(
      {{"h264", "libx264", "High 10"}, {"hevc", "libx265", "Main 10"}, {"av1", "libsvtav1", "Main"}}));
  CAPTURE(encoder);
  DeepFilm film;
  film.plan.output.crf = 10;
  const fs::path file = film.coded_by(codec, encoder);
  const Json video = video_stream(file);
  CHECK(video["pix_fmt"] == "yuv420p10le");
  CHECK(video["profile"] == profile);
  CHECK(video["color_range"] == "tv");
  for (const char* tag : {"color_space", "color_transfer", "color_primaries"}) CHECK(video[tag] == "bt709");
  const auto facts = probe_video(file);
  REQUIRE(facts);
  CHECK(facts->pixel_format == "yuv420p10le");
  CHECK(bit_depth_of(*facts) == 10);
  CHECK(facts->frame_count == film.plan.frame_count);
  CHECK(scores_of(film, file).at("psnr") > 40);
}

TEST_CASE("a lossless film of 10 bits has the very samples that were rendered", "[ten_bits]") {
  const auto [codec, encoder] =
      GENERATE(table<std::string, std::string>({{"h264", "libx264"}, {"hevc", "libx265"}}));
  DeepFilm film(0.6);
  film.plan.output.crf = 0;
  const fs::path file = film.coded_by(codec, encoder);
  const std::string decoded =
      run("ffmpeg -v error -i '" + file.string() + "' -f rawvideo -pix_fmt yuv420p10le -");
  const std::size_t size = 320 * 180 * 3;
  REQUIRE(decoded.size() == size * static_cast<std::size_t>(film.plan.frame_count));
  for (const std::int64_t frame : {std::int64_t{0}, film.plan.frame_count / 2, film.plan.frame_count - 1})
    CHECK((decoded.substr(static_cast<std::size_t>(frame) * size, size) == film.frame(frame)));
  const auto found = scores_of(film, file);
  CHECK(found.at("psnr") == kMostPsnr);
  CHECK(found.at("ssim") == Approx(1));
  CHECK(found.at("ms_ssim") == Approx(1));
  CHECK(found.at("banding_added") == 0);
}

TEST_CASE("the same 10-bit frames give the same bytes", "[ten_bits]") {
  const auto bytes = [](DeepFilm& film) {
    std::ifstream in(film.coded_by("h264", "libx264"), std::ios::binary);
    return std::string{std::istreambuf_iterator<char>(in), {}};
  };
  DeepFilm film, other;
  film.plan.output.preset = other.plan.output.preset = "medium";  // with B-frames
  const std::string first = bytes(film);
  CHECK((first == bytes(film)));
  CHECK((first == bytes(other)));
}

// Every frame of so short a film is measured, so libavfilter's mean error against the lossless film is the
// same figure, with a peak of 1023.
TEST_CASE("PSNR of 10 bits is what libavfilter says, and all falls with the quality", "[ten_bits]") {
  DeepFilm film;
  const auto lossless = film.coded(0, "lossless.mp4");
  std::map<std::string, double> last{{"psnr", kMostPsnr}, {"ssim", 1}, {"ms_ssim", 1}};
  for (const int crf : {12, 26, 40}) {
    const auto file = film.coded(crf, "film.mp4");
    const auto found = scores_of(film, file);
    const auto likeness = measure_likeness(file, lossless, 2, [](double) {});
    REQUIRE(likeness);
    INFO("crf " << crf);
    CHECK(std::abs(found.at("psnr") - likeness->psnr) < 0.02);
    for (const auto& [name, before] : last) {
      INFO(name);
      CHECK(found.at(name) < before);
    }
    for (auto& [name, value] : last) value = found.at(name);
  }
}

TEST_CASE("scores of 8 and 10 bits are of one scale", "[ten_bits]") {
  fidelity_fixture::Film film(0.8);
  const auto shallow = scores_of(film, film.coded(30, "film.mp4"));
  film.plan.output.bit_depth = 10;
  const auto deep = scores_of(film, film.coded(30, "film.mp4"));
  CHECK(std::abs(deep.at("psnr") - shallow.at("psnr")) < 1);
  CHECK(std::abs(deep.at("ssim") - shallow.at("ssim")) < 0.03);
  CHECK(std::abs(deep.at("ms_ssim") - shallow.at("ms_ssim")) < 0.03);
  CHECK(std::abs(deep.at("temporal_flickering") - shallow.at("temporal_flickering")) < 0.002);
}

TEST_CASE("a target is searched in 10 bits", "[ten_bits]") {
  DeepFilm film;
  const auto scratch = film.folder.path() / "scratch";
  fs::create_directories(scratch);
  for (const auto& [metric, at_least] : {std::pair("ssim", 0.95), std::pair("psnr", 36.0)}) {
    const QualityWish wish{{metric, at_least}, film.folder.path(), scratch, "libx264", 2};
    const auto found = search_quality(film.plan, wish, *film.device, [](double) {});
    INFO((found ? "" : found.error().message));
    REQUIRE(found);
    CHECK(found->is_reached);
    CHECK(scores_of(film, film.coded(found->crf, "film.mp4")).at(metric) >= at_least - 0.005 * at_least);
  }
}

TEST_CASE("films of 8 and 10 bits are shown side by side in 10, and held against each other in 10",
          "[ten_bits]") {
  DeepFilm film;
  const auto deep = film.coded(10, "deep.mp4");
  film.plan.output.bit_depth = 8;
  const auto shallow = film.coded(10, "shallow.mp4");
  SideBySide wanted;
  wanted.films = {{deep, "ten"}, {shallow, "eight"}};
  wanted.threads = 2;
  wanted.scratch = film.folder.path();
  wanted.out = film.folder.path() / "both.mp4";
  const auto made = make_side_by_side(wanted, [](double, double) {});
  INFO((made ? "" : made.error().message));
  REQUIRE(made);
  CHECK(made->video.pixel_format == "yuv420p10le");
  CHECK(made->video.frame_count == film.plan.frame_count);
  // The two halves show the same.
  const auto likeness = measure_likeness(deep, shallow, 2, [](double) {});
  REQUIRE(likeness);
  CHECK(likeness->psnr > 40);
  CHECK(likeness->psnr < kMostPsnr);
  // Where only an encoder of 8 bits is configured, the comparison is made all the same, or not for its depth.
  wanted.encoder_order = {"h264_nvenc"};
  if (const auto again = make_side_by_side(wanted, [](double, double) {}); !again) {
    CHECK_THAT(again.error().message, !Catch::Matchers::Contains("10 bits"));
  } else {
    CHECK(again->video.pixel_format == "yuv420p");
  }
  wanted.encoder_order.clear();
  wanted.films = {{shallow, "eight"}};
  const auto alone = make_side_by_side(wanted, [](double, double) {});
  REQUIRE(alone);
  CHECK(alone->video.pixel_format == "yuv420p");
}

}  // namespace
}  // namespace reeld::engine
