#include "engine/reservation.hpp"

#include <catch2/catch.hpp>

#include "base/temporary_folder.hpp"

namespace reeld::engine {
namespace {

struct Books {
  TemporaryFolder folder;
  std::unique_ptr<storage::Database> database = *storage::Database::open(folder.path() / "reeld.db");

  Result<Reservation> reserve(const Budget& budget, std::optional<double> cost_usd) {
    return Reservation::make(*database, budget, "gemini", {cost_usd, "a-model"});
  }
};

TEST_CASE("where there is a budget, what has no known price is not asked for") {
  Books books;
  for (const Budget& budget : {Budget{.own_usd = 5}, Budget{.day_usd = 5}}) {
    const auto refused = books.reserve(budget, std::nullopt);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == Code::budget_exceeded);
    CHECK(refused.error().path == "/provider");
    CHECK(refused.error().message.find("[providers.gemini.prices]") != std::string::npos);
  }
  CHECK(books.reserve({}, std::nullopt));
}

TEST_CASE("what is set aside counts until it is settled, or its holder is gone") {
  Books books;
  const Budget day{.day_usd = 1};
  {
    auto held = books.reserve(day, 0.75);
    REQUIRE(held);
    CHECK(books.reserve(day, 0.5).error().code == Code::budget_exceeded);
    REQUIRE(held->settle(0.1));
    CHECK(held->settle(0.1));  // once is enough
    CHECK(books.reserve(day, 1));
  }
  { const auto dropped = books.reserve(day, 1); }
  CHECK(books.reserve(day, 1));
}

TEST_CASE("a wish of no job has a budget of its own, beside the day's") {
  Books books;
  const auto refused = books.reserve({.own_usd = 0.25}, 0.5);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == Code::budget_exceeded);
  CHECK(refused.error().path == "/budget_usd");
  CHECK(refused.error().message.find("up to 0.5 USD, and 0.25 USD are allowed") != std::string::npos);
  const Budget both{.own_usd = 0.25, .day_usd = 0.25};
  const auto held = books.reserve(both, 0.25);
  REQUIRE(held);
  CHECK(books.reserve({.own_usd = 0.25}, 0.25));  // another's own
  CHECK(books.reserve(both, 0.25).error().code == Code::budget_exceeded);
}

TEST_CASE("a reservation of nothing settles nothing") {
  Reservation nothing;
  CHECK(nothing.settle(3));
}

}  // namespace
}  // namespace reeld::engine
