// Holds docs/plugins.md against the program: its manifest is read, its messages are understood.
#include "providers/plugin/messages.hpp"
#include "tests/providers/plugin_fixture.hpp"

namespace reeld::providers {
namespace {

using nlohmann::json;

// The page's blocks of one language, in order.
std::vector<std::string> blocks(const std::string& language) {
  std::ifstream in(std::string(REELD_SOURCE_DIR) + "/docs/plugins.md");
  std::vector<std::string> all;
  bool inside = false;
  for (std::string line; std::getline(in, line);) {
    if (line == "```" + language) {
      all.emplace_back();
      inside = true;
    } else if (line == "```") {
      inside = false;
    } else if (inside) {
      all.back() += line + "\n";
    }
  }
  return all;
}

json message(const std::string& type) {
  for (const std::string& block : blocks("json")) {
    json found = json::parse(block);
    if (found.value("type", "") == type) return found;
  }
  FAIL("the page has no " << type);
  return {};
}

TEST_CASE("the manifest of the page is read, and its limits are the ones it says are the defaults") {
  const TempDir dir;
  const auto folder = dir.path() / "gradient";
  REQUIRE(blocks("toml").size() == 1);
  write_file(folder / "plugin.toml", blocks("toml")[0]);
  write_file(folder / "gradient.py", kPython, 0755);
  ::chmod(folder.c_str(), 0755);
  const auto manifest = read_manifest(folder);
  if (!manifest) FAIL(manifest.error().message);
  const PluginLimits defaults;
  CHECK(manifest->limits.parallel == defaults.parallel);
  CHECK(manifest->limits.start == defaults.start);
  CHECK(manifest->limits.silent == defaults.silent);
  CHECK(manifest->limits.cancel == defaults.cancel);
  CHECK(manifest->limits.request == defaults.request);
  CHECK(manifest->limits.memory_mb == defaults.memory_mb);
  CHECK(manifest->limits.file_mb == defaults.file_mb);
  const json hello = message("hello");
  CHECK(read_hello(hello, *manifest, hello["token"]));
}

TEST_CASE("a request of the page has the fields that a request has") {
  const json request = message("request");
  Wish wish;
  wish.params = {{"prompt", "sea"}, {"seed", 7U}, {"references", {"product.png"}}};
  wish.base_dir = "/home/ada";
  wish.width = 1920;
  wish.height = 1080;
  CHECK(request["wish"] == *wish_fields(wish));
  for (const char* name : {"id", "capability", "model", "scratch", "deadline_ms"})
    CHECK(request.contains(name));
}

TEST_CASE("the results and errors of the page are understood") {
  const TempDir dir;
  write_file(dir.path() / "0.png", "GIF89a");
  Wish wish;
  // All of its fields are known: what is wrong is the file alone, which is no PNG here.
  CHECK(read_deliveries(message("result"), wish, dir.path()).error().code == Code::response_media_type);
  const Tried tried = read_error(message("error"), "gradient");
  CHECK(tried.result.error().code == Code::rate_limited);
  CHECK(tried.retry_after == std::chrono::seconds(20));
  std::ifstream in(std::string(REELD_SOURCE_DIR) + "/docs/plugins.md");
  const std::string page(std::istreambuf_iterator<char>(in), {});
  for (int number = 0; number <= static_cast<int>(Code::internal); ++number) {
    const std::string name(code_name(static_cast<Code>(number)));
    const Tried one =
        read_error({{"type", "error"}, {"id", 1}, {"code", name}, {"message", "m"}}, "gradient");
    const bool kept = code_name(one.result.error().code) == name;
    CAPTURE(name, kept);
    if (kept) CHECK(page.find("`" + name + "`") != std::string::npos);
  }
}

}  // namespace
}  // namespace reeld::providers
