// What answers the protocol's methods, by their names.
#pragma once

#include <functional>
#include <map>
#include <string>

#include <nlohmann/json.hpp>

#include "base/result.hpp"

namespace reeld::engine {

// Called with parameters that have the names, types and ranges which the protocol gives them; their meaning
// is the handler's to check. From several threads.
using Handler = std::function<Result<nlohmann::json>(const nlohmann::json& params)>;
using Handlers = std::map<std::string, Handler>;

// Whether parameters have the names, types and ranges that the protocol gives this method's.
using ParamsCheck = std::function<Result<void>(const std::string& method, const nlohmann::json& params)>;

}  // namespace reeld::engine
