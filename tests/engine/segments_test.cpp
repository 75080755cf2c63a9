// Where films are cut, what a segment's key depends on, and what it does not.
#include "engine/reuse/segments.hpp"

#include <catch2/catch.hpp>
#include <numeric>
#include <set>

#include "engine/reuse/segment_key.hpp"

namespace reeld::engine {
namespace {

using Keys = std::vector<std::string>;

struct Shot {
  std::string picture;
  double seconds = 0;
  double transition = 0;  // crossfade into the next; 0: a cut
  std::string text = {};
  std::string motion = "zoom-in";
};

// 25 frames a second, so that every time here is a whole number of frames.
Plan plan_of(const std::vector<Shot>& shots, const Json& output = Json::object()) {
  Json request = {{"reeld", 1}, {"output", {{"width", 320}, {"height", 180}, {"fps", 25}}}};
  request["output"].update(output);
  Facts facts;
  for (std::size_t i = 0; i < shots.size(); ++i) {
    Json scene = {{"picture", {{"file", shots[i].picture}}},
                  {"duration", shots[i].seconds},
                  {"motion", shots[i].motion}};
    if (shots[i].transition > 0)
      scene["transition"] = {{"kind", "crossfade"}, {"duration", shots[i].transition}};
    if (!shots[i].text.empty()) scene["text"] = {{{"text", shots[i].text}}};
    request["scenes"].push_back(scene);
    facts.pictures.push_back({shots[i].picture, "assets/" + shots[i].picture, 800, 600, 0});
  }
  facts.speech.resize(shots.size());
  facts.words.resize(shots.size());
  const auto parsed = parse_request(request);
  if (!parsed) FAIL(parsed.error().message);
  const auto plan = make_plan(*parsed, facts);
  if (!plan) FAIL(plan.error().message);
  return *plan;
}

std::vector<std::int64_t> counts(const std::vector<SegmentRange>& segments) {
  std::vector<std::int64_t> all;
  std::int64_t next = 0;
  for (const SegmentRange& segment : segments) {
    CHECK(segment.first == next);
    next += segment.count;
    all.push_back(segment.count);
  }
  return all;
}

std::vector<std::int64_t> cuts(const std::vector<Shot>& shots, double seconds = 2) {
  return counts(split_into_segments(plan_of(shots), seconds));
}

const Coding kCoding{"program", "fonts", "libx264", 2};

Keys keys(const Plan& plan, const Coding& coding = kCoding) {
  return segment_keys(plan, split_into_segments(plan, 2), coding);
}
Keys keys(const std::vector<Shot>& shots) {
  return keys(plan_of(shots));
}

std::size_t shared(const Keys& before, const Keys& after) {
  const std::set<std::string> had(before.begin(), before.end());
  return static_cast<std::size_t>(
      std::count_if(after.begin(), after.end(), [&](const std::string& key) { return had.contains(key); }));
}

using Counts = std::vector<std::int64_t>;

TEST_CASE("a film is cut where a transition begins and ends, and at every cut", "[reuse]") {
  CHECK(cuts({{"a", 2, 1}, {"b", 3, 1}, {"c", 2}}) == Counts{25, 25, 25, 25, 25});
  CHECK(cuts({{"a", 1}, {"b", 1.4}}) == Counts{25, 35});
  CHECK(cuts({{"a", 1}}) == Counts{25});
}

TEST_CASE("a long scene is cut every two seconds from its beginning, and ends without a shred", "[reuse]") {
  CHECK(cuts({{"a", 7}}) == Counts{50, 50, 75});
  CHECK(cuts({{"a", 4}}) == Counts{50, 50});
  CHECK(cuts({{"a", 3.96}}) == Counts{99});
  CHECK(cuts({{"a", 7}}, 1) == Counts{25, 25, 25, 25, 25, 25, 25});
}

TEST_CASE("what is shorter than half a second is coded together with its like", "[reuse]") {
  const std::vector<Shot> fast(20, Shot{"a", 0.12});
  const Counts together = cuts(fast);
  CHECK(std::accumulate(together.begin(), together.end(), std::int64_t{0}) == 60);
  for (std::size_t i = 0; i + 1 < together.size(); ++i) CHECK(together[i] >= 12);
  // A scene that is long enough stands alone between them.
  CHECK(cuts({{"a", 0.2}, {"b", 0.2}, {"c", 2}, {"d", 0.2}}) == Counts{10, 50, 5});
}

TEST_CASE("runs cover what is missing, once, and give every slot work", "[reuse]") {
  const auto segments = split_into_segments(plan_of({{"a", 60}}), 2);
  REQUIRE(segments.size() == 30);
  for (const int slots : {1, 2, 3, 7}) {
    for (const std::set<std::size_t>& done :
         {std::set<std::size_t>{}, {0}, {29}, {3, 4, 11}, {1, 3, 5, 7, 9}}) {
      std::vector<bool> missing;
      for (std::size_t i = 0; i < segments.size(); ++i) missing.push_back(!done.contains(i));
      std::vector<bool> covered(segments.size(), false);
      for (const SegmentRun& run : runs_of(segments, missing, {25, 1}, 10, slots)) {
        CHECK(run.count >= 1);
        for (std::size_t i = run.first; i < run.first + run.count; ++i) {
          CHECK_FALSE(covered.at(i));
          covered.at(i) = true;
        }
      }
      CHECK(covered == missing);
    }
  }
  const std::vector<bool> all(segments.size(), true);
  CHECK(runs_of(segments, all, {25, 1}, 10, 1).size() == 6);
  CHECK(runs_of(segments, all, {25, 1}, 10, 12).size() == 12);
  CHECK(runs_of(segments, all, {25, 1}, 10, 64).size() == 30);  // a run is 2 s at least
  CHECK(runs_of(segments, std::vector<bool>(30, false), {25, 1}, 10, 2).empty());
}

TEST_CASE("a key is the same for the same film, and other frames have other keys", "[reuse]") {
  const std::vector<Shot> film = {{"a", 4, 1}, {"b", 4, 1}, {"c", 4}};
  CHECK(keys(film) == keys(film));
  const Keys all = keys(film);
  CHECK(std::set<std::string>(all.begin(), all.end()).size() == all.size());
}

TEST_CASE("a change in one scene changes the keys of its own frames alone", "[reuse]") {
  //                               a 3 | 1 | b 2 | 1 | c 2 | 1 | d 3: seven segments
  const std::vector<Shot> film = {{"a", 4, 1}, {"b", 4, 1}, {"c", 4, 1}, {"d", 4}};
  const Keys before = keys(film);
  REQUIRE(before.size() == 7);
  std::vector<Shot> with_text = film;
  with_text[1].text = "Noon";
  const Keys after = keys(with_text);
  for (std::size_t i = 0; i < before.size(); ++i) {
    INFO(i);
    CHECK((before[i] == after[i]) == (i < 1 || i > 3));
  }
  std::vector<Shot> with_picture = film;
  with_picture[3].picture = "e";
  CHECK(shared(before, keys(with_picture)) == 5);
  std::vector<Shot> cut = film;
  cut[0].transition = 0;
  CHECK(shared(before, keys(cut)) == 4);  // a and b are cut elsewhere now
}

TEST_CASE("a key does not depend on where in the film its frames are, nor on other scenes", "[reuse]") {
  const std::vector<Shot> film = {{"a", 4}, {"b", 4}, {"c", 4}};
  const Keys before = keys(film);
  CHECK(shared(before, keys(std::vector<Shot>{film[2], film[0], film[1]})) == before.size());
  CHECK(shared(before, keys(std::vector<Shot>{film[2]})) == 2);
  CHECK(shared(before, keys(std::vector<Shot>{{"x", 1.96}, film[0], film[1], film[2]})) == before.size());
  // Trimmed, a still scene keeps what it shows; a moving one moves otherwise in each frame.
  CHECK(shared(keys(std::vector<Shot>{{"a", 7, 0, "", "none"}}),
               keys(std::vector<Shot>{{"a", 6.6, 0, "", "none"}})) == 2);
  CHECK(shared(keys(std::vector<Shot>{{"a", 7}}), keys(std::vector<Shot>{{"a", 6.6}})) == 0);
}

TEST_CASE("a key depends on all that codes the frames, and on fonts where a text is shown", "[reuse]") {
  const std::vector<Shot> shots = {{"a", 2}, {"b", 2, 0, "Noon"}};
  const Plan plan = plan_of(shots);
  const Keys before = keys(plan);
  for (const Coding& other :
       {Coding{"newer", "fonts", "libx264", 2}, Coding{"program", "fonts", "h264_nvenc", 2},
        Coding{"program", "fonts", "libx264", 4}}) {
    CHECK(shared(before, keys(plan, other)) == 0);
  }
  CHECK(shared(before, keys(plan, {"program", "more fonts", "libx264", 2})) == 1);
  for (const Json& output : {Json{{"crf", 30}}, Json{{"preset", "fast"}}, Json{{"fps", 24}},
                             Json{{"width", 322}}, Json{{"bit_depth", 10}}})
    CHECK(shared(before, keys(plan_of(shots, output))) == 0);
  // What is done with coded frames does not matter, and no device does.
  CHECK(keys(plan_of(shots, {{"container", "mkv"}, {"device", "cpu"}})) == before);
}

TEST_CASE("a sound track's key depends on what is heard alone", "[reuse]") {
  const Plan plan = plan_of({{"a", 2}, {"b", 2}});
  const std::string before = sound_key(plan, "program");
  CHECK(sound_key(plan_of({{"c", 2}, {"d", 2, 0, "Noon"}}), "program") == before);
  CHECK(sound_key(plan_of({{"a", 2}, {"b", 3}}), "program") != before);
  CHECK(sound_key(plan, "newer") != before);
}

}  // namespace
}  // namespace reeld::engine
