// The providers that are built in and are no services, one maker each. Private to providers/.
#pragma once

#include <filesystem>
#include <memory>
#include <vector>

#include "providers/http/http_client.hpp"
#include "providers/provider.hpp"
#include "providers/provider_config.hpp"

namespace reeld::providers {

// The file of that name in the folder of the running program, whether it is there or not.
std::filesystem::path beside_this_program(const std::string& name);

std::unique_ptr<Provider> file_provider(std::vector<std::filesystem::path> allowed_roots);
std::unique_ptr<Provider> folder_provider(std::vector<std::filesystem::path> allowed_roots);

// `words_program` is reeld-espeak, which tells when each word begins; where it is empty or missing, the
// program espeak-ng speaks and Delivery::words stays empty.
std::unique_ptr<Provider> espeak_provider(
    const std::filesystem::path& words_program = beside_this_program("reeld-espeak"));

// `config.options`: {"voices": {"amy": "amy.onnx" or {"model": "amy.onnx", "speaker": 2}}, "program":
// "piper"}.
std::unique_ptr<Provider> piper_provider(const ProviderConfig& config);

// `http` outlives it. Leads to this machine and its network only where the configuration allows it.
std::unique_ptr<Provider> url_provider(const ProviderConfig& config, HttpClient& http);

}  // namespace reeld::providers
