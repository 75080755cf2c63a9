#include "ipc/methods.hpp"

#include <catch2/catch.hpp>
#include <limits>

namespace reeld::ipc {
namespace {

// "" where the parameters are right, else the path of the one that is wrong.
std::string wrong(const std::string& method, const Json& params) {
  for (const MethodSpec& spec : method_specs()) {
    if (spec.name != method) continue;
    const auto checked = check_params(spec, params);
    return checked ? "" : checked.error().path;
  }
  FAIL("no method " << method);
  return "";
}

TEST_CASE("parameters are checked by name, type and range") {
  const Json submit = {{"request", Json::object()}, {"target", "/a.mp4"}};
  const auto with = [&](const char* name, const Json& value) {
    Json params = submit;
    params[name] = value;
    return params;
  };
  CHECK(wrong("submit", submit) == "");
  CHECK(wrong("submit", with("base_dir", "/")) == "");
  CHECK(wrong("submit", with("idempotency_key", std::string(200, 'k'))) == "");
  CHECK(wrong("submit", with("idempotency_key", std::string(201, 'k'))) == "/idempotency_key");
  CHECK(wrong("submit", with("idempotency_key", "")) == "/idempotency_key");
  CHECK(wrong("submit", with("request", Json::array())) == "/request");
  CHECK(wrong("submit", with("target", nullptr)) == "/target");
  CHECK(wrong("submit", with("target", std::string(5000, 'a'))) == "/target");
  CHECK(wrong("submit", with("target", std::string("/a\0b.mp4", 8))) == "/target");
  CHECK(wrong("submit", with("target", "/caf\xe9.mp4")) == "/target");
  CHECK(wrong("submit", with("tarjet", "/a.mp4")) == "/tarjet");
  CHECK(wrong("submit", {{"request", Json::object()}}) == "/target");
}

TEST_CASE("whole numbers stay within their range, however they are coded") {
  CHECK(wrong("list", {{"limit", 1}}) == "");
  CHECK(wrong("list", {{"limit", 500U}}) == "");
  CHECK(wrong("list", {{"limit", 0}}) == "/limit");
  CHECK(wrong("list", {{"limit", -1}}) == "/limit");
  CHECK(wrong("list", {{"limit", 501U}}) == "/limit");
  CHECK(wrong("list", {{"limit", std::int64_t{1} << 32 | 1}}) == "/limit");
  CHECK(wrong("list", {{"limit", std::numeric_limits<std::uint64_t>::max()}}) == "/limit");
  CHECK(wrong("list", {{"limit", 2.0}}) == "/limit");
  CHECK(wrong("watch", {{"job", "j"}, {"after", std::numeric_limits<std::uint64_t>::max()}}) == "/after");
  CHECK(wrong("watch", {{"job", "j"}, {"after", std::numeric_limits<std::int64_t>::min()}}) == "/after");
  CHECK(wrong("watch", {{"job", "j"}, {"after", 0}}) == "");
}

}  // namespace
}  // namespace reeld::ipc
