#include "ipc/client.hpp"

#include <atomic>
#include <catch2/catch.hpp>
#include <chrono>
#include <thread>

#include "tests/ipc/fake_daemon.hpp"

namespace reeld::test {
namespace {

using Clock = std::chrono::steady_clock;

// Follows to the end; the events' numbers must be 1, 2, 3, ...
struct Followed {
  Result<Json> end;
  std::vector<Json> events;
};

Followed follow(FakeDaemon& daemon, const std::string& job) {
  std::vector<Json> events;
  auto end = daemon.client()->follow(job, [&](const Json& event) {
    events.push_back(event);
    return true;
  });
  return {std::move(end), std::move(events)};
}

void check_no_gap(const std::vector<Json>& events, std::size_t count) {
  REQUIRE(events.size() == count);
  for (std::size_t i = 0; i < count; ++i) REQUIRE(events[i].at("seq") == i + 1);
}

TEST_CASE("where no daemon is, the client says so in time") {
  const TemporaryFolder folder;
  const std::string endpoint = "ipc://" + (folder.path() / "nobody.sock").string();
  const auto start = Clock::now();
  const auto client = ipc::Client::connect(endpoint, 200);
  CHECK(Clock::now() - start < std::chrono::seconds(2));
  REQUIRE_FALSE(client);
  CHECK(client.error().code == Code::unreachable);
  CHECK(client.error().message.find(endpoint) != std::string::npos);
  CHECK(client.error().message.find("start one") != std::string::npos);
  CHECK(ipc::Client::connect("nonsense", 200).error().code == Code::unreachable);
}

TEST_CASE("the daemon's errors come through whole") {
  FakeDaemon daemon;
  const auto client = daemon.client();
  const auto missing = client->call("status", {{"job", "none"}});
  REQUIRE_FALSE(missing);
  CHECK(missing.error() == Error{Code::not_found, "there is no job \"none\"", "/job"});
  const auto large = client->call("status", {{"job", std::string(17 << 20, 'j')}});
  REQUIRE_FALSE(large);
  CHECK(large.error().code == Code::limit_exceeded);
  CHECK(client->call("health", Json::object()));
}

TEST_CASE("a script is asked for until it is done") {
  FakeDaemon daemon;
  const auto script = daemon.client()->script({{"text", "The boats leave."}});
  REQUIRE(script);
  CHECK(script->at("request") == Json{{"reeld", 1}});
  FakeDaemon failing({{"script_result", [](const Json&) -> Result<Json> {
                         return Error{Code::quota_exceeded, "come back tomorrow"};
                       }}});
  CHECK(failing.client()->script({{"text", "The boats leave."}}).error().code == Code::quota_exceeded);
}

TEST_CASE("a late answer is not taken for the next one's") {
  FakeDaemon daemon({{"stats", [](const Json&) -> Result<Json> {
                        std::this_thread::sleep_for(std::chrono::milliseconds(600));
                        return Json{{"late", true}};
                      }}});
  auto client = ipc::Client::connect(daemon.endpoint(), 400);
  REQUIRE(client);
  const auto late = (*client)->call("stats", Json::object());
  REQUIRE_FALSE(late);
  CHECK(late.error().code == Code::timed_out);
  const auto next = (*client)->call("list", Json::object());
  REQUIRE(next);
  CHECK(next->at("method") == "list");
}

TEST_CASE("following gives every event, from before the subscription on") {
  FakeDaemon daemon;
  const std::string job = daemon.make_job();
  for (int i = 0; i < 250; ++i) daemon.tell(job, "progress", {{"percent", i}});
  std::thread worker([&] {
    for (int i = 0; i < 250; ++i) daemon.tell(job, "progress", {{"percent", i}});
    daemon.finish(job, "completed");
  });
  const Followed followed = follow(daemon, job);
  worker.join();
  REQUIRE(followed.end);
  CHECK(followed.end->at("status") == "completed");
  check_no_gap(followed.events, 501);
}

TEST_CASE("following fills in what four threads mix up and what is lost") {
  FakeDaemon daemon;
  const std::string job = daemon.make_job();
  std::thread ender([&] {
    std::vector<std::thread> workers;
    for (int t = 0; t < 4; ++t) {
      workers.emplace_back([&, t] {
        for (int i = 0; i < 250; ++i) {
          if (i % 10 == t) {
            daemon.record(job, "progress", {{"percent", i}});
          } else {
            daemon.tell(job, "progress", {{"percent", i}});
          }
        }
      });
    }
    for (std::thread& worker : workers) worker.join();
    daemon.finish(job, "failed");
  });
  const Followed followed = follow(daemon, job);
  ender.join();
  REQUIRE(followed.end);
  CHECK(followed.end->at("status") == "failed");
  check_no_gap(followed.events, 1001);
}

TEST_CASE("a gap is filled as soon as it shows, not when the job pauses") {
  FakeDaemon daemon;
  const std::string job = daemon.make_job();
  std::atomic<bool> filled{false};
  bool in_time = false;
  std::thread worker([&] {
    // 2.5 s without the quiet second that would make the client ask anyway.
    for (int i = 0; i < 50 && !filled; ++i) {
      daemon.record(job, "warning", {{"message", "lost"}});
      daemon.tell(job, "progress", {{"percent", i}});
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
    in_time = filled;
    daemon.finish(job, "completed");
  });
  std::size_t events = 0;
  const auto end = daemon.client()->follow(job, [&](const Json& event) {
    // The first few may come from the record, before the subscription is there.
    filled = ++events >= 20;
    return event.at("seq") == events;
  });
  worker.join();
  REQUIRE(end);
  CHECK(in_time);
}

TEST_CASE("a lost end is found in the record") {
  FakeDaemon daemon;
  const std::string job = daemon.make_job();
  std::thread worker([&] {
    daemon.tell(job, "progress", {{"percent", 1}});
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
    daemon.set_status(job, "completed");
    daemon.record(job, "finished", {{"id", job}, {"status", "completed"}});
  });
  const Followed followed = follow(daemon, job);
  worker.join();
  REQUIRE(followed.end);
  check_no_gap(followed.events, 2);
}

TEST_CASE("a job that ended without an event ends its followers too") {
  FakeDaemon daemon;
  const std::string job = daemon.make_job("failed");
  const Followed followed = follow(daemon, job);
  REQUIRE(followed.end);
  CHECK(followed.end->at("status") == "failed");
  REQUIRE(followed.events.size() == 1);
  CHECK(followed.events[0].at("type") == "finished");
  CHECK(followed.events[0].at("seq") == 0);
}

TEST_CASE("an end that the record does not have ends its followers at once") {
  FakeDaemon daemon;
  const std::string job = daemon.make_job();
  std::thread worker([&] {
    // Until it is heard: the subscription travels on its own time.
    for (int i = 0; i < 100; ++i) {
      daemon.server().publish({job, 0, "", "finished", {{"id", job}, {"status", "failed"}}});
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
  });
  daemon.set_status(job, "failed");
  const Followed followed = follow(daemon, job);
  worker.join();
  REQUIRE(followed.end);
  REQUIRE(followed.events.size() == 1);
  CHECK(followed.events[0].at("v") == 1);  // it was sent, not put together from the record
}

TEST_CASE("the end of an earlier attempt is not the end of a job that is at work again") {
  FakeDaemon daemon;
  const std::string job = daemon.make_job();
  daemon.finish(job, "failed");
  daemon.set_status(job, "pending");
  std::thread worker([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    daemon.finish(job, "completed");
  });
  const Followed followed = follow(daemon, job);
  worker.join();
  REQUIRE(followed.end);
  CHECK(followed.end->at("status") == "completed");
  check_no_gap(followed.events, 2);
}

TEST_CASE("following ends where the caller wants no more, and where there is no job") {
  FakeDaemon daemon;
  const std::string job = daemon.make_job();
  for (int i = 0; i < 10; ++i) daemon.tell(job, "progress", {{"percent", i}});
  int count = 0;
  const auto stopped = daemon.client()->follow(job, [&](const Json&) { return ++count < 3; });
  REQUIRE_FALSE(stopped);
  CHECK(stopped.error().code == Code::cancelled);
  CHECK(count == 3);
  const auto missing = daemon.client()->follow("none", [](const Json&) { return true; });
  REQUIRE_FALSE(missing);
  CHECK(missing.error().code == Code::not_found);
}

}  // namespace
}  // namespace reeld::test
