// A daemon that is killed at any moment under load keeps what it acknowledged.
#include <signal.h>

#include <catch2/catch.hpp>
#include <chrono>
#include <fstream>
#include <mutex>
#include <random>
#include <thread>

#include "storage/database.hpp"
#include "tests/apps/daemon.hpp"

namespace reeld::test {
namespace {

constexpr int kKills = 30;
constexpr int kClients = 4;
constexpr auto kTimeLimit = std::chrono::seconds(20);

// Submits until the daemon is gone, and notes each id that it was given.
void submit_until_killed(const std::string& endpoint, std::mutex& mutex,
                         std::vector<std::string>& acknowledged) {
  const auto client = ipc::Client::connect(endpoint, 300);
  if (!client) return;
  const Json request = {{"reeld", 1},
                        {"scenes", {{{"picture", {{"file", "nowhere.jpg"}}}, {"duration", 1}}}}};
  for (;;) {
    const auto submitted = (*client)->submit(request, "/nowhere/film.mp4", "/", "");
    if (!submitted) return;
    const std::lock_guard lock(mutex);
    acknowledged.push_back(submitted->at("job").at("id").get<std::string>());
  }
}

TEST_CASE("every submit that was acknowledged outlives kill -9 at any moment") {
  const std::uint64_t seed = std::random_device{}();
  INFO("seed " << seed);
  std::mt19937_64 random(seed);
  const TemporaryFolder folder;
  const auto config = folder.path() / "reeld.toml";
  std::ofstream(config) << "slots = 1\nqueue_limit = 1000000\n";
  const auto start = [&] {
    return std::make_unique<Daemon>(folder.path() / "daemon",
                                    std::vector<std::string>{"--config", config.string()});
  };
  std::vector<std::string> acknowledged;
  std::mutex mutex;
  int kills = 0;
  const auto until = std::chrono::steady_clock::now() + kTimeLimit;
  for (; kills < kKills && std::chrono::steady_clock::now() < until; ++kills) {
    const auto daemon = start();
    std::vector<std::thread> clients;
    for (int i = 0; i < kClients; ++i) {
      clients.emplace_back([&] { submit_until_killed(daemon->endpoint(), mutex, acknowledged); });
    }
    // In the midst of it: after some answers, and a moment.
    const auto answered = [&] {
      const std::lock_guard lock(mutex);
      return acknowledged.size();
    };
    const std::size_t enough = answered() + random() % 40;
    const auto patience = std::chrono::steady_clock::now() + std::chrono::seconds(2);
    while (answered() < enough && std::chrono::steady_clock::now() < patience)
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    std::this_thread::sleep_for(std::chrono::microseconds(random() % 5000));
    daemon->send(SIGKILL);
    daemon->wait();
    for (std::thread& client : clients) client.join();
  }
  CHECK(kills >= 5);
  REQUIRE(acknowledged.size() > 20);

  const auto daemon = start();
  for (const std::string& id : acknowledged) {
    const auto found = daemon->client().call("status", {{"job", id}});
    REQUIRE(found);
    CHECK(found->at("job").at("id") == id);
  }
  daemon->send(SIGKILL);
  daemon->wait();
  // A copy is checked whole: its structure, and that nothing refers to what is not there.
  const auto database = storage::Database::open(daemon->data_dir() / "reeld.db");
  REQUIRE(database);
  CHECK((*database)->backup(folder.path() / "copy.db"));
}

}  // namespace
}  // namespace reeld::test
