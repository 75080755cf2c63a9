// What the messages between reeld and a plugin say, beside their type and id (docs/plugins.md): wishes as
// fields, fields as deliveries. Nothing that a plugin says is believed.
#pragma once

#include <filesystem>
#include <string>

#include <nlohmann/json.hpp>

#include "providers/plugin/manifest.hpp"
#include "providers/policy/tried.hpp"

namespace reeld::providers {

// A plugin's hello, checked against its manifest.
struct Hello {
  std::map<Capability, std::vector<std::string>> models;  // of the manifest where it says none
  nlohmann::json limits;                                  // its own words
};

// Errors: unsupported_version, key_invalid (the token), response_malformed.
Result<Hello> read_hello(const nlohmann::json& message, const PluginManifest& manifest,
                         const std::string& token);

// The fields of the wish as the plugin gets them: every one there, with its type and within its range. A
// picture always has a seed: where the wish has none, one that the request's seed and the scene decide.
// Errors: invalid_request, unknown_field.
Result<nlohmann::json> wish_fields(const Wish& wish);

// The deliveries of a result. Every file lies in `scratch`, wherever links lead, is regular and not empty,
// and is what it is said to be. Errors: response_malformed, response_media_type, picture_invalid,
// response_truncated, path_not_allowed.
Result<std::vector<Delivery>> read_deliveries(const nlohmann::json& message, const Wish& wish,
                                              const std::filesystem::path& scratch);

// A plugin's error: its code where it is one that services have, else provider_failed; what is to be done
// about it where it says so, else what its code suggests.
Tried read_error(const nlohmann::json& message, const std::string& plugin);

}  // namespace reeld::providers
