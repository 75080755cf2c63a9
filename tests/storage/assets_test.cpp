#include "storage/media.hpp"
#include "tests/storage/storage_helpers.hpp"

namespace reeld::storage {
namespace {

Asset some_asset(char digit, const std::string& fingerprint) {
  Asset asset;
  asset.sha256 = std::string(64, digit);
  asset.type = "AUDIO";
  asset.source_type = "GENERATED";
  asset.file = "assets/a.wav";
  asset.provider = "espeak-ng";
  asset.prompt = "The harbour.";
  asset.fingerprint = fingerprint;
  asset.duration_us = 1500000;
  asset.metadata = {{"version", "1.51"}};
  return asset;
}

TEST_CASE("one row a content: the same bytes from another wish keep their row and gain a fingerprint") {
  const TempDir dir;
  const auto db = opened(dir / "reeld.db");
  const Asset first = *db->add_asset(some_asset('a', "one"));
  const Asset second = *db->add_asset(some_asset('a', "two"));
  CHECK(first.id == second.id);
  CHECK(first.duration_us == 1500000);
  CHECK(first.metadata["version"] == "1.51");
  CHECK((*db->find_asset_by_fingerprint("one"))->id == first.id);
  CHECK((*db->find_asset_by_fingerprint("two"))->fingerprint == "two");
  CHECK_FALSE(db->find_asset_by_fingerprint("three")->has_value());
  CHECK((*db->counts())["assets"] == 1);
  const Asset newer = *db->add_asset(some_asset('b', "one"));
  CHECK((*db->find_asset_by_fingerprint("one"))->id == newer.id);
}

TEST_CASE("all that is needed to make an asset again is kept with it") {
  const TempDir dir;
  const auto db = opened(dir / "reeld.db");
  Asset wanted = some_asset('a', "wish");
  wanted.model_asked = "first-model";
  wanted.model = "second-model";
  wanted.prompt = "A harbour at dawn";
  wanted.negative_prompt = "people";
  wanted.seed = 0xfedcba9876543210;  // does not fit a signed column as it is
  wanted.params = {{"prompt", "A harbour at dawn"}, {"seed", 0xfedcba9876543210}};
  wanted.response_seconds = 2.5;
  wanted.request_count = 3;
  wanted.input_tokens = 10;
  wanted.output_tokens = 1290;
  wanted.thought_tokens = 7;
  wanted.cached_tokens = 2;
  wanted.cost_usd = 0.0387;
  wanted.confidence = 0.75;
  wanted.words = {{"A", 0, 0.125}, {"harbour", 0.125, 0.5}};
  wanted.words_estimated = true;
  REQUIRE(db->add_asset(wanted));
  const Asset kept = **db->find_asset_by_fingerprint("wish");
  CHECK(kept.model_asked == "first-model");
  CHECK(kept.model == "second-model");
  CHECK(kept.negative_prompt == "people");
  CHECK(kept.seed == wanted.seed);
  CHECK(kept.params == wanted.params);
  CHECK(kept.request_count == 3);
  CHECK(kept.input_tokens == 10);
  CHECK(kept.output_tokens == 1290);
  CHECK(kept.thought_tokens == 7);
  CHECK(kept.cached_tokens == 2);
  CHECK(kept.cost_usd == 0.0387);
  CHECK(kept.confidence == 0.75);
  CHECK(kept.words == wanted.words);
  CHECK(kept.words_estimated);
  const std::string job = made(*db).id;
  REQUIRE(db->link_asset(job, kept.id, "speech", 4));
  const auto linked = db->job_assets(job);
  CHECK(linked->at(0).role == "speech");
  CHECK(linked->at(0).scene == 4);
  CHECK(linked->at(0).asset.words == wanted.words);
}

TEST_CASE("the same content made again keeps the record of its first making") {
  const TempDir dir;
  const auto db = opened(dir / "reeld.db");
  Asset asset = some_asset('a', "one");
  asset.model = "first-model";
  REQUIRE(db->add_asset(asset));
  asset.model = "second-model";
  asset.fingerprint = "two";
  CHECK(db->add_asset(asset)->model == "first-model");
}

TEST_CASE("what was generated says what it was made from, what was brought along need not") {
  const TempDir dir;
  const auto db = opened(dir / "reeld.db");
  Asset asset = some_asset('a', "");
  asset.prompt = "";
  CHECK(db->add_asset(asset).error().code == Code::invalid_state);
  asset.source_type = "USER_UPLOADED";
  CHECK(db->add_asset(asset));
}

TEST_CASE("an asset's file lies inside the data directory and its kind is a known one") {
  const TempDir dir;
  const auto db = opened(dir / "reeld.db");
  for (const char* file : {"/etc/passwd", "a/../../b", "..", ""}) {
    Asset asset = some_asset('a', "");
    asset.file = file;
    CHECK(db->add_asset(asset).error().code == Code::database_failed);
  }
  Asset asset = some_asset('a', "");
  asset.type = "SMELL";
  CHECK(db->add_asset(asset).error().code == Code::database_failed);
}

TEST_CASE("an answer of several assets is recorded whole, and its job's at once, or not at all") {
  const TempDir dir;
  const auto db = opened(dir / "reeld.db");
  const std::string job = made(*db).id;
  Asset wrong = some_asset('b', "");
  wrong.type = "SMELL";
  CHECK_FALSE(db->add_answer({some_asset('a', "one"), wrong}, {{job, "speech", 2}}));
  CHECK(db->job_assets(job)->empty());
  CHECK_FALSE(db->find_asset_by_fingerprint("one")->has_value());
  CHECK_FALSE(db->add_answer({some_asset('a', "one")}, {{new_id(), "speech", 2}}));
  CHECK_FALSE(db->find_asset_by_fingerprint("one")->has_value());

  const auto kept = db->add_answer({some_asset('a', "one"), some_asset('b', "")}, {{job, "speech", 2}});
  REQUIRE(kept);
  REQUIRE(kept->size() == 2);
  const auto assets = db->job_assets(job);
  REQUIRE(assets->size() == 2);
  CHECK((*assets)[0].role == "speech");
  CHECK((*assets)[0].asset.id == (*kept)[0].id);
  CHECK((*assets)[0].scene == 2);
  CHECK_FALSE((*assets)[0].reused);
  CHECK((*assets)[1].role == "speech_alternative");
  CHECK((*assets)[1].asset.id == (*kept)[1].id);
  CHECK(db->add_answer({some_asset('c', "two")}, std::nullopt)->size() == 1);  // nobody's yet
  CHECK(db->job_assets(job)->size() == 2);
}

TEST_CASE("a job's assets are told by scene and role; linking twice is one link") {
  const TempDir dir;
  const auto db = opened(dir / "reeld.db");
  const std::string job = made(*db).id;
  const std::string asset = db->add_asset(some_asset('a', ""))->id;
  REQUIRE(db->link_asset(job, asset, "speech", 2));
  REQUIRE(db->link_asset(job, asset, "speech", 2));
  REQUIRE(db->link_asset(job, asset, "music", -1));
  const auto assets = db->job_assets(job);
  REQUIRE(assets->size() == 2);
  CHECK((*assets)[0].role == "music");
  CHECK((*assets)[0].scene == -1);
  CHECK((*assets)[1].asset.id == asset);
  CHECK(db->link_asset(job, new_id(), "speech", 0).error().code == Code::not_found);
}

TEST_CASE("a job has one film: the later replaces the earlier") {
  const TempDir dir;
  const auto db = opened(dir / "reeld.db");
  const std::string job = made(*db).id;
  CHECK_FALSE(db->video(job)->has_value());
  REQUIRE(db->add_video({"", job, "/out/a.mp4", "", "A", {{"frames", 1}}, 0}));
  REQUIRE(db->add_video({"", job, "/out/b.mp4", "/out/b.png", "B", {{"frames", 2}}, 0}));
  const Video video = **db->video(job);
  CHECK(video.file == "/out/b.mp4");
  CHECK(video.poster == "/out/b.png");
  CHECK(video.facts["frames"] == 2);
  CHECK((*db->counts())["videos"] == 1);
}

TEST_CASE("stages, resources and events of a job are kept") {
  const TempDir dir;
  const auto db = opened(dir / "reeld.db");
  const std::string job = made(*db).id;
  REQUIRE(db->begin_stage(job, "planning"));
  REQUIRE(db->end_stage(job, "planning", std::nullopt, {1.5, 0.25, 100, 10, 7}));
  REQUIRE(db->begin_stage(job, "rendering"));
  const Error lost{Code::device_lost, "It went away.", ""};
  REQUIRE(db->end_stage(job, "rendering", lost, {}));
  const auto stages = db->stages(job);
  REQUIRE(stages->size() == 2);
  CHECK((*stages)[0].completed_us);
  CHECK((*stages)[0].attempt == 1);
  REQUIRE((*stages)[0].used);
  CHECK((*stages)[0].used->cpu_seconds == 1.5);
  CHECK((*stages)[0].used->gpu_seconds == 0.25);
  CHECK((*stages)[0].used->peak_memory_mb == 100);
  CHECK((*stages)[0].used->peak_gpu_memory_mb == 10);
  CHECK((*stages)[0].used->frames == 7);
  CHECK((*stages)[1].error == lost);
  CHECK(db->end_stage(job, "rendering", std::nullopt, {}).error().code == Code::not_found);
  CHECK(db->begin_stage("nobody", "planning").error().code == Code::not_found);

  CHECK_FALSE(db->resources(job)->has_value());
  JobResources resources;
  resources.wall_seconds = 2.5;
  resources.frames = 90;
  resources.encoder = "libx264";
  resources.encoder_trials = Json::array({{{"name", "h264_nvenc"}, {"why_not", "no GPU"}}});
  REQUIRE(db->set_resources(job, resources));
  CHECK((*db->resources(job))->quality_search.is_null());
  resources.wall_seconds = 3;
  resources.quality_search = {{"crf", 27}, {"tries", Json::array()}};
  REQUIRE(db->set_resources(job, resources));
  CHECK((*db->resources(job))->wall_seconds == 3);
  CHECK((*db->resources(job))->encoder_trials == resources.encoder_trials);
  CHECK((*db->resources(job))->quality_search == resources.quality_search);

  CHECK(db->append_event(job, "status", {{"status", "pending"}})->seq == 1);
  CHECK(db->append_event(job, "progress", 5)->seq == 2);
  CHECK(db->append_event("nobody", "progress", 5).error().code == Code::not_found);
  CHECK(db->append_event(job, "gossip", 5).error().code == Code::database_failed);
  const auto later = db->events_after(job, 1, 10);
  REQUIRE(later->size() == 1);
  CHECK((*later)[0].body == 5);
}

Asset unmeasured(char digit) {
  Asset asset = some_asset(digit, "");
  asset.duration_us.reset();
  return asset;
}

TEST_CASE("what a worker measured is recorded once") {
  const TempDir dir;
  const auto db = opened(dir / "reeld.db");
  Media media(*db);
  const std::string picture = db->add_asset(unmeasured('a'))->id, sound = db->add_asset(unmeasured('b'))->id;
  REQUIRE(media.set_measured({{picture, 640, 480}, {sound, 0, 0, 1500000}}));
  REQUIRE(media.set_measured({{picture, 10, 10}, {sound, 0, 0, 7}}));
  CHECK(media.find_asset(picture)->width == 640);
  CHECK(media.find_asset(picture)->height == 480);
  CHECK_FALSE(media.find_asset(picture)->duration_us);
  CHECK(media.find_asset(sound)->width == 0);
  CHECK(media.find_asset(sound)->duration_us == 1500000);
  CHECK(media.find_asset("none").error().code == Code::not_found);
}

TEST_CASE("an asset that nobody uses is dropped, and no other") {
  const TempDir dir;
  const auto db = opened(dir / "reeld.db");
  Media media(*db);
  const std::string used = db->add_asset(unmeasured('a'))->id, unused = db->add_asset(unmeasured('b'))->id;
  Asset stock = unmeasured('c');
  stock.source_type = "STOCK";
  const std::string kept = db->add_asset(stock)->id;
  REQUIRE(db->link_asset(made(*db).id, used, "picture", 0));
  for (const std::string& id : {used, unused, kept}) REQUIRE(media.drop_unused_asset(id));
  CHECK(media.find_asset(used));
  CHECK(media.find_asset(kept));
  CHECK(media.find_asset(unused).error().code == Code::not_found);
  CHECK(media.drop_unused_asset(unused));  // gone already
}

}  // namespace
}  // namespace reeld::storage
