// Films of 10 bits a sample, by a real daemon: what the two bits are for, and that all that is done with
// films goes on with them.
#include <catch2/catch.hpp>
#include <chrono>
#include <fstream>
#include <map>
#include <set>
#include <thread>

#include "tests/apps/recorded_scores.hpp"

namespace reeld::test {
namespace {

namespace fs = std::filesystem;

constexpr int kWidth = 640, kHeight = 360;

// A dark wall, lit from the left: 12 codes of 8 bits over 640 pixels, so a code is 53 pixels wide. PPM of 16
// bits.
void write_dusk(const fs::path& file) {
  std::ofstream out(file, std::ios::binary);
  out << "P6\n" << kWidth << " " << kHeight << "\n65535\n";
  for (int y = 0; y < kHeight; ++y) {
    for (int x = 0; x < kWidth; ++x) {
      const int value = static_cast<int>((28 - 12.0 * x / kWidth - 1.0 * y / kHeight) / 255 * 65535);
      const char bytes[] = {static_cast<char>(value >> 8), static_cast<char>(value)};
      for (int channel = 0; channel < 3; ++channel) out.write(bytes, 2);
    }
  }
}

Json request_of(int bit_depth, const std::string& picture = "dusk.ppm") {
  return {{"reeld", 1},
          {"output",
           {{"width", kWidth},
            {"height", kHeight},
            {"fps", 30},
            {"codec", "h264"},
            {"device", "cpu"},
            {"bit_depth", bit_depth}}},
          {"quality", {{"fidelity", true}}},
          {"scenes", {{{"picture", {{"file", picture}}}, {"duration", 1}, {"motion", "zoom-in"}}}}};
}

struct Stage {
  Stage() : daemon(folder.path() / "daemon") {
    write_dusk(folder.path() / "dusk.ppm");
    write_picture(folder.path() / "day.jpg", 960, 600, 1);
  }
  std::string file(const std::string& name) const { return (folder.path() / name).string(); }

  // The job at its end, whatever that is.
  Json made(const Json& request, const std::string& name) {
    const auto submitted = daemon.client().submit(request, file(name), folder.path().string(), "");
    INFO((submitted ? "" : submitted.error().message));
    REQUIRE(submitted);
    const std::string job = submitted->at("job").at("id");
    REQUIRE(daemon.client().follow(job, [](const Json&) { return true; }));
    return answer("status", {{"job", job}}).at("job");
  }
  std::string film(const Json& request, const std::string& name) {
    const Json job = made(request, name);
    INFO(job.dump());
    REQUIRE(job.at("status") == "completed");
    return job.at("id");
  }
  Json answer(const std::string& method, const Json& params) {
    auto reply = daemon.client().call(method, params);
    while (reply && reply->value("status", "") == "running") {
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
      reply = daemon.client().call(method, params);
    }
    INFO(method << (reply ? "" : ": " + reply.error().message));
    REQUIRE(reply);
    return *reply;
  }

  TemporaryFolder folder;
  Daemon daemon;
};

// The luma codes of the film's tenth frame, as ffmpeg's program decodes them.
std::set<int> shades(const std::string& file, const std::string& format) {
  const Ran ran = run({"ffmpeg", "-v", "error", "-i", file, "-vf", "select=eq(n\\,10)", "-frames:v", "1",
                       "-f", "rawvideo", "-pix_fmt", format, "-"});
  const std::size_t bytes = format == "yuv420p" ? 1 : 2;
  REQUIRE(ran.output.size() == bytes * kWidth * kHeight * 3 / 2);
  std::set<int> found;
  for (std::size_t i = 0; i < static_cast<std::size_t>(kWidth) * kHeight; ++i) {
    const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(ran.output[at]); };
    found.insert(bytes == 1 ? byte(i) : byte(2 * i) | byte(2 * i + 1) << 8);
  }
  return found;
}

}  // namespace

TEST_CASE("a dark gradient has more shades and fewer bands in 10 bits") {
  Stage stage;
  const std::string shallow = stage.film(request_of(8), "8.mp4"), deep = stage.film(request_of(10), "10.mp4");
  const Json video = probe(stage.file("10.mp4")).at("streams").at(0);
  CHECK(video.at("pix_fmt") == "yuv420p10le");
  CHECK(video.at("profile") == "High 10");
  for (const char* tag : {"color_space", "color_transfer", "color_primaries"})
    CHECK(video.at(tag) == "bt709");
  CHECK(probe(stage.file("8.mp4")).at("streams").at(0).at("pix_fmt") == "yuv420p");

  const std::size_t few = shades(stage.file("8.mp4"), "yuv420p").size();
  const std::size_t many = shades(stage.file("10.mp4"), "yuv420p10le").size();
  CAPTURE(few, many);
  CHECK(few >= 8);
  CHECK(many >= 3 * few);

  const auto coarse = film_scores(stage.daemon, shallow), fine = film_scores(stage.daemon, deep);
  CAPTURE(coarse.at("banding_decoded"), fine.at("banding_decoded"));
  CHECK(coarse.at("banding_decoded") > 0.001);
  CHECK(fine.at("banding_decoded") < coarse.at("banding_decoded") / 4);
  CHECK(fine.at("psnr") > coarse.at("psnr"));
}

TEST_CASE("segments of one depth are not those of the other, and their own are taken again") {
  Stage stage;
  const auto reused = [&](const std::string& job) {
    return stage.answer("show", {{"job", job}}).at("job").at("reused").at("segments").get<int>();
  };
  CHECK(reused(stage.film(request_of(8, "day.jpg"), "8.mp4")) == 0);
  CHECK(reused(stage.film(request_of(10, "day.jpg"), "10.mp4")) == 0);
  const std::string again = stage.film(request_of(10, "day.jpg"), "again.mp4");
  CHECK(reused(again) > 0);
  CHECK(probe(stage.file("again.mp4")).at("streams").at(0).at("pix_fmt") == "yuv420p10le");
}

TEST_CASE("an encoder that codes 8 bits alone fails a job of 10 with its reason") {
  Stage stage;
  Json request = request_of(10, "day.jpg");
  request["output"]["encoder"] = "h264_vaapi";
  const Json job = stage.made(request, "film.mp4");
  REQUIRE(job.at("status") == "failed");
  CHECK(job.at("error").at("code") == "encoder_unavailable");
  CHECK(job.at("error").at("path") == "/output/encoder");
  CHECK_THAT(job.at("error").at("message").get<std::string>(), Catch::Matchers::Contains("8 bits a sample"));
}

TEST_CASE("reelctl renders a film of 10 bits, and its target is searched in 10 bits") {
  Stage stage;
  Json request = request_of(8, "day.jpg");
  request["output"]["target"] = {{"metric", "ssim"}, {"at_least", 0.97}};
  std::ofstream(stage.file("film.json")) << request;
  const Ran ran = run({program("reelctl"), "--endpoint", stage.daemon.endpoint(), "render",
                       stage.file("film.json"), "-o", stage.file("film.mp4"), "--bit-depth", "10"});
  INFO(ran.output << ran.errors);
  REQUIRE(ran.status == 0);
  CHECK(probe(stage.file("film.mp4")).at("streams").at(0).at("pix_fmt") == "yuv420p10le");
  const Ran refused = run({program("reelctl"), "--endpoint", stage.daemon.endpoint(), "render",
                           stage.file("film.json"), "-o", stage.file("other.mp4"), "--bit-depth", "12"});
  CHECK(refused.status != 0);
  CHECK_THAT(refused.errors, Catch::Matchers::Contains("/output/bit_depth"));
}

TEST_CASE("films of both depths are compared, in figures, in a sheet, and in a film of 10 bits") {
  Stage stage;
  fs::create_directory(stage.file("films"));
  const Json group = stage.answer(
      "group_create",
      {{"comparison_type", "settings"},
       {"request", request_of(8, "day.jpg")},
       {"variations", {{{"label", "8"}}, {{"label", "10"}, {"changes", {{"output", {{"bit_depth", 10}}}}}}}},
       {"target_dir", stage.file("films")},
       {"base_dir", stage.folder.path().string()}});
  const Json id = {{"group", group.at("group").at("id")}};
  const Json shown = stage.answer("group_show", id);
  for (const Json& film : shown.at("films"))
    REQUIRE(stage.daemon.client().follow(film.at("id"), [](const Json&) { return true; }));
  const Json compared = stage.answer("group_compare", id);
  std::map<std::string, double> second;
  for (const Json& row : compared.at("metrics")) {
    if (row.at("values").at(1).is_number()) second[row.at("name")] = row.at("values").at(1);
  }
  CHECK(second.at("ssim_to_first") > 0.9);
  CHECK(second.at("psnr_to_first") > 35);
  Json to = id;
  to["target"] = stage.file("sheet.png");
  CHECK(stage.answer("group_sheet", to).at("status") == "done");
  to["target"] = stage.file("both.mp4");
  CHECK(stage.answer("group_side_by_side", to).at("video").at("pixel_format") == "yuv420p10le");
  CHECK(probe(stage.file("both.mp4")).at("streams").at(0).at("pix_fmt") == "yuv420p10le");
}

}  // namespace reeld::test
