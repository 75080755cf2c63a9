// What a user's settings may be. Pure.
#pragma once

#include <string>
#include <vector>

#include "base/result.hpp"
#include "providers/provider.hpp"
#include "storage/users.hpp"

namespace reeld::engine {

enum class SettingKind : std::uint8_t { words, language, script_model, picture_model, speaker, film_maker };

struct SettingsField {
  const char* name;
  std::string storage::Settings::*value;
  SettingKind kind;
};

// All that can be set.
const std::vector<SettingsField>& settings_fields();

// Of a value that is not empty. A model is as engine/named_model.hpp takes it. A film's maker is "reeld"
// itself, or a provider.
// Errors, with the path "/NAME": invalid_request; provider_unavailable and model_unavailable, naming the
// nearest.
Result<void> check_setting(const SettingsField& field, const std::string& value,
                           const std::vector<providers::ProviderInfo>& known);

}  // namespace reeld::engine
