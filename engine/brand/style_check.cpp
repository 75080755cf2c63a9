#include "engine/brand/style_check.hpp"

#include "engine/request_schema_check.hpp"
#include "engine/schema_explain.hpp"

namespace reeld::engine {
namespace {

constexpr const char* kSchema = R"({
  "type": "object", "additionalProperties": false, "required": ["color_palette"],
  "definitions": {"words": {"type": "string", "minLength": 1, "maxLength": 500}},
  "properties": {
    "color_palette": {"type": "array", "maxItems": 12, "items": {
      "type": "string", "pattern": "^#[0-9a-fA-F]{6}$", "x-allowed": "a colour written \"#RRGGBB\""}},
    "color_weights": {"type": "array", "maxItems": 12, "items": {"type": "number", "minimum": 0, "maximum": 1}},
    "measured": {"type": "object"},
    "visual_theme": {"$ref": "#/definitions/words"},
    "typography_style": {"$ref": "#/definitions/words"},
    "mood": {"$ref": "#/definitions/words"},
    "lighting_preference": {"$ref": "#/definitions/words"},
    "composition_style": {"$ref": "#/definitions/words"},
    "brand_keywords": {"type": "array", "maxItems": 20, "items": {"type": "string", "minLength": 1, "maxLength": 100}}
  }
})";

}  // namespace

Result<void> check_style(const Json& style_data) {
  static const Json schema = Json::parse(kSchema);
  auto error = check_values(style_data);
  if (!error) return Error{error.error().code, error.error().message, "/style_data" + error.error().path};
  if (const auto wrong = explain(schema, schema, style_data, ""))
    return Error{wrong->code, "/style_data" + wrong->message, "/style_data" + wrong->path};
  return {};
}

}  // namespace reeld::engine
