#include "ipc/specs/specs.hpp"

namespace reeld::ipc {

std::vector<MethodSpec> brand_specs() {
  return {};
}

}  // namespace reeld::ipc
