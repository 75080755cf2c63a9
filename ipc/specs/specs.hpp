// The methods by subject; method_specs() is all of them.
#pragma once

#include "ipc/methods.hpp"

namespace reeld::ipc {

std::vector<MethodSpec> job_specs();
std::vector<MethodSpec> service_specs();  // providers, devices, health, the record as a whole
std::vector<MethodSpec> script_specs();
std::vector<MethodSpec> project_specs();  // and scenes
std::vector<MethodSpec> take_specs();
std::vector<MethodSpec> group_specs();
std::vector<MethodSpec> edit_specs();
std::vector<MethodSpec> brand_specs();  // and pictures of products
std::vector<MethodSpec> user_specs();   // and their settings
std::vector<MethodSpec> media_specs();  // assets, films, the space they take
std::vector<MethodSpec> usage_specs();
std::vector<MethodSpec> metrics_specs();

inline constexpr bool kSlow = true;

// What every list takes, behind its own filters.
std::vector<ParamSpec> with_page(std::vector<ParamSpec> filters);

}  // namespace reeld::ipc
