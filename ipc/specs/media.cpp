#include "ipc/specs/specs.hpp"

namespace reeld::ipc {

std::vector<MethodSpec> media_specs() {
  return {};
}

}  // namespace reeld::ipc
