#include "ipc/specs/specs.hpp"

namespace reeld::ipc {

std::vector<MethodSpec> edit_specs() {
  return {};
}

}  // namespace reeld::ipc
