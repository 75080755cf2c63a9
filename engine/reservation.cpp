#include "engine/reservation.hpp"

#include <cstdio>
#include <utility>

namespace reeld::engine {
namespace {

std::string usd_text(double amount) {
  char text[64];
  std::snprintf(text, sizeof text, "%.6g USD", amount);
  return text;
}

}  // namespace

Result<double> known_cost(const std::string& provider, const providers::Estimate& estimate) {
  if (estimate.cost_usd) return *estimate.cost_usd;
  return Error{Code::budget_exceeded,
               "there is a budget, but nobody knows what " + provider + " model \"" + estimate.model +
                   "\" costs: give its price in the daemon's configuration, [providers." + provider +
                   ".prices]",
               "/provider"};
}

Result<Reservation> Reservation::make(storage::Database& database, const Budget& budget,
                                      const std::string& provider, const providers::Estimate& estimate) {
  if (budget.limited()) {
    REELD_ASSIGN(const double cost_usd, known_cost(provider, estimate));
    if (budget.job_id.empty() && budget.own_usd) REELD_TRY(check_allowed(cost_usd, *budget.own_usd));
  }
  REELD_ASSIGN(std::string id, database.reserve_cost({budget.job_id, provider, estimate.cost_usd.value_or(0),
                                                      budget.own_usd, budget.day_usd}));
  return Reservation(database, std::move(id));
}

Result<void> check_allowed(double cost_usd, double allowed_usd) {
  // Sums of decimal prices are off by some 1e-16 of their size.
  constexpr double kRoundingUsd = 1e-9;
  if (cost_usd <= allowed_usd + kRoundingUsd) return {};
  return Error{Code::budget_exceeded,
               "this would cost up to " + usd_text(cost_usd) + ", and " + usd_text(allowed_usd) +
                   " are allowed: raise the budget, ask for less, or choose a cheaper model",
               "/budget_usd"};
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
