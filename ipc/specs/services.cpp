#include "ipc/specs/specs.hpp"

namespace reeld::ipc {

std::vector<MethodSpec> service_specs() {
  return {
      {"devices", {}, kSlow},
      {"providers", {}},
      {"health", {}},
      {"stats", {}},
      {"backup", {{"target", ParamType::text, true}}},
      {"check_provider",
       {{"provider", ParamType::text, true}, {"params", ParamType::map}, {"base_dir", ParamType::text}}},
      {"check_provider_result", {{"check", ParamType::text, true}}},
  };
}

}  // namespace reeld::ipc
