#include <catch2/catch.hpp>

#include "base/temporary_folder.hpp"
#include "engine/asset_store.hpp"
#include "engine/cleanup.hpp"
#include "engine/files.hpp"
#include "engine/fsck.hpp"
#include "engine/job_folder.hpp"
#include "storage/brands.hpp"
#include "storage/media.hpp"

namespace reeld::engine {
namespace {

namespace fs = std::filesystem;
using storage::JobStatus;

constexpr std::int64_t kDayUs = 24LL * 3600 * 1'000'000;
const std::atomic<bool> kGoOn{false};

// A data directory with a database, and files that look as if they had been there for long.
struct House {
  House() : database(*storage::Database::open(folder.path() / "reeld.db")) {}

  void age(const fs::path& file) const {
    fs::last_write_time(file, fs::file_time_type::clock::now() - std::chrono::hours(48));
  }

  storage::Asset picture(const std::string& content) const {
    REQUIRE(write_text(folder.path() / "made.png", content));
    providers::Delivery delivery;
    delivery.file = folder.path() / "made.png";
    const auto stored = AssetStore(folder.path()).put(delivery);
    REQUIRE(stored);
    age(folder.path() / stored->file);
    storage::Asset asset;
    asset.sha256 = stored->sha256;
    asset.file = stored->file;
    asset.size_bytes = stored->size_bytes;
    asset.type = "IMAGE";
    asset.source_type = "GENERATED";
    asset.provider = "gemini";
    asset.prompt = "The harbour.";
    return *database->add_asset(asset);
  }

  storage::Job job(const std::string& key) const {
    return database->create_job({key, "hash", {{"scenes", Json::array()}}, "/in", "/out/film.mp4", "A film"})
        ->job;
  }

  void limit(const std::string& type, std::optional<std::int64_t> days, std::optional<std::int64_t> megabytes,
             bool preserve = true) const {
    REQUIRE(storage::MediaStorage(*database).set_policy(type, {days, megabytes, preserve}));
  }

  std::vector<std::string> clean(bool dry_run, int days_from_now = 0) const {
    const auto cleaned =
        clean_up(*database, folder.path(), storage::now_us() + days_from_now * kDayUs, dry_run, kGoOn);
    REQUIRE(cleaned);
    std::vector<std::string> files;
    for (const CleanedFile& file : *cleaned) files.push_back(file.file);
    return files;
  }

  std::vector<std::string> check(const FsckOptions& options) const {
    const auto findings = check_files(*database, folder.path(), options, kGoOn);
    REQUIRE(findings);
    std::vector<std::string> kinds;
    for (const Finding& finding : *findings) {
      CHECK(finding.mended == (options.mend && finding.kind != "missing_film"));
      kinds.push_back(finding.kind + " " + finding.place);
    }
    return kinds;
  }

  bool is_there(const std::string& file) const { return fs::exists(folder.path() / file); }

  TemporaryFolder folder;
  std::unique_ptr<storage::Database> database;
};

using Names = std::vector<std::string>;

TEST_CASE("without limits nothing is cleaned up") {
  const House house;
  house.picture("one");
  CHECK(house.clean(false, 1000).empty());
}

TEST_CASE("what was not used for as long as the policy says goes, after a dry run has said so") {
  const House house;
  const storage::Asset free = house.picture("free"), used = house.picture("used");
  REQUIRE(house.database->link_asset(house.job("a").id, used.id, "picture", 0));
  house.limit("IMAGES", 30, std::nullopt);
  CHECK(house.clean(false, 29).empty());
  CHECK(house.clean(true, 31) == Names{free.file});
  CHECK(house.is_there(free.file));
  CHECK(house.clean(false, 31) == Names{free.file});
  CHECK_FALSE(house.is_there(free.file));
  CHECK(house.is_there(used.file));
  CHECK(house.clean(false, 31).empty());
}

TEST_CASE("above the size that the policy says the least recently used goes first") {
  const House house;
  const std::string megabyte(1'000'000, 'x');
  const auto first = house.picture(megabyte + "1"), second = house.picture(megabyte + "2");
  const auto third = house.picture(megabyte + "3");
  house.limit("IMAGES", std::nullopt, 2);
  CHECK(house.clean(true) == Names{first.file, second.file});
  CHECK(house.clean(false) == Names{first.file, second.file});
  CHECK(house.is_there(third.file));
}

TEST_CASE("what a failed job left for its retry goes with its age, and a job at work keeps its folder") {
  const House house;
  const storage::Job failed = house.job("a"), at_work = house.job("b");
  for (const storage::Job& job : {failed, at_work}) {
    fs::create_directories(JobFolder(house.folder.path(), job.id).root);
    REQUIRE(write_text(JobFolder(house.folder.path(), job.id).plan(), "{}"));
  }
  REQUIRE(house.database->set_status(failed.id, JobStatus::failed, Error{Code::internal, "it broke"}));
  CHECK(house.clean(false, 6).empty());
  CHECK(house.clean(false, 8) == Names{"jobs/" + failed.id});  // TEMP is kept for 7 days
  CHECK(house.is_there("jobs/" + at_work.id));
}

TEST_CASE("films stay unless the policy gives them up, and a file that is another by now stays anyhow") {
  const House house;
  const fs::path film = house.folder.path() / "film.mp4";
  REQUIRE(write_text(film, "a film"));
  const storage::Job job = house.job("a");
  for (const JobStatus status :
       {JobStatus::media_generation, JobStatus::video_composition, JobStatus::completed}) {
    REQUIRE(house.database->set_status(job.id, status));
  }
  storage::Video video;
  video.job_id = job.id;
  video.file = film.string();
  video.facts = {{"duration_seconds", 1.0}, {"size_bytes", 6}, {"width", 16}, {"height", 16}};
  REQUIRE(house.database->add_video(video));
  house.limit("VIDEOS", 30, std::nullopt);
  CHECK(house.clean(false, 31).empty());
  house.limit("VIDEOS", 30, std::nullopt, false);
  SECTION("ours") {
    CHECK(house.clean(true, 31) == Names{film.string()});
    CHECK(house.clean(false, 31) == Names{film.string()});
    CHECK_FALSE(fs::exists(film));
  }
  SECTION("the user's") {
    REQUIRE(write_text(film, "cut by its user"));
    CHECK(house.clean(false, 31).empty());
    CHECK(fs::exists(film));
  }
  SECTION("the user's, of the same size") {
    REQUIRE(write_text(film, "A Film"));
    fs::last_write_time(film, fs::file_time_type::clock::now() + std::chrono::minutes(1));
    CHECK(house.clean(false, 31).empty());
    CHECK(fs::exists(film));
  }
}

TEST_CASE("the file of a record that is gone is swept, unless it was made a moment ago") {
  const House house;
  const storage::Job job = house.job("a");
  const storage::Asset asset = house.picture("one");
  REQUIRE(house.database->link_asset(job.id, asset.id, "picture", 0));
  REQUIRE(house.database->set_status(job.id, JobStatus::cancelled));
  REQUIRE(house.database->remove_job(job.id));
  fs::last_write_time(house.folder.path() / asset.file, fs::file_time_type::clock::now());
  CHECK(sweep_files(*house.database, house.folder.path())->empty());
  house.age(house.folder.path() / asset.file);
  CHECK(sweep_files(*house.database, house.folder.path())->size() == 1);
  CHECK_FALSE(house.is_there(asset.file));
  CHECK(fs::is_empty(house.folder.path() / "trash"));
}

TEST_CASE("what a brand and a product keep is missed, and a size that was never measured is mended") {
  const House house;
  storage::Brands brands(*house.database);
  storage::BrandStyle style;
  style.name = "Harbour";
  style.status = "pending";
  style = *brands.create(style);
  style.image_folder = "brands/" + style.id;
  style.sample_images = {style.image_folder + "/01.png", style.image_folder + "/02.png"};
  style.status = "ready";
  REQUIRE(brands.finish(style));
  fs::create_directories(house.folder.path() / style.image_folder);
  REQUIRE(write_text(house.folder.path() / style.image_folder / "01.png", "one"));
  storage::ProductImage product;
  product.name = "Teapot";
  product.file = "products/teapot.png";
  product.size_bytes = 5;
  product.width = product.height = 16;
  product.media_type = "image/png";
  REQUIRE(storage::Products(*house.database).create(product));
  const auto kinds = [&] {
    const auto findings = check_files(*house.database, house.folder.path(), {true, false}, kGoOn);
    REQUIRE(findings);
    Names kinds;
    for (const Finding& finding : *findings)
      kinds.push_back(finding.kind + " " + finding.place + (finding.mended ? " mended" : ""));
    return kinds;
  };
  const Names missing = {"missing_file " + style.image_folder + "/02.png",
                         "missing_file products/teapot.png"};
  CHECK(kinds() == Names{missing[0], "wrong_size " + style.image_folder + " mended", missing[1]});
  CHECK(brands.find(style.id)->sample_bytes == 3);
  CHECK(kinds() == missing);
}

TEST_CASE("a poster that is another or gone is found, and counted as it is where asked") {
  const House house;
  const storage::Job job = house.job("a");
  const fs::path data = house.folder.path();
  storage::Video film;
  film.job_id = job.id;
  film.file = (data / "a.mp4").string();
  film.poster = (data / "posters/a.jpg").string();
  film.poster_bytes = 3;
  film.facts = {{"duration_seconds", 2.5}, {"size_bytes", 6}};
  fs::create_directories(data / "posters");
  REQUIRE(write_text(film.file, "a film"));
  REQUIRE(write_text(film.poster, "new one"));
  REQUIRE(house.database->add_video(film));
  const auto counted = [&] { return house.database->video(job.id)->value().poster_bytes; };

  CHECK(house.check({false, false}) == Names{"wrong_size posters/a.jpg"});
  CHECK(counted() == 3);
  house.check({true, false});
  CHECK(counted() == 7);
  fs::remove(film.poster);
  CHECK(house.check({true, false}) == Names{"missing_file posters/a.jpg"});
  CHECK(counted() == 0);
  CHECK(house.check({true, false}).empty());
}

TEST_CASE("a house in order has nothing to find") {
  const House house;
  house.picture("one");
  CHECK(house.check({true, true}).empty());
}

TEST_CASE("what is missing, other than it was, or without a record is found, and mended where asked") {
  const House house;
  const auto missing = house.picture("missing"), cut = house.picture("cut"), other = house.picture("other");
  const fs::path data = house.folder.path();
  fs::remove(data / missing.file);
  REQUIRE(write_text(data / cut.file, "c"));
  REQUIRE(write_text(data / other.file, "OTHER"));
  for (const char* stray : {"assets/zz/stray.png", "posters/stray.jpg", "jobs/no-such-job/plan.json"}) {
    fs::create_directories((data / stray).parent_path());
    REQUIRE(write_text(data / stray, "stray"));
    house.age(data / stray);
  }
  house.age(data / "jobs/no-such-job");
  REQUIRE(write_text(data / "assets/zz/young.png", "its record may come"));

  auto found = house.check({false, true});
  std::ranges::sort(found);
  Names expected = {"missing_file " + missing.file,  "wrong_size " + cut.file,
                    "wrong_content " + other.file,   "orphan_file assets/zz/stray.png",
                    "orphan_file posters/stray.jpg", "orphan_folder jobs/no-such-job"};
  std::ranges::sort(expected);
  CHECK(found == expected);
  CHECK(house.check({true, true}).size() == expected.size());
  CHECK(house.check({false, true}).empty());
  CHECK_FALSE(house.is_there("posters/stray.jpg"));
  CHECK(house.is_there("assets/zz/young.png"));
}

}  // namespace
}  // namespace reeld::engine
