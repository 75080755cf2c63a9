// What a user means by a model's name in their settings. Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "providers/provider.hpp"

namespace reeld::engine {

struct NamedModel {
  std::string provider;
  std::string model = {};  // empty: the provider's own choice
};

// A model that a provider lists, "PROVIDER/MODEL", or a provider, which then chooses; of a provider that
// lists no models, any. Nothing where nobody can do that.
std::optional<NamedModel> named_model(const std::vector<providers::ProviderInfo>& known,
                                      providers::Capability capability, const std::string& name);

}  // namespace reeld::engine
