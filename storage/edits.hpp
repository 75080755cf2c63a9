// Films that are being edited, and how films' scripts were written. Errors beside those of every method of
// Database: not_found for a session, job or user that is not there; invalid_request for a value that the
// schema refuses; invalid_state where the session's status does not allow it. Any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "storage/database.hpp"
#include "storage/listing.hpp"

namespace reeld::storage {

struct EditingSession {
  std::string id;
  std::string job_id;               // the film that is edited
  std::string user_id;              // empty when it is made: the local user
  Json edit_data = Json::object();  // {"clips": [...], "transitions": [...], "effects": [...]}
  std::string edited_job_id;        // the version that came of it; needed for rendering and completed
  std::string status = "draft";     // draft -> rendering -> completed or failed; both of these -> draft;
                                    // failed -> rendering
  std::int64_t created_us = 0, updated_us = 0;
};

// Empty fields do not restrict.
struct EditFilter {
  std::string user_id = {}, job_id = {}, status = {};
};

class Edits {
 public:
  explicit Edits(Database& database) : database_(database) {}

  Result<EditingSession> create(const EditingSession& session);  // a draft, whatever its status says
  Result<EditingSession> find(const std::string& id);
  Result<Page<EditingSession>> list(const EditFilter& filter, const PageRequest& page);  // sorts: updated
  Result<std::int64_t> count(const EditFilter& filter);
  Result<EditingSession> update(const EditingSession& session);  // edit_data, edited_job_id, status
  Result<void> remove(const std::string& id);                    // both films stay

 private:
  Database& database_;
};

// A job's is recorded with it (NewJob::script).
class JobScripts {
 public:
  explicit JobScripts(Database& database) : database_(database) {}

  Result<void> set(const std::string& job_id, const JobScript& script);  // replaces the job's earlier one
  Result<std::optional<JobScript>> find(const std::string& job_id);

 private:
  Database& database_;
};

}  // namespace reeld::storage
