#include "ipc/specs/specs.hpp"

namespace reeld::ipc {

std::vector<MethodSpec> usage_specs() {
  return {};
}

}  // namespace reeld::ipc
