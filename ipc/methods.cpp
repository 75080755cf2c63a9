#include "ipc/methods.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>

#include "base/check.hpp"
#include "base/nearest.hpp"
#include "ipc/specs/specs.hpp"
#include "wire/codec.hpp"

namespace reeld::ipc {
namespace {

bool has_type(const Json& value, ParamType type) {
  switch (type) {
    case ParamType::map:
      return value.is_object();
    case ParamType::text:
      return value.is_string();
    case ParamType::list:
      return value.is_array();
    case ParamType::integer:
      return value.is_number_integer();
    case ParamType::number:
      return value.is_number() && std::isfinite(value.get<double>());
    case ParamType::flag:
      return value.is_boolean();
  }
  return false;
}

std::string did_you_mean(const std::string& name, const std::vector<std::string>& known) {
  return known.empty() ? "" : "; did you mean \"" + nearest_name(name, known) + "\"?";
}

const char* type_name(ParamType type) {
  switch (type) {
    case ParamType::map:
      return "a map";
    case ParamType::text:
      return "a string";
    case ParamType::list:
      return "a list";
    case ParamType::integer:
      return "a whole number";
    case ParamType::number:
      return "a number";
    case ParamType::flag:
      return "true or false";
  }
  return "";
}

// What is wrong with a value of the right type; empty where nothing is.
std::string out_of_range(const Json& value, const ParamSpec& spec) {
  const std::string range = std::to_string(spec.least) + " to " + std::to_string(spec.most);
  if (spec.type == ParamType::integer) {
    // No range reaches as far as int64's end: what does not fit into it is too large as well.
    constexpr auto kFar = std::numeric_limits<std::int64_t>::max();
    const bool huge = value.is_number_unsigned() && value.get<std::uint64_t>() > kFar;
    const auto number = huge ? kFar : value.get<std::int64_t>();
    return number < spec.least || number > spec.most ? "must be " + range + ", not " + value.dump() : "";
  }
  if (spec.type == ParamType::number) {
    const auto number = value.get<double>();
    const bool inside = number >= static_cast<double>(spec.least) && number <= static_cast<double>(spec.most);
    return inside ? "" : "must be " + range + ", not " + value.dump();
  }
  if (spec.type == ParamType::list) {
    const auto size = static_cast<std::int64_t>(value.size());
    return size < spec.least || size > spec.most
               ? "must have " + range + " items, not " + std::to_string(size)
               : "";
  }
  if (spec.type == ParamType::text && !spec.choices.empty()) {
    std::string known;
    for (const std::string& choice : spec.choices) {
      if (value == choice) return "";
      known += (known.empty() ? "" : ", ") + choice;
    }
    return "must be one of " + known;
  }
  if (spec.type == ParamType::text) {
    const auto& text = value.get_ref<const std::string&>();
    const auto size = static_cast<std::int64_t>(text.size());
    if (size < spec.least || size > spec.most)
      return "must have " + range + " bytes, not " + std::to_string(size);
    // Behind a NUL, C's functions would see another path than we do.
    if (text.find('\0') != std::string::npos || wire::valid_utf8(text) != text)
      return "must be UTF-8 without NUL";
  }
  return "";
}

}  // namespace

const std::vector<MethodSpec>& method_specs() {
  static const std::vector<MethodSpec> kSpecs = [] {
    std::vector<MethodSpec> all;
    for (const auto subject :
         {job_specs, service_specs, script_specs, project_specs, take_specs, group_specs, edit_specs,
          brand_specs, user_specs, media_specs, usage_specs, metrics_specs}) {
      std::ranges::move(subject(), std::back_inserter(all));
    }
    return all;
  }();
  return kSpecs;
}

std::vector<ParamSpec> with_page(std::vector<ParamSpec> filters) {
  std::ranges::move(std::vector<ParamSpec>{{"sort", ParamType::text, false, 1, 40},
                                           {"order", ParamType::text, false, 0, 0, {"asc", "desc"}},
                                           {"cursor", ParamType::text, false, 1},
                                           {"limit", ParamType::integer, false, 1, 500},
                                           {"count", ParamType::flag}},
                    std::back_inserter(filters));
  return filters;
}

std::vector<Method> bind_methods(std::map<std::string, Handler> handlers) {
  std::vector<Method> methods;
  for (const MethodSpec& spec : method_specs()) {
    REELD_CHECK(handlers.contains(spec.name));
    methods.push_back({spec, std::move(handlers[spec.name])});
  }
  REELD_CHECK(handlers.size() == methods.size());
  return methods;
}

Result<void> check_params(const MethodSpec& method, const Json& params) {
  std::vector<std::string> known;
  for (const ParamSpec& spec : method.params) {
    known.push_back(spec.name);
    const auto it = params.find(spec.name);
    if (it == params.end()) {
      if (!spec.required) continue;
      return Error{Code::invalid_request,
                   method.name + " needs the parameter \"" + spec.name + "\", " + type_name(spec.type),
                   "/" + spec.name};
    }
    if (!has_type(*it, spec.type)) {
      return Error{Code::invalid_request,
                   "the parameter \"" + spec.name + "\" must be " + type_name(spec.type), "/" + spec.name};
    }
    if (const std::string why = out_of_range(*it, spec); !why.empty()) {
      return Error{Code::invalid_request, "the parameter \"" + spec.name + "\" " + why, "/" + spec.name};
    }
  }
  for (const auto& [name, value] : params.items()) {
    if (std::find(known.begin(), known.end(), name) != known.end()) continue;
    return Error{Code::unknown_field,
                 method.name + " has no parameter \"" + name + "\"" + did_you_mean(name, known), "/" + name};
  }
  return {};
}

Result<const Method*> find_method(const std::vector<Method>& methods, const std::string& name) {
  std::vector<std::string> known;
  for (const Method& method : methods) {
    if (method.spec.name == name) return &method;
    known.push_back(method.spec.name);
  }
  return Error{Code::unknown_method, "there is no method \"" + name + "\"" + did_you_mean(name, known),
               "/method"};
}

}  // namespace reeld::ipc
