#include "engine/project/scripting.hpp"

#include <spdlog/spdlog.h>

#include <cmath>
#include <cstdio>
#include <memory>

#include "base/utf8.hpp"
#include "engine/project/records.hpp"
#include "engine/script/splitter.hpp"

namespace reeld::engine {
namespace {

using storage::Project;
using storage::Projects;

// Of a project; a writer may have found a longer one.
constexpr std::size_t kLongestTitle = 200;

// Until the writer has found one.
std::string working_title(const Brief& brief) {
  return title_of_script(brief, brief.text.empty() ? brief.topic : brief.text);
}

// "30s"
std::string seconds_text(double seconds) {
  char text[32];
  std::snprintf(text, sizeof text, "%gs", seconds);
  return text;
}

// What the brief says goes over what the project had; what it leaves open fills what is empty.
void take_brief(Project& project, const Json& json, const Brief& brief) {
  const auto take = [&](const char* name, std::string& field, const std::string& value) {
    if (json.contains(name) || field.empty()) field = value;
  };
  take("platform", project.platform, brief.platform);
  take("category", project.category, brief.category);
  take("tone", project.tone, brief.tone);
  take("language", project.language, brief.language);
  if (brief.target_seconds) project.target_length = seconds_text(*brief.target_seconds);
  project.brief = json;
}

std::vector<storage::SceneDraft> drafts_of(const Json& script) {
  std::vector<storage::SceneDraft> drafts;
  for (const Json& scene : script.at("scenes")) {
    storage::SceneDraft& draft = drafts.emplace_back(scene.at("text").get<std::string>());
    draft.picture_prompt = scene.at("picture_prompt").get<std::string>();
    draft.mood = scene.at("mood").get<std::string>();
    draft.role = scene.at("role").get<std::string>();
    const std::int64_t duration_us = std::llround(1e6 * scene.at("duration_seconds").get<double>());
    if (duration_us > 0) draft.duration_us = duration_us;
  }
  return drafts;
}

// The words as they were given; of a writer, those of its scenes.
std::string text_of(const storage::ScriptRecord& record) {
  if (record.origin == "rules") return record.brief.at("text").get<std::string>();
  std::string text;
  for (const Json& scene : record.script.at("scenes")) {
    text += (text.empty() ? "" : "\n\n") + scene.at("text").get<std::string>();
  }
  return text;
}

// A written script's part of the project. A title that somebody gave it stays.
Result<void> take_script(Project& project, const storage::ScriptRecord& record) {
  REELD_ASSIGN(const Brief brief, parse_brief(record.brief));
  take_brief(project, record.brief, brief);
  if (project.title.empty() || project.title == working_title(brief)) {
    project.title = record.script.at("title").get<std::string>();
    if (character_count(project.title) > kLongestTitle) project.title = title_of_script(brief, project.title);
  }
  project.script = text_of(record);
  project.origin = record.origin == "rules" ? "uploaded" : "generated";
  project.script_id = record.id;
  project.script_status = "written";
  project.script_error.reset();
  // The pace that meets the length asked for is the script's to choose.
  const Json& speech = record.request.at("scenes").at(0).at("speech");
  if (speech.contains("speed")) project.brief["speech"]["speed"] = speech["speed"];
  return {};
}

Error being_written(const std::string& script_id) {
  return {Code::invalid_state,
          "script " + script_id + " is being written for the project: wait for it, or cancel it", "/project"};
}

// `id` is empty for a new project.
Result<Project> begin(storage::Database& database, const ProjectScript& wanted, const std::string& id,
                      const std::string& script_id) {
  REELD_ASSIGN(const Brief brief, parse_brief(wanted.brief));
  const auto begin_script = [&](Project& project) -> Result<void> {
    if (project.script_status == "writing") return being_written(project.script_id);
    take_brief(project, wanted.brief, brief);
    project.script_id = script_id;
    project.script_status = "writing";
    project.script_error.reset();
    return {};
  };
  if (!id.empty()) return Projects(database).change(id, begin_script);
  Project project;
  project.user_id = wanted.user_id;
  project.title = working_title(brief);
  project.origin = "generated";
  REELD_TRY(begin_script(project));
  return Projects(database).create(project);
}

Result<Project> put_in(storage::Database& database, const std::string& id, const std::string& script_id) {
  REELD_ASSIGN(const auto record, database.find_script(script_id));
  const auto drafts = drafts_of(record.script);
  return Projects(database).change(
      id,
      [&](Project& project) -> Result<void> {
        if (project.script_id == script_id) return take_script(project, record);
        return Error{Code::invalid_state, "the project waits for another script by now"};
      },
      &drafts);
}

Result<Project> fail(storage::Database& database, const std::string& id, const std::string& script_id,
                     const Error& error) {
  return Projects(database).change(id, [&](Project& project) -> Result<void> {
    if (project.script_id != script_id) return {};
    project.script_status = "failed";
    project.script_error = error;
    return {};
  });
}

// In the writer's thread.
void end(storage::Database& database, const EventSink& sink, const std::string& id,
         const std::string& script_id, const Result<void>& written) {
  auto project = written ? put_in(database, id, script_id) : Result<Project>(written.error());
  if (!project) project = fail(database, id, script_id, project.error());
  if (!project) {
    spdlog::warn("project={} script={} not recorded: {}", id, script_id, project.error().message);
    return;
  }
  sink({id, 0, storage::now_us(), "project", project_json(*project)});
}

// Follows the script of the project, or of one that it makes.
ScriptFollower follower_of(storage::Database& database, const EventSink& sink, const ProjectScript& wanted,
                           const std::shared_ptr<std::string>& id) {
  ScriptFollower follower;
  follower.begins = [&database, wanted, id](const std::string& script_id) -> Result<void> {
    REELD_ASSIGN(const Project project, begin(database, wanted, *id, script_id));
    *id = project.id;
    return {};
  };
  follower.ends = [&database, sink, id](const std::string& script_id, const Result<void>& written) {
    end(database, sink, *id, script_id, written);
  };
  return follower;
}

// What rules have written is there before the project is.
Result<Project> put_at_once(storage::Database& database, const ProjectScript& wanted,
                            const std::string& script_id) {
  REELD_ASSIGN(const auto record, database.find_script(script_id));
  const auto drafts = drafts_of(record.script);
  if (wanted.project_id.empty()) {
    Project project;
    project.user_id = wanted.user_id;
    REELD_TRY(take_script(project, record));
    return Projects(database).create(project, drafts);
  }
  return Projects(database).change(
      wanted.project_id,
      [&](Project& project) -> Result<void> {
        if (project.script_status == "writing") return being_written(project.script_id);
        return take_script(project, record);
      },
      &drafts);
}

Result<void> check_place(storage::Database& database, const ProjectScript& wanted) {
  if (wanted.project_id.empty()) return {};
  REELD_ASSIGN(const auto project, Projects(database).find(wanted.project_id));
  if (project.script_status == "writing") return being_written(project.script_id);
  REELD_ASSIGN(const auto scenes, Projects(database).scenes(wanted.project_id));
  if (scenes.empty() || wanted.replace) return {};
  return Error{Code::invalid_state,
               "the project has " + std::to_string(scenes.size()) +
                   " scenes already: say replace to have the script's take their place",
               "/replace"};
}

}  // namespace

Result<Project> script_project(storage::Database& database, ScriptDesk& scripts, const EventSink& sink,
                               const ProjectScript& wanted) {
  REELD_TRY(check_place(database, wanted));
  // Shared with the writer's thread, which ends after this call or before it.
  const auto id = std::make_shared<std::string>(wanted.project_id);
  REELD_ASSIGN(const Json started, scripts.start(wanted.brief, follower_of(database, sink, wanted, id)));
  if (started.at("status") == "done") {
    return put_at_once(database, wanted, started.at("id").get<std::string>());
  }
  return Projects(database).find(*id);
}

Result<void> settle_project_scripts(storage::Database& database) {
  REELD_ASSIGN(const auto writing, Projects(database).writing());
  for (const Project& project : writing) {
    auto settled = put_in(database, project.id, project.script_id);
    if (settled) continue;
    Error error = settled.error();
    if (error.code == Code::not_found) {
      error = {Code::shutting_down, "reeld ended before the script was written: ask for it again"};
    }
    REELD_TRY(fail(database, project.id, project.script_id, error));
  }
  return {};
}

}  // namespace reeld::engine
