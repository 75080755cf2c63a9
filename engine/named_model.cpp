#include "engine/named_model.hpp"

#include <algorithm>

namespace reeld::engine {

std::optional<NamedModel> named_model(const std::vector<providers::ProviderInfo>& known,
                                      providers::Capability capability, const std::string& name) {
  for (const providers::ProviderInfo& info : known) {
    if (std::ranges::find(info.capabilities, capability) == info.capabilities.end()) continue;
    if (name == info.name) return NamedModel{info.name};
    const auto found = info.models.find(capability);
    const std::vector<std::string> models =
        found == info.models.end() ? std::vector<std::string>() : found->second;
    const std::string prefix = info.name + "/";
    const std::string model = name.starts_with(prefix) ? name.substr(prefix.size()) : name;
    const bool is_listed = std::ranges::find(models, model) != models.end();
    const bool is_any = models.empty() && model != name && !model.empty();
    if (is_listed || is_any) return NamedModel{info.name, model};
  }
  return std::nullopt;
}

}  // namespace reeld::engine
