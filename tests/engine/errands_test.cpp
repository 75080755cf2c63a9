#include <catch2/catch.hpp>

#include <future>

#include "engine/errands.hpp"

namespace reeld::engine {
namespace {

using Json = nlohmann::json;

TEST_CASE("an errand is asked after until it is done, and told once") {
  Errands errands(2);
  std::promise<void> go_on;
  std::atomic<int> runs{0};
  const Errands::Work work = [&, end = go_on.get_future().share()](const auto&) -> Result<Json> {
    end.wait();
    return Json(++runs);
  };
  CHECK_FALSE(*errands.ask("a", work));
  CHECK_FALSE(*errands.ask("a", work));
  go_on.set_value();
  auto answer = errands.ask("a", work);
  while (answer && !*answer) answer = errands.ask("a", work);
  REQUIRE(answer);
  CHECK(**answer == 1);
  CHECK_FALSE(*errands.ask("a", work));  // begins again
}

TEST_CASE("more errands than may be at work are refused, and ends that nobody asked after make room") {
  Errands errands(1);
  const Errands::Work forever = [](const std::atomic<bool>& stop) -> Result<Json> {
    while (!stop) std::this_thread::yield();
    return Error{Code::cancelled, "stopped"};
  };
  SECTION("at work") {
    REQUIRE(errands.ask("a", forever));
    CHECK(errands.ask("b", forever).error().code == Code::busy);
  }
  SECTION("ended") {
    REQUIRE(errands.ask("a", [](const auto&) -> Result<Json> { return Json(1); }));
    auto next = errands.ask("b", forever);
    while (!next) next = errands.ask("b", forever);
    CHECK_FALSE(*next);
  }
}

TEST_CASE("an errand's error is its asker's") {
  Errands errands(1);
  const Errands::Work work = [](const auto&) -> Result<Json> { return Error{Code::disk_full, "no room"}; };
  auto answer = errands.ask("a", work);
  while (answer) answer = errands.ask("a", work);
  CHECK(answer.error().code == Code::disk_full);
}

}  // namespace
}  // namespace reeld::engine
