#include "engine/project/records.hpp"

#include "engine/files.hpp"
#include "engine/records.hpp"
#include "engine/takes/take_maker.hpp"

namespace reeld::engine {
namespace {

Json text_or_null(const std::string& text) {
  return text.empty() ? Json(nullptr) : Json(text);
}

Json seconds_or_null(const std::optional<std::int64_t>& time_us) {
  return time_us ? Json(static_cast<double>(*time_us) / 1e6) : Json(nullptr);
}

Json error_or_null(const std::optional<Error>& error) {
  return error ? to_json(*error) : Json(nullptr);
}

// null: nobody asked for a script.
Json writing_json(const storage::Project& project) {
  if (project.script_id.empty()) return nullptr;
  return {{"script", project.script_id},
          {"status", project.script_status},
          {"error", error_or_null(project.script_error)}};
}

// {"IMAGE", "AUDIO", "VIDEO_CLIP"}: the main take of a scene or, where it is empty, of the project; null
// where none is ready.
Json takes_json(const TakesByScene& takes, const std::string& scene_id) {
  Json by_type = {{"IMAGE", nullptr}, {"AUDIO", nullptr}, {"VIDEO_CLIP", nullptr}};
  const auto own = takes.find(scene_id);
  if (own == takes.end()) return by_type;
  for (const storage::Take& take : own->second) {
    by_type[take.type] = take_json(take);
  }
  return by_type;
}

Json video_json(const storage::ProjectVideo& video) {
  return {{"id", text_or_null(video.video_id)},
          {"job", video.job_id},
          {"status", video.status},
          {"file", text_or_null(video.file)},
          {"aspect_ratio", text_or_null(video.aspect_ratio)},
          {"duration_seconds", seconds_or_null(video.duration_us)},
          {"error", error_or_null(video.error)},
          {"created_at", time_text(video.created_us)},
          {"updated_at", time_text(video.updated_us)}};
}

}  // namespace

Json project_json(const storage::Project& project) {
  return {{"id", project.id},
          {"user", project.user_id},
          {"title", project.title},
          {"description", text_or_null(project.description)},
          {"platform", project.platform},
          {"category", project.category},
          {"tone", project.tone},
          {"target_length", project.target_length},
          {"language", project.language},
          {"status", project.status},
          {"origin", project.origin},
          {"writing", writing_json(project)},
          {"created_at", time_text(project.created_us)},
          {"updated_at", time_text(project.updated_us)}};
}

Json scene_json(const storage::Scene& scene) {
  return {{"id", scene.id},
          {"project", scene.project_id},
          {"position", scene.position},
          {"text", scene.text},
          {"notes", text_or_null(scene.notes)},
          {"picture_prompt", scene.picture_prompt},
          {"mood", scene.mood},
          {"role", scene.role},
          {"duration", seconds_or_null(scene.duration_us)},
          {"created_at", time_text(scene.created_us)},
          {"updated_at", time_text(scene.updated_us)}};
}

Result<Json> whole_project(storage::Database& database, const storage::Project& project) {
  storage::Projects projects(database);
  Json whole = project_json(project);
  whole["script"] = project.script;
  whole["brief"] = project.brief;
  REELD_ASSIGN(const auto scenes, projects.scenes(project.id));
  REELD_ASSIGN(const auto takes, main_takes(database, project.id));
  whole["scenes"] = Json::array();
  for (const storage::Scene& scene : scenes) {
    Json row = scene_json(scene);
    row["takes"] = takes_json(takes, scene.id);
    whole["scenes"].push_back(std::move(row));
  }
  whole["takes"] = takes_json(takes, "");
  REELD_ASSIGN(const auto videos, projects.videos(project.id, kVideosOfProject));
  whole["videos"] = Json::array();
  for (const storage::ProjectVideo& video : videos) whole["videos"].push_back(video_json(video));
  return whole;
}

Result<TakesByScene> main_takes(storage::Database& database, const std::string& project_id) {
  storage::TakeFilter filter;
  filter.project_id = project_id;
  filter.is_main = true;
  storage::PageRequest request;
  request.limit = 500;
  TakesByScene takes;
  do {
    REELD_ASSIGN(const auto page, storage::Takes(database).list(filter, request));
    for (const storage::Take& take : page.rows) takes[take.scene_id].push_back(take);
    request.cursor = page.next;
  } while (!request.cursor.empty());
  return takes;
}

}  // namespace reeld::engine
