#include "ipc/specs/specs.hpp"

namespace reeld::ipc {

std::vector<MethodSpec> project_specs() {
  return {};
}

}  // namespace reeld::ipc
