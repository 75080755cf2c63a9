#include "ipc/specs/specs.hpp"

namespace reeld::ipc {

std::vector<MethodSpec> metrics_specs() {
  const ParamSpec job = {"job", ParamType::text, true};
  return {
      {"metrics", {job}},
      {"metric_list",
       with_page({{"job", ParamType::text}, {"group", ParamType::text}, {"name", ParamType::text}})},
      {"metrics_report", {job, {"target", ParamType::text, true}}},
      {"models", {}},
  };
}

}  // namespace reeld::ipc
