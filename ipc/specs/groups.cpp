#include "ipc/specs/specs.hpp"

namespace reeld::ipc {

std::vector<MethodSpec> group_specs() {
  const ParamSpec group = {"group", ParamType::text, true};
  const ParamSpec target = {"target", ParamType::text, true};
  return {
      {"group_create",
       {{"comparison_type", ParamType::text, true, 0, 0, {"settings", "prompt"}},
        {"request", ParamType::map, true},
        {"variations", ParamType::list, true, 2, 16},
        {"target_dir", ParamType::text, true},
        {"base_dir", ParamType::text},
        {"idempotency_key", ParamType::text, false, 1, 200},
        {"user", ParamType::text},
        {"session", ParamType::text, false, 1, 128}}},
      {"group_show", {group}},
      {"group_list", with_page({{"user", ParamType::text},
                                {"comparison_type", ParamType::text, false, 0, 0, {"settings", "prompt"}},
                                {"from", ParamType::text},
                                {"before", ParamType::text}})},
      {"group_delete", {group}},
      {"group_compare", {group}},
      {"group_sheet", {group, target, {"columns", ParamType::integer, false, 1, 24}}},
      {"group_side_by_side", {group, target}},
  };
}

}  // namespace reeld::ipc
