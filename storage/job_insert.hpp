// A job's row, for the methods that make jobs. Private to storage/.
#pragma once

#include "storage/database_impl.hpp"

namespace reeld::storage {

Result<Job> insert_job(Connection& db, const NewJob& job);

}  // namespace reeld::storage
