#include "engine/named_model.hpp"

#include <catch2/catch.hpp>

namespace reeld::engine {
namespace {

using providers::Capability;

std::vector<providers::ProviderInfo> known() {
  std::vector<providers::ProviderInfo> all(3);
  all[0].name = "speaker";
  all[0].capabilities = {Capability::speech};
  all[1].name = "painter";
  all[1].capabilities = {Capability::picture};
  all[1].models[Capability::picture] = {"oil", "chalk/soft"};
  all[2].name = "drawer";  // lists none
  all[2].capabilities = {Capability::picture};
  return all;
}

std::string meant(const std::string& name) {
  const auto named = named_model(known(), Capability::picture, name);
  return named ? named->provider + ":" + named->model : "nobody";
}

TEST_CASE("nobody is meant by a name that no provider of the kind has") {
  for (const char* name :
       {"", "clay", "painter/clay", "painter/", "drawer/", "speaker", "speaker/oil", "/oil"}) {
    INFO(name);
    CHECK(meant(name) == "nobody");
  }
}

TEST_CASE("a model alone or behind its provider, or a provider alone") {
  CHECK(meant("oil") == "painter:oil");
  CHECK(meant("painter/oil") == "painter:oil");
  CHECK(meant("chalk/soft") == "painter:chalk/soft");
  CHECK(meant("painter/chalk/soft") == "painter:chalk/soft");
  CHECK(meant("painter") == "painter:");
  CHECK(meant("drawer") == "drawer:");
}

TEST_CASE("of a provider that lists no models any is taken, behind its name") {
  CHECK(meant("drawer/ink") == "drawer:ink");
  CHECK(meant("ink") == "nobody");
}

}  // namespace
}  // namespace reeld::engine
