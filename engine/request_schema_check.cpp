#include "engine/request_schema_check.hpp"

#include <cmath>
#include <exception>
#include <memory>

#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validator.hpp>

#include "engine/schema_explain.hpp"

namespace reeld::engine {
namespace {

// A provider's own fields are open objects; what nests deeper than this is no description of a film.
constexpr int kMaxDepth = 32;

const Json& schema_json() {
  static const Json json = Json::parse(request_schema_text());
  return json;
}

const valijson::Schema& schema() {
  static const auto parsed = [] {
    auto result = std::make_unique<valijson::Schema>();
    valijson::SchemaParser parser;
    parser.populateSchema(valijson::adapters::NlohmannJsonAdapter(schema_json()), *result);
    return result;
  }();
  return *parsed;
}

bool is_utf8(const std::string& text) {
  try {
    (void)Json(text).dump();
    return true;
  } catch (const Json::exception&) {
    return false;
  }
}

Error unfit(const std::string& path, const std::string& why) {
  return {Code::invalid_request, (path.empty() ? "the request" : path) + ": " + why, path};
}

Result<void> check_text(const std::string& text, const std::string& path) {
  if (!is_utf8(text)) return unfit(path, "a text must be valid UTF-8");
  if (text.find('\0') != std::string::npos) return unfit(path, "a text must not hold the character U+0000");
  return {};
}

Result<void> check_values_below(const Json& value, const std::string& path, int depth) {
  if (depth > kMaxDepth) return unfit(path, "nested deeper than " + std::to_string(kMaxDepth) + " levels");
  if (value.is_binary()) return unfit(path, "binary data is not allowed: use a text");
  if (value.is_discarded()) return unfit(path, "is no JSON value");
  if (value.is_number_float() && !std::isfinite(value.get<double>())) {
    const double number = value.get<double>();
    const std::string name = std::isnan(number) ? "NaN" : number > 0 ? "Infinity" : "-Infinity";
    return unfit(path, name + " is not allowed: a finite number");
  }
  if (value.is_string()) return check_text(value.get_ref<const std::string&>(), path);
  if (value.is_object()) {
    for (const auto& [name, child] : value.items()) {
      REELD_TRY(check_text(name, path));
      REELD_TRY(check_values_below(child, pointer_child(path, name), depth + 1));
    }
  }
  if (value.is_array()) {
    for (std::size_t i = 0; i < value.size(); ++i) {
      REELD_TRY(check_values_below(value[i], path + "/" + std::to_string(i), depth + 1));
    }
  }
  return {};
}

Result<void> check_version(const Json& json) {
  if (!json.is_object()) {
    return Error{Code::invalid_request, "the request is " + found_text(json) + ": it must be a JSON object",
                 ""};
  }
  const auto version = json.find("reeld");
  if (version != json.end() && version->is_number_integer() && *version == kRequestVersion) return {};
  const std::string found =
      version == json.end() ? "the version is missing" : found_text(*version) + " is not spoken here";
  return Error{Code::unsupported_version,
               "/reeld: " + found + ": write \"reeld\": " + std::to_string(kRequestVersion), "/reeld"};
}

}  // namespace

Result<void> check_values(const Json& json, const std::string& path) {
  return check_values_below(json, path, 0);
}

Result<void> check_against_schema(const Json& json) {
  REELD_TRY(check_values(json));
  REELD_TRY(check_version(json));
  try {
    valijson::Validator validator;
    if (validator.validate(schema(), valijson::adapters::NlohmannJsonAdapter(json), nullptr)) return {};
    if (auto error = explain(schema_json(), schema_json(), json, "")) return *error;
    return Error{Code::invalid_request, "the request does not match the schema of version 1", ""};
  } catch (const std::exception& error) {
    return Error{Code::internal, std::string("the request could not be checked: ") + error.what(), ""};
  }
}

std::string found_text(const Json& value) {
  constexpr std::size_t kLongest = 60;
  if (value.is_object()) return value.empty() ? "{}" : "an object";
  if (value.is_array()) return "a list of " + std::to_string(value.size());
  std::string text;
  if (value.is_string() && value.get_ref<const std::string&>().size() > kLongest) {
    text = Json(value.get_ref<const std::string&>().substr(0, kLongest) + "...")
               .dump(-1, ' ', true, Json::error_handler_t::replace);
    return text;
  }
  return value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string pointer_child(const std::string& path, std::string_view token) {
  std::string result = path + "/";
  for (const char c : token) {
    if (c == '~') {
      result += "~0";
    } else if (c == '/') {
      result += "~1";
    } else {
      result += c;
    }
  }
  return result;
}

}  // namespace reeld::engine
