// The fixture that the other tests of providers/ stand on: a server of one's own, its log, and its dial.
#include "tests/standins/standin.hpp"

#include <signal.h>

#include <catch2/catch.hpp>

#include "base/temporary_folder.hpp"

using namespace reeld;
using test::StandIn;

TEST_CASE("A stand-in refuses what its dial does not know") {
  StandIn server({"gemini"});
  REQUIRE_THROWS_WITH(server.dial({{"fault", "earthquake"}}), Catch::Contains("no such fault"));
  REQUIRE_THROWS_WITH(server.dial({{"fault", "stall"}}), Catch::Contains("seconds is missing"));
  REQUIRE_THROWS_WITH(server.dial({{"fault", "garbage"}, {"tims", 2}}), Catch::Contains("no setting 'tims'"));
}

TEST_CASE("A stand-in that cannot start says so") {
  REQUIRE_THROWS_WITH(StandIn({"no-such-api"}), Catch::Contains("did not come up"));
}

TEST_CASE("Stand-ins run side by side, each with a log of its own") {
  StandIn gemini({"gemini"}), openai({"openai", "gemini"});
  REQUIRE(gemini.base_url() != openai.base_url());
  REQUIRE(gemini.base_url().starts_with("http://127.0.0.1:"));
  REQUIRE(gemini.log().empty());
  gemini.dial({{{"fault", "garbage"}}, {{"fault", "status"}, {"status", 503}, {"times", 2}}});
  gemini.reset();
  REQUIRE(gemini.count("/v1beta") == 0);
}

TEST_CASE("A stand-in speaks TLS, with a certificate that has expired where a test wants it") {
  const TemporaryFolder folder;
  test::make_certificates(folder.path());
  for (const std::string name : {"good", "expired", "wrong_host"}) {
    const std::string file = (folder.path() / name).string();
    StandIn server({"openai"}, {"--tls", file + ".pem", file + ".key"});
    REQUIRE(server.base_url().starts_with("https://127.0.0.1:"));
    REQUIRE(server.log().empty());
  }
}
