#include "ipc/server.hpp"

#include <atomic>
#include <catch2/catch.hpp>
#include <chrono>
#include <future>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <stdexcept>
#include <thread>

#include "ipc/endpoint.hpp"
#include "tests/ipc/fake_daemon.hpp"
#include "wire/codec.hpp"

namespace reeld::test {
namespace {

const Json kHealth = {{"v", 1}, {"id", "h"}, {"method", "health"}, {"params", Json::object()}};

std::string error_code(const Json& reply) {
  return reply.contains("error") ? reply.at("error").at("code").get<std::string>() : "none";
}

TEST_CASE("a DEALER's and a REQ's request are answered, each in its form") {
  FakeDaemon daemon;
  RawSocket dealer(ZMQ_DEALER, daemon.endpoint());
  CHECK(dealer.ask(kHealth).at("result").at("method") == "health");
  // With the delimiter that a REQ socket would set, the reply has it too.
  dealer.send({"", wire::encode(kHealth)});
  const auto frames = dealer.receive();
  REQUIRE(frames.size() == 2);
  CHECK(frames[0].empty());
  RawSocket req(ZMQ_REQ, daemon.endpoint());
  CHECK(req.ask(kHealth).at("id") == "h");
  CHECK(req.ask(kHealth).at("id") == "h");
}

TEST_CASE("several requests may be under way, and each is answered with its id") {
  FakeDaemon daemon;
  RawSocket dealer(ZMQ_DEALER, daemon.endpoint());
  Json request = kHealth;
  std::set<std::string> asked, answered;
  for (int i = 0; i < 500; ++i) {
    request["id"] = std::to_string(i);
    asked.insert(std::to_string(i));
    dealer.send({wire::encode(request)});
  }
  for (int i = 0; i < 500; ++i) {
    const auto frames = dealer.receive();
    REQUIRE(frames.size() == 1);
    answered.insert(wire::decode(frames[0])->at("id").get<std::string>());
  }
  CHECK(answered == asked);
}

// A handler that waits until it is let go.
class Gate {
 public:
  ipc::Handler handler() {
    return [this](const Json&) -> Result<Json> {
      ++waiting_;
      opened_.wait();
      return Json{{"waited", true}};
    };
  }
  void wait_for(int count) const {
    while (waiting_ < count) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  void open() { open_.set_value(); }

 private:
  std::atomic<int> waiting_ = 0;
  std::promise<void> open_;
  std::shared_future<void> opened_ = open_.get_future().share();
};

Json request_of(const std::string& method, int id) {
  return {{"v", 1}, {"id", std::to_string(id)}, {"method", method}};
}

TEST_CASE("slow methods do not hold up quick ones, however many are asked for") {
  Gate gate;
  FakeDaemon daemon({{"devices", gate.handler()}});
  RawSocket slow(ZMQ_DEALER, daemon.endpoint());
  for (int i = 0; i < 50; ++i) slow.send({wire::encode(request_of("devices", i))});
  gate.wait_for(2);
  RawSocket quick(ZMQ_DEALER, daemon.endpoint());
  for (int i = 0; i < 50; ++i) CHECK(quick.ask(kHealth).contains("result"));
  // One client's own later request overtakes its slow ones.
  CHECK(slow.ask(kHealth).at("id") == "h");
  gate.open();
  for (int i = 0; i < 50; ++i) {
    const auto frames = slow.receive();
    REQUIRE(frames.size() == 1);
    CHECK(wire::decode(frames[0])->contains("result"));
  }
}

TEST_CASE("more requests than may wait are busy, and those that waited are answered") {
  const auto [method, most] = GENERATE(std::pair("devices", static_cast<int>(ipc::Server::kMaxWaitingSlow)),
                                       std::pair("stats", static_cast<int>(ipc::Server::kMaxWaitingQuick)));
  Gate gate;
  FakeDaemon daemon({{method, gate.handler()}});
  RawSocket dealer(ZMQ_DEALER, daemon.endpoint());
  constexpr int kMostThreads = 8;
  const int count = most + kMostThreads + 20;
  for (int i = 0; i < count; ++i) dealer.send({wire::encode(request_of(method, i))});
  std::map<std::string, int> answers;
  const auto receive = [&] {
    const auto frames = dealer.receive();
    REQUIRE(frames.size() == 1);
    ++answers[error_code(*wire::decode(frames[0]))];
  };
  // At least these find no place while the gate is shut; a reply to them proves that others wait.
  for (int i = 0; i < 20; ++i) receive();
  CHECK(answers["busy"] == 20);
  gate.open();
  for (int i = 20; i < count; ++i) receive();
  CHECK(answers["none"] >= most);
  CHECK(answers["none"] + answers["busy"] == count);
  CHECK(error_code(dealer.ask(kHealth)) == "none");
}

TEST_CASE("a server that is stopped answers what is at work") {
  Gate gate;
  std::optional<FakeDaemon> daemon;
  daemon.emplace(std::map<std::string, ipc::Handler>{{"stats", gate.handler()}});
  RawSocket dealer(ZMQ_DEALER, daemon->endpoint());
  dealer.send({wire::encode(request_of("stats", 1))});
  gate.wait_for(1);
  daemon->server().stop();
  gate.open();
  const auto frames = dealer.receive();
  REQUIRE(frames.size() == 1);
  CHECK(wire::decode(frames[0])->at("result").at("waited") == true);
}

TEST_CASE("a wrong envelope is told what is wrong, with its id where it has one") {
  FakeDaemon daemon;
  RawSocket dealer(ZMQ_DEALER, daemon.endpoint());
  const auto asked = [&](const Json& change) {
    Json request = kHealth;
    request.merge_patch(change);  // null removes
    const Json reply = dealer.ask(request);
    CHECK(reply.at("v") == 1);
    CHECK(reply.at("id") == (change.contains("id") ? Json(nullptr) : Json("h")));
    return error_code(reply);
  };
  CHECK(asked({{"v", nullptr}}) == "unsupported_version");
  CHECK(asked({{"v", 2}}) == "unsupported_version");
  CHECK(asked({{"v", "1"}}) == "unsupported_version");
  CHECK(asked({{"id", nullptr}}) == "protocol_error");
  CHECK(asked({{"id", 7}}) == "protocol_error");
  CHECK(asked({{"method", nullptr}}) == "protocol_error");
  CHECK(asked({{"method", 7}}) == "protocol_error");
  CHECK(asked({{"method", "heal"}}) == "unknown_method");
  CHECK(asked({{"params", "none"}}) == "protocol_error");
  CHECK(asked({{"params", {{"deep", true}}}}) == "unknown_field");
  CHECK(asked({{"parms", Json::object()}}) == "unknown_field");
  CHECK(asked({{"params", nullptr}}) == "none");  // left out
  CHECK(error_code(dealer.ask("no map")) == "protocol_error");
}

TEST_CASE("a request of the wrong number of frames is refused") {
  FakeDaemon daemon;
  RawSocket dealer(ZMQ_DEALER, daemon.endpoint());
  for (const auto& frames : {std::vector<std::string>{"a", "b"}, {"", "", wire::encode(kHealth)}}) {
    dealer.send(frames);
    const auto reply = dealer.receive();
    REQUIRE(reply.size() == 1);
    CHECK(error_code(*wire::decode(reply[0])) == "protocol_error");
  }
  CHECK(error_code(dealer.ask(kHealth)) == "none");
}

TEST_CASE("2000 messages of garbage do not disturb the server") {
  FakeDaemon daemon;
  const std::uint64_t seed = std::random_device{}();
  INFO("seed " << seed);
  std::mt19937_64 random(seed);
  const auto below = [&](std::size_t end) { return static_cast<std::size_t>(random() % end); };
  RawSocket dealer(ZMQ_DEALER, daemon.endpoint());
  const std::string good =
      wire::encode({{"v", 1}, {"id", "g"}, {"method", "watch"}, {"params", {{"job", "j"}, {"after", 3}}}});
  for (int i = 0; i < 2000; ++i) {
    std::string bytes = good;
    if (i % 2 == 0) {
      bytes.resize(below(200));
      for (char& byte : bytes) byte = static_cast<char>(random());
    }
    for (std::size_t change = below(4); change > 0 && !bytes.empty(); --change) {
      bytes[below(bytes.size())] = static_cast<char>(random());
    }
    if (below(4) == 0) bytes.resize(below(bytes.size() + 1));
    std::vector<std::string> frames(below(8) == 0 ? 2 + below(3) : 1, bytes);
    if (frames.size() > 1 && below(2) == 0) frames[0].clear();
    dealer.send(frames);
    // Every one is answered; the answer is a message with an error or a result.
    const auto reply = dealer.receive();
    REQUIRE_FALSE(reply.empty());
    const auto decoded = wire::decode(reply.back());
    REQUIRE(decoded);
    CHECK(decoded->contains("error") != decoded->contains("result"));
  }
  CHECK(error_code(dealer.ask(kHealth)) == "none");
}

TEST_CASE("a message larger than the limit ends its sender's connection, and nobody else's") {
  FakeDaemon daemon;
  RawSocket other(ZMQ_DEALER, daemon.endpoint());
  CHECK(error_code(other.ask(kHealth)) == "none");
  RawSocket large(ZMQ_DEALER, daemon.endpoint());
  large.send({std::string(17 << 20, 'x')});
  CHECK(large.receive(300).empty());
  CHECK(error_code(other.ask(kHealth)) == "none");
}

TEST_CASE("an answer larger than a message may be becomes an error") {
  FakeDaemon daemon(
      {{"stats", [](const Json&) -> Result<Json> { return Json(std::string(17 << 20, 'x')); }}});
  const auto reply = daemon.client()->call("stats", Json::object());
  REQUIRE_FALSE(reply);
  CHECK(reply.error().code == Code::limit_exceeded);
}

TEST_CASE("a handler's exception is an internal error, and its strange bytes are mended") {
  FakeDaemon daemon({{"stats", [](const Json&) -> Result<Json> { throw std::runtime_error("broken"); }},
                     {"devices", [](const Json&) -> Result<Json> {
                        return Error{Code::file_missing, "no \xe9.jpg", "/p"};
                      }}});
  const auto client = daemon.client();
  const auto broken = client->call("stats", Json::object());
  REQUIRE_FALSE(broken);
  CHECK(broken.error().code == Code::internal);
  const auto strange = client->call("devices", Json::object());
  REQUIRE_FALSE(strange);
  CHECK(strange.error() == Error{Code::file_missing, "no \uFFFD.jpg", "/p"});
}

TEST_CASE("a full queue gives up progress first") {
  FakeDaemon daemon;
  RawSocket events = subscribed(daemon);
  daemon.stop();  // nothing leaves the queue until it runs again
  constexpr int kMost = ipc::Server::kMaxQueuedEvents;
  for (int i = 1; i <= kMost + 100; ++i) daemon.server().publish({"job", i, "", "progress", nullptr});
  daemon.server().publish({"job", kMost + 101, "", "finished", nullptr});
  daemon.server().run();
  std::vector<std::int64_t> seen;
  while (seen.empty() || seen.back() != kMost + 101) {
    const auto frames = events.receive();
    REQUIRE(frames.size() == 2);
    seen.push_back(wire::decode(frames[1])->at("seq").get<std::int64_t>());
  }
  CHECK(seen.size() == ipc::Server::kMaxQueuedEvents);
  CHECK(seen.front() == 2);  // the first made room for the end
}

TEST_CASE("a server that is stopped has sent what it was given") {
  std::optional<FakeDaemon> daemon;
  daemon.emplace();
  RawSocket events = subscribed(*daemon);
  for (int i = 1; i <= 1000; ++i) daemon->server().publish({"job", i, "", "status", nullptr});
  daemon.reset();
  for (int i = 1; i <= 1000; ++i) {
    const auto frames = events.receive();
    REQUIRE(frames.size() == 2);
    REQUIRE(wire::decode(frames[1])->at("seq") == i);
  }
}

}  // namespace
}  // namespace reeld::test
