#include "ipc/specs/specs.hpp"

namespace reeld::ipc {

std::vector<MethodSpec> take_specs() {
  return {};
}

}  // namespace reeld::ipc
