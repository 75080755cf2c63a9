#include "providers/conformance.hpp"

#include <thread>

#include "providers/builtin.hpp"
#include "providers/policy/guarded_provider.hpp"
#include "tests/providers/plugin_fixture.hpp"

namespace reeld::providers {
namespace {

// One pixel: its header says 1x1, and its last byte is ';'.
const std::string kGif("GIF89a\1\0\1\0\x80\0\0\0\0\0\xff\xff\xff,\0\0\0\0\1\0\1\0\0\2\2D\1\0;", 35);

std::string report(const std::vector<Check>& checks) {
  std::string text;
  for (const Check& check : checks)
    text += (check.passed ? "ok   " : "FAIL ") + check.name + ": " + check.detail + "\n";
  return text;
}

const Check& named(const std::vector<Check>& checks, const std::string& name) {
  for (const Check& check : checks) {
    if (check.name == name) return check;
  }
  FAIL("no check \"" + name + "\" in\n" + report(checks));
  return checks.front();
}

std::vector<std::string> failures(const std::vector<Check>& checks) {
  std::vector<std::string> names;
  for (const Check& check : checks) {
    if (!check.passed) names.push_back(check.name);
  }
  return names;
}

// A provider whose vices a test chooses.
class Vicious : public Provider {
 public:
  std::string vice;
  mutable int asked = 0;

  ProviderInfo info() const override {
    ProviderInfo info;
    info.name = info.kind = "vicious";
    info.capabilities = {Capability::picture};
    if (vice == "speaks") info.models[Capability::speech] = {"voice"};
    if (vice == "absent") info.why_not = "It is not installed.";
    return info;
  }

  std::string fingerprint(const Wish& wish) const override {
    if (vice == "fickle") return std::to_string(++asked);
    if (vice == "forgetful") return "the same";
    return vice == "careless" ? wish.params.value("model", "")
                              : wish.params.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  }

  Result<std::vector<Delivery>> fetch(const Wish& wish, const std::filesystem::path& scratch,
                                      const Cancelled& cancelled) override {
    if (vice != "lax") {
      if (const auto read = wish.params.is_object()
                                ? check_fields(wish.params)
                                : Result<void>(Error{Code::invalid_request, "must be an object", ""});
          !read)
        return read.error();
    } else if (!wish.params.is_object()) {
      throw std::runtime_error("no object");
    }
    if (vice != "late" && Clock::now() >= wish.deadline) return Error{Code::timed_out, "it is too late"};
    const bool late = vice == "late" && Clock::now() >= wish.deadline,
               stubborn = vice == "stubborn" && cancelled;
    if (late || stubborn) std::this_thread::sleep_for(std::chrono::milliseconds(1200));
    if (stubborn && cancelled()) return Error{Code::provider_failed, "cancelled? I?"};
    Delivery delivery;
    delivery.file = (vice == "far" ? scratch.parent_path() : scratch) / "p.gif";
    delivery.media_type = vice == "lies" ? "image/png" : "image/gif";
    std::ofstream(delivery.file, std::ios::binary) << kGif;
    return std::vector{delivery};
  }

 private:
  static Result<void> check_fields(const nlohmann::json& params) {
    Wish wish;
    wish.params = params;
    for (const auto& [name, value] : params.items()) {
      const bool known =
          name == "prompt" || name == "width" || name == "height" || name == "seed" || name == "model";
      if (!known) return Error{Code::unknown_field, "there is no such field", "/" + name};
      const bool fits = name == "prompt" || name == "model" ? value.is_string() : value.is_number();
      if (!fits || (value.is_string() && value.get<std::string>().find('\0') != std::string::npos))
        return Error{Code::invalid_request, "has the wrong type", "/" + name};
    }
    return {};
  }
};

TEST_CASE("each vice of a provider fails the check that is there for it") {
  const std::vector<std::pair<std::string, std::vector<std::string>>> all = {
      {"none", {}},
      {"speaks", {"info"}},
      {"absent", {"can be used"}},
      {"far", {"picture: makes what was asked for"}},
      {"lies", {"picture: makes what was asked for"}},
      {"fickle", {"picture: fingerprint"}},
      {"forgetful", {"picture: fingerprint"}},
      {"careless", {"picture: refuses hostile fields"}},
      {"stubborn", {"picture: stops when it is cancelled"}},
      {"late", {"picture: keeps the deadline"}},
      {"lax", {"picture: refuses an unknown field", "picture: refuses hostile fields"}}};
  for (const auto& [vice, expected] : all) {
    CAPTURE(vice);
    TempDir dir;
    Vicious provider;
    provider.vice = vice;
    const auto checks = run_conformance(provider, {dir.path(), dir.path(), {}});
    CAPTURE(report(checks));
    CHECK(failures(checks) == expected);
  }
}

TEST_CASE("the example plugins conform, by themselves and guarded") {
  PluginFixture fixture;
  const std::filesystem::path built = REELD_BINARY_DIR "/plugins";
  auto loaded = load_plugins({built}, {}, fixture.options);
  for (const Error& error : loaded.errors) FAIL(error.message);
  REQUIRE(loaded.plugins.size() == 2);
  CHECK(loaded.plugins[0].config.name == "gradient");
  CHECK(loaded.plugins[1].config.name == "tone");
  const auto waiting = real_waiting();
  for (LoadedPlugin& plugin : loaded.plugins) {
    const std::string name = plugin.config.name;
    CAPTURE(name);
    GuardedProvider provider(std::move(plugin.service), std::move(plugin.config), *waiting, nullptr);
    const auto checks = run_conformance(provider, {fixture.scratch, fixture.scratch, {}});
    CAPTURE(report(checks), fixture.log());
    CHECK(failures(checks).empty());
    CHECK(checks.size() == (name == "tone" ? 18 : 10));
  }
}

TEST_CASE("the files' provider is asked with a file of the caller's") {
  TempDir dir;
  std::ofstream(dir.path() / "p.gif", std::ios::binary) << kGif;
  const auto file = file_provider({dir.path()});
  const nlohmann::json there = {{"file", "p.gif"}};
  const auto good = run_conformance(*file, {dir.path(), dir.path(), {{Capability::picture, there}}});
  CAPTURE(report(good));
  CHECK(failures(good).empty());
  CHECK(good.size() == 10);
  const nlohmann::json absent = {{"file", "absent.gif"}};
  const auto checks = run_conformance(*file, {dir.path(), dir.path(), {{Capability::picture, absent}}});
  CHECK(named(checks, "info").passed);
  CHECK(named(checks, "picture: makes what was asked for").detail.find("file_missing /file") == 0);
}

}  // namespace
}  // namespace reeld::providers
