// What is measured of a segment lies in its file, and a film's parts together score as the whole.
#include "engine/score/segment_measures.hpp"

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <opencv2/imgcodecs.hpp>

#include "engine/files.hpp"
#include "engine/render.hpp"
#include "film_scores_fixture.hpp"

namespace reeld::engine {
namespace {

namespace fs = std::filesystem;

class Folder {
 public:
  Folder() : path_(fs::temp_directory_path() / ("reeld-measures-" + std::to_string(::getpid()))) {
    fs::remove_all(path_);
    fs::create_directories(path_);
  }
  ~Folder() { fs::remove_all(path_); }
  fs::path operator/(const std::string& name) const { return path_ / name; }
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

// Two boxes, as a file of video begins and ends.
void write_boxes(const fs::path& file) {
  std::ofstream out(file, std::ios::binary);
  out.write(
      "\0\0\0\x0C"
      "ftypisom"
      "\0\0\0\x10"
      "mdat12345678",
      28);
}

SegmentMeasures some_measures() {
  SegmentMeasures measures;
  measures.frames = {{100.5, 20, 220, 0}, {101.5, 21, 221, 0.25}};
  PairMeasures pair;
  pair.difference = 2.5;
  pair.correlation = 0.5;
  pair.compared = pair.tracked = true;
  pair.flicker = 0.125;
  pair.expected = 2;
  pair.seen = 2.25;
  pair.error = {0.5, -0.25, 0.125};
  measures.pairs = {pair};
  measures.first = {{1, 256, 16320}, {{10, 20.5, 30, 40}}};
  measures.last = {{3, 4, 5}, {}};
  return measures;
}

}  // namespace

TEST_CASE("measures that are broken, or of other frames, are refused", "[segment_measures]") {
  Folder folder;
  CHECK(read_measures(folder / "none.mp4", 2).error().code == Code::file_missing);
  const fs::path file = folder / "a.mp4";
  write_boxes(file);
  REQUIRE(append_measures(file, some_measures()));
  const auto other = read_measures(file, 3);
  REQUIRE_FALSE(other);
  CHECK(other.error().code == Code::internal);
  CHECK(other.error().message.find(file.string()) != std::string::npos);
  const auto size = fs::file_size(file);
  for (const auto cut : {std::uintmax_t{1}, size / 2 - 14, size - 28 - 25}) {
    CAPTURE(cut);
    fs::resize_file(file, size - cut);
    CHECK_FALSE(read_measures(file, 2));
  }
  std::fstream bytes(file, std::ios::binary | std::ios::in | std::ios::out);
  bytes.seekp(28);
  bytes.write("\0\0\0\x19", 4);  // a box of one byte, which is no message
  bytes.close();
  CHECK_FALSE(read_measures(file, 2));
}

TEST_CASE("a segment without measures has none", "[segment_measures]") {
  Folder folder;
  const fs::path file = folder / "a.mp4";
  const auto has_none = [&] {
    const auto read = read_measures(file, 2);
    return read && !*read;
  };
  write_boxes(file);
  CHECK(has_none());
  std::ofstream(file, std::ios::binary) << "no boxes at all, but text";
  CHECK(has_none());
  std::ofstream(file, std::ios::binary).close();
  CHECK(has_none());
}

TEST_CASE("measures come back as they were written, behind what is there", "[segment_measures]") {
  Folder folder;
  const fs::path file = folder / "a.mp4";
  write_boxes(file);
  REQUIRE(append_measures(file, some_measures()));
  const auto read = read_measures(file, 2);
  REQUIRE(read);
  REQUIRE(*read);
  const SegmentMeasures &got = **read, wanted = some_measures();
  CHECK(got.frames[1].mean == wanted.frames[1].mean);
  CHECK(got.frames[1].dark_share == wanted.frames[1].dark_share);
  CHECK(got.pairs[0].seen == wanted.pairs[0].seen);
  CHECK(got.pairs[0].tracked);
  CHECK(got.pairs[0].error.y == wanted.pairs[0].error.y);
  CHECK(got.first.reduced == wanted.first.reduced);
  CHECK(got.first.texts == wanted.first.texts);
  CHECK(got.last.reduced == wanted.last.reduced);
}

TEST_CASE("a film's segments together score as the film in one", "[segment_measures]") {
  MeasuredFilm film;
  film.add_zoom(20, 0);
  film.add_zoom(16, 1);
  auto frames = film.frames();
  frames[12] = frames[11];  // where a segment begins
  const Scores whole = film.score(frames);
  REQUIRE(value_of(whole, "frozen_frames") == 1);
  Folder folder;
  std::vector<fs::path> segments;
  const std::vector<std::int64_t> counts = {12, 14, 10};
  std::int64_t first = 0;
  for (const std::int64_t count : counts) {
    segments.push_back(folder / (std::to_string(first) + ".mp4"));
    write_boxes(segments.back());
    REQUIRE(append_measures(segments.back(), film.measure(frames, first, count)));
    first += count;
  }
  const Scores parts = score_film(film.plan, segments, counts);
  REQUIRE(parts.scores.size() == whole.scores.size());
  for (std::size_t i = 0; i < whole.scores.size(); ++i) {
    CAPTURE(whole.scores[i].name);
    CHECK(parts.scores[i].name == whole.scores[i].name);
    CHECK(parts.scores[i].value == Approx(whole.scores[i].value).margin(1e-5));
  }

  // The middle one is of an earlier version, or broken: what is left is measured.
  write_boxes(segments[1]);
  const Scores fewer = score_film(film.plan, segments, counts);
  CHECK(value_of(fewer, "measured_frames") == 11 + 9);
  CHECK(value_of(fewer, "frozen_frames") == 0);
  REQUIRE(append_measures(segments[1], some_measures()));
  CHECK(value_of(score_film(film.plan, segments, counts), "measured_frames") == 11 + 9);
}

TEST_CASE("segments are rendered with their measures, which the joined film does not have",
          "[segment_measures]") {
  Folder folder;
  MeasuredFilm film;
  film.plan.output.fps = {25, 1};
  film.add_zoom(30);
  film.plan.pictures.resize(1);
  film.plan.pictures[0].file = "spots.png";
  const auto picture = spotted_picture(MeasuredFilm::kPictureWidth, MeasuredFilm::kPictureHeight, 1);
  const cv::Mat pixels(MeasuredFilm::kPictureHeight, MeasuredFilm::kPictureWidth, CV_8UC4,
                       const_cast<std::uint8_t*>(picture.data()));
  REQUIRE(cv::imwrite((folder / "spots.png").string(), pixels));
  const std::vector<std::int64_t> counts = {18, 12};
  const auto render = [&](const std::string& name) {
    const std::vector<SegmentFile> segments = {{18, folder / (name + "0.mp4")},
                                               {12, folder / (name + "1.mp4")}};
    const auto device = kernels::open_device(kernels::DeviceKind::cpu);
    const auto done = render_segments(film.plan, {folder.path(), 0, 30, 2}, segments, "libx264", **device,
                                      [](std::int64_t) {});
    INFO((done ? "" : done.error().message));
    REQUIRE(done);
    return std::vector<fs::path>{segments[0].out, segments[1].out};
  };
  const auto scored = render("scored");
  const Scores scores = score_film(film.plan, scored, counts);
  CHECK(value_of(scores, "measured_frames") == 29);
  CHECK(value_of(scores, "flicker") < 0.05);
  CHECK(value_of(scores, "motion_error") < 0.05);

  film.plan.score = false;
  const auto plain = render("plain");
  for (const fs::path& segment : plain) CHECK_FALSE(*read_measures(segment, 18));
  const auto join = [&](const std::vector<fs::path>& segments, const std::string& name) {
    REQUIRE(join_segments(segments, counts, {}, film.plan.output, "", folder / name));
    return *read_text(folder / name);
  };
  CHECK(join(scored, "scored.mp4") == join(plain, "plain.mp4"));
  CHECK(probe_video(folder / "scored.mp4")->frame_count == 30);
}

}  // namespace reeld::engine
