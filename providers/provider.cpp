#include "providers/provider.hpp"

#include <algorithm>

namespace reeld::providers {

std::string_view capability_name(Capability capability) {
  switch (capability) {
    case Capability::picture:
      return "picture";
    case Capability::speech:
      return "speech";
    case Capability::script:
      return "script";
    case Capability::sound:
      return "sound";
  }
  return "";
}

std::optional<Capability> capability_from_name(std::string_view name) {
  for (const Capability capability :
       {Capability::picture, Capability::speech, Capability::script, Capability::sound}) {
    if (capability_name(capability) == name) return capability;
  }
  return std::nullopt;
}

void Registry::add(std::unique_ptr<Provider> provider) {
  providers_.push_back(std::move(provider));
}

Result<Provider*> Registry::find(std::string_view name, Capability capability) const {
  std::string able;
  for (const auto& provider : providers_) {
    const ProviderInfo info = provider->info();
    if (std::ranges::find(info.capabilities, capability) == info.capabilities.end()) continue;
    if (info.name == name) return provider.get();
    able += (able.empty() ? "" : ", ") + info.name;
  }
  return Error{Code::provider_unavailable,
               "No provider \"" + std::string(name) + "\" for " + std::string(capability_name(capability)) +
                   " is here; there is " + (able.empty() ? "none" : able) + ".",
               "/provider"};
}

std::vector<ProviderInfo> Registry::list() const {
  std::vector<ProviderInfo> infos;
  for (const auto& provider : providers_) infos.push_back(provider->info());
  return infos;
}

}  // namespace reeld::providers
