#include "providers/policy/cost.hpp"

#include <algorithm>

#include "base/utf8.hpp"

namespace reeld::providers {
namespace {

constexpr double kMillion = 1e6;
constexpr double kBytesPerToken = 3;
constexpr double kTokensPerPicture = 1290;
constexpr double kTokensPerReference = 1290;
constexpr double kTokensPerSpokenSecond = 32;
constexpr double kCharactersPerSpokenSecond = 10;
constexpr double kDefaultOutputTokens = 8192;

double size_of(const nlohmann::json& params, const char* name) {
  const auto it = params.find(name);
  if (it == params.end()) return 0;
  if (it->is_string()) return static_cast<double>(it->get_ref<const std::string&>().size());
  return static_cast<double>(it->dump(-1, ' ', false, nlohmann::json::error_handler_t::replace).size());
}

double number_in(const nlohmann::json& params, const char* name, double otherwise) {
  const auto it = params.find(name);
  return it != params.end() && it->is_number() ? it->get<double>() : otherwise;
}

// Code points, as services count them.
double characters_in(const nlohmann::json& params) {
  const auto it = params.find("text");
  if (it == params.end() || !it->is_string()) return 0;
  return static_cast<double>(character_count(it->get_ref<const std::string&>()));
}

double without_tokens(const Price& price, const Wish& wish, double pictures) {
  return price.per_request + price.per_picture * pictures +
         (wish.capability == Capability::speech
              ? price.per_million_characters * characters_in(wish.params) / kMillion
              : 0);
}

double token_cost(const Price& price, double input, double output) {
  return (price.per_million_input_tokens * input + price.per_million_output_tokens * output) / kMillion;
}

}  // namespace

std::optional<Price> price_of(const ProviderConfig& config, const std::string& model) {
  for (const std::string& name : {model, std::string()}) {
    if (const auto it = config.prices.find(name); it != config.prices.end()) return it->second;
  }
  return std::nullopt;
}

double estimated_cost(const Price& price, const Wish& wish) {
  const nlohmann::json& params = wish.params;
  const double pictures = wish.capability == Capability::picture ? number_in(params, "count", 1) : 0;
  double input = 0, output = 0;
  switch (wish.capability) {
    case Capability::picture: {
      const auto references = params.find("references");
      const double reference_count =
          references != params.end() && references->is_array() ? static_cast<double>(references->size()) : 0;
      input = (size_of(params, "prompt") + size_of(params, "style") + size_of(params, "negative_prompt")) /
                  kBytesPerToken +
              kTokensPerReference * reference_count;
      output = kTokensPerPicture * pictures;
      break;
    }
    case Capability::speech:
    case Capability::sound:
      input = size_of(params, "text") / kBytesPerToken;
      output = kTokensPerSpokenSecond * (characters_in(params) / kCharactersPerSpokenSecond);
      break;
    case Capability::script:
      input = (size_of(params, "messages") + size_of(params, "schema")) / kBytesPerToken;
      output = number_in(params, "max_output_tokens", kDefaultOutputTokens);
      break;
  }
  return without_tokens(price, wish, pictures) + token_cost(price, input, output);
}

double actual_cost(const Price& price, const Wish& wish, const std::vector<Delivery>& deliveries) {
  double input = 0, output = 0;
  for (const Delivery& delivery : deliveries) {
    const Provenance& made = delivery.provenance;
    input += static_cast<double>(made.input_tokens);
    output += static_cast<double>(made.output_tokens + made.thought_tokens);
  }
  const bool by_tokens = price.per_million_input_tokens > 0 || price.per_million_output_tokens > 0;
  if (by_tokens && input + output == 0) return estimated_cost(price, wish);
  const double pictures = wish.capability == Capability::picture ? static_cast<double>(deliveries.size()) : 0;
  return without_tokens(price, wish, pictures) + token_cost(price, input, output);
}

}  // namespace reeld::providers
