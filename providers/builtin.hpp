// The built-in providers, one maker each. Private to providers/.
#pragma once

#include <memory>

#include "providers/provider.hpp"

namespace reeld::providers {

std::unique_ptr<Provider> file_provider(std::vector<std::filesystem::path> allowed_roots);
std::unique_ptr<Provider> espeak_provider();

}  // namespace reeld::providers
