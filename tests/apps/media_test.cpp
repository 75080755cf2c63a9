// Files and housekeeping, through a real daemon.
#include <catch2/catch.hpp>

#include <filesystem>
#include <fstream>

#include "engine/files.hpp"
#include "engine/folder_use.hpp"
#include "tests/apps/page_check.hpp"

namespace reeld::test {
namespace {

namespace fs = std::filesystem;

// A daemon that has made a film of one picture.
struct Stage {
  Stage() : daemon(folder.path() / "daemon") {
    write_picture(folder.path() / "harbour.jpg", 320, 200, 1);
    film = render("film.mp4");
  }

  std::string render(const std::string& target) {
    const Json request = {{"reeld", 1},
                          {"title", "Harbour"},
                          {"output", {{"width", 320}, {"height", 180}, {"encoder", "libx264"}}},
                          {"scenes", {{{"picture", {{"file", "harbour.jpg"}}}, {"duration", 1}}}}};
    const auto submitted =
        daemon.client().submit(request, (folder.path() / target).string(), folder.path().string(), "");
    REQUIRE(submitted);
    const std::string job = submitted->at("job").at("id").get<std::string>();
    REQUIRE(daemon.client().follow(job, [](const Json&) { return true; }));
    return job;
  }

  Json ask(const std::string& method, const Json& params = Json::object()) {
    auto answer = daemon.client().call(method, params);
    while (answer && answer->contains("status") && answer->at("status").get<std::string>().ends_with("ing"))
      answer = daemon.client().call(method, params);
    INFO((answer ? "" : answer.error().message));
    REQUIRE(answer);
    return *answer;
  }

  Error refused(const std::string& method, const Json& params) {
    const auto answer = daemon.client().call(method, params);
    REQUIRE_FALSE(answer);
    return answer.error();
  }

  Json storage(const std::string& type) {
    const Json records = ask("storage_list").at("storage");
    for (const Json& record : records) {
      if (record.at("storage_type") == type) return record;
    }
    FAIL("there is no storage " + type);
    return {};
  }

  TemporaryFolder folder;
  Daemon daemon;
  std::string film;
};

TEST_CASE("the real daemon answers the page on files as the page shows") {
  Stage stage;
  const std::string other = stage.render("other.mp4");
  const std::string asset = stage.ask("asset_list").at("assets").at(0).at("id");
  const auto params_of = [&](const std::string& method, Json params) {
    if (params.contains("asset")) params["asset"] = asset;
    if (params.contains("job")) params["job"] = method == "job_delete" ? other : stage.film;
    if (params.contains("model")) params.erase("model");
    if (params.contains("target")) params["target"] = (stage.folder.path() / "out.csv").string();
    return params;
  };
  CHECK(check_answers(stage.daemon, read_protocol_page("media.md"), params_of,
                      {"/assets/*/params", "/assets/*/metadata", "/asset/params", "/asset/metadata"}) >= 8);
}

TEST_CASE("sizes and counts are those of the files, and go with the job that used them") {
  Stage stage;
  const Json images = stage.storage("IMAGES"), videos = stage.storage("VIDEOS");
  const auto posters = engine::folder_use(stage.daemon.data_dir() / "posters");
  CHECK(posters.files == 1);
  CHECK(images.at("file_count") == 2);
  CHECK(images.at("total_size_bytes") ==
        fs::file_size(stage.folder.path() / "harbour.jpg") + static_cast<std::uintmax_t>(posters.bytes));
  CHECK(videos.at("total_size_bytes") == fs::file_size(stage.folder.path() / "film.mp4"));
  const Json temporary = stage.storage("TEMP");
  const auto segments = engine::folder_use(stage.daemon.data_dir() / "segments");
  CHECK(segments.files > 0);
  CHECK(temporary.at("file_count") == segments.files);
  CHECK(temporary.at("total_size_bytes") == segments.bytes);
  stage.ask("job_delete", {{"job", stage.film}});
  CHECK(stage.storage("IMAGES").at("file_count") == 0);
  CHECK(stage.storage("VIDEOS").at("file_count") == 0);
  CHECK(fs::exists(stage.folder.path() / "film.mp4"));
  CHECK(stage.refused("job_delete", {{"job", stage.film}}).code == Code::not_found);
}

TEST_CASE("a list is exported whole, as JSON and as CSV, and a wrong parameter is named") {
  Stage stage;
  const fs::path json = stage.folder.path() / "jobs.json", csv = stage.folder.path() / "assets.csv";
  CHECK(stage.ask("export", {{"list", "list"}, {"target", json.string()}}).at("rows") == 1);
  CHECK(Json::parse(*engine::read_text(json)).at(0).at("id") == stage.film);
  stage.ask("export", {{"list", "asset_list"}, {"target", csv.string()}, {"format", "csv"}});
  CHECK(engine::read_text(csv)->starts_with("id,"));
  const Json wrong = {
      {"list", "list"}, {"target", (stage.folder.path() / "x").string()}, {"params", {{"statu", "failed"}}}};
  auto answer = stage.daemon.client().call("export", wrong);
  while (answer) answer = stage.daemon.client().call("export", wrong);
  CHECK(answer.error().code == Code::unknown_field);
  CHECK(answer.error().path == "/params/statu");
  CHECK(stage.refused("export", {{"list", "status"}, {"target", "/x"}}).path == "/list");
  CHECK(stage.refused("export", {{"list", "list"}, {"target", "x"}}).path == "/target");
}

TEST_CASE("a lost picture is found and given up, and the next film fetches it again") {
  Stage stage;
  const std::string file = stage.ask("asset_list").at("assets").at(0).at("file");
  fs::remove(stage.daemon.data_dir() / file);
  const Json found = stage.ask("fsck");
  CHECK(found.at("finding_count") == 1);
  CHECK(found.at("findings").at(0).at("kind") == "missing_file");
  CHECK(found.at("mended_count") == 0);
  CHECK(stage.ask("fsck", {{"mend", true}}).at("mended_count") == 1);
  CHECK(stage.ask("fsck").at("finding_count") == 0);
  stage.render("again.mp4");
  CHECK(fs::exists(stage.daemon.data_dir() / file));
  CHECK(stage.ask("fsck", {{"deep", true}}).at("finding_count") == 0);
}

TEST_CASE("a policy is kept, and a wrong one is refused") {
  Stage stage;
  stage.ask("storage_set", {{"storage_type", "IMAGES"}, {"max_age_days", 30}, {"max_size_mb", 500}});
  stage.ask("storage_set", {{"storage_type", "IMAGES"}, {"max_size_mb", 0}});
  CHECK(stage.storage("IMAGES").at("cleanup_policy") ==
        Json{{"max_age_days", 30}, {"max_size_mb", nullptr}, {"preserve_completed_videos", true}});
  CHECK(stage.refused("storage_set", {{"storage_type", "MUSIC"}}).path == "/storage_type");
  CHECK(stage.refused("storage_set", {{"storage_type", "IMAGES"}, {"max_age_days", -1}}).path ==
        "/max_age_days");
  CHECK(stage.ask("gc", {{"dry_run", true}}).at("file_count") == 0);
}

TEST_CASE("a job that needs more room than there is fails before anything is made") {
  const TemporaryFolder folder;
  const auto config = folder.path() / "reeld.toml";
  REQUIRE(engine::write_text(config, "kept_free_mb = 1000000000\n"));
  Daemon daemon(folder.path() / "daemon", {"--config", config.string()});
  write_picture(folder.path() / "harbour.jpg", 320, 200, 1);
  const Json request = {{"reeld", 1},
                        {"scenes", {{{"picture", {{"file", "harbour.jpg"}}}, {"duration", 1}}}}};
  const auto submitted =
      daemon.client().submit(request, (folder.path() / "film.mp4").string(), folder.path().string(), "");
  REQUIRE(submitted);
  const auto ended = daemon.client().follow(submitted->at("job").at("id"), [](const Json&) { return true; });
  REQUIRE(ended);
  CHECK(ended->at("error").at("code") == "disk_full");
  CHECK(ended->at("assets").empty());
}

}  // namespace
}  // namespace reeld::test
