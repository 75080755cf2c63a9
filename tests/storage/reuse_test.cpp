// Segments that are kept, what a job reused, versions, and sessions that end with their films.
#include "storage/reuse.hpp"

#include "storage/edits.hpp"
#include "tests/storage/storage_helpers.hpp"

namespace reeld::storage {
namespace {

SegmentRecord segment(char letter, std::int64_t size = 100) {
  return {std::string(64, letter), std::string(64, '0'), size, 50};
}

void end(Database& db, const std::string& job, JobStatus status) {
  REQUIRE(db.set_status(job, JobStatus::media_generation));
  REQUIRE(db.set_status(job, JobStatus::video_composition));
  const std::optional<Error> error =
      status == JobStatus::failed ? std::optional(Error{Code::timed_out, "late"}) : std::nullopt;
  REQUIRE(db.set_status(job, status, error));
}

std::string version_of(Database& db, const std::string& parent) {
  NewJob job = some_job();
  job.parent_job_id = parent;
  return db.create_job(job)->job.id;
}

Asset picture(char letter, std::optional<double> cost = std::nullopt) {
  Asset asset;
  asset.sha256 = std::string(64, letter);
  asset.type = "IMAGE";
  asset.source_type = "GENERATED";
  asset.file = std::string("assets/") + letter;
  asset.provider = "gemini";
  asset.prompt = "a boat";
  asset.cost_usd = cost;
  return asset;
}

TEST_CASE("a segment without a hash, of no bytes or of frames below 0 is refused") {
  const TempDir dir;
  const auto db = opened(dir / "reeld.db");
  Segments segments(*db);
  SegmentRecord bad = segment('a');
  bad.key = "short";
  CHECK_FALSE(segments.add({bad}));
  bad = segment('a', 0);
  CHECK_FALSE(segments.add({bad}));
  bad = segment('a');
  bad.frames = -1;
  CHECK_FALSE(segments.add({segment('b'), bad}));
  CHECK(segments.keys()->empty());  // all or none
}

TEST_CASE("segments are found by key, and those to remove are the longest unused") {
  const TempDir dir;
  const auto db = opened(dir / "reeld.db");
  Segments segments(*db);
  for (const char letter : {'a', 'b', 'c'}) REQUIRE(segments.add({segment(letter)}));
  const auto found = segments.find({segment('b').key, segment('d').key});
  REQUIRE(found);
  CHECK(found->at(0)->size_bytes == 100);
  CHECK(found->at(0)->frames == 50);
  CHECK_FALSE(found->at(1));
  CHECK(segments.over(300)->empty());
  REQUIRE(segments.used({segment('a').key}));
  const auto over = *segments.over(150);
  REQUIRE(over.size() == 2);
  CHECK(over[0].key == segment('b').key);
  CHECK(over[1].key == segment('c').key);
  REQUIRE(segments.remove({segment('b').key}));
  CHECK(segments.keys()->size() == 2);
}

TEST_CASE("a job has what it was given from the start; what went meanwhile is not given") {
  const TempDir dir;
  const auto db = opened(dir / "reeld.db");
  const Asset asset = *db->add_asset(picture('a', 0.04));
  NewJob wanted = some_job();
  wanted.given = {{asset.id, "picture", 2}, {"0190a000-0000-7000-8000-000000000009", "picture", 3}};
  const Job job = db->create_job(wanted)->job;
  const auto has = *db->job_assets(job.id);
  REQUIRE(has.size() == 1);
  CHECK(has[0].asset.id == asset.id);
  CHECK(has[0].scene == 2);
  CHECK(has[0].reused);
  // Linked once more when it is used: still given.
  REQUIRE(db->link_asset(job.id, asset.id, "picture", 2, false));
  CHECK(db->job_assets(job.id)->at(0).reused);
}

TEST_CASE("what a job reused is counted from its assets, and its cost from their making") {
  const TempDir dir;
  const auto db = opened(dir / "reeld.db");
  const Job job = made(*db);
  const std::string paid = db->add_asset(picture('a', 0.04))->id, free = db->add_asset(picture('b'))->id,
                    own = db->add_asset(picture('c', 0.5))->id;
  REQUIRE(db->link_asset(job.id, paid, "picture", 0, true));
  REQUIRE(db->link_asset(job.id, free, "picture", 1, true));
  REQUIRE(db->link_asset(job.id, own, "picture", 2, false));
  REQUIRE(db->link_asset(job.id, own, "picture_alternative", 0, true));
  Reuse records(*db);
  CHECK_FALSE(*records.find(job.id));
  JobReuse reuse;
  reuse.program = "p";
  reuse.frames = 30;
  reuse.frame_total = 60;
  reuse.segments = 1;
  reuse.segment_total = 2;
  REQUIRE(records.set(job.id, reuse));
  const JobReuse kept = **records.find(job.id);
  CHECK(kept.program == "p");
  CHECK(kept.assets == 2);
  CHECK(kept.asset_total == 3);
  CHECK(kept.frames == 30);
  CHECK(kept.segment_total == 2);
  CHECK(kept.saved_cost_usd == Approx(0.04));
  CHECK_FALSE(records.set("no-such-job", reuse));
  reuse.frames = 61;
  CHECK_FALSE(records.set(job.id, reuse));
  end(*db, job.id, JobStatus::completed);
  REQUIRE(db->remove_job(job.id));
  CHECK_FALSE(*records.find(job.id));
}

TEST_CASE("a film's line is the first film and its versions, each before its own") {
  const TempDir dir;
  const auto db = opened(dir / "reeld.db");
  const std::string first = made(*db).id, a = version_of(*db, first), b = version_of(*db, first),
                    a1 = version_of(*db, a);
  made(*db);  // no relation
  for (const std::string& any : {first, a, b, a1}) {
    const auto line = *versions_of(*db, any, 10);
    REQUIRE(line.size() == 4);
    CHECK(line[0].job.id == first);
    CHECK(line[1].job.id == a);
    CHECK(line[2].job.id == a1);
    CHECK(line[3].job.id == b);
    CHECK(line[2].depth == 2);
    CHECK(line[3].depth == 1);
  }
  CHECK(versions_of(*db, a, 2)->size() == 2);
  CHECK(versions_of(*db, "no-such-job", 2).error().code == Code::not_found);
  // Without the first film its versions are lines of their own.
  end(*db, first, JobStatus::completed);
  REQUIRE(db->remove_job(first));
  CHECK(versions_of(*db, a1, 10)->size() == 2);
  CHECK(versions_of(*db, b, 10)->size() == 1);
}

TEST_CASE("an editing session ends with its film, and is taken up again with it") {
  const TempDir dir;
  const auto db = opened(dir / "reeld.db");
  Edits sessions(*db);
  const std::string film = made(*db).id, version = version_of(*db, film);
  EditingSession session;
  session.job_id = film;
  session = *sessions.create(session);
  session.edited_job_id = version;
  session.status = "rendering";
  REQUIRE(sessions.update(session));
  const auto status = [&] { return sessions.find(session.id)->status; };
  end(*db, version, JobStatus::failed);
  CHECK(status() == "failed");
  REQUIRE(db->set_status(version, JobStatus::pending));
  CHECK(status() == "rendering");
  REQUIRE(db->set_status(version, JobStatus::cancelled));
  CHECK(status() == "failed");
  REQUIRE(db->set_status(version, JobStatus::pending));
  end(*db, version, JobStatus::completed);
  CHECK(status() == "completed");
  CHECK(versions_of(*db, version, 10)->at(1).session_id == session.id);
  // A session that is no longer rendering is let be.
  session.status = "draft";
  REQUIRE(sessions.update(session));
  CHECK(status() == "draft");
}

}  // namespace
}  // namespace reeld::storage
