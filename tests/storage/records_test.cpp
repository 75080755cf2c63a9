// Groups and scores, styles and products, edits and scripts, storage.
#include "storage/brands.hpp"
#include "storage/edits.hpp"
#include "storage/groups.hpp"
#include "storage/media.hpp"
#include "storage/metrics.hpp"
#include "storage/users.hpp"
#include "tests/storage/storage_helpers.hpp"

namespace reeld::storage {
namespace {

std::string job_in_group(Database& db, const std::string& group) {
  NewJob job = some_job();
  job.group_id = group;
  return db.create_job(job)->job.id;
}

TEST_CASE("a group has films, which are compared by score, and stay when it goes") {
  const TempDir dir;
  const auto db = opened(dir / "reeld.db");
  Groups groups(*db);
  Metrics metrics(*db);
  CHECK(groups.create({"", "", "luck"}).error().code == Code::invalid_request);
  CHECK(groups.create({"", "nobody", "prompt"}).error().code == Code::not_found);
  const Group group = *groups.create({"", "", "prompt"});
  CHECK(group.user_id == kLocalUser);
  CHECK(groups.find(group.id)->comparison_type == "prompt");
  const std::string dull = job_in_group(*db, group.id), sharp = job_in_group(*db, group.id);
  REQUIRE(metrics.record({{"", dull, std::nullopt, "image_quality", 40, "", 0},
                          {"", sharp, std::nullopt, "image_quality", 90, "", 0},
                          {"", sharp, 1, "image_quality", 95, "", 0},
                          {"", sharp, 0, "image_quality", 85, "clip", 0}}));
  const auto compared = *metrics.of_group(group.id, "image_quality");
  REQUIRE(compared.size() == 2);
  CHECK(compared[0].job_id == sharp);
  REQUIRE(metrics.record({{"", dull, std::nullopt, "image_quality", 99, "", 0}}));
  CHECK(metrics.of_group(group.id, "image_quality")->front().job_id == dull);
  const auto of_sharp = *metrics.of_job(sharp);
  REQUIRE(of_sharp.size() == 3);
  CHECK_FALSE(of_sharp[0].scene);
  CHECK(of_sharp[1].scene == 0);
  CHECK(of_sharp[1].model == "clip");
  CHECK(metrics.record({{"", dull, 0, "a", 1, "", 0}, {"", dull, 0, "image_quality", 101, "", 0}})
            .error()
            .code == Code::invalid_request);
  CHECK(metrics.of_job(dull)->size() == 1);
  CHECK(metrics.record({{"", "nobody", 0, "a", 1, "", 0}}).error().code == Code::not_found);

  JobFilter of_group;
  of_group.group_id = group.id;
  CHECK(*db->count_jobs(of_group) == 2);
  REQUIRE(groups.remove(group.id));
  CHECK(groups.find(group.id).error().code == Code::not_found);
  CHECK(groups.remove(group.id).error().code == Code::not_found);
  CHECK(db->find_job(dull)->group_id.empty());
  CHECK(*groups.count({}) == 0);
}

TEST_CASE("a style is kept whole, changed, found by its mood, and removed") {
  const TempDir dir;
  const auto db = opened(dir / "reeld.db");
  Brands brands(*db);
  BrandStyle sea;
  sea.name = "Sea";
  sea.style_data = {{"color_palette", {"#0a0b0c"}}, {"mood", "calm"}, {"visual_theme", "waves"}};
  sea.sample_images = {"a.png"};
  sea.image_folder = "brands/sea";
  BrandStyle kept = *brands.create(sea);
  CHECK(kept.style_data == sea.style_data);
  CHECK(kept.sample_images == sea.sample_images);
  CHECK(brands.list({"", "calm", ""}, {})->rows.size() == 1);
  CHECK(brands.list({"", "", "hills"}, {})->rows.empty());
  kept.style_data["mood"] = "wild";
  CHECK(brands.update(kept)->style_data["mood"] == "wild");
  CHECK(*brands.count({"", "calm", ""}) == 0);
  kept.style_data["color_palette"] = {"blue"};
  CHECK(brands.update(kept).error().code == Code::invalid_state);
  kept.style_data = {{"mood", "none"}};
  CHECK(brands.update(kept).error().code == Code::invalid_request);
  kept.image_folder = "../x";
  CHECK(brands.create(kept).error().code == Code::invalid_request);
  REQUIRE(brands.remove(kept.id));
  CHECK(brands.find(kept.id).error().code == Code::not_found);
  CHECK(brands.update(sea).error().code == Code::not_found);
  CHECK(brands.remove(kept.id).error().code == Code::not_found);
}

TEST_CASE("a product's picture is refused without measures, found by tag and category, and removed") {
  const TempDir dir;
  const auto db = opened(dir / "reeld.db");
  Products products(*db);
  ProductImage boat{"",  "",  "Boat",      "",          "products/boat.png", 1000,
                    640, 480, "image/png", "lifestyle", {"red", "sea"},      0};
  ProductImage wrong = boat;
  wrong.size_bytes = 0;
  CHECK(products.create(wrong).error().code == Code::invalid_request);
  wrong = boat;
  wrong.media_type = "text/html";
  CHECK(products.create(wrong).error().code == Code::invalid_request);
  ProductImage kept = *products.create(boat);
  CHECK(kept.width == 640);
  CHECK(kept.tags == boat.tags);
  CHECK(products.list({"", "", "red"}, {})->rows.size() == 1);
  CHECK(products.list({"", "", "green"}, {})->rows.empty());
  CHECK(products.list({"", "lifestyle", ""}, {"size", true})->rows.size() == 1);
  kept.name = "Small boat";
  kept.category = "";
  CHECK(products.update(kept)->name == "Small boat");
  CHECK(*products.count({"", "lifestyle", ""}) == 0);
  REQUIRE(products.remove(kept.id));
  CHECK(products.find(kept.id).error().code == Code::not_found);
  CHECK(products.update(kept).error().code == Code::not_found);
  CHECK(products.remove(kept.id).error().code == Code::not_found);
}

TEST_CASE("a style that is extracted is pending until it is ready or has failed; then its end is fixed") {
  const TempDir dir;
  const auto db = opened(dir / "reeld.db");
  Brands brands(*db);
  BrandStyle style;
  style.name = "Sea";
  style.status = "pending";
  style.extraction = {{"pictures", {"/a.png"}}};
  const BrandStyle first = *brands.create(style), second = *brands.create(style);
  CHECK(first.extraction == style.extraction);
  CHECK(brands.pending()->size() == 2);
  BrandStyle done = first;
  done.status = "ready";
  done.style_data = {{"color_palette", {"#000000"}}};
  done.image_folder = "brands/" + first.id;
  done.sample_images = {"brands/" + first.id + "/01.png"};
  CHECK(brands.finish(done)->sample_images == done.sample_images);
  CHECK(brands.finish(done).error().code == Code::invalid_state);
  BrandStyle failed = second;
  failed.status = "failed";
  CHECK(brands.finish(failed).error().code == Code::invalid_request);  // without its error
  failed.error = Error{Code::picture_invalid, "No picture.", "/pictures/0"};
  CHECK(brands.finish(failed)->error == failed.error);
  CHECK(brands.pending()->empty());
  CHECK(brands.list({"", "", "", "failed"}, {})->rows.size() == 1);
  REQUIRE(brands.remove(second.id));
  CHECK(brands.finish(failed).error().code == Code::not_found);
  std::vector<std::string> gone;
  const auto note = [&](const std::string& file) {
    gone.push_back(file);
    return true;
  };
  REQUIRE(sweep_brought(*db, note));
  CHECK(gone.empty());
  REQUIRE(brands.remove(first.id));
  REQUIRE(sweep_brought(*db, note));
  REQUIRE(sweep_brought(*db, note));
  CHECK(gone == std::vector<std::string>{"brands/" + first.id + "/01.png"});
}

TEST_CASE("a product's file goes with the last that has it, and stays where it is taken up again") {
  const TempDir dir;
  const auto db = opened(dir / "reeld.db");
  Products products(*db);
  const auto ready = [&] {
    ProductImage image;
    image.name = "Boat";
    image.status = "pending";
    image.source = "/boat.png";
    image = *products.create(image);
    CHECK(image.width == 0);
    image.status = "ready";
    CHECK(products.finish(image).error().code == Code::invalid_request);  // without its measures
    image.file = "products/ab/ab.png";
    image.size_bytes = 10;
    image.width = 2;
    image.height = 3;
    image.media_type = "image/png";
    CHECK(products.finish(image)->source == "/boat.png");
    CHECK(products.finish(image).error().code == Code::invalid_state);
    return image.id;
  };
  const auto swept = [&] {
    std::vector<std::string> files;
    REQUIRE(sweep_brought(*db, [&](const std::string& file) {
      files.push_back(file);
      return true;
    }));
    return files;
  };
  const std::string first = ready(), second = ready();
  REQUIRE(products.remove(first));
  REQUIRE(products.disown("products/ab/ab.png"));
  CHECK(swept().empty());
  REQUIRE(products.remove(second));
  const std::string third = ready();
  CHECK(swept().empty());
  REQUIRE(products.remove(third));
  CHECK(swept() == std::vector<std::string>{"products/ab/ab.png"});
  REQUIRE(products.disown("products/cd/cd.png"));
  CHECK(swept() == std::vector<std::string>{"products/cd/cd.png"});
  CHECK(products.pending()->empty());
}

TEST_CASE("an edit is a draft until a version of the film is rendered from it") {
  const TempDir dir;
  const auto db = opened(dir / "reeld.db");
  Edits edits(*db);
  EditingSession wanted;
  CHECK(edits.create(wanted).error().code == Code::not_found);
  wanted.job_id = made(*db).id;
  wanted.status = "completed";
  wanted.edit_data = {{"clips", {{{"id", 1}, {"start", 0}, {"end", 2}}}}};
  EditingSession session = *edits.create(wanted);
  CHECK(session.status == "draft");
  CHECK(session.edit_data == wanted.edit_data);
  session.status = "rendering";
  CHECK(edits.update(session).error().code == Code::invalid_state);
  NewJob version = some_job();
  version.parent_job_id = wanted.job_id;
  session.edited_job_id = db->create_job(version)->job.id;
  CHECK(edits.update(session)->status == "rendering");
  JobFilter versions;
  versions.parent_job_id = wanted.job_id;
  CHECK(db->page_of_jobs(versions, {})->rows.front().id == session.edited_job_id);
  session.edit_data = {{"clips", 1}};
  CHECK(edits.update(session).error().code == Code::invalid_request);
  CHECK(edits.list({"", wanted.job_id, "rendering"}, {"updated", true})->rows.size() == 1);
  CHECK(*edits.count({"", "", "draft"}) == 0);
  REQUIRE(edits.remove(session.id));
  CHECK(edits.find(session.id).error().code == Code::not_found);
  CHECK(edits.update(session).error().code == Code::not_found);
  CHECK(edits.remove(session.id).error().code == Code::not_found);
  CHECK(db->find_job(wanted.job_id));
}

TEST_CASE("how a job's script was written is kept with it, and replaced") {
  const TempDir dir;
  const auto db = opened(dir / "reeld.db");
  JobScripts scripts(*db);
  const std::string job = made(*db).id;
  CHECK_FALSE(scripts.find(job)->has_value());
  CHECK(scripts.set("nobody", {"p", "", true, {}, {}, {}}).error().code == Code::not_found);
  CHECK(scripts.set(job, {"", "", true, {}, {}, {}}).error().code == Code::invalid_request);
  CHECK(scripts.set(job, {"p", "ABC", true, {}, {}, {}}).error().code == Code::invalid_request);
  CHECK(scripts.set(job, {"p", "", true, Json::array(), {}, {}}).error().code == Code::invalid_request);
  JobScript wanted{"A harbour",
                   "PAS",
                   true,
                   {{"hook", "h"}},
                   {{"scenes", Json::array()}, {"cohesion_score", 85}},
                   {{{"role", "critic"}}}};
  REQUIRE(scripts.set(job, {"first", "", false, {}, {}, {}}));
  REQUIRE(scripts.set(job, wanted));
  const JobScript kept = **scripts.find(job);
  CHECK(kept.prompt == "A harbour");
  CHECK(kept.framework == "PAS");
  CHECK(kept.use_llm);
  CHECK(kept.llm_specification == wanted.llm_specification);
  CHECK(kept.scene_plan == wanted.scene_plan);
  CHECK(kept.llm_conversation_history == wanted.llm_conversation_history);
}

TEST_CASE("storage: five kinds with their policies; what nobody needs is swept once, unless it stays") {
  const TempDir dir;
  const auto db = opened(dir / "reeld.db");
  MediaStorage storage(*db);
  CHECK(storage.list()->size() == 5);
  CHECK(storage.find("ATTIC").error().code == Code::not_found);
  CHECK(storage.set_policy("VIDEOS", {0, {}, true}).error().code == Code::invalid_request);
  CHECK(storage.set_policy("ATTIC", {}).error().code == Code::not_found);
  const StorageRecord images = *storage.set_policy("IMAGES", {30, 500, false});
  CHECK(images.policy.max_age_days == 30);
  CHECK(images.policy.max_size_mb == 500);
  CHECK_FALSE(images.policy.preserve_completed_videos);
  CHECK(storage.set_permissions("IMAGES", {true, true, false})->permissions.public_read);
  REQUIRE(storage.cleaned_up("TEMP"));
  CHECK(storage.cleaned_up("ATTIC").error().code == Code::not_found);
  CHECK(storage.find("TEMP")->last_cleanup_us);

  const std::string job = made(*db).id;
  for (const char digit : {'a', 'b'}) {
    Asset asset;
    asset.sha256 = std::string(64, digit);
    asset.type = "IMAGE";
    asset.source_type = "USER_UPLOADED";
    asset.file = std::string("assets/") + digit;
    asset.size_bytes = 10;
    REQUIRE(db->link_asset(job, db->add_asset(asset)->id, "picture", 0));
  }
  CHECK(storage.find("IMAGES")->total_size_bytes == 20);
  CHECK(db->remove_job(job).error().code == Code::invalid_state);
  REQUIRE(db->set_status(job, JobStatus::cancelled));
  REQUIRE(db->remove_job(job));
  CHECK(db->remove_job(job).error().code == Code::not_found);
  CHECK(storage.find("IMAGES")->file_count == 0);
  std::vector<std::string> asked;
  CHECK(*storage.sweep(10, [&](const std::string& file) {
    asked.push_back(file);
    return file == "assets/a";
  }) == 1);
  CHECK(asked == std::vector<std::string>{"assets/a", "assets/b"});
  CHECK(*storage.sweep(10, [](const std::string& file) { return file == "assets/b"; }) == 1);
  CHECK(*storage.sweep(10, [](const std::string&) { return true; }) == 0);
}

}  // namespace
}  // namespace reeld::storage
