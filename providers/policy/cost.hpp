// What a wish costs, by the prices that the user configured. Pure.
#pragma once

#include "providers/provider.hpp"
#include "providers/provider_config.hpp"

namespace reeld::providers {

// The model's own price, else that for every other model; nullopt where there is neither.
std::optional<Price> price_of(const ProviderConfig& config, const std::string& model);

// At most, for one answer: texts count a token for every three bytes (English has about four), a picture 1290
// tokens, a second of speech 32 with ten characters said in it, a script all that it may have.
double estimated_cost(const Price& price, const Wish& wish);

// By what the answer says that it used; by the estimate where the price is one of tokens and the service
// counts none.
double actual_cost(const Price& price, const Wish& wish, const std::vector<Delivery>& deliveries);

}  // namespace reeld::providers
