// The services that can be asked, by kind. The client must outlive what is made here.
#pragma once

#include <memory>

#include "providers/http/http_client.hpp"
#include "providers/policy/tried.hpp"
#include "providers/provider_config.hpp"

namespace reeld::providers {

// Gemini: pictures, scripts, speech. Options: docs/providers.md.
std::unique_ptr<ModelService> gemini_service(const ProviderConfig& config, HttpClient& http);

// OpenAI and every server that speaks as it does: pictures, scripts, speech. Options: docs/providers.md.
std::unique_ptr<ModelService> openai_service(const ProviderConfig& config, HttpClient& http);

}  // namespace reeld::providers
