#include "engine/reservation.hpp"

#include <utility>

namespace reeld::engine {

Result<Reservation> Reservation::make(storage::Database& database, const Budget& budget,
                                      const std::string& provider, const providers::Estimate& estimate) {
  if (budget.limited() && !estimate.cost_usd) {
    return Error{Code::budget_exceeded,
                 "there is a budget, but nobody knows what " + provider + " model \"" + estimate.model +
                     "\" costs: give its price in the daemon's configuration, [providers." + provider +
                     ".prices]",
                 "/provider"};
  }
  REELD_ASSIGN(std::string id, database.reserve_cost({budget.job_id, provider, estimate.cost_usd.value_or(0),
                                                      budget.own_usd, budget.day_usd}));
  return Reservation(database, std::move(id));
}

Reservation::Reservation(Reservation&& other) noexcept
    : database_(other.database_), id_(std::exchange(other.id_, "")) {}

Reservation::~Reservation() {
  if (!id_.empty()) static_cast<void>(database_->settle_cost(id_, 0));
}

Result<void> Reservation::settle(double actual_usd) {
  if (id_.empty()) return {};
  return database_->settle_cost(std::exchange(id_, ""), actual_usd);
}

}  // namespace reeld::engine
