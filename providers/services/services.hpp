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

// ElevenLabs: speech with the times of its words.
std::unique_ptr<ModelService> elevenlabs_service(const ProviderConfig& config, HttpClient& http);

// Stable Diffusion WebUI: pictures. The key, where there is one, is "user:password".
std::unique_ptr<ModelService> sd_webui_service(const ProviderConfig& config, HttpClient& http);

// ComfyUI: pictures by the workflow that the options name.
std::unique_ptr<ModelService> comfyui_service(const ProviderConfig& config, HttpClient& http);

}  // namespace reeld::providers
