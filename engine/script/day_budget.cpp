#include "engine/script/day_budget.hpp"

#include <spdlog/spdlog.h>

namespace reeld::engine {

Result<ScriptTools::Settle> reserve_of_day(storage::Database& database,
                                           const std::optional<double>& day_budget_usd,
                                           const std::string& provider, const providers::Estimate& estimate) {
  if (day_budget_usd && !estimate.cost_usd) {
    return Error{Code::budget_exceeded,
                 "there is a budget for the day, but nobody knows what " + provider + " model \"" +
                     estimate.model + "\" costs: give its price in the daemon's configuration, [providers." +
                     provider + ".prices]"};
  }
  REELD_ASSIGN(const std::string id, database.reserve_cost({"", provider, estimate.cost_usd.value_or(0),
                                                            std::nullopt, day_budget_usd}));
  return ScriptTools::Settle([&database, id](double usd) {
    if (const auto settled = database.settle_cost(id, usd); !settled) {
      spdlog::error("script reservation={} not settled: {}", id, settled.error().message);
    }
  });
}

}  // namespace reeld::engine
