// A job's row, for the methods that make jobs. Private to storage/.
#pragma once

#include "storage/database_impl.hpp"

namespace reeld::storage {

Result<Job> insert_job(Connection& db, const NewJob& job);
void put_job_script(Connection& db, const std::string& job_id, const JobScript& script);  // replaces one

}  // namespace reeld::storage
