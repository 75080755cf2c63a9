#include "providers/local/subprocess.hpp"

#include <catch2/catch.hpp>
#include <cstdlib>

namespace reeld::providers {
namespace {

using namespace std::chrono_literals;

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

TEST_CASE("a program gets its input whole and gives its output, its complaint and its status") {
  const std::string large(300000, 'x');
  const auto copied = run_program({"cat"}, large, 10s, nullptr);
  REQUIRE(copied);
  CHECK(copied->out == large);
  const auto failed = run_program({"sh", "-c", "echo no >&2; exit 3"}, large, 10s, nullptr);
  REQUIRE(failed);
  CHECK(failed->exit_code == 3);
  CHECK(failed->err == "no\n");
  CHECK(run_program({"sh", "-c", "kill -9 $$"}, "", 10s, nullptr)->exit_code == 137);
  CHECK(run_program({"no-such-program"}, "", 10s, nullptr).error().code == Code::provider_unavailable);
}

TEST_CASE("a program sees the environment, and no keys in it") {
  setenv("REELD_TEST_API_KEY", "s3cret", 1);
  setenv("REELD_TEST_PLAIN", "told", 1);
  const auto shown = run_program({"env"}, "", 10s, nullptr);
  unsetenv("REELD_TEST_API_KEY");
  unsetenv("REELD_TEST_PLAIN");
  REQUIRE(shown);
  CHECK(shown->out.find("REELD_TEST_PLAIN=told") != std::string::npos);
  CHECK(shown->out.find("s3cret") == std::string::npos);
}

TEST_CASE("cancelling and the time limit end a slow program at once") {
  auto start = std::chrono::steady_clock::now();
  const auto stopped =
      run_program({"sh", "-c", "sleep 10; true"}, "", 20s, [&] { return seconds_since(start) > 0.05; });
  REQUIRE_FALSE(stopped);
  CHECK(stopped.error().code == Code::cancelled);
  CHECK(seconds_since(start) < 0.3);
  start = std::chrono::steady_clock::now();
  CHECK(run_program({"sleep", "10"}, "", 50ms, nullptr).error().code == Code::timed_out);
  CHECK(seconds_since(start) < 0.3);
}

}  // namespace
}  // namespace reeld::providers
