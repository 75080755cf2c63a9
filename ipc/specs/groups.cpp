#include "ipc/specs/specs.hpp"

namespace reeld::ipc {

std::vector<MethodSpec> group_specs() {
  return {};
}

}  // namespace reeld::ipc
