// The Python helper (ipc/python/reeld/plugin.py), seen from reeld's side.
#include <future>

#include "tests/providers/plugin_fixture.hpp"

namespace reeld::providers {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// A plugin of the helper's, whose function is `body`.
struct PythonPlugin : PluginFixture {
  void start_helped(const std::string& body, const std::string& more = "") {
    write_file(folder / "plugin.toml", manifest(more));
    std::string program =
        kPython + std::string("import sys, time\nsys.path.insert(0, '") + REELD_SOURCE_DIR +
        "/ipc/python')\nsys.dont_write_bytecode = True\nfrom reeld import plugin\n"
        "GIF = "
        "b'GIF89a\\1\\0\\1\\0\\x80\\0\\0\\0\\0\\0\\xff\\xff\\xff,\\0\\0\\0\\0\\1\\0\\1\\0\\0\\2\\2D\\1\\0;'\n"
        "@plugin.picture\ndef make(wish, scratch, progress, cancelled):\n" +
        body + "plugin.run(limits={'side': 1})\n";
    write_file(folder / "run", program, 0755);
    const auto read = read_manifest(folder);
    if (!read) FAIL(read.error().message);
    service = plugin_service(*read, options);
  }
};

constexpr const char* kDeliver = R"(
    (scratch / "p.gif").write_bytes(GIF)
    progress(0.5)
    return plugin.Delivery("p.gif", "image/gif", seed=wish["seed"], model=wish["model"], metadata={"wish": wish})
)";

TEST_CASE("a dozen lines of Python are a provider") {
  PythonPlugin plugin;
  plugin.start_helped(kDeliver, "[models]\npicture = [\"dot\"]\n");
  const Tried tried = plugin.service->try_model(plugin.wish({{"prompt", "sea"}, {"seed", 5U}}), "dot",
                                                plugin.scratch, nullptr);
  if (!tried.result) FAIL(tried.result.error().message + "\n" + plugin.log());
  const Delivery& made = tried.result->front();
  CHECK(made.media_type == "image/gif");
  CHECK(made.provenance.seed == 5);
  CHECK(made.provenance.model_used == "dot");
  CHECK(made.provenance.metadata["wish"]["prompt"] == "sea");
  CHECK(made.provenance.metadata["wish"]["model"] == "dot");
  CHECK(plugin.service->info().limits["side"] == 1);
}

TEST_CASE("what a Python function raises is an error of its kind, and the next request works") {
  PythonPlugin plugin;
  plugin.start_helped(R"(
    what = wish["prompt"]
    if what == "own": raise plugin.Error("provider_refused", "Not this.", "/prompt", remedy="none")
    if what == "later": raise plugin.Error("rate_limited", "Slowly.", retry_after=1.5)
    if what == "bug": return 1 / 0
    if what == "exit": sys.exit("over")
    if what == "nothing": return None
    if what == "unsendable": return plugin.Delivery("p.gif", "image/gif", metadata={"x": object()})
)" + std::string(kDeliver));
  const Tried own = plugin.ask({{"prompt", "own"}});
  CHECK(PluginFixture::error(own) == Error{Code::provider_refused, "the plugin test: Not this.", "/prompt"});
  CHECK(own.remedy == Remedy::none);
  CHECK(plugin.ask({{"prompt", "later"}}).retry_after == milliseconds(1500));
  CHECK(plugin.error({{"prompt", "bug"}}).message == "the plugin test: ZeroDivisionError: division by zero");
  CHECK(plugin.log().find("Traceback") != std::string::npos);
  CHECK(plugin.error({{"prompt", "exit"}}).message == "the plugin test: SystemExit: over");
  CHECK(plugin.error({{"prompt", "nothing"}}).code == Code::provider_failed);
  CHECK(plugin.error({{"prompt", "unsendable"}}).code == Code::response_malformed);
  CHECK(plugin.ask().result);
}

TEST_CASE("the heartbeat goes on while Python works longer than silence is allowed") {
  PythonPlugin plugin;
  plugin.start_helped("    time.sleep(2.5)\n" + std::string(kDeliver),
                      "[limits]\nsilent_seconds = 1\nparallel = 2\n");
  const auto start = Clock::now();
  auto beside = std::async(std::launch::async, [&] { return plugin.ask(); });
  CHECK(plugin.ask().result);
  CHECK(beside.get().result);
  CHECK(Clock::now() - start >= milliseconds(2500));
}

TEST_CASE("a Python function hears that it is cancelled") {
  PythonPlugin plugin;
  plugin.start_helped(R"(
    if wish["prompt"] == "long":
        while not cancelled(): time.sleep(0.01)
)" + std::string(kDeliver));
  REQUIRE(plugin.ask().result);
  const auto start = Clock::now();
  const auto stopped =
      plugin.ask(plugin.wish({{"prompt", "long"}}), [&] { return Clock::now() - start > milliseconds(100); });
  CHECK(PluginFixture::error(stopped).code == Code::cancelled);
  CHECK(plugin.ask().result);
  // It stopped by itself: its process is the first one still.
  CHECK(plugin.log().find("was ended") == std::string::npos);
}

TEST_CASE("a manifest that claims more than the program makes says so at its start") {
  PythonPlugin plugin;
  plugin.start_helped(kDeliver);
  std::string text = plugin.manifest();
  write_file(plugin.folder / "plugin.toml",
             text.replace(text.find("\"picture\""), 9, "\"picture\", \"speech\""));
  plugin.service = plugin_service(*read_manifest(plugin.folder), plugin.options);
  CHECK(plugin.error().message.find("the manifest claims speech") != std::string::npos);
}

}  // namespace
}  // namespace reeld::providers
