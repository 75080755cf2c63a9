#include "tests/apps/page_check.hpp"

#include <catch2/catch.hpp>

namespace reeld::test {

int check_answers(Daemon& daemon, const ProtocolPage& page, const ParamsOf& params_of,
                  const std::set<std::string>& open) {
  int compared = 0;
  for (const Exchange& exchange : page.exchanges) {
    if (exchange.reply.contains("error")) continue;
    INFO(exchange.label);
    const std::string method = exchange.request.at("method").get<std::string>();
    const auto result =
        daemon.client().call(method, params_of(method, exchange.request.value("params", Json::object())));
    INFO((result ? "" : result.error().path + " " + result.error().message));
    REQUIRE(result);
    // A request is as the client sent it, and an event's body as its type has it.
    Json answered = *result;
    if (method == "watch") {
      for (Json& event : answered["events"])
        event["body"] = exchange.reply.at("result").at("events").at(0).at("body");
    }
    CHECK(shape_difference(exchange.reply.at("result"), answered, open) == "");
    ++compared;
  }
  return compared;
}

int check_refusals(Daemon& daemon, const ProtocolPage& page) {
  int compared = 0;
  for (const Exchange& exchange : page.exchanges) {
    const Json& request = exchange.request;
    if (!exchange.reply.contains("error") || request.value("v", 0) != 1 || !request.contains("id") ||
        request.contains("parameters"))
      continue;
    INFO(exchange.label);
    const auto result = daemon.client().call(request.at("method"), request.value("params", Json::object()));
    REQUIRE_FALSE(result);
    const Json& error = exchange.reply.at("error");
    CHECK(code_name(result.error().code) == error.at("code").get<std::string>());
    CHECK(result.error().path == error.at("path").get<std::string>());
    CHECK(result.error().message == error.at("message").get<std::string>());
    ++compared;
  }
  return compared;
}

}  // namespace reeld::test
