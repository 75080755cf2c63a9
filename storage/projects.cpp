#include "storage/projects.hpp"

#include <numeric>

#include "storage/database_impl.hpp"
#include "storage/listing_query.hpp"
#include "storage/scenes.hpp"
#include "storage/users.hpp"

namespace reeld::storage {
namespace {

#define REELD_PROJECT_COLUMNS                                                                             \
  "id, user_id, title, description, platform, category, tone, target_length, language, status, script, "  \
  "origin, brief, script_id, script_status, script_error_code, script_error_message, script_error_path, " \
  "created_at, updated_at"

Project project_in(SQLite::Statement& row) {
  Project project;
  Columns(row) >> project.id >> project.user_id >> project.title >> project.description >> project.platform >>
      project.category >> project.tone >> project.target_length >> project.language >> project.status >>
      project.script >> project.origin >> project.brief >> project.script_id >> project.script_status >>
      project.script_error >> project.created_us >> project.updated_us;
  return project;
}

Result<Project> found(Connection& db, const std::string& id) {
  Statement row(db, "SELECT " REELD_PROJECT_COLUMNS " FROM projects WHERE id = ?");
  row.bind(1, id);
  if (!row.executeStep()) return no_such_project(id);
  return project_in(row);
}

ProjectVideo video_in(SQLite::Statement& row) {
  ProjectVideo video;
  std::optional<std::int64_t> width, height;
  Columns(row) >> video.job_id >> video.video_id >> video.status >> video.file >> video.aspect_ratio >>
      width >> height >> video.duration_us >> video.error >> video.created_us >> video.updated_us;
  const std::int64_t common = std::gcd(width.value_or(0), height.value_or(0));
  if (video.aspect_ratio.empty() && common > 0) {
    video.aspect_ratio = std::to_string(*width / common) + ":" + std::to_string(*height / common);
  }
  return video;
}

// All but its id, user and times.
void write(Connection& db, const std::string& id, const Project& project) {
  const std::string brief = project.brief.is_null() ? "" : text_of(project.brief);
  Statement row(
      db,
      "UPDATE projects SET title = ?1, description = ?2, platform = ?3, category = ?4, tone = ?5, "
      "target_length = ?6, language = ?7, status = ?8, script = ?9, origin = ?10, brief = ?11, "
      "script_id = ?12, script_status = ?13, updated_at = max(created_at, ?14), script_error_code = ?16, "
      "script_error_message = ?17, script_error_path = ?18 WHERE id = ?15");
  bind_all(row, project.title, or_null(project.description), project.platform, project.category, project.tone,
           project.target_length, project.language, project.status, project.script, project.origin,
           or_null(brief), or_null(project.script_id), project.script_status, now_us(), id);
  bind_error(row, 16, project.script_error);
  row.exec();
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

Result<Project> Projects::create(const Project& project, const std::vector<SceneDraft>& scenes) {
  Database::Impl& impl = database_.impl();
  return impl.write_input("record a project", [&](Connection& db) -> Result<Project> {
    const std::string id = new_id();
    const std::int64_t now = now_us();
    Statement row(db,
                  "INSERT INTO projects (id, user_id, title, created_at, updated_at) "
                  "VALUES (?, ?, ?, ?, ?)");
    bind_all(row, id, project.user_id.empty() ? std::string(kLocalUser) : project.user_id, project.title, now,
             now);
    row.exec();
    write(db, id, project);
    insert_scenes(db, id, scenes);
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

Result<std::vector<Project>> Projects::writing() {
  Database::Impl& impl = database_.impl();
  return impl.read("read the scripts at work", [&](Connection& db) -> Result<std::vector<Project>> {
    Statement rows(db, "SELECT " REELD_PROJECT_COLUMNS " FROM projects WHERE script_status = 'writing'");
    std::vector<Project> projects;
    while (rows.executeStep()) projects.push_back(project_in(rows));
    return projects;
  });
}

Result<std::vector<ProjectVideo>> Projects::videos(const std::string& project_id, int limit) {
  Database::Impl& impl = database_.impl();
  return impl.read(
      "read the films of project " + project_id, [&](Connection& db) -> Result<std::vector<ProjectVideo>> {
        Statement rows(
            db,
            "SELECT j.id, v.id, w.video_clip_status, v.file_path, j.aspect_ratio, v.width, v.height, "
            "v.duration_us, j.error_code, j.error_message, j.error_path, j.created_at, "
            "coalesce((SELECT created_at FROM progress_events e WHERE e.job_id = j.id ORDER BY seq DESC "
            "LIMIT "
            "1), "
            "j.created_at) "
            "FROM jobs j JOIN job_words w ON w.job_id = j.id LEFT JOIN videos v ON v.job_id = j.id "
            "WHERE j.project_id = ? ORDER BY j.id DESC LIMIT ?");
        bind_all(rows, project_id, limit);
        std::vector<ProjectVideo> videos;
        while (rows.executeStep()) videos.push_back(video_in(rows));
        return videos;
      });
}

Result<std::int64_t> Projects::count(const ProjectFilter& filter) {
  Database::Impl& impl = database_.impl();
  return impl.read("count projects",
                   [&](Connection& db) -> Result<std::int64_t> { return count_of(db, listing_of(filter)); });
}

Result<Project> Projects::update(const Project& project) {
  return change(project.id, [&](Project& there) -> Result<void> {
    there = project;
    return {};
  });
}

Result<Project> Projects::change(const std::string& id, const Change<Project>& change,
                                 const std::vector<SceneDraft>* scenes) {
  Database::Impl& impl = database_.impl();
  return impl.write_input("change project " + id, [&](Connection& db) -> Result<Project> {
    REELD_ASSIGN(Project project, found(db, id));
    REELD_TRY(change(project));
    write(db, id, project);
    if (scenes != nullptr) {
      Statement before(db, "DELETE FROM scenes WHERE project_id = ?");
      before.bind(1, id);
      before.exec();
      insert_scenes(db, id, *scenes);
    }
    REELD_ASSIGN(Project changed, found(db, id));
    return changed;
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
