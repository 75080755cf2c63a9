#include <SQLiteCpp/SQLiteCpp.h>

#include <algorithm>

#include "storage/brands.hpp"
#include "storage/media.hpp"
#include "storage/retention.hpp"
#include "storage/reuse.hpp"
#include "tests/storage/storage_helpers.hpp"

namespace reeld::storage {
namespace {

Asset picture(Database& db, char digit, std::int64_t size = 100) {
  Asset asset;
  asset.sha256 = std::string(64, digit);
  asset.type = "IMAGE";
  asset.source_type = "GENERATED";
  asset.file = std::string("assets/") + digit + ".png";
  asset.provider = "gemini";
  asset.prompt = "The harbour.";
  asset.fingerprint = std::string("wish ") + digit;
  asset.size_bytes = size;
  return *db.add_asset(asset);
}

Video film_of(const Job& job) {
  Video film;
  film.job_id = job.id;
  film.file = "/out/film.mp4";
  film.title = "A film";
  film.facts = {{"duration_seconds", 1.0}, {"size_bytes", 1000}, {"width", 16}, {"height", 16}};
  return film;
}

std::vector<std::string> files(const Result<std::vector<Removable>>& found) {
  REQUIRE(found);
  std::vector<std::string> names;
  for (const Removable& one : *found) names.push_back(one.file);
  return names;
}

using Names = std::vector<std::string>;

StorageRecord images(Database& db) {
  return *MediaStorage(db).find("IMAGES");
}

TEST_CASE("what an unfinished job uses cannot be given up, and can be once the job ended") {
  const TempDir dir;
  const auto db = opened(dir / "reeld.db");
  Retention retention(*db);
  const Asset asset = picture(*db, 'a');
  const Job job = made(*db);
  REQUIRE(db->link_asset(job.id, asset.id, "picture", 0));
  CHECK(files(retention.assets("IMAGES", 10)).empty());
  CHECK_FALSE(*retention.retire_asset(asset.id));
  REQUIRE(db->set_status(job.id, JobStatus::cancelled));
  CHECK(files(retention.assets("IMAGES", 10)) == Names{"assets/a.png"});
  CHECK(*retention.retire_asset(asset.id));
  CHECK_FALSE(*retention.retire_asset(asset.id));
}

TEST_CASE(
    "an asset whose file is removed keeps its record, counts no longer, and comes back with its content") {
  const TempDir dir;
  const auto db = opened(dir / "reeld.db");
  Retention retention(*db);
  const Asset asset = picture(*db, 'a', 700);
  picture(*db, 'b', 50);
  REQUIRE(*retention.retire_asset(asset.id));
  CHECK(images(*db).total_size_bytes == 50);
  CHECK(images(*db).file_count == 1);
  CHECK(Media(*db).find_asset(asset.id)->removed_us);
  const Job job = made(*db);
  const auto late = db->link_asset(job.id, asset.id, "picture", 0);
  REQUIRE_FALSE(late);
  CHECK(late.error().code == Code::not_found);
  CHECK(picture(*db, 'a', 700).id == asset.id);
  CHECK_FALSE(Media(*db).find_asset(asset.id)->removed_us);
  CHECK(images(*db).total_size_bytes == 750);
  CHECK(images(*db).file_count == 2);
  CHECK(*MediaStorage(*db).sweep(10, [](const std::string&) { return true; }) == 0);
}

TEST_CASE("a removed asset's record can go too, and is not counted twice") {
  const TempDir dir;
  const auto db = opened(dir / "reeld.db");
  Retention retention(*db);
  const Asset asset = picture(*db, 'a', 700);
  const Job job = made(*db);
  REQUIRE(db->link_asset(job.id, asset.id, "picture", 0));
  REQUIRE(db->set_status(job.id, JobStatus::cancelled));
  REQUIRE(*retention.retire_asset(asset.id));
  REQUIRE(db->remove_job(job.id));
  CHECK(images(*db).total_size_bytes == 0);
  CHECK(images(*db).file_count == 0);
  const auto sums = *retention.sums();
  for (const StorageSum& sum : sums) {
    INFO(sum.type);
    CHECK(sum.size_bytes == sum.kept_size_bytes);
    CHECK(sum.file_count == sum.kept_file_count);
  }
}

TEST_CASE("a poster counts among the pictures from its film's record on, until the film's file goes") {
  const TempDir dir;
  const auto db = opened(dir / "reeld.db");
  Retention retention(*db);
  const Job job = made(*db);
  Video film = film_of(job);
  film.poster = "/posters/a.jpg";
  film.poster_bytes = 300;
  const auto check_images = [&](std::int64_t bytes, std::int64_t count) {
    CHECK(images(*db).total_size_bytes == bytes);
    CHECK(images(*db).file_count == count);
    const auto sums = *retention.sums();
    const auto sum = std::ranges::find(sums, "IMAGES", &StorageSum::type);
    CHECK(sum->size_bytes == bytes);
    CHECK(sum->file_count == count);
  };
  REQUIRE(db->add_video(film));
  check_images(300, 1);
  film.poster_bytes = 250;
  REQUIRE(db->add_video(film));
  check_images(250, 1);
  const std::string id = db->video(job.id)->value().id;
  REQUIRE(retention.set_poster_bytes(id, 260));
  CHECK(db->video(job.id)->value().poster_bytes == 260);
  check_images(260, 1);

  SECTION("by a policy") {
    REQUIRE(retention.retire_film(id));
    check_images(0, 0);
    REQUIRE(db->add_video(film));
    check_images(250, 1);
  }
  SECTION("with its job") {
    REQUIRE(db->set_status(job.id, JobStatus::cancelled));
    REQUIRE(db->remove_job(job.id));
    check_images(0, 0);
  }
  SECTION("out of its folder") {
    REQUIRE(retention.set_poster_bytes(id, 0));
    check_images(0, 0);
  }
}

TEST_CASE("the least recently used comes first, and use is the end of the last job") {
  const TempDir dir;
  const auto db = opened(dir / "reeld.db");
  const Asset first = picture(*db, 'a');
  picture(*db, 'b');
  picture(*db, 'c');
  const Job job = made(*db);
  REQUIRE(db->link_asset(job.id, first.id, "picture", 0));
  REQUIRE(db->set_status(job.id, JobStatus::cancelled));
  CHECK(files(Retention(*db).assets("IMAGES", 10)) == Names{"assets/b.png", "assets/c.png", "assets/a.png"});
  CHECK(files(Retention(*db).assets("IMAGES", 1)) == Names{"assets/b.png"});
  CHECK(files(Retention(*db).assets("AUDIO", 10)).empty());
}

TEST_CASE("a lost asset serves no wish any more") {
  const TempDir dir;
  const auto db = opened(dir / "reeld.db");
  const Asset asset = picture(*db, 'a');
  REQUIRE(Retention(*db).lose_asset(asset.id));
  CHECK_FALSE(db->find_asset_by_fingerprint("wish a")->has_value());
  CHECK(images(*db).file_count == 0);
}

TEST_CASE("sizes that are not true are found and counted anew; a whole database has nothing wrong") {
  const TempDir dir;
  const auto db = opened(dir / "reeld.db");
  picture(*db, 'a', 700);
  SQLite::Database(dir / "reeld.db", SQLite::OPEN_READWRITE)
      .exec("UPDATE media_storage SET total_size_bytes = 5, file_count = 9 WHERE storage_type = 'IMAGES'");
  Retention retention(*db);
  const auto sums = *retention.sums();
  const auto wrong = std::ranges::find(sums, "IMAGES", &StorageSum::type);
  CHECK(wrong->size_bytes == 700);
  CHECK(wrong->kept_size_bytes == 5);
  CHECK(wrong->kept_file_count == 9);
  REQUIRE(retention.mend_sums());
  CHECK(images(*db).total_size_bytes == 700);
  CHECK(images(*db).file_count == 1);
  CHECK(retention.check_database()->empty());
}

TEST_CASE("pictures of products and brands are among the images; equal ones of products are one file") {
  const TempDir dir;
  const auto db = opened(dir / "reeld.db");
  Products products(*db);
  ProductImage taken_in;
  taken_in.name = "Teapot";
  taken_in.status = "pending";
  std::vector<ProductImage> teapots = {*products.create(taken_in), *products.create(taken_in)};
  CHECK(images(*db).file_count == 0);
  for (ProductImage& teapot : teapots) {
    teapot.file = "products/teapot.png";
    teapot.size_bytes = 500;
    teapot.width = teapot.height = 16;
    teapot.media_type = "image/png";
    teapot.status = "ready";
    REQUIRE(products.finish(teapot));
    CHECK(images(*db).total_size_bytes == 500);
    CHECK(images(*db).file_count == 1);
  }
  Brands brands(*db);
  BrandStyle style;
  style.name = "Harbour";
  style.status = "pending";
  style = *brands.create(style);
  style.sample_images = {"brands/x/01.png", "brands/x/02.png"};
  style.sample_bytes = 70;
  style.status = "ready";
  CHECK(brands.finish(style)->sample_bytes == 70);
  CHECK(images(*db).total_size_bytes == 570);
  CHECK(images(*db).file_count == 3);
  REQUIRE(brands.set_sample_bytes(style.id, 80));
  CHECK(images(*db).total_size_bytes == 580);
  const auto sums = *Retention(*db).sums();
  for (const StorageSum& sum : sums) {
    CHECK(sum.size_bytes == sum.kept_size_bytes);
    CHECK(sum.file_count == sum.kept_file_count);
  }
  REQUIRE(products.remove(teapots[0].id));
  CHECK(images(*db).file_count == 3);
  REQUIRE(products.remove(teapots[1].id));
  REQUIRE(brands.remove(style.id));
  CHECK(images(*db).total_size_bytes == 0);
  CHECK(images(*db).file_count == 0);
}

TEST_CASE("kept segments are among what is temporary") {
  const TempDir dir;
  const auto db = opened(dir / "reeld.db");
  Segments segments(*db);
  const auto temporary = [&] { return *MediaStorage(*db).find("TEMP"); };
  const std::string key(64, 'a'), other(64, 'b'), content(64, 'c');
  REQUIRE(segments.add({{key, content, 100, 50}, {other, content, 30, 50}}));
  REQUIRE(segments.add({{key, content, 120, 50}}));  // the same once more
  CHECK(temporary().total_size_bytes == 150);
  CHECK(temporary().file_count == 2);
  REQUIRE(segments.remove({key}));
  CHECK(temporary().total_size_bytes == 30);
  CHECK(temporary().file_count == 1);
}

TEST_CASE("a film that is given up keeps its record and counts no longer") {
  const TempDir dir;
  const auto db = opened(dir / "reeld.db");
  Retention retention(*db);
  const Job job = made(*db);
  REQUIRE(db->add_video(film_of(job)));
  CHECK(files(retention.films(10)).empty());  // its job is not completed
  REQUIRE(db->set_status(job.id, JobStatus::media_generation));
  REQUIRE(db->set_status(job.id, JobStatus::video_composition));
  REQUIRE(db->set_status(job.id, JobStatus::completed));
  const auto films = *retention.films(10);
  REQUIRE(films.size() == 1);
  REQUIRE(retention.retire_film(films[0].id));
  CHECK((*db->video(job.id))->removed_us);
  CHECK(MediaStorage(*db).find("VIDEOS")->total_size_bytes == 0);
  CHECK(retention.films(10)->empty());
}

}  // namespace
}  // namespace reeld::storage
