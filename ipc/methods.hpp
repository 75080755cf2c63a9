// The protocol's methods: their names and their parameters, once, for the server and for the page that
// documents them.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "base/result.hpp"

namespace reeld::ipc {

using Json = nlohmann::json;

// Linux takes no longer path, and ids and names are shorter.
inline constexpr std::int64_t kMaxTextBytes = 4096;
// What JSON's readers elsewhere hold exactly.
inline constexpr std::int64_t kMaxSequence = std::int64_t{1} << 53;

enum class ParamType : std::uint8_t { map, list, text, integer, number, flag };

struct ParamSpec {
  std::string name;
  ParamType type = ParamType::text;
  bool required = false;
  // Of a number's value, of a text's size in bytes and of a list's items, both inclusive; a map and a flag
  // have none of their own.
  std::int64_t least = 0, most = kMaxTextBytes;
  std::vector<std::string> choices = {};  // of a text; empty: any
};

struct MethodSpec {
  std::string name;
  std::vector<ParamSpec> params;
  // It asks drivers, services or workers, or reads a lot: its handler has its turn beside the quick ones.
  bool slow = false;
};

const std::vector<MethodSpec>& method_specs();

// Called with parameters that passed check_params, on several threads at once.
using Handler = std::function<Result<Json>(const Json& params)>;

struct Method {
  MethodSpec spec;
  Handler handle;
};

// Every method of the protocol with its handler; a missing or a surplus handler is a broken assumption.
std::vector<Method> bind_methods(std::map<std::string, Handler> handlers);

// Errors: unknown_field naming the nearest parameter, invalid_request; path is "/NAME".
Result<void> check_params(const MethodSpec& method, const Json& params);

// Errors: unknown_method, naming the nearest.
Result<const Method*> find_method(const std::vector<Method>& methods, const std::string& name);

}  // namespace reeld::ipc
