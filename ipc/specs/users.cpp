#include "ipc/specs/specs.hpp"

namespace reeld::ipc {

std::vector<MethodSpec> user_specs() {
  return {};
}

}  // namespace reeld::ipc
