// Money: set aside before a call, settled after it, so that calls at the same time never exceed a budget
// together.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <limits>

#include "storage/database_impl.hpp"

namespace reeld::storage {
namespace {

constexpr std::int64_t kDayUs = 86400LL * 1000000;
constexpr double kUnlimited = std::numeric_limits<double>::infinity();
// Sums of decimal prices are off by some 1e-16 of their size: three times 0.1 must fit a budget of 0.3.
constexpr double kRoundingUsd = 1e-9;

std::string usd(double amount) {
  char text[64];
  std::snprintf(text, sizeof text, "%.6g USD", amount);
  return text;
}

Result<void> check_amount(double amount) {
  if (std::isfinite(amount) && amount >= 0) return {};
  return Error{Code::invalid_request, "A cost is 0 or more, and " + usd(amount) + " is none."};
}

// What is spent, set aside and allowed: of one job or of one day.
struct Account {
  double spent = 0, reserved = 0, allowed = kUnlimited;
};

Result<void> check_budget(const Account& account, double amount, const std::string& whose) {
  if (account.spent + account.reserved + amount <= account.allowed + kRoundingUsd) return {};
  return Error{Code::budget_exceeded, "This would cost up to " + usd(amount) + ", and of the " +
                                          usd(account.allowed) + " allowed for " + whose + ", " +
                                          usd(account.spent) + " are spent and " + usd(account.reserved) +
                                          " reserved; raise the budget or choose a cheaper model."};
}

double sum_of_day(Connection& db, std::int64_t time_us) {
  const std::int64_t since_midnight = ((time_us % kDayUs) + kDayUs) % kDayUs;
  Statement row(db, "SELECT total(cost_usd) FROM provider_calls WHERE started_at >= ? AND started_at < ?");
  row.bind(1, time_us - since_midnight);
  row.bind(2, time_us - since_midnight + kDayUs);
  row.executeStep();
  return row.getColumn(0).getDouble();
}

// Of all jobs where `job_id` is empty.
double reserved(Connection& db, const std::string& job_id) {
  Statement row(db, "SELECT total(amount_usd) FROM cost_reservations WHERE ?1 = '' OR job_id = ?1");
  row.bind(1, job_id);
  row.executeStep();
  return row.getColumn(0).getDouble();
}

std::string insert(Connection& db, const CostRequest& request) {
  std::string id = new_id();
  Statement row(
      db,
      "INSERT INTO cost_reservations (id, job_id, provider, amount_usd, created_at) VALUES (?, ?, ?, ?, ?)");
  row.bind(1, id);
  bind_text_or_null(row, 2, request.job_id);
  row.bind(3, request.provider);
  row.bind(4, request.amount_usd);
  row.bind(5, now_us());
  row.exec();
  return id;
}

}  // namespace

Result<std::string> Database::reserve_cost(const CostRequest& request) {
  REELD_TRY(check_amount(request.amount_usd));
  return impl_->write("reserve a cost", [&](Connection& db) -> Result<std::string> {
    if (!request.job_id.empty()) {
      REELD_ASSIGN(const Job job, found_job(db, request.job_id));
      const double allowed =
          std::min(job.budget_usd.value_or(kUnlimited), request.job_budget_usd.value_or(kUnlimited));
      REELD_TRY(
          check_budget({job.cost_usd, reserved(db, job.id), allowed}, request.amount_usd, "job " + job.id));
    }
    if (request.day_budget_usd) {
      const Account day{sum_of_day(db, now_us()), reserved(db, ""), *request.day_budget_usd};
      REELD_TRY(check_budget(day, request.amount_usd, "today (UTC)"));
    }
    std::string id = insert(db, request);
    return id;
  });
}

Result<void> Database::settle_cost(const std::string& reservation_id, double actual_usd) {
  REELD_TRY(check_amount(actual_usd));
  return impl_->write("settle cost " + reservation_id, [&](Connection& db) -> Result<void> {
    Statement add(db,
                  "UPDATE jobs SET cost_usd = cost_usd + ? WHERE id = "
                  "(SELECT job_id FROM cost_reservations WHERE id = ?)");
    add.bind(1, actual_usd);
    add.bind(2, reservation_id);
    add.exec();
    Statement release(db, "DELETE FROM cost_reservations WHERE id = ?");
    release.bind(1, reservation_id);
    if (release.exec() == 0) {
      return Error{Code::not_found, "There is no cost reservation \"" + reservation_id + "\"."};
    }
    return {};
  });
}

Result<double> Database::cost_of_day(std::int64_t time_us) {
  return impl_->read("add up a day's cost",
                     [&](Connection& db) -> Result<double> { return sum_of_day(db, time_us); });
}

}  // namespace reeld::storage
