// What JSON Schema says, in the words that Gemini takes.
#include "providers/services/gemini_schema.hpp"

#include <catch2/catch.hpp>

namespace reeld::providers {
namespace {

using nlohmann::json;

Error error_of(const json& schema) {
  const auto made = gemini_schema(schema);
  REQUIRE_FALSE(made);
  return made.error();
}

TEST_CASE("a schema that Gemini cannot be told is refused, with the place") {
  CHECK(error_of(7).path == "/schema");
  CHECK(error_of({{"type", "object"}}).path == "/schema");
  CHECK(error_of({{"type", "array"}}).code == Code::invalid_request);
  CHECK(error_of({{"description", "anything"}}).path == "/schema");
  const json list = {{"type", "array"}, {"items", {{"type", {"string", "integer"}}}}};
  CHECK(error_of({{"properties", {{"list", list}}}}).path == "/schema/properties/list/items");
  CHECK(error_of({{"properties", {{"a", {{"$ref", "#/$defs/none"}}}}}}).path == "/schema/properties/a");
  const json circle = json::parse(
      R"({"$ref": "#/$defs/a", "$defs": {"a": {"type": "array", "items": {"$ref": "#/$defs/a"}}}})");
  CHECK(error_of(circle).code == Code::invalid_request);
}

TEST_CASE("a schema comes over with its types, limits and the order of what is required") {
  const json schema = json::parse(R"({
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "object", "additionalProperties": false, "required": ["scenes", "mood"],
    "properties": {
      "mood": {"type": ["string", "null"], "enum": ["calm", "bright"]},
      "kind": {"const": "film"},
      "length": {"type": "integer", "enum": [1, 2], "format": "int32"},
      "scenes": {"type": "array", "minItems": 1, "maxItems": 9, "uniqueItems": true, "items": {"$ref": "#/$defs/scene"}},
      "end": {"oneOf": [{"type": "number", "minimum": 0}, {"type": "null"}]}
    },
    "$defs": {"scene": {"type": "object", "properties": {"text": {"type": "string", "maxLength": 80, "format": "email"}}}}
  })");
  const auto made = gemini_schema(schema);
  REQUIRE(made);
  CHECK(*made == json::parse(R"({
    "type": "OBJECT", "required": ["scenes", "mood"], "propertyOrdering": ["scenes", "mood", "end", "kind", "length"],
    "properties": {
      "mood": {"type": "STRING", "nullable": true, "enum": ["calm", "bright"]},
      "kind": {"type": "STRING", "enum": ["film"]},
      "length": {"type": "INTEGER", "format": "int32"},
      "scenes": {"type": "ARRAY", "minItems": 1, "maxItems": 9, "items": {
        "type": "OBJECT", "properties": {"text": {"type": "STRING", "maxLength": 80}}, "propertyOrdering": ["text"]}},
      "end": {"nullable": true, "anyOf": [{"type": "NUMBER", "minimum": 0}]}
    }})"));
}

}  // namespace
}  // namespace reeld::providers
