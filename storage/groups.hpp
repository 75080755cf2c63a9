// Groups of films that are compared. Errors beside those of every method
// of Database: not_found for a group, job or user that is not there; invalid_request for a value that the
// schema refuses. Any thread.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "storage/database.hpp"
#include "storage/listing.hpp"

namespace reeld::storage {

struct Group {
  std::string id;
  std::string user_id = {};          // empty when it is made: the local user
  std::string comparison_type = {};  // settings, prompt
  std::int64_t created_us = 0;
  Json request = Json::object();  // what its films vary, as sent
  // Empty: none. With its films a repeated key gives the first group where the hash is equal, else conflict.
  std::string idempotency_key = {}, request_hash = {};
};

// Empty fields do not restrict.
struct GroupFilter {
  std::string user_id = {}, comparison_type = {};
  std::optional<std::int64_t> from_us = {}, before_us = {};  // of created_us: from <= t < before
};

// A film that is to be made as one of a group.
struct NewGroupFilm {
  NewJob job;
  std::string label;                // 1 to 100 bytes, unlike the others'
  Json variation = Json::object();  // how it differs from the group's request, as sent
};

struct GroupFilm {
  std::string job_id, label;
  Json variation;
};

class Groups {
 public:
  explicit Groups(Database& database) : database_(database) {}

  Result<Group> create(const Group& group);
  // The group and all its jobs, or none of them; durable when it returns. The jobs' group_id is set here.
  struct WithJobs {
    Group group;
    std::vector<Job> jobs;  // in the order given; none of a group that was there already
    bool repeated = false;
  };
  Result<WithJobs> create(const Group& group, std::vector<NewGroupFilm> films);
  Result<std::vector<GroupFilm>> films(const std::string& id);  // in the order in which they were given
  Result<Group> find(const std::string& id);
  Result<Page<Group>> list(const GroupFilter& filter, const PageRequest& page);
  Result<std::int64_t> count(const GroupFilter& filter);
  // Of a group's films, by their status; those of which there are none are left out.
  Result<std::map<JobStatus, std::int64_t>> film_counts(const std::string& id);
  Result<void> remove(const std::string& id);  // its films stay, without a group

 private:
  Database& database_;
};

}  // namespace reeld::storage
