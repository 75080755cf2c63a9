// Holds docs/protocol.md against the server: what the page says is asked is asked, and answered as it says.
#include <catch2/catch.hpp>

#include "engine/files.hpp"
#include "tests/ipc/fake_daemon.hpp"
#include "tests/ipc/protocol_page.hpp"
#include "wire/codec.hpp"

namespace reeld::test {
namespace {

// Answers as the page says for these parameters; what the server itself refuses never comes here.
ipc::Handler handler_of(const ProtocolPage& page, const std::string& method) {
  return [&page, method](const Json& params) -> Result<Json> {
    for (const Exchange& exchange : page.exchanges) {
      if (exchange.request.at("method") != method) continue;
      if (exchange.request.value("params", Json::object()) != params) continue;
      if (exchange.reply.contains("error")) return engine::error_from_json(exchange.reply.at("error"));
      return exchange.reply.at("result");
    }
    return Error{Code::internal, "the page has no such request"};
  };
}

std::map<std::string, ipc::Handler> handlers_of(const ProtocolPage& page) {
  std::map<std::string, ipc::Handler> handlers;
  for (const ipc::MethodSpec& spec : ipc::method_specs()) handlers[spec.name] = handler_of(page, spec.name);
  return handlers;
}

TEST_CASE("every exchange of the protocol's page happens as it stands there") {
  const ProtocolPage page = read_protocol_page();
  FakeDaemon daemon(handlers_of(page));
  RawSocket socket(ZMQ_DEALER, daemon.endpoint());
  for (const Exchange& exchange : page.exchanges) {
    INFO(exchange.label);
    const Json reply = socket.ask(exchange.request);
    if (exchange.reply.contains("error")) {
      CHECK(reply == exchange.reply);
    } else {
      CHECK(shape_difference(exchange.reply, reply) == "");
    }
  }
}

TEST_CASE("the protocol's page has every method, every parameter and every code") {
  const ProtocolPage page = read_protocol_page();
  for (const ipc::MethodSpec& spec : ipc::method_specs()) {
    INFO(spec.name);
    Json used = Json::object();
    bool answered = false;
    for (const Exchange& exchange : page.exchanges) {
      if (exchange.request.at("method") != spec.name || exchange.reply.contains("error")) continue;
      answered = true;
      used.update(exchange.request.value("params", Json::object()));
    }
    CHECK(answered);
    for (const ipc::ParamSpec& param : spec.params) {
      INFO(param.name);
      CHECK(used.contains(param.name));
      CHECK(page.text.find("\n| `" + param.name + "` | ") != std::string::npos);
    }
  }
  for (int code = 0; code <= static_cast<int>(Code::internal); ++code) {
    const std::string name{code_name(static_cast<Code>(code))};
    INFO(name);
    CHECK(page.text.find("\n| `" + name + "` | ") != std::string::npos);
  }
}

TEST_CASE("every event of the protocol's page arrives as it stands there") {
  const ProtocolPage page = read_protocol_page();
  FakeDaemon daemon;
  RawSocket socket = subscribed(daemon);
  std::set<std::string> types;
  for (const Json& event : page.events) {
    types.insert(event.at("type").get<std::string>());
    daemon.server().publish(
        {event.at("job"), event.at("seq"), event.at("time"), event.at("type"), event.at("body")});
    const auto frames = socket.receive();
    REQUIRE(frames.size() == 2);
    CHECK(frames[0] == event.at("job"));
    const auto arrived = wire::decode(frames[1]);
    REQUIRE(arrived);
    CHECK(*arrived == event);
  }
  CHECK(types == std::set<std::string>{"status", "stage", "progress", "warning", "finished", "alert", "take",
                                       "take_removed", "project", "group"});
}

TEST_CASE("shapes tell missing and surplus keys and other types, and nothing else") {
  const Json documented = {{"a", 1}, {"b", {{{"c", "x"}}}}, {"d", nullptr}};
  CHECK(shape_difference(documented, {{"a", 2.5}, {"b", Json::array()}, {"d", "any"}}) == "");
  CHECK(shape_difference(documented, {{"a", 1}, {"b", {{{"c", nullptr}}}}, {"d", 1}}) == "");
  CHECK(shape_difference(documented, {{"a", "1"}, {"b", Json::array()}, {"d", 1}}) ==
        "/a is documented as number and is string");
  CHECK(shape_difference(documented, {{"a", 1}, {"d", 1}}) == "/b is missing");
  CHECK(shape_difference(documented, {{"a", 1}, {"b", {{{"c", "x"}, {"e", 1}}}}, {"d", 1}}) ==
        "/b/*/e is not documented");
  CHECK(shape_difference(documented, {{"a", 1}, {"b", {{{"e", 1}}}}, {"d", 1}}, {"/b/*"}) == "");
  CHECK(shape_difference({{"m", {{"x", 1}}}}, {{"m", {{"y", 1}}}}, {"/m"}) == "");
}

}  // namespace
}  // namespace reeld::test
