#include "apps/reelctl/filters.hpp"

#include <algorithm>

#include "base/check.hpp"
#include "ipc/methods.hpp"
#include "ipc/specs/specs.hpp"

namespace reeld::reelctl {
namespace {

bool is_of_page(const std::string& name) {
  return std::ranges::any_of(ipc::with_page({}), [&](const auto& param) { return param.name == name; });
}

std::string help_of(const ipc::ParamSpec& param) {
  if (param.name == "from") return "only what was made at this time or later: 2026-11-21, or with a UTC time";
  if (param.name == "before") return "only what was made before this time";
  std::string help = "only those of this " + param.name;
  for (std::size_t i = 0; i < param.choices.size(); ++i) help += (i == 0 ? ": " : ", ") + param.choices[i];
  return help;
}

}  // namespace

void add_filter_options(CLI::App& command, const std::string& method, Json& params) {
  const auto& specs = ipc::method_specs();
  const auto spec = std::ranges::find(specs, method, &ipc::MethodSpec::name);
  REELD_CHECK(spec != specs.end());
  params = Json::object();
  for (const ipc::ParamSpec& param : spec->params) {
    if (is_of_page(param.name)) continue;
    const std::string name = "--" + param.name;
    if (param.type == ipc::ParamType::flag) {
      command.add_option_function<bool>(
          name, [&params, key = param.name](bool value) { params[key] = value; }, "true or false");
    } else {
      command.add_option_function<std::string>(
          name, [&params, key = param.name](const std::string& value) { params[key] = value; },
          help_of(param));
    }
  }
}

}  // namespace reeld::reelctl
