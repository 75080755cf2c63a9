// A brand's style in words, by a provider of scripts: from its name, description, colours and what was
// measured of its pictures. The pictures themselves are not shown: a wish for a script takes words alone.
#pragma once

#include <string>

#include "engine/script/script.hpp"
#include "providers/wishes.hpp"

namespace reeld::engine {

struct BrandFacts {
  std::string name, description;
  Json colors, measured;           // as a worker's "palette" gives them
  std::vector<std::string> files;  // names of its pictures
};

Json theme_schema();
std::vector<providers::Message> theme_messages(const BrandFacts& facts);

// {"visual_theme", "typography_style", "mood", "lighting_preference", "composition_style", "brand_keywords":
// [...]}. Errors: response_malformed and response_truncated, with how the answer began.
Result<Json> read_theme(const std::string& answer);

// A wish as the provider gets it. `theme_by`: {"provider", "model", "temperature", "max_output_tokens",
// "seed", "options"}.
providers::Wish theme_wish(const Json& theme_by, const BrandFacts& facts);

// One call of `tools.writer`. Errors: its own, read_theme's, budget_exceeded.
Result<Json> ask_for_theme(const Json& theme_by, const BrandFacts& facts, const ScriptTools& tools);

}  // namespace reeld::engine
