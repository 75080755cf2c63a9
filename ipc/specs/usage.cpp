#include "ipc/specs/specs.hpp"

namespace reeld::ipc {

std::vector<MethodSpec> usage_specs() {
  return {
      {"usage_job", {{"job", ParamType::text, true}}},
      {"usage_sum",
       {{"by", ParamType::text, false, 0, 0, {"day", "user", "device", "encoder", "provider", "model"}},
        {"from", ParamType::text},
        {"before", ParamType::text},
        {"user", ParamType::text},
        {"device", ParamType::text}},
       kSlow},
  };
}

}  // namespace reeld::ipc
