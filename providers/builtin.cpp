#include "providers/builtin.hpp"

namespace reeld::providers {

std::filesystem::path beside_this_program(const std::string& name) {
  std::error_code ignored;
  return std::filesystem::read_symlink("/proc/self/exe", ignored).parent_path() / name;
}

Registry builtin_providers(const BuiltinOptions& options) {
  Registry registry;
  registry.add(file_provider(options.allowed_roots));
  registry.add(folder_provider(options.allowed_roots));
  registry.add(espeak_provider());
  return registry;
}

}  // namespace reeld::providers
