#include "storage/projects.hpp"

#include "storage/database_impl.hpp"
#include "storage/listing_query.hpp"
#include "storage/scenes.hpp"
#include "storage/users.hpp"

namespace reeld::storage {
namespace {

#define REELD_PROJECT_COLUMNS                                                                            \
  "id, user_id, title, description, platform, category, tone, target_length, language, status, script, " \
  "origin, created_at, updated_at"

Project project_in(SQLite::Statement& row) {
  Project project;
  Columns(row) >> project.id >> project.user_id >> project.title >> project.description >> project.platform >>
      project.category >> project.tone >> project.target_length >> project.language >> project.status >>
      project.script >> project.origin >> project.created_us >> project.updated_us;
  return project;
}

Result<Project> found(Connection& db, const std::string& id) {
  Statement row(db, "SELECT " REELD_PROJECT_COLUMNS " FROM projects WHERE id = ?");
  row.bind(1, id);
  if (!row.executeStep()) return no_such_project(id);
  return project_in(row);
}

Listing listing_of(const ProjectFilter& filter) {
  Listing listing{"projects",
                  REELD_PROJECT_COLUMNS,
                  {{"title", "title"}, {"status", "status"}, {"updated", "updated_at"}},
                  {}};
  listing.conditions.text("user_id = ?", filter.user_id);
  listing.conditions.text("status = ?", filter.status);
  listing.conditions.text("platform = ?", filter.platform);
  listing.conditions.text("category = ?", filter.category);
  listing.conditions.text("language = ?", filter.language);
  listing.conditions.made(filter.from_us, filter.before_us);
  return listing;
}

}  // namespace

Error no_such_project(const std::string& id) {
  return {Code::not_found, "There is no project \"" + id + "\"."};
}

Result<Project> Projects::create(const Project& project, const std::vector<std::string>& scene_texts) {
  Database::Impl& impl = database_.impl();
  return impl.write_input("record a project", [&](Connection& db) -> Result<Project> {
    const std::string id = new_id();
    const std::int64_t now = now_us();
    Statement row(db, "INSERT INTO projects (" REELD_PROJECT_COLUMNS
                      ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
    bind_all(row, id, project.user_id.empty() ? std::string(kLocalUser) : project.user_id, project.title,
             or_null(project.description), project.platform, project.category, project.tone,
             project.target_length, project.language, project.status, project.script, project.origin, now,
             now);
    row.exec();
    for (std::size_t i = 0; i < scene_texts.size(); ++i) {
      insert_scene(db, {new_id(), id, static_cast<int>(i) + 1, scene_texts[i], "", now, now});
    }
    REELD_ASSIGN(Project made, found(db, id));
    return made;
  });
}

Result<Project> Projects::find(const std::string& id) {
  Database::Impl& impl = database_.impl();
  return impl.read("read project " + id, [&](Connection& db) { return found(db, id); });
}

Result<Page<Project>> Projects::list(const ProjectFilter& filter, const PageRequest& page) {
  Database::Impl& impl = database_.impl();
  return impl.read("list projects", [&](Connection& db) {
    return page_of<Project>(db, listing_of(filter), page, project_in);
  });
}

Result<std::int64_t> Projects::count(const ProjectFilter& filter) {
  Database::Impl& impl = database_.impl();
  return impl.read("count projects",
                   [&](Connection& db) -> Result<std::int64_t> { return count_of(db, listing_of(filter)); });
}

Result<Project> Projects::update(const Project& project) {
  Database::Impl& impl = database_.impl();
  return impl.write_input("change project " + project.id, [&](Connection& db) -> Result<Project> {
    Statement row(
        db,
        "UPDATE projects SET title = ?, description = ?, platform = ?, category = ?, tone = ?, "
        "target_length = ?, language = ?, status = ?, script = ?, origin = ?, updated_at = max(created_at, "
        "?) "
        "WHERE id = ?");
    bind_all(row, project.title, or_null(project.description), project.platform, project.category,
             project.tone, project.target_length, project.language, project.status, project.script,
             project.origin, now_us(), project.id);
    if (row.exec() == 0) return no_such_project(project.id);
    return found(db, project.id);
  });
}

Result<void> Projects::remove(const std::string& id) {
  Database::Impl& impl = database_.impl();
  return impl.write("remove project " + id, [&](Connection& db) -> Result<void> {
    Statement row(db, "DELETE FROM projects WHERE id = ?");
    row.bind(1, id);
    if (row.exec() == 0) return no_such_project(id);
    return {};
  });
}

}  // namespace reeld::storage
