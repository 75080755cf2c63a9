#include "engine/schema_explain.hpp"

#include <algorithm>
#include <regex>

#include "base/nearest.hpp"
#include "base/utf8.hpp"
#include "engine/request_schema_check.hpp"

namespace reeld::engine {
namespace {

const Json& resolve(const Json& root, const Json& schema) {
  const Json* node = &schema;
  while (node->contains("$ref")) {
    node = &root.at(Json::json_pointer(node->at("$ref").get<std::string>().substr(1)));
  }
  return *node;
}

bool has_type(const std::string& type, const Json& value) {
  if (type == "object") return value.is_object();
  if (type == "array") return value.is_array();
  if (type == "string") return value.is_string();
  if (type == "boolean") return value.is_boolean();
  if (type == "integer") return value.is_number_integer();
  return value.is_number();
}

std::string with_article(const std::string& type) {
  if (type == "integer") return "a whole number";
  if (type == "number") return "a number";
  if (type == "boolean") return "true or false";
  if (type == "string") return "a text";
  return type == "array" ? "a list" : "an object";
}

std::string joined(const std::vector<std::string>& parts) {
  std::string text;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (i > 0) text += i + 1 == parts.size() ? ", or " : ", ";
    text += parts[i];
  }
  return text;
}

std::string range_text(const Json& node) {
  const std::string type = node.value("type", "number");
  std::string text = node.value("x-unit", with_article(type));
  const bool whole = type == "integer" && node.contains("x-unit");
  if (whole) text += " as a whole number";
  std::vector<std::string> bounds;
  if (node.contains("exclusiveMinimum")) {
    bounds.push_back("greater than " + found_text(node["exclusiveMinimum"]));
  }
  if (node.contains("minimum")) bounds.push_back("at least " + found_text(node["minimum"]));
  if (node.contains("maximum")) bounds.push_back("at most " + found_text(node["maximum"]));
  for (std::size_t i = 0; i < bounds.size(); ++i) text += (i == 0 ? " " : " and ") + bounds[i];
  return text;
}

std::string length_text(const Json& node) {
  const bool list = node.value("type", "") == "array";
  const char* low = list ? "minItems" : "minLength";
  const char* high = list ? "maxItems" : "maxLength";
  std::string text = list ? "a list" : "a text";
  if (node.contains(low)) text += " of at least " + found_text(node[low]);
  if (node.contains(high))
    text += (node.contains(low) ? " and at most " : " of at most ") + found_text(node[high]);
  if (node.contains(low) || node.contains(high)) text += list ? " items" : " characters";
  return text;
}

Error refuse(const Json& root, const Json& schema, const Json& value, const std::string& path) {
  return {Code::invalid_request,
          path + ": " + found_text(value) + " is not allowed: " + allowed_text(root, schema), path};
}

bool scalar_holds(const Json& node, const Json& value) {
  if (node.contains("type") && !has_type(node["type"].get<std::string>(), value)) return false;
  if (node.contains("const") && node["const"] != value) return false;
  if (node.contains("enum") &&
      std::find(node["enum"].begin(), node["enum"].end(), value) == node["enum"].end()) {
    return false;
  }
  if (value.is_number()) {
    const double number = value.get<double>();
    if (node.contains("minimum") && number < node["minimum"].get<double>()) return false;
    if (node.contains("maximum") && number > node["maximum"].get<double>()) return false;
    if (node.contains("exclusiveMinimum") && number <= node["exclusiveMinimum"].get<double>()) return false;
  }
  if (value.is_string()) {
    const std::string& text = value.get_ref<const std::string&>();
    const std::size_t length = character_count(text);
    if (length < node.value("minLength", std::size_t{0})) return false;
    if (length > node.value("maxLength", std::size_t{1} << 62)) return false;
    // The schema's patterns are anchored and bounded; longer texts cannot match, and must not reach
    // std::regex.
    if (node.contains("pattern") &&
        (text.size() > 100 || !std::regex_search(text, std::regex(node["pattern"].get<std::string>())))) {
      return false;
    }
  }
  if (value.is_array()) {
    if (value.size() < node.value("minItems", std::size_t{0})) return false;
    if (value.size() > node.value("maxItems", std::size_t{1} << 62)) return false;
  }
  return true;
}

std::optional<Error> unknown_field(const Json& node, const Json& value, const std::string& path) {
  if (node.value("additionalProperties", true)) return std::nullopt;
  std::vector<std::string> known;
  for (const auto& [name, unused] : node.at("properties").items()) known.push_back(name);
  for (const auto& [name, unused] : value.items()) {
    if (node["properties"].contains(name)) continue;
    const std::string where = pointer_child(path, name);
    return Error{Code::unknown_field,
                 where + ": no such field here: did you mean \"" + nearest_name(name, known) + "\"?", where};
  }
  return std::nullopt;
}

std::optional<Error> explain_object(const Json& root, const Json& node, const Json& value,
                                    const std::string& path) {
  if (auto error = unknown_field(node, value, path)) return error;
  if (node.contains("properties")) {
    for (const auto& [name, schema] : node["properties"].items()) {
      if (!value.contains(name)) continue;
      if (auto error = explain(root, schema, value[name], pointer_child(path, name))) return error;
    }
  }
  for (const Json& name : node.value("required", Json::array())) {
    const std::string field = name.get<std::string>();
    if (value.contains(field)) continue;
    const std::string where = pointer_child(path, field);
    const Json& properties = node.contains("properties") ? node["properties"] : Json::object();
    std::string allowed = properties.contains(field) ? allowed_text(root, properties[field]) : "a value";
    return Error{Code::invalid_request, where + ": is missing: needs " + allowed, where};
  }
  return std::nullopt;
}

// The branch for this kind of value speaks for itself where it is an object or a list, since it knows which
// field inside is wrong; for a plain value all branches together say what is allowed.
std::optional<Error> explain_any(const Json& root, const Json& node, const Json& value,
                                 const std::string& path) {
  std::optional<Error> inside;
  for (const Json& branch : node["anyOf"]) {
    std::optional<Error> error = explain(root, branch, value, path);
    if (!error) return std::nullopt;
    const Json& target = resolve(root, branch);
    if (value.is_structured() && target.contains("type") &&
        has_type(target["type"].get<std::string>(), value)) {
      inside = std::move(error);
    }
  }
  return inside ? inside : refuse(root, node, value, path);
}

}  // namespace

std::optional<Error> explain(const Json& root, const Json& schema, const Json& value,
                             const std::string& path) {
  const Json& node = resolve(root, schema);
  if (!scalar_holds(node, value)) return refuse(root, node, value, path);
  if (node.contains("not") && !explain(root, node["not"], value, path))
    return refuse(root, node, value, path);
  if (node.contains("anyOf")) {
    if (auto error = explain_any(root, node, value, path)) return error;
  }
  if (node.contains("if")) {
    const char* branch = explain(root, node["if"], value, path) ? "else" : "then";
    if (auto error = explain(root, node.at(branch), value, path)) return error;
  }
  if (value.is_object()) return explain_object(root, node, value, path);
  if (value.is_array() && node.contains("items")) {
    for (std::size_t i = 0; i < value.size(); ++i) {
      if (auto error = explain(root, node["items"], value[i], path + "/" + std::to_string(i))) return error;
    }
  }
  return std::nullopt;
}

std::string allowed_text(const Json& root, const Json& schema) {
  const Json& node = resolve(root, schema);
  if (node.contains("x-allowed")) return node["x-allowed"].get<std::string>();
  if (node.contains("const")) return found_text(node["const"]);
  std::vector<std::string> parts;
  if (node.contains("enum")) {
    for (const Json& value : node["enum"]) parts.push_back(found_text(value));
    return joined(parts);
  }
  if (node.contains("anyOf")) {
    for (const Json& branch : node["anyOf"]) parts.push_back(allowed_text(root, branch));
    return joined(parts);
  }
  const std::string type = node.value("type", "object");
  if (type == "number" || type == "integer") return range_text(node);
  if (type == "string" || type == "array") return length_text(node);
  return with_article(type);
}

}  // namespace reeld::engine
