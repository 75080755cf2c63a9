// What a wish may cost, set aside before anything is sent for it and settled with what it did cost, so that
// wishes under way at the same time never exceed a budget together. One object, one thread.
#pragma once

#include <optional>
#include <string>

#include "base/result.hpp"
#include "providers/provider.hpp"
#include "storage/database.hpp"

namespace reeld::engine {

struct Budget {
  std::string job_id = {};             // empty: of no job
  std::optional<double> own_usd = {};  // of that job, or of this wish alone; nullopt: no limit
  std::optional<double> day_usd = {};  // of all wishes of a UTC day
  bool limited() const { return own_usd || day_usd; }
};

// What it may cost at most. budget_exceeded where nobody knows.
Result<double> known_cost(const std::string& provider, const providers::Estimate& estimate);
// budget_exceeded where it is more than is allowed.
Result<void> check_allowed(double cost_usd, double allowed_usd);

class Reservation {
 public:
  Reservation() = default;  // of nothing
  // budget_exceeded where it may cost more than is left, or where there is a budget and no known price.
  static Result<Reservation> make(storage::Database& database, const Budget& budget,
                                  const std::string& provider, const providers::Estimate& estimate);
  Reservation(Reservation&& other) noexcept;
  Reservation& operator=(Reservation&&) = delete;
  ~Reservation();  // what is not settled cost nothing

  Result<void> settle(double actual_usd);

 private:
  Reservation(storage::Database& database, std::string id) : database_(&database), id_(std::move(id)) {}

  storage::Database* database_ = nullptr;
  std::string id_;  // empty: settled, or of nothing
};

}  // namespace reeld::engine
