// The scenes of projects: their positions are 1, 2, ... without a gap after every change.
#include "storage/scenes.hpp"

#include <algorithm>

#include "storage/database_impl.hpp"

namespace reeld::storage {
namespace {

// Behind every real position: rows wait there while others take their places, for a position is there once.
constexpr int kAside = 1 << 30;

#define REELD_SCENE_COLUMNS                                                                      \
  "id, project_id, position, text, notes, picture_prompt, mood, role, duration_us, created_at, " \
  "updated_at"

Scene scene_in(SQLite::Statement& row) {
  Scene scene;
  Columns(row) >> scene.id >> scene.project_id >> scene.position >> scene.text >> scene.notes >>
      scene.picture_prompt >> scene.mood >> scene.role >> scene.duration_us >> scene.created_us >>
      scene.updated_us;
  return scene;
}

Error no_such_scene(const std::string& id) {
  return {Code::not_found, "There is no scene \"" + id + "\"."};
}

Result<Scene> found(Connection& db, const std::string& id) {
  Statement row(db, "SELECT " REELD_SCENE_COLUMNS " FROM scenes WHERE id = ?");
  row.bind(1, id);
  if (!row.executeStep()) return no_such_scene(id);
  return scene_in(row);
}

Result<std::vector<Scene>> scenes_of(Connection& db, const std::string& project_id) {
  Statement project(db, "SELECT 1 FROM projects WHERE id = ?");
  project.bind(1, project_id);
  if (!project.executeStep()) return no_such_project(project_id);
  Statement rows(db, "SELECT " REELD_SCENE_COLUMNS " FROM scenes WHERE project_id = ? ORDER BY position");
  rows.bind(1, project_id);
  std::vector<Scene> scenes;
  while (rows.executeStep()) scenes.push_back(scene_in(rows));
  return scenes;
}

// Gives the scenes of `ids` the positions 1, 2, ...; they are all of the project, or all that have a place.
void place(Connection& db, const std::string& project_id, const std::vector<std::string>& ids) {
  Statement aside(db, "UPDATE scenes SET position = position + ? WHERE project_id = ?");
  bind_all(aside, kAside, project_id);
  aside.exec();
  Statement row(db, "UPDATE scenes SET position = ? WHERE id = ?");
  for (std::size_t i = 0; i < ids.size(); ++i) {
    bind_all(row, static_cast<int>(i) + 1, ids[i]);
    row.exec();
    row.reset();
  }
}

void touch(Connection& db, const std::string& project_id) {
  Statement row(db, "UPDATE projects SET updated_at = max(created_at, ?) WHERE id = ?");
  bind_all(row, now_us(), project_id);
  row.exec();
}

void insert_scene(Connection& db, const std::string& id, const std::string& project_id, int position,
                  const SceneDraft& scene) {
  const std::int64_t now = now_us();
  Statement row(db, "INSERT INTO scenes (" REELD_SCENE_COLUMNS ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
  bind_all(row, id, project_id, position, scene.text, or_null(scene.notes), scene.picture_prompt, scene.mood,
           scene.role, scene.duration_us, now, now);
  row.exec();
}

std::vector<std::string> ids_of(const std::vector<Scene>& scenes) {
  std::vector<std::string> ids;
  ids.reserve(scenes.size());
  for (const Scene& scene : scenes) ids.push_back(scene.id);
  return ids;
}

}  // namespace

void insert_scenes(Connection& db, const std::string& project_id, const std::vector<SceneDraft>& scenes) {
  for (std::size_t i = 0; i < scenes.size(); ++i) {
    insert_scene(db, new_id(), project_id, static_cast<int>(i) + 1, scenes[i]);
  }
}

Result<std::vector<Scene>> Projects::scenes(const std::string& project_id) {
  Database::Impl& impl = database_.impl();
  return impl.read("read the scenes of project " + project_id,
                   [&](Connection& db) { return scenes_of(db, project_id); });
}

Result<Scene> Projects::find_scene(const std::string& id) {
  Database::Impl& impl = database_.impl();
  return impl.read("read scene " + id, [&](Connection& db) { return found(db, id); });
}

Result<Scene> Projects::add_scene(const std::string& project_id, const SceneDraft& scene, int position) {
  Database::Impl& impl = database_.impl();
  return impl.write_input("add a scene to project " + project_id, [&](Connection& db) -> Result<Scene> {
    REELD_ASSIGN(const auto before, scenes_of(db, project_id));
    std::vector<std::string> ids = ids_of(before);
    const int last = static_cast<int>(ids.size()) + 1;
    const int at = position < 1 ? last : std::min(position, last);
    const std::string id = new_id();
    insert_scene(db, id, project_id, last, scene);
    if (at != last) {
      ids.insert(ids.begin() + (at - 1), id);
      place(db, project_id, ids);
    }
    touch(db, project_id);
    REELD_ASSIGN(Scene made, found(db, id));
    return made;
  });
}

Result<Scene> Projects::update_scene(const Scene& scene) {
  return change_scene(scene.id, [&](Scene& there) -> Result<void> {
    there = scene;
    return {};
  });
}

Result<Scene> Projects::change_scene(const std::string& id, const Change<Scene>& change) {
  Database::Impl& impl = database_.impl();
  return impl.write_input("change scene " + id, [&](Connection& db) -> Result<Scene> {
    REELD_ASSIGN(Scene scene, found(db, id));
    REELD_TRY(change(scene));
    Statement row(db,
                  "UPDATE scenes SET text = ?, notes = ?, picture_prompt = ?, mood = ?, role = ?, "
                  "duration_us = ?, updated_at = max(created_at, ?) WHERE id = ?");
    bind_all(row, scene.text, or_null(scene.notes), scene.picture_prompt, scene.mood, scene.role,
             scene.duration_us, now_us(), id);
    row.exec();
    REELD_ASSIGN(Scene changed, found(db, id));
    touch(db, changed.project_id);
    return changed;
  });
}

Result<void> Projects::remove_scene(const std::string& id) {
  Database::Impl& impl = database_.impl();
  return impl.write("remove scene " + id, [&](Connection& db) -> Result<void> {
    REELD_ASSIGN(const Scene scene, found(db, id));
    Statement row(db, "DELETE FROM scenes WHERE id = ?");
    row.bind(1, id);
    row.exec();
    REELD_ASSIGN(const auto left, scenes_of(db, scene.project_id));
    place(db, scene.project_id, ids_of(left));
    touch(db, scene.project_id);
    return {};
  });
}

Result<std::vector<Scene>> Projects::reorder(const std::string& project_id,
                                             const std::vector<std::string>& ids) {
  Database::Impl& impl = database_.impl();
  return impl.write("reorder the scenes of project " + project_id,
                    [&](Connection& db) -> Result<std::vector<Scene>> {
                      REELD_ASSIGN(const auto before, scenes_of(db, project_id));
                      std::vector<std::string> known = ids_of(before), given = ids;
                      std::ranges::sort(known);
                      std::ranges::sort(given);
                      if (known != given) {
                        return Error{Code::invalid_request,
                                     "A new order names each of the project's " +
                                         std::to_string(known.size()) + " scenes once and nothing else.",
                                     "/scenes"};
                      }
                      place(db, project_id, ids);
                      touch(db, project_id);
                      REELD_ASSIGN(auto now, scenes_of(db, project_id));
                      return now;
                    });
}

}  // namespace reeld::storage
