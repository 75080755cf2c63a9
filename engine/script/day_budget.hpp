// What a writer that works for no job may cost: it counts for the day alone.
#pragma once

#include "engine/script/script.hpp"
#include "storage/database.hpp"

namespace reeld::engine {

// Sets aside what a call may cost; what it gives is called with what the call did cost. `day_budget_usd` is
// what all calls of a UTC day may cost; absent: no limit. Errors: budget_exceeded. `database` outlives it.
Result<ScriptTools::Settle> reserve_of_day(storage::Database& database,
                                           const std::optional<double>& day_budget_usd,
                                           const std::string& provider, const providers::Estimate& estimate);

}  // namespace reeld::engine
