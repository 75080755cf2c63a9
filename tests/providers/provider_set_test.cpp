#include "providers/provider_set.hpp"

#include <algorithm>
#include <fstream>

#include "tests/providers/provider_helpers.hpp"

namespace reeld::providers {
namespace {

std::vector<std::string> names_of(const ProviderSet& set) {
  std::vector<std::string> names;
  for (const ProviderInfo& info : set.registry().list()) names.push_back(info.name);
  return names;
}

TEST_CASE("without configuration there is one provider of each kind, and those without a key say so") {
  unsetenv("GEMINI_API_KEY");
  const auto set = ProviderSet::start({});
  REQUIRE(set);
  const auto names = names_of(**set);
  for (const char* name : {"file", "folder", "url", "espeak-ng", "piper", "gemini"}) {
    CAPTURE(name);
    CHECK(std::ranges::count(names, name) == 1);
  }
  Provider* gemini = *(*set)->registry().find("gemini", Capability::picture);
  CHECK(gemini->info().why_not.find("no key") != std::string::npos);
  const TempDir dir;
  Wish wish;
  wish.params = {{"prompt", "a boat"}};
  CHECK(gemini->fetch(wish, dir.path(), nullptr).error().code == Code::provider_unavailable);
}

TEST_CASE(
    "a configured provider stands in the place of the default of its name, and beside those of others") {
  ProviderSetOptions options;
  options.configured.push_back(*provider_config("gemini", {{"max_retries", 7}}));
  options.configured.push_back(*provider_config("second", {{"kind", "gemini"}}));
  const auto set = ProviderSet::start(options);
  REQUIRE(set);
  const auto names = names_of(**set);
  CHECK(std::ranges::count(names, "gemini") == 1);
  CHECK(std::ranges::count(names, "second") == 1);
  CHECK((*set)->services().front().config.max_retries == 7);
}

TEST_CASE("a table for a plugin says what it costs; one for none is told") {
  const TempDir dir;
  std::filesystem::create_directories(dir.path() / "painter");
  std::ofstream(dir.path() / "painter" / "plugin.toml")
      << "name = \"painter\"\nversion = \"1.0.0\"\nprotocol = 1\nprogram = [\"./run\"]\ncapabilities = "
         "[\"picture\"]\n";
  std::ofstream(dir.path() / "painter" / "run") << "#!/bin/sh\n";
  std::filesystem::permissions(dir.path() / "painter" / "run", std::filesystem::perms::owner_all);
  ProviderSetOptions options;
  options.plugin_dirs = {dir.path()};
  options.configured.push_back(
      *provider_config("painter", {{"kind", "plugin"}, {"prices", {{"*", {{"per_picture", 0.5}}}}}}));
  options.configured.push_back(*provider_config("nobody", {{"kind", "plugin"}}));
  const auto set = ProviderSet::start(options);
  REQUIRE(set);
  Wish wish;
  wish.params = {{"prompt", "a boat"}};
  CHECK(*(*(*set)->registry().find("painter", Capability::picture))->estimate(wish).cost_usd == 0.5);
  REQUIRE((*set)->plugin_errors().size() == 1);
  CHECK((*set)->plugin_errors()[0].message.find("[providers.nobody]") != std::string::npos);
}

TEST_CASE("the registry finds by name and capability, and names who can") {
  const auto set = ProviderSet::start({});
  REQUIRE(set);
  const auto wrong = (*set)->registry().find("espeak-ng", Capability::picture);
  REQUIRE_FALSE(wrong);
  CHECK(wrong.error().code == Code::provider_unavailable);
  CHECK(wrong.error().message.find("file") != std::string::npos);
}

}  // namespace
}  // namespace reeld::providers
