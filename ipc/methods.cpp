#include "ipc/methods.hpp"

#include <algorithm>

#include "base/check.hpp"
#include "engine/nearest.hpp"

namespace reeld::ipc {
namespace {

bool has_type(const Json& value, ParamType type) {
  switch (type) {
    case ParamType::map:
      return value.is_object();
    case ParamType::text:
      return value.is_string();
    case ParamType::integer:
      return value.is_number_integer();
  }
  return false;
}

std::string did_you_mean(const std::string& name, const std::vector<std::string>& known) {
  return known.empty() ? "" : "; did you mean \"" + engine::nearest_name(name, known) + "\"?";
}

const char* type_name(ParamType type) {
  switch (type) {
    case ParamType::map:
      return "a map";
    case ParamType::text:
      return "a string";
    case ParamType::integer:
      return "a whole number";
  }
  return "";
}

}  // namespace

const std::vector<MethodSpec>& method_specs() {
  static const std::vector<MethodSpec> kSpecs = {
      {"submit",
       {{"request", ParamType::map, true},
        {"target", ParamType::text, true},
        {"base_dir", ParamType::text, false},
        {"idempotency_key", ParamType::text, false}}},
      {"status", {{"job", ParamType::text, true}}},
      {"list",
       {{"status", ParamType::text, false},
        {"before", ParamType::text, false},
        {"limit", ParamType::integer, false}}},
      {"show", {{"job", ParamType::text, true}}},
      {"cancel", {{"job", ParamType::text, true}}},
      {"retry", {{"job", ParamType::text, true}}},
      {"watch", {{"job", ParamType::text, true}, {"after", ParamType::integer, false}}},
      {"devices", {}},
      {"health", {}},
      {"stats", {}},
  };
  return kSpecs;
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
