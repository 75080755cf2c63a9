// Groups of films that are compared, and the scores they are compared by. Errors beside those of every method
// of Database: not_found for a group, job or user that is not there; invalid_request for a value that the
// schema refuses. Any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "storage/database.hpp"
#include "storage/listing.hpp"

namespace reeld::storage {

// Its films are list_jobs' with this group's id.
struct Group {
  std::string id;
  std::string user_id = {};          // empty when it is made: the local user
  std::string comparison_type = {};  // settings, prompt
  std::int64_t created_us = 0;
};

// Empty fields do not restrict.
struct GroupFilter {
  std::string user_id = {}, comparison_type = {};
};

class Groups {
 public:
  explicit Groups(Database& database) : database_(database) {}

  Result<Group> create(const Group& group);
  Result<Group> find(const std::string& id);
  Result<Page<Group>> list(const GroupFilter& filter, const PageRequest& page);
  Result<std::int64_t> count(const GroupFilter& filter);
  Result<void> remove(const std::string& id);  // its films stay, without a group

 private:
  Database& database_;
};

struct Metric {
  std::string id;  // given by record
  std::string job_id;
  std::optional<int> scene;  // from 0; nullopt: of the whole film
  std::string name;          // image_quality (0..100), temporal_consistency, motion_smoothness, ...
  double value = 0;
  std::string model;  // what measured it; empty: it has no name
  std::int64_t created_us = 0;
};

class Metrics {
 public:
  explicit Metrics(Database& database) : database_(database) {}

  // All or nothing. A score of the same job, scene, name and model is replaced.
  Result<void> record(const std::vector<Metric>& metrics);
  Result<std::vector<Metric>> of_job(const std::string& job_id);  // the whole film's first, then by scene
  // Of the whole films of a group, the largest value first.
  Result<std::vector<Metric>> of_group(const std::string& group_id, const std::string& name);

 private:
  Database& database_;
};

}  // namespace reeld::storage
