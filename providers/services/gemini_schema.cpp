#include "providers/services/gemini_schema.hpp"

#include <algorithm>
#include <array>

#include "providers/services/asking.hpp"

namespace reeld::providers {
namespace {

using nlohmann::json;

constexpr int kMaxDepth = 24;      // a reference into itself ends here
constexpr int kMaxSchemas = 2000;  // and references that double with each step here

constexpr std::array kSame = {"description", "title",         "minItems",     "maxItems", "minimum",
                              "maximum",     "minLength",     "maxLength",    "pattern",  "nullable",
                              "default",     "minProperties", "maxProperties"};

class Converter {
 public:
  explicit Converter(const json& root) : root_(root) {}

  Result<json> converted(const json& schema, const std::string& path, int depth) const {
    if (!schema.is_object()) return wrong(path, "must be an object");
    if (depth > kMaxDepth || --left_ < 0)
      return wrong(path, "is too large or nested too deeply, or leads into itself");
    if (schema.contains("$ref")) return referred(schema, path, depth);
    json made = json::object();
    for (const char* name : kSame)
      if (schema.contains(name)) made[name] = schema[name];
    for (const char* name : {"anyOf", "oneOf"})
      if (schema.contains(name)) REELD_TRY(add_choices(made, schema[name], path + "/" + name, depth));
    REELD_TRY(add_type(made, schema, path));
    add_values(made, schema);
    if (made.value("type", "") == "OBJECT") REELD_TRY(add_properties(made, schema, path, depth));
    if (made.value("type", "") == "ARRAY") {
      if (!schema.contains("items")) return wrong(path, "is a list, and Gemini needs its items");
      REELD_ASSIGN(made["items"], converted(schema["items"], path + "/items", depth + 1));
    }
    return made;
  }

 private:
  static Error wrong(const std::string& path, const std::string& what) {
    return {Code::invalid_request, "the schema " + what, path};
  }

  // What it refers to, with the words that stand beside the reference.
  Result<json> referred(const json& schema, const std::string& path, int depth) const {
    const std::string name = text_at(schema, "/$ref");
    // A name with ~ in it would need decoding, and nobody names a part so.
    if (!name.starts_with("#/") || name.find('~') != name.npos ||
        !at_pointer(root_, name.substr(1)).is_object())
      return wrong(path, "refers to \"" + name + "\", which is not in it");
    json target = at_pointer(root_, name.substr(1));
    if (schema.contains("description")) target["description"] = schema["description"];
    return converted(target, path, depth + 1);
  }

  Result<void> add_choices(json& made, const json& choices, const std::string& path, int depth) const {
    if (!choices.is_array()) return wrong(path, "must be a list");
    for (std::size_t i = 0; i < choices.size(); ++i) {
      if (text_at(choices[i], "/type") == "null") {
        made["nullable"] = true;
        continue;
      }
      REELD_ASSIGN(json choice, converted(choices[i], path + "/" + std::to_string(i), depth + 1));
      made["anyOf"].push_back(std::move(choice));
    }
    return {};
  }

  // "string" as "STRING"; of ["string", "null"] the one that is not null.
  static Result<void> add_type(json& made, const json& schema, const std::string& path) {
    std::vector<std::string> types;
    const json& told = at_pointer(schema, "/type");
    if (told.is_string()) types.push_back(told);
    if (told.is_array())
      for (const json& one : told)
        if (one.is_string()) types.push_back(one);
    if (std::erase(types, "null") > 0 && !types.empty()) made["nullable"] = true;
    if (types.size() > 1) return wrong(path, "allows several types here; say them as anyOf");
    if (types.empty() && schema.contains("properties")) types.emplace_back("object");
    if (types.empty() && (schema.contains("enum") || schema.contains("const"))) types.emplace_back("string");
    if (types.empty() && made.contains("anyOf")) return {};
    if (types.empty()) return wrong(path, "says no type here, and Gemini needs one");
    std::ranges::transform(types[0], types[0].begin(), [](unsigned char c) { return std::toupper(c); });
    made["type"] = types[0];
    return {};
  }

  // Gemini's enums are of texts alone; numbers keep their type and lose the list.
  static void add_values(json& made, const json& schema) {
    const json values =
        schema.contains("const") ? json::array({schema["const"]}) : at_pointer(schema, "/enum");
    const auto is_text = [](const json& value) { return value.is_string(); };
    if (made.value("type", "") == "STRING" && values.is_array() && std::ranges::all_of(values, is_text))
      made["enum"] = values;
    const std::string format = text_at(schema, "/format");
    if (format == "date-time" || format == "float" || format == "double" || format == "int32" ||
        format == "int64")
      made["format"] = format;
  }

  Result<void> add_properties(json& made, const json& schema, const std::string& path, int depth) const {
    const json& properties = at_pointer(schema, "/properties");
    if (!properties.is_object() || properties.empty())
      return wrong(path, "is an object without properties here, and Gemini needs them");
    json order = json::array();
    const json& required = at_pointer(schema, "/required");
    for (const json& name : required.is_array() ? required : json::array())
      if (name.is_string() && properties.contains(name.get_ref<const std::string&>())) order.push_back(name);
    if (!order.empty()) made["required"] = order;
    for (const auto& [name, property] : properties.items()) {
      const std::string place = std::string(path).append("/properties/").append(name);
      REELD_ASSIGN(made["properties"][name], converted(property, place, depth + 1));
      if (std::find(order.begin(), order.end(), json(name)) == order.end()) order.push_back(name);
    }
    made["propertyOrdering"] = order;
    return {};
  }

  const json& root_;
  mutable int left_ = kMaxSchemas;
};

}  // namespace

Result<json> gemini_schema(const json& schema) {
  return Converter(schema).converted(schema, "/schema", 0);
}

}  // namespace reeld::providers
