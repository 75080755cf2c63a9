// Projects and their scenes. Errors beside those of every method of Database: not_found for a project, scene
// or user that is not there; invalid_request for a value that the schema refuses. Any thread.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "storage/database.hpp"
#include "storage/listing.hpp"

namespace reeld::storage {

struct Project {
  std::string id = {};
  std::string user_id = {};      // empty when it is made: the local user
  std::string title = {};        // 1..200 characters
  std::string description = {};  // empty: none
  std::string platform = {}, category = {}, tone = {}, target_length = {}, language = {};
  // draft, in-progress, completed; a job of the project that is made or completed sets it.
  std::string status = "draft";
  std::string script = {};              // the whole text before it was split
  std::string origin = "uploaded";      // of the script: uploaded, generated
  Json brief = {};                      // what the script was asked for by; null: nobody asked
  std::string script_id = {};           // empty exactly where script_status is none
  std::string script_status = "none";   // none, writing, written, failed
  std::optional<Error> script_error{};  // exactly where failed
  std::int64_t created_us = 0, updated_us = 0;
};

// What is told of a scene.
struct SceneDraft {
  SceneDraft(std::string words = {}) : text(std::move(words)) {}
  SceneDraft(const char* words) : text(words) {}

  std::string text;                         // what is said
  std::string notes;                        // empty: none
  std::string picture_prompt;               // what is to be seen; empty: what is said
  std::string mood;                         // a mood of docs/script.md; empty: none
  std::string role;                         // its part in a framework; empty: none
  std::optional<std::int64_t> duration_us;  // as reckoned; above 0, at most a day
};

struct Scene : SceneDraft {
  std::string id, project_id;
  int position = 0;  // 1 to the number of scenes, without a gap
  std::int64_t created_us = 0, updated_us = 0;
};

// Empty fields do not restrict.
struct ProjectFilter {
  std::string user_id = {}, status = {}, platform = {}, category = {}, language = {};
  std::optional<std::int64_t> from_us = {}, before_us = {};  // of created_us: from <= t < before
};

// A film of a project, or one on its way.
struct ProjectVideo {
  std::string job_id;
  std::string video_id;      // empty until it is there, as is its file
  std::string status;        // pending, rendering, ready, failed
  std::string file;          // absolute
  std::string aspect_ratio;  // "16:9"; of the request or, where it says none, of the film; else empty
  std::optional<std::int64_t> duration_us;
  std::optional<Error> error;
  std::int64_t created_us = 0, updated_us = 0;  // the job's, and its newest event's
};

class Projects {
 public:
  explicit Projects(Database& database) : database_(database) {}

  // Changes what is there; an error leaves it as it is. Called within the transaction: quick, and without the
  // database.
  template <class Record>
  using Change = std::function<Result<void>(Record&)>;

  // With its scenes, in order, all or nothing. Gives the project its id and times.
  Result<Project> create(const Project& project, const std::vector<SceneDraft>& scenes = {});
  Result<Project> find(const std::string& id);
  // sorts: title, status, updated
  Result<Page<Project>> list(const ProjectFilter& filter, const PageRequest& page);
  Result<std::int64_t> count(const ProjectFilter& filter);
  Result<Project> update(const Project& project);  // all but its id, user and times
  // The same of what is there now; with `scenes`, they take the place of those there, whose takes go too.
  Result<Project> change(const std::string& id, const Change<Project>& change,
                         const std::vector<SceneDraft>* scenes = nullptr);
  // With its scenes and takes; its films stay.
  Result<void> remove(const std::string& id);

  Result<std::vector<Project>> writing();  // whose script is being written
  // Newest first, `limit` at most.
  Result<std::vector<ProjectVideo>> videos(const std::string& project_id, int limit);

  Result<std::vector<Scene>> scenes(const std::string& project_id);  // in order
  Result<Scene> find_scene(const std::string& id);
  // At `position`, those from there on move back by one; 0, or a place behind the last: at the end.
  Result<Scene> add_scene(const std::string& project_id, const SceneDraft& scene, int position = 0);
  Result<Scene> update_scene(const Scene& scene);  // all that a draft has
  Result<Scene> change_scene(const std::string& id, const Change<Scene>& change);
  // With its takes; the scenes behind it move up.
  Result<void> remove_scene(const std::string& id);
  // `ids` are all scenes of the project, each once, in their new order; invalid_request otherwise.
  Result<std::vector<Scene>> reorder(const std::string& project_id, const std::vector<std::string>& ids);

 private:
  Database& database_;
};

}  // namespace reeld::storage
