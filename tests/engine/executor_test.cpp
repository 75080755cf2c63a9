// The pool, with shell scripts in the workers' place: what a worker does wrong is easier to say in a script.
#include "engine/executor.hpp"

#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <thread>

namespace reeld::engine {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

// A worker that runs `body` for each line of tasks, with the line in $task.
struct Script {
  explicit Script(const std::string& body) {
    std::string pattern = (fs::temp_directory_path() / "reeld-worker-XXXXXX").string();
    folder = ::mkdtemp(pattern.data());
    std::ofstream(folder / "worker") << "#!/bin/sh\nwhile read -r task; do\n" << body << "\ndone\n";
    fs::permissions(folder / "worker", fs::perms::owner_all);
  }
  ~Script() { fs::remove_all(folder); }

  std::unique_ptr<Executor> pool(int slots) const {
    auto started = Executor::start({folder / "worker", slots, 1});
    REQUIRE(started);
    return *std::move(started);
  }
  fs::path folder;
};

const std::atomic<bool> kNever{false};
const char* const kDone =
    R"(echo '{"event":"done","result":{"pid":'$$'},"usage":{"cpu_seconds":1.5,"peak_memory_mb":7}}')";

TEST_CASE("a task's result and usage come back, and its worker stays for the next", "[executor]") {
  const Script script(kDone);
  const auto pool = script.pool(1);
  const TaskOutcome first = pool->run({{"task", "x"}}, nullptr, kNever);
  REQUIRE(first.result);
  CHECK(first.usage.cpu_seconds == 1.5);
  CHECK(first.usage.peak_memory_mb == 7);
  const TaskOutcome second = pool->run({{"task", "x"}}, nullptr, kNever);
  REQUIRE(second.result);
  CHECK(*second.result == *first.result);
}

TEST_CASE("events arrive in order, and what is no JSON is passed over", "[executor]") {
  const Script script(
      std::string(
          R"(echo '{"event":"progress","done":1}'; echo nonsense; echo '{"event":"progress","done":2}';)") +
      kDone);
  std::vector<int> done;
  REQUIRE(script.pool(1)
              ->run(
                  {{"task", "x"}}, [&](const Json& event) { done.push_back(event.at("done").get<int>()); },
                  kNever)
              .result);
  CHECK(done == std::vector<int>{1, 2});
}

TEST_CASE("a task's error keeps its code and its path", "[executor]") {
  const Script script(
      R"(echo '{"event":"failed","error":{"code":"picture_invalid","message":"broken","path":"/scenes/0"}}')");
  const TaskOutcome outcome = script.pool(1)->run({{"task", "x"}}, nullptr, kNever);
  REQUIRE_FALSE(outcome.result);
  CHECK(outcome.result.error() == Error{Code::picture_invalid, "broken", "/scenes/0"});
}

TEST_CASE("a worker that dies is named with how, and replaced", "[executor]") {
  const Script script(std::string(R"(case "$task" in *die*) kill -SEGV $$;; *exit*) exit 3;; esac; )") +
                      kDone);
  const auto pool = script.pool(1);
  const TaskOutcome died = pool->run({{"task", "die"}}, nullptr, kNever);
  REQUIRE_FALSE(died.result);
  CHECK(died.result.error().code == Code::worker_died);
  CHECK(died.result.error().message.find("Segmentation fault") != std::string::npos);
  CHECK(pool->run({{"task", "exit"}}, nullptr, kNever).result.error().message.find("exit status 3") !=
        std::string::npos);
  CHECK(pool->run({{"task", "fine"}}, nullptr, kNever).result);
}

TEST_CASE("a cancelled task ends at once, at work or waiting", "[executor]") {
  const Script script(std::string(R"(case "$task" in *render*) exec sleep 60;; esac; )") + kDone);
  const auto pool = script.pool(1);
  std::atomic<bool> cancelled{false};
  std::thread other([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    cancelled = true;
  });
  std::thread waiting([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(30));
    CHECK(pool->run({{"task", "render"}, {"late", true}}, nullptr, cancelled).result.error().code ==
          Code::cancelled);
  });
  const auto started = std::chrono::steady_clock::now();
  CHECK(pool->run({{"task", "render"}}, nullptr, cancelled).result.error().code == Code::cancelled);
  // The task sleeps for a minute: ending in far less is ending at once.
  CHECK(std::chrono::steady_clock::now() - started < std::chrono::seconds(20));
  other.join();
  waiting.join();
  CHECK(pool->run({{"task", "fine"}}, nullptr, kNever).result);
}

TEST_CASE("as many frames are rendered at a time as there are slots", "[executor]") {
  const Script script(std::string("sleep 0.1; ") + kDone);
  const auto pool = script.pool(3);
  std::set<int> pids;
  std::mutex mutex;
  std::vector<std::thread> threads;
  for (int i = 0; i < 9; ++i) {
    threads.emplace_back([&] {
      const TaskOutcome outcome = pool->run({{"task", "render"}}, nullptr, kNever);
      const std::lock_guard lock(mutex);
      pids.insert(outcome.result->at("pid").get<int>());
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(pids.size() == 3);
  for (const WorkerInfo& worker : pool->workers()) CHECK(worker.state == "idle");
}

TEST_CASE("what is no rendering goes on beside it", "[executor]") {
  const Script script(std::string(R"(case "$task" in *render*) exec sleep 60;; esac; )") + kDone);
  const auto pool = script.pool(1);
  std::atomic<bool> cancelled{false};
  std::thread rendering([&] { pool->run({{"task", "render"}}, nullptr, cancelled); });
  CHECK(pool->run({{"task", "sound"}}, nullptr, kNever).result);
  CHECK(pool->run({{"task", "inspect"}}, nullptr, kNever).result);
  cancelled = true;
  rendering.join();
}

TEST_CASE("what is made beside the frames never keeps them from beginning", "[executor]") {
  const Script script(std::string(R"(case "$task" in *score*|*sound*) exec sleep 60;; esac; )") + kDone);
  const auto pool = script.pool(1);
  std::atomic<bool> cancelled{false};
  std::vector<std::thread> beside;
  for (const char* kind : {"score_pictures", "sound"}) {
    beside.emplace_back([&, kind] { pool->run({{"task", kind}}, nullptr, cancelled); });
  }
  while (pool->workers().back().state == "idle") std::this_thread::sleep_for(std::chrono::milliseconds(1));
  // Time for the other one to take what it should not.
  std::this_thread::sleep_for(std::chrono::milliseconds(100));
  CHECK(pool->run({{"task", "render"}}, nullptr, kNever).result);
  cancelled = true;
  for (std::thread& thread : beside) thread.join();
}

TEST_CASE("a rendering goes to the worker that has its first picture, others leave it free", "[executor]") {
  const Script script(kDone);
  const auto pool = script.pool(3);
  const auto pid = [&](const Json& task) {
    const TaskOutcome outcome = pool->run(task, nullptr, kNever);
    REQUIRE(outcome.result);
    return outcome.result->at("pid").get<int>();
  };
  const int holder = pid({{"task", "picture_ahead"}, {"first_picture", "a"}});
  CHECK(pid({{"task", "render"}, {"first_picture", "b"}}) != holder);
  CHECK(pid({{"task", "render"}}) != holder);
  CHECK(pid({{"task", "render"}, {"first_picture", "a"}}) == holder);
}

TEST_CASE("a rendering waits for its picture that a worker is still at", "[executor]") {
  const Script script(std::string(R"(case "$task" in *picture_ahead*) sleep 0.3;; esac; )") + kDone);
  const auto pool = script.pool(2);
  int holder = 0;
  std::thread ahead([&] {
    const auto done = pool->run({{"task", "picture_ahead"}, {"first_picture", "a"}}, nullptr, kNever);
    holder = done.result->at("pid").get<int>();
  });
  const auto begun = [&] {
    for (const WorkerInfo& worker : pool->workers()) {
      if (worker.state == "picture_ahead") return true;
    }
    return false;
  };
  while (!begun()) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  const auto rendered = pool->run({{"task", "render"}, {"first_picture", "a"}}, nullptr, kNever);
  ahead.join();
  CHECK(rendered.result->at("pid") == holder);
}

TEST_CASE("a picture ahead waits for nobody", "[executor]") {
  const Script script(std::string(R"(case "$task" in *render*) exec sleep 60;; esac; )") + kDone);
  const auto pool = script.pool(1);
  std::atomic<bool> cancelled{false};
  std::thread rendering([&] { pool->run({{"task", "render"}}, nullptr, cancelled); });
  while (pool->workers().front().state == "idle") std::this_thread::sleep_for(std::chrono::milliseconds(1));
  const auto ahead = pool->run({{"task", "picture_ahead"}, {"first_picture", "a"}}, nullptr, kNever);
  CHECK(ahead.result.error().code == Code::busy);
  cancelled = true;
  rendering.join();
}

TEST_CASE("a worker that cannot be started is an error at the start", "[executor]") {
  const auto none = Executor::start({"/no/such/worker", 1, 1});
  REQUIRE_FALSE(none);
  CHECK(none.error().message.find("/no/such/worker") != std::string::npos);
}

}  // namespace
}  // namespace reeld::engine
