// Files whose records are gone, forgotten once they are removed. Private to storage/.
#pragma once

#include <functional>
#include <string>

#include "storage/database_impl.hpp"

namespace reeld::storage {

// Calls `remove` with each file that `listed` gives, a query of files_to_remove; those it says true of are
// forgotten. Gives how many.
int sweep_listed(Connection& db, Statement& listed,
                 const std::function<bool(const std::string& file)>& remove);

}  // namespace reeld::storage
