#include "providers/plugin/manifest.hpp"

#include "tests/providers/plugin_fixture.hpp"

namespace reeld::providers {
namespace {

// A manifest that is right, but for what a test changes.
struct Folder : PluginFixture {
  Folder() {
    write_file(folder / "run", kPython, 0755);
    write_file(folder / "plugin.toml", manifest());
  }

  Error error(const std::string& text) {
    write_file(folder / "plugin.toml", text);
    return error();
  }
  Error error() const {
    const auto read = read_manifest(folder);
    if (read) FAIL("read what has to be refused");
    CHECK(read.error().message.find(folder.parent_path().string()) != std::string::npos);
    return read.error();
  }
};

TEST_CASE("a manifest that is wrong names the file and the key") {
  Folder plugin;
  const std::string good = plugin.manifest();
  struct Wrong {
    std::string text, path, words;
    Code code;
  };
  const auto with = [&](const std::string& from, const std::string& to) {
    std::string text = good;
    return text.replace(text.find(from), from.size(), to);
  };
  const std::vector<Wrong> wrongs = {
      {"name = ", "", "line 1", Code::invalid_request},
      {good + "nework = true\n", "/nework", "\"network\"", Code::unknown_field},
      {good + "network = \"no\"\n", "/network", "true or false", Code::invalid_request},
      {with("\"test\"", "\"other\""), "/name", "the folder's name is \"test\"", Code::invalid_request},
      {with("\"test\"", "\"Test\""), "/name", "a-z", Code::invalid_request},
      {with("name = \"test\"\n", ""), "/name", "needed", Code::invalid_request},
      {with("version = \"1\"", "version = 1"), "/version", "text", Code::invalid_request},
      {with("protocol = 1", "protocol = 2"), "/protocol", "must be 1", Code::invalid_request},
      {with("[\"./run\"]", "[]"), "/program", "needed", Code::invalid_request},
      {with("[\"./run\"]", "\"./run\""), "/program", "list", Code::invalid_request},
      {with("./run", "./gone"), "/program", "not in the plugin's folder", Code::file_missing},
      {with("./run", "/bin/sh"), "/program", "inside", Code::path_not_allowed},
      {with("./run", "../../../../../bin/sh"), "/program", "inside", Code::path_not_allowed},
      {with("./run", "plugin.toml"), "/program", "chmod 755", Code::invalid_request},
      {with("[\"picture\"]", "[]"), "/capabilities", "at least one", Code::invalid_request},
      {with("[\"picture\"]", "[\"pictures\"]"), "/capabilities", "\"pictures\"", Code::invalid_request},
      {good + "secrets = [\"PATH\"]\n", "/secrets", "no secret", Code::invalid_request},
      {good + "secrets = [\"LD_PRELOAD\"]\n", "/secrets", "no secret", Code::invalid_request},
      {good + "secrets = [\"A=B\"]\n", "/secrets", "A-Z", Code::invalid_request},
      {good + "[limits]\nparallel = 0\n", "/limits/parallel", "1 to 16", Code::invalid_request},
      {good + "[limits]\nparalel = 1\n", "/limits/paralel", "\"parallel\"", Code::unknown_field},
      {good + "[limits]\nstart_seconds = 1e9\n", "/limits/start_seconds", "120", Code::invalid_request},
      {good + "[models]\nspeech = [\"a\"]\n", "/models/speech", "\"picture\"", Code::unknown_field},
      {std::string(70000, '#'), "", "64 KiB", Code::limit_exceeded},
  };
  for (const Wrong& wrong : wrongs) {
    CAPTURE(wrong.text, wrong.path);
    const Error error = plugin.error(wrong.text);
    CHECK(error.code == wrong.code);
    CHECK(error.path == wrong.path);
    CHECK(error.message.find("plugin.toml") != std::string::npos);
    CHECK(error.message.find(wrong.words) != std::string::npos);
  }
}

TEST_CASE("where others may write, nothing is run") {
  Folder plugin;
  for (const char* name : {"", "plugin.toml", "run"}) {
    CAPTURE(name);
    const auto path = plugin.folder / name;
    const auto mode = std::filesystem::status(path).permissions();
    std::filesystem::permissions(path, mode | std::filesystem::perms::group_write);
    CHECK(plugin.error().code == Code::path_not_allowed);
    std::filesystem::permissions(path, mode | std::filesystem::perms::others_write);
    CHECK(plugin.error().code == Code::path_not_allowed);
    std::filesystem::permissions(path, mode);
  }
  CHECK(read_manifest(plugin.folder));
}

TEST_CASE("a folder without a manifest, and a link out of it") {
  Folder plugin;
  std::filesystem::remove(plugin.folder / "run");
  std::filesystem::create_symlink("/bin/sh", plugin.folder / "run");
  CHECK(plugin.error().code == Code::path_not_allowed);
  std::filesystem::remove(plugin.folder / "plugin.toml");
  CHECK(plugin.error().code == Code::file_missing);
  std::filesystem::remove_all(plugin.folder);
  CHECK(plugin.error().code == Code::file_missing);
}

TEST_CASE("a manifest is read whole, as TOML and as JSON") {
  Folder plugin;
  write_file(plugin.folder / "plugin.toml", plugin.manifest(R"(
network = false
secrets = ["TEST_KEY"]
[models]
picture = ["small", "large"]
[limits]
parallel = 3
silent_seconds = 0.5
)"));
  const auto check = [&] {
    const auto read = read_manifest(plugin.folder);
    if (!read) FAIL(read.error().message);
    CHECK(read->name == "test");
    CHECK(read->version == "1");
    CHECK(read->program == std::vector<std::string>{(plugin.folder / "run").string()});
    CHECK(read->capabilities == std::vector{Capability::picture});
    CHECK(read->models.at(Capability::picture) == std::vector<std::string>{"small", "large"});
    CHECK(read->secrets == std::vector<std::string>{"TEST_KEY"});
    CHECK_FALSE(read->network);
    CHECK(read->limits.parallel == 3);
    CHECK(read->limits.silent == std::chrono::milliseconds(500));
    CHECK(read->limits.start == std::chrono::seconds(10));
  };
  check();
  std::filesystem::remove(plugin.folder / "plugin.toml");
  write_file(plugin.folder / "plugin.json", R"({"name": "test", "version": "1", "protocol": 1,
    "program": ["./run"], "capabilities": ["picture"], "network": false, "secrets": ["TEST_KEY"],
    "models": {"picture": ["small", "large"]}, "limits": {"parallel": 3, "silent_seconds": 0.5}})");
  check();
}

TEST_CASE("a broken plugin keeps none of the others from being there") {
  Folder plugin;
  const auto plugins = plugin.dir.path() / "plugins";
  write_file(plugins / "broken/plugin.toml", "name = ");
  write_file(plugins / "empty/readme", "nothing");
  write_file(plugins / "readme", "no folder");
  for (const char* name : {"broken", "empty"}) ::chmod((plugins / name).c_str(), 0755);
  const auto loaded = load_plugins({plugin.dir.path() / "absent", plugins}, {}, plugin.options);
  REQUIRE(loaded.plugins.size() == 1);
  CHECK(loaded.plugins[0].config.name == "test");
  CHECK(loaded.plugins[0].config.kind == "plugin");
  CHECK(loaded.errors.size() == 2);

  // A name stands for one provider: the first in the list has it, and a built-in one before all.
  CHECK(load_plugins({plugins, plugins}, {}, plugin.options).errors.back().code == Code::conflict);
  const auto taken = load_plugins({plugins}, {"test"}, plugin.options);
  CHECK(taken.plugins.empty());
  CHECK(taken.errors.back().code == Code::conflict);

  ::chmod(plugins.c_str(), 0777);
  const auto open = load_plugins({plugins}, {}, plugin.options);
  CHECK(open.plugins.empty());
  REQUIRE(open.errors.size() == 1);
  CHECK(open.errors[0].code == Code::path_not_allowed);
}

}  // namespace
}  // namespace reeld::providers
