// The providers that are built in, one maker each, and the registry of all that this machine has.
#pragma once

#include <filesystem>
#include <memory>
#include <vector>

#include "providers/provider.hpp"

namespace reeld::providers {

struct BuiltinOptions {
  std::vector<std::filesystem::path>
      allowed_roots;  // files are read only below these, symbolic links resolved
};

Registry builtin_providers(const BuiltinOptions& options);

std::unique_ptr<Provider> file_provider(std::vector<std::filesystem::path> allowed_roots);
std::unique_ptr<Provider> espeak_provider();

}  // namespace reeld::providers
