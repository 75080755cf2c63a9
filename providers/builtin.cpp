#include "providers/builtin.hpp"

namespace reeld::providers {

Registry builtin_providers(const BuiltinOptions& options) {
  Registry registry;
  registry.add(file_provider(options.allowed_roots));
  registry.add(espeak_provider());
  return registry;
}

}  // namespace reeld::providers
