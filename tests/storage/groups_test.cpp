// A group that is made with its films.
#include "storage/groups.hpp"
#include "storage/metrics.hpp"
#include "tests/storage/storage_helpers.hpp"

namespace reeld::storage {
namespace {

NewGroupFilm film(const std::string& label) {
  return {some_job(), label, {{"label", label}}};
}

Group by_settings(const std::string& user = "") {
  Group group;
  group.user_id = user;
  group.comparison_type = "settings";
  group.request = {{"reeld", 1}};
  return group;
}

TEST_CASE("a group and its jobs are recorded together or not at all") {
  const TempDir dir;
  const auto db = opened(dir / "reeld.db");
  Groups groups(*db);
  CHECK(groups.create(by_settings(), {film("a"), film("a")}).error().code == Code::conflict);
  CHECK(groups.create(by_settings(), {film("a"), film("")}).error().code == Code::invalid_request);
  CHECK(groups.create(by_settings("nobody"), {film("a"), film("b")}).error().code == Code::not_found);
  NewGroupFilm of_nobody = film("b");
  of_nobody.job.user_id = "nobody";
  CHECK(groups.create(by_settings(), {film("a"), of_nobody}).error().code == Code::not_found);
  CHECK(*groups.count({}) == 0);
  CHECK(*db->count_jobs({}) == 0);

  const auto made = groups.create(by_settings(), {film("z"), film("a"), film("m")});
  REQUIRE(made);
  CHECK(made->group.request == Json{{"reeld", 1}});
  const auto films = *groups.films(made->group.id);
  REQUIRE(films.size() == 3);
  for (std::size_t i = 0; i < 3; ++i) {
    CHECK(films[i].label == std::string(1, "zam"[i]));
    CHECK(films[i].job_id == made->jobs[i].id);
    CHECK(films[i].variation == Json{{"label", films[i].label}});
    CHECK(made->jobs[i].group_id == made->group.id);
  }
}

TEST_CASE(
    "a group that is asked for again with its key is the first one; with another request it is a conflict") {
  const TempDir dir;
  const auto db = opened(dir / "reeld.db");
  Groups groups(*db);
  Group wanted = by_settings();
  wanted.idempotency_key = "once";
  wanted.request_hash = "hash";
  const auto first = *groups.create(wanted, {film("a"), film("b")});
  CHECK_FALSE(first.repeated);
  const auto again = *groups.create(wanted, {film("a"), film("b")});
  CHECK(again.repeated);
  CHECK(again.group.id == first.group.id);
  CHECK(again.jobs.empty());
  CHECK(*db->count_jobs({}) == 2);
  wanted.request_hash = "another";
  const auto other = groups.create(wanted, {film("a"), film("b")});
  REQUIRE_FALSE(other);
  CHECK(other.error().code == Code::conflict);
  CHECK(other.error().message.find(first.group.id) != std::string::npos);
  CHECK_FALSE(groups.create(by_settings(), {film("a"), film("b")})->repeated);
  CHECK_FALSE(groups.create(by_settings(), {film("a"), film("b")})->repeated);  // without a key
}

TEST_CASE("a group's films are counted by status, and stay when it goes") {
  const TempDir dir;
  const auto db = opened(dir / "reeld.db");
  Groups groups(*db);
  const auto made = *groups.create(by_settings(), {film("a"), film("b")});
  REQUIRE(db->set_status(made.jobs[1].id, JobStatus::cancelled));
  const auto counts = *groups.film_counts(made.group.id);
  CHECK(counts == std::map<JobStatus, std::int64_t>{{JobStatus::pending, 1}, {JobStatus::cancelled, 1}});

  REQUIRE(db->remove_job(made.jobs[1].id));
  CHECK(groups.films(made.group.id)->size() == 1);
  REQUIRE(groups.remove(made.group.id));
  CHECK(db->find_job(made.jobs[0].id)->group_id.empty());
  CHECK(groups.films(made.group.id)->empty());
}

TEST_CASE("groups are listed by what they compare and when they were made") {
  const TempDir dir;
  const auto db = opened(dir / "reeld.db");
  Groups groups(*db);
  const auto first = *groups.create(by_settings(), {film("a"), film("b")});
  GroupFilter filter;
  filter.before_us = first.group.created_us;
  CHECK(*groups.count(filter) == 0);
  filter.from_us = filter.before_us;
  filter.before_us = now_us() + 1;
  CHECK(*groups.count(filter) == 1);
  filter.comparison_type = "prompt";
  CHECK(groups.list(filter, {})->rows.empty());
}

}  // namespace
}  // namespace reeld::storage
