#include "engine/provider_checks.hpp"

#include <catch2/catch.hpp>
#include <chrono>

#include "base/temporary_folder.hpp"

namespace reeld::engine {
namespace {

using namespace std::chrono_literals;

// Writes at once, or never.
class Writer : public providers::Provider {
 public:
  Writer(std::string name, bool answers) : name_(std::move(name)), answers_(answers) {}
  providers::ProviderInfo info() const override {
    providers::ProviderInfo info;
    info.name = info.kind = name_;
    info.capabilities = {providers::Capability::script};
    return info;
  }
  std::string fingerprint(const providers::Wish&) const override { return ""; }
  Result<std::vector<providers::Delivery>> fetch(const providers::Wish& wish,
                                                 const std::filesystem::path& scratch,
                                                 const providers::Cancelled& cancelled) override {
    CHECK(std::filesystem::is_directory(scratch));
    while (!answers_ && !cancelled()) std::this_thread::sleep_for(5ms);
    if (cancelled()) return Error{Code::cancelled, "cancelled"};
    providers::Delivery delivery;
    delivery.text = wish.params.dump();
    return std::vector{delivery};
  }

 private:
  const std::string name_;
  const bool answers_;
};

struct Desk {
  TemporaryFolder folder;
  providers::Registry registry;
  std::unique_ptr<ProviderChecks> checks;

  Desk() {
    registry.add(std::make_unique<Writer>("quick", true));
    registry.add(std::make_unique<Writer>("stuck", false));
    checks = std::make_unique<ProviderChecks>(registry, folder.path() / "checks");
  }

  Json end_of(const std::string& id) const {
    for (int i = 0; i < 3000; ++i) {
      const auto now = checks->result(id);
      REQUIRE(now);
      if (now->at("status") == "done") return *now;
      std::this_thread::sleep_for(10ms);
    }
    FAIL("the check did not end");
    return {};
  }
};

TEST_CASE("a check that cannot begin says what is wrong with it") {
  Desk desk;
  const auto error = [&](const Json& params) {
    const auto started = desk.checks->start(params);
    REQUIRE_FALSE(started);
    return started.error();
  };
  CHECK(error({{"provider", "quik"}}).message == "there is no provider \"quik\"; did you mean \"quick\"?");
  CHECK(error({{"provider", "quick"}, {"params", {{"scrpt", Json::object()}}}}).path == "/params/scrpt");
  CHECK(error({{"provider", "quick"}, {"params", {{"script", 7}}}}).path == "/params/script");
  CHECK(desk.checks->result("1").error().code == Code::not_found);
}

TEST_CASE("a check runs in the background, with the wishes of its caller, and leaves nothing behind") {
  Desk desk;
  const auto started =
      desk.checks->start({{"provider", "quick"}, {"params", {{"script", {{"messages", "hi"}}}}}});
  REQUIRE(started);
  CHECK(started->at("provider") == "quick");
  const Json done = desk.end_of(started->at("id"));
  // It takes whatever it is given, which it must not.
  CHECK(done.at("passed") == false);
  CHECK(done.at("checks").at(2).at("name") == "script: makes what was asked for");
  CHECK(done.at("checks").at(2).at("detail").get<std::string>().starts_with("17 bytes of text"));
  CHECK_FALSE(std::filesystem::exists(desk.folder.path() / "checks/1"));
}

TEST_CASE("a few are checked at once, and the end waits for none") {
  Desk desk;
  for (int i = 0; i < ProviderChecks::kMostAtOnce; ++i) {
    const auto started = desk.checks->start({{"provider", "stuck"}});
    REQUIRE(started);
    CHECK(started->at("status") == "checking");
    CHECK(started->at("passed").is_null());
  }
  CHECK(desk.checks->start({{"provider", "quick"}}).error().code == Code::busy);
  const auto before = std::chrono::steady_clock::now();
  desk.checks.reset();
  CHECK(std::chrono::steady_clock::now() - before < 10s);
}

}  // namespace
}  // namespace reeld::engine
