#include "providers/builtin.hpp"

namespace reeld::providers {

std::filesystem::path beside_this_program(const std::string& name) {
  std::error_code ignored;
  return std::filesystem::read_symlink("/proc/self/exe", ignored).parent_path() / name;
}

}  // namespace reeld::providers
