// Projects and their scenes. Errors beside those of every method of Database: not_found for a project, scene
// or user that is not there; invalid_request for a value that the schema refuses. Any thread.
#pragma once

#include <cstdint>
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
  std::string status = "draft";     // draft, in-progress, completed
  std::string script = {};          // the whole text before it was split
  std::string origin = "uploaded";  // of the script: uploaded, generated
  std::int64_t created_us = 0, updated_us = 0;
};

struct Scene {
  std::string id, project_id;
  int position = 0;  // 1 to the number of scenes, without a gap
  std::string text;
  std::string notes;  // empty: none
  std::int64_t created_us = 0, updated_us = 0;
};

// Empty fields do not restrict.
struct ProjectFilter {
  std::string user_id = {}, status = {}, platform = {}, category = {}, language = {};
  std::optional<std::int64_t> from_us = {}, before_us = {};  // of created_us: from <= t < before
};

class Projects {
 public:
  explicit Projects(Database& database) : database_(database) {}

  // With its scenes, in order, all or nothing. Gives the project its id and times.
  Result<Project> create(const Project& project, const std::vector<std::string>& scene_texts = {});
  Result<Project> find(const std::string& id);
  // sorts: title, status, updated
  Result<Page<Project>> list(const ProjectFilter& filter, const PageRequest& page);
  Result<std::int64_t> count(const ProjectFilter& filter);
  Result<Project> update(const Project& project);  // all but its id, user and times
  // With its scenes and takes; its films stay.
  Result<void> remove(const std::string& id);

  Result<std::vector<Scene>> scenes(const std::string& project_id);  // in order
  Result<Scene> find_scene(const std::string& id);
  // At `position`, those from there on move back by one; 0, or a place behind the last: at the end.
  Result<Scene> add_scene(const std::string& project_id, const std::string& text, const std::string& notes,
                          int position = 0);
  Result<Scene> update_scene(const Scene& scene);  // its text and notes
  // With its takes; the scenes behind it move up.
  Result<void> remove_scene(const std::string& id);
  // `ids` are all scenes of the project, each once, in their new order; invalid_request otherwise.
  Result<std::vector<Scene>> reorder(const std::string& project_id, const std::vector<std::string>& ids);

 private:
  Database& database_;
};

}  // namespace reeld::storage
