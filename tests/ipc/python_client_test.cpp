// The Python client against the C++ server. Debian's own Python: it has the packages that the client needs.
#include <cstdio>

#include <catch2/catch.hpp>

#include "tests/ipc/fake_daemon.hpp"

namespace reeld::test {
namespace {

TEST_CASE("the Python client and the server understand each other") {
  FakeDaemon daemon;
  const std::string source = REELD_SOURCE_DIR;
  const std::string command = "PYTHONDONTWRITEBYTECODE=1 PYTHONPATH='" + source +
                              "/ipc/python' /usr/bin/python3 '" + source +
                              "/tests/ipc/python_client_test.py' '" + daemon.endpoint() + "' 2>&1";
  FILE* const pipe = ::popen(command.c_str(), "r");
  REQUIRE(pipe != nullptr);
  std::string output;
  for (int byte = std::fgetc(pipe); byte != EOF; byte = std::fgetc(pipe)) output += static_cast<char>(byte);
  const int status = ::pclose(pipe);
  INFO(output);
  CHECK(status == 0);
}

}  // namespace
}  // namespace reeld::test
