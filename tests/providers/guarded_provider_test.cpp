#include "providers/policy/guarded_provider.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <deque>
#include <thread>

namespace reeld::providers {
namespace {

using namespace std::chrono_literals;

// Passes as it is waited for.
class MadeUpTime : public Waiting {
 public:
  Clock::time_point now() const override { return now_; }
  void wait_until(Clock::time_point time, const Cancelled& cancelled) override {
    if (cancelled && cancelled()) return;
    if (time > now_) waits.push_back(std::chrono::duration_cast<std::chrono::milliseconds>(time - now_));
    now_ = std::max(now_, time);
  }
  double chance() override { return 1; }
  void pass(Clock::duration time) { now_ += time; }

  std::vector<std::chrono::milliseconds> waits;

 private:
  Clock::time_point now_{};
};

Tried fails(Code code, Remedy remedy, const std::string& words = "its words",
            std::optional<std::chrono::milliseconds> retry_after = {}) {
  return {Error{code, words, ""}, remedy, retry_after, 503};
}

Tried overloaded() {
  return fails(Code::provider_failed, Remedy::later, "overloaded");
}

Tried answers() {
  Delivery delivery;
  delivery.text = "done";
  delivery.provenance.input_tokens = 1000;
  delivery.provenance.output_tokens = 2000;
  return {std::vector{delivery}, Remedy::none, {}, 200};
}

// Gives what the test put down for a model, then answers for ever.
class ScriptedService : public ModelService {
 public:
  ProviderInfo info() const override {
    ProviderInfo info;
    info.name = "made-up";
    info.capabilities = {Capability::script};
    info.models[Capability::script] = {"first", "second"};
    return info;
  }
  Result<void> validate(const Wish& wish) const override {
    if (wish.params.contains("bad")) return Error{Code::invalid_request, "bad", "/bad"};
    return {};
  }
  Tried try_model(const Wish&, const std::string& model, const std::filesystem::path&,
                  const Cancelled&) override {
    asked.push_back(model);
    if (will_say[model].empty()) return answers();
    Tried tried = will_say[model].front();
    will_say[model].pop_front();
    return tried;
  }
  Tried probe(const Cancelled&) override { return answers(); }

  std::vector<std::string> asked;
  std::map<std::string, std::deque<Tried>> will_say;
};

struct Guarded {
  MadeUpTime time;
  ScriptedService* service = new ScriptedService;  // owned by `provider`
  std::vector<CallRecord> calls;
  std::unique_ptr<GuardedProvider> provider;
  Wish wish;

  explicit Guarded(const ProviderConfig& base = {}) {
    ProviderConfig config = base;
    config.name = "made-up";
    config.prices["first"] = {.per_million_input_tokens = 1, .per_million_output_tokens = 10};
    config.prices["second"] = {.per_request = 0.5};
    provider = std::make_unique<GuardedProvider>(std::unique_ptr<ModelService>(service), config, time,
                                                 [this](const CallRecord& call) { calls.push_back(call); });
    wish.capability = Capability::script;
    wish.params = {{"messages", "hello"}};
  }

  Result<std::vector<Delivery>> fetch(const Cancelled& cancelled = nullptr) {
    return provider->fetch(wish, "/", cancelled);
  }
};

TEST_CASE("what no service could take is refused before any is asked") {
  Guarded guarded;
  guarded.wish.params["bad"] = 1;
  CHECK(guarded.fetch().error().path == "/bad");
  CHECK(guarded.service->asked.empty());
}

TEST_CASE("an answer says which model was asked, after how many tries, and what it cost") {
  Guarded guarded;
  guarded.service->will_say["first"] = {overloaded()};
  const auto made = guarded.fetch();
  REQUIRE(made);
  const Provenance& provenance = made->front().provenance;
  CHECK(provenance.model_asked == "first");
  CHECK(provenance.model_used == "first");
  CHECK(provenance.request_count == 2);
  CHECK(*provenance.cost_usd == Approx((1000 * 1 + 2000 * 10) / 1e6));
  REQUIRE(guarded.calls.size() == 2);
  CHECK(guarded.calls[0].error->message == "overloaded");
  CHECK(guarded.calls[0].http_status == 503);
  CHECK_FALSE(guarded.calls[1].error);
  CHECK(guarded.calls[1].attempt == 2);
}

TEST_CASE("a model that may come back is asked again, ever later, as often as configured") {
  ProviderConfig config;
  config.max_retries = 4;
  config.retry_delay = 500ms;
  Guarded guarded(config);
  guarded.service->will_say["first"] = std::deque<Tried>(5, overloaded());
  const auto made = guarded.fetch();
  CHECK(made.error().message == "overloaded (after 5 tries)");
  CHECK(guarded.time.waits == std::vector{500ms, 1000ms, 2000ms, 4000ms});
}

TEST_CASE("a service that names its time is obeyed, and left alone where that is long") {
  Guarded guarded;
  guarded.service->will_say["first"] = {fails(Code::rate_limited, Remedy::later, "slow down", 47s)};
  CHECK(guarded.fetch());
  CHECK(guarded.time.waits.front() == 47s);
  guarded.service->will_say["first"] = {fails(Code::rate_limited, Remedy::later, "slow down", 10min)};
  CHECK(guarded.fetch().error().code == Code::rate_limited);
}

TEST_CASE("what is no passing failure is not asked again") {
  for (const Code code : {Code::key_invalid, Code::provider_refused}) {
    Guarded guarded;
    guarded.wish.allow_fallback = true;
    guarded.service->will_say["first"] = {fails(code, Remedy::none)};
    CHECK(guarded.fetch().error().code == code);
    CHECK(guarded.service->asked == std::vector<std::string>{"first"});
  }
}

TEST_CASE("another model answers only where the wish allows it, and is named") {
  Guarded guarded;
  guarded.service->will_say["first"] = {
      fails(Code::model_unavailable, Remedy::other_model, "no longer available"),
      fails(Code::model_unavailable, Remedy::other_model, "no longer available")};
  SECTION("not allowed") {
    CHECK(guarded.fetch().error().message == "no longer available");
    CHECK(guarded.service->asked == std::vector<std::string>{"first"});
  }
  SECTION("allowed") {
    guarded.wish.allow_fallback = true;
    const auto made = guarded.fetch();
    REQUIRE(made);
    CHECK(made->front().provenance.model_asked == "first");
    CHECK(made->front().provenance.model_used == "second");
    CHECK(made->front().provenance.fallback);
    CHECK(*made->front().provenance.cost_usd == 0.5);
    CHECK(guarded.calls.back().fallback);
    CHECK(guarded.calls.back().model_asked == "first");
  }
  SECTION("allowed, and it fails as well: the first one's words come first") {
    guarded.wish.allow_fallback = true;
    guarded.service->will_say["second"] = {fails(Code::quota_exceeded, Remedy::other_model, "quota")};
    const Error error = guarded.fetch().error();
    CHECK(error.code == Code::model_unavailable);
    CHECK(error.message == "no longer available; no fallback answered either: second: quota");
  }
}

TEST_CASE("a service that calls the model by its full name has not fallen back") {
  Guarded guarded;
  Tried named = answers();
  named.result->front().provenance.model_used = "first-2026-09";
  guarded.service->will_say["first"] = {named};
  const auto made = guarded.fetch();
  REQUIRE(made);
  CHECK(made->front().provenance.model_used == "first-2026-09");
  CHECK_FALSE(made->front().provenance.fallback);
}

TEST_CASE("a model asked for by name comes before those that are configured") {
  Guarded guarded;
  guarded.wish.params["model"] = "third";
  guarded.wish.allow_fallback = true;
  guarded.service->will_say["third"] = {fails(Code::model_unavailable, Remedy::other_model)};
  CHECK(guarded.fetch()->front().provenance.model_used == "first");
}

TEST_CASE("a model that is known to be away costs no request, and is asked again after 30 s") {
  Guarded guarded;
  guarded.service->will_say["first"] = {fails(Code::model_unavailable, Remedy::other_model, "gone")};
  CHECK_FALSE(guarded.fetch());
  const Error error = guarded.fetch().error();
  CHECK(error.code == Code::model_unavailable);
  CHECK(error.message.find("gone") != std::string::npos);
  CHECK(guarded.service->asked.size() == 1);
  guarded.time.pass(30s);
  CHECK(guarded.fetch());
}

TEST_CASE("a rate limit at the service is no reason to take the model as away") {
  ProviderConfig config;
  config.max_retries = 10;
  Guarded guarded(config);
  guarded.service->will_say["first"] =
      std::deque<Tried>(9, fails(Code::rate_limited, Remedy::later, "slow down", 1s));
  CHECK(guarded.fetch());
}

TEST_CASE("our own limit holds requests back before the service has to") {
  ProviderConfig config;
  config.requests_per_minute = 2;
  Guarded guarded(config);
  for (int i = 0; i < 3; ++i) CHECK(guarded.fetch());
  CHECK(guarded.time.waits == std::vector{60000ms});
}

TEST_CASE("nothing is waited for beyond the deadline") {
  ProviderConfig config;
  config.requests_per_minute = 1;
  Guarded guarded(config);
  CHECK(guarded.fetch());
  guarded.wish.deadline = guarded.time.now() + 10s;
  CHECK(guarded.fetch().error().code == Code::timed_out);
  CHECK(guarded.service->asked.size() == 1);
}

TEST_CASE("a cancelled wish ends its waiting at once") {
  Guarded guarded;
  guarded.service->will_say["first"] = {overloaded()};
  int looks = 0;
  const auto made = guarded.fetch([&] { return ++looks > 2; });
  CHECK(made.error().code == Code::cancelled);
}

TEST_CASE("the estimate is for the dearest model that may answer, and none where one has no price") {
  Guarded guarded;
  guarded.wish.params["max_output_tokens"] = 1000;
  CHECK(*guarded.provider->estimate(guarded.wish).cost_usd ==
        Approx((7.0 / 3 * 1 + 1000 * 10) / 1e6).epsilon(1e-3));
  guarded.wish.allow_fallback = true;
  CHECK(*guarded.provider->estimate(guarded.wish).cost_usd == 0.5);
  guarded.wish.params["model"] = "unpriced";
  CHECK_FALSE(guarded.provider->estimate(guarded.wish).cost_usd);
}

TEST_CASE("an equal wish has an equal fingerprint, and an unseeded picture none") {
  Guarded guarded;
  const std::string print = guarded.provider->fingerprint(guarded.wish);
  CHECK_FALSE(print.empty());
  Wish other = guarded.wish;
  other.params["volume_db"] = -3;
  CHECK(guarded.provider->fingerprint(other) == print);
  other.params["model"] = "second";
  CHECK(guarded.provider->fingerprint(other) != print);
  other.capability = Capability::picture;
  CHECK(guarded.provider->fingerprint(other).empty());
  other.params["seed"] = 7;
  CHECK_FALSE(guarded.provider->fingerprint(other).empty());
}

TEST_CASE("no more requests run at once than are configured") {
  class SlowService : public ScriptedService {
   public:
    Tried try_model(const Wish&, const std::string&, const std::filesystem::path&,
                    const Cancelled&) override {
      most = std::max(most.load(), ++running);
      std::this_thread::sleep_for(10ms);
      --running;
      return answers();
    }
    std::atomic<int> running{0}, most{0};
  };
  auto service = std::make_unique<SlowService>();
  SlowService& slow = *service;
  ProviderConfig config;
  config.parallel = 2;
  const auto waiting = real_waiting();
  GuardedProvider provider(std::move(service), config, *waiting, nullptr);
  std::vector<std::thread> threads;
  std::atomic<int> done{0};
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      Wish wish;
      wish.capability = Capability::script;
      wish.params = {{"messages", "hello"}};
      if (provider.fetch(wish, "/", nullptr)) ++done;
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(done == 8);
  CHECK(slow.most <= 2);
}

}  // namespace
}  // namespace reeld::providers
