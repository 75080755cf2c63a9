#include "storage/groups.hpp"

#include "storage/database_impl.hpp"
#include "storage/job_insert.hpp"
#include "storage/listing_query.hpp"
#include "storage/users.hpp"

namespace reeld::storage {
namespace {

#define REELD_GROUP_COLUMNS "id, user_id, comparison_type, created_at, request, idempotency_key, request_hash"

Group group_in(SQLite::Statement& row) {
  Group group;
  Columns(row) >> group.id >> group.user_id >> group.comparison_type >> group.created_us >> group.request >>
      group.idempotency_key >> group.request_hash;
  return group;
}

Error no_such_group(const std::string& id) {
  return {Code::not_found, "There is no group \"" + id + "\"."};
}

Result<Group> found(Connection& db, const std::string& id) {
  Statement row(db, "SELECT " REELD_GROUP_COLUMNS " FROM generation_groups WHERE id = ?");
  row.bind(1, id);
  if (!row.executeStep()) return no_such_group(id);
  return group_in(row);
}

Listing listing_of(const GroupFilter& filter) {
  Listing listing{"generation_groups", REELD_GROUP_COLUMNS, {{"comparison_type", "comparison_type"}}, {}};
  listing.conditions.text("user_id = ?", filter.user_id);
  listing.conditions.text("comparison_type = ?", filter.comparison_type);
  listing.conditions.integer("created_at >= ?", filter.from_us);
  listing.conditions.integer("created_at < ?", filter.before_us);
  return listing;
}

Result<Group> insert(Connection& db, const Group& group) {
  const std::string id = new_id();
  Statement row(db, "INSERT INTO generation_groups (" REELD_GROUP_COLUMNS ") VALUES (?, ?, ?, ?, ?, ?, ?)");
  bind_all(row, id, group.user_id.empty() ? std::string(kLocalUser) : group.user_id, group.comparison_type,
           now_us(), group.request, group.idempotency_key, group.request_hash);
  row.exec();
  return found(db, id);
}

// The group that was made with this key before, if any.
Result<std::optional<Group>> repeated(Connection& db, const Group& group) {
  if (group.idempotency_key.empty()) return std::optional<Group>();
  // The second condition is the index's own.
  Statement row(db, "SELECT " REELD_GROUP_COLUMNS
                    " FROM generation_groups WHERE idempotency_key = ? AND idempotency_key <> ''");
  bind_all(row, group.idempotency_key);
  if (!row.executeStep()) return std::optional<Group>();
  Group first = group_in(row);
  if (first.request_hash == group.request_hash) return std::optional(std::move(first));
  return Error{Code::conflict, "The idempotency key \"" + group.idempotency_key + "\" belongs to group " +
                                   first.id + ", which was asked for otherwise; use a new key."};
}

}  // namespace

Result<Group> Groups::create(const Group& group) {
  Database::Impl& impl = database_.impl();
  return impl.write_input("record a group", [&](Connection& db) { return insert(db, group); });
}

Result<Groups::WithJobs> Groups::create(const Group& group, std::vector<NewGroupFilm> films) {
  Database::Impl& impl = database_.impl();
  return impl.write_input("record a group and its jobs", [&](Connection& db) -> Result<WithJobs> {
    WithJobs made;
    REELD_ASSIGN(auto first, repeated(db, group));
    if (first) return WithJobs{*std::move(first), {}, true};
    REELD_ASSIGN(made.group, insert(db, group));
    Statement row(
        db, "INSERT INTO group_films (job_id, group_id, position, label, variation) VALUES (?, ?, ?, ?, ?)");
    for (NewGroupFilm& film : films) {
      film.job.group_id = made.group.id;
      REELD_ASSIGN(Job recorded, insert_job(db, film.job));
      bind_all(row, recorded.id, made.group.id, static_cast<int>(made.jobs.size()), film.label,
               film.variation);
      row.exec();
      row.reset();
      made.jobs.push_back(std::move(recorded));
    }
    return made;
  });
}

Result<std::vector<GroupFilm>> Groups::films(const std::string& id) {
  Database::Impl& impl = database_.impl();
  using Films = std::vector<GroupFilm>;
  return impl.read("read the films of group " + id, [&](Connection& db) -> Result<Films> {
    Statement rows(db,
                   "SELECT job_id, label, variation FROM group_films WHERE group_id = ? ORDER BY position");
    rows.bind(1, id);
    Films films;
    while (rows.executeStep()) {
      GroupFilm& film = films.emplace_back();
      Columns(rows) >> film.job_id >> film.label >> film.variation;
    }
    return films;
  });
}

Result<Group> Groups::find(const std::string& id) {
  Database::Impl& impl = database_.impl();
  return impl.read("read group " + id, [&](Connection& db) { return found(db, id); });
}

Result<Page<Group>> Groups::list(const GroupFilter& filter, const PageRequest& page) {
  Database::Impl& impl = database_.impl();
  return impl.read("list groups",
                   [&](Connection& db) { return page_of<Group>(db, listing_of(filter), page, group_in); });
}

Result<std::int64_t> Groups::count(const GroupFilter& filter) {
  Database::Impl& impl = database_.impl();
  return impl.read("count groups",
                   [&](Connection& db) -> Result<std::int64_t> { return count_of(db, listing_of(filter)); });
}

Result<std::map<JobStatus, std::int64_t>> Groups::film_counts(const std::string& id) {
  Database::Impl& impl = database_.impl();
  using Counts = std::map<JobStatus, std::int64_t>;
  return impl.read("count the films of group " + id, [&](Connection& db) -> Result<Counts> {
    Statement rows(db, "SELECT status, count(*) FROM jobs WHERE generation_group_id = ? GROUP BY status");
    rows.bind(1, id);
    Counts counts;
    while (rows.executeStep()) {
      const auto status = job_status_from_name(rows.getColumn(0).getString());
      if (status) counts[*status] = rows.getColumn(1).getInt64();
    }
    return counts;
  });
}

Result<void> Groups::remove(const std::string& id) {
  Database::Impl& impl = database_.impl();
  return impl.write("remove group " + id, [&](Connection& db) -> Result<void> {
    Statement row(db, "DELETE FROM generation_groups WHERE id = ?");
    row.bind(1, id);
    if (row.exec() == 0) return no_such_group(id);
    return {};
  });
}

}  // namespace reeld::storage
