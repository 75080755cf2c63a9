#include "ipc/specs/specs.hpp"

namespace reeld::ipc {

std::vector<MethodSpec> script_specs() {
  return {
      {"script", {{"brief", ParamType::map, true}}},
      {"script_result", {{"script", ParamType::text, true}}},
      {"script_cancel", {{"script", ParamType::text, true}}},
  };
}

}  // namespace reeld::ipc
