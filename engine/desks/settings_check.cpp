#include "engine/desks/settings_check.hpp"

#include <algorithm>
#include <regex>

#include "base/nearest.hpp"
#include "engine/named_model.hpp"

namespace reeld::engine {
namespace {

using providers::Capability;
using providers::ProviderInfo;

constexpr const char* kOwnName = "reeld";  // makes films itself

bool can(const ProviderInfo& info, Capability capability) {
  return std::ranges::find(info.capabilities, capability) != info.capabilities.end();
}

std::string did_you_mean(const std::string& value, const std::vector<std::string>& names) {
  return names.empty() ? "; there is none here" : "; did you mean \"" + nearest_name(value, names) + "\"?";
}

std::string path_of(const SettingsField& field) {
  return std::string("/") + field.name;
}

Result<void> check_provider(const SettingsField& field, const std::string& value,
                            const std::vector<std::string>& names, const std::string& task) {
  if (std::ranges::find(names, value) != names.end()) return {};
  return Error{Code::provider_unavailable,
               "no provider \"" + value + "\" " + task + did_you_mean(value, names), path_of(field)};
}

Result<void> check_model(const SettingsField& field, const std::string& value, Capability capability,
                         const std::vector<ProviderInfo>& known) {
  if (named_model(known, capability, value)) return {};
  std::vector<std::string> names;
  for (const ProviderInfo& info : known) {
    if (!can(info, capability)) continue;
    names.push_back(info.name);
    const auto models = info.models.find(capability);
    if (models != info.models.end()) names.insert(names.end(), models->second.begin(), models->second.end());
  }
  return Error{Code::model_unavailable,
               "no provider of " + std::string(providers::capability_name(capability)) + "s has a model \"" +
                   value + "\"" + did_you_mean(value, names),
               path_of(field)};
}

Result<void> check_language(const SettingsField& field, const std::string& value) {
  static const std::regex form("[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8}){0,4}");
  if (std::regex_match(value, form)) return {};
  return Error{Code::invalid_request,
               std::string(field.name) + " is \"" + value +
                   "\": it must be a language tag such as \"en\", \"de-AT\" or \"zh-Hans\"",
               path_of(field)};
}

}  // namespace

const std::vector<SettingsField>& settings_fields() {
  using storage::Settings;
  static const std::vector<SettingsField> kFields = {
      {"default_language", &Settings::default_language, SettingKind::language},
      {"default_tone", &Settings::default_tone, SettingKind::words},
      {"default_image_style", &Settings::default_image_style, SettingKind::words},
      {"default_tts_voice", &Settings::default_tts_voice, SettingKind::words},
      {"script_model", &Settings::script_model, SettingKind::script_model},
      {"image_model", &Settings::image_model, SettingKind::picture_model},
      {"tts_provider", &Settings::tts_provider, SettingKind::speaker},
      {"video_provider", &Settings::video_provider, SettingKind::film_maker},
  };
  return kFields;
}

Result<void> check_setting(const SettingsField& field, const std::string& value,
                           const std::vector<ProviderInfo>& known) {
  std::vector<std::string> names;
  switch (field.kind) {
    case SettingKind::words:
      return {};
    case SettingKind::language:
      return check_language(field, value);
    case SettingKind::script_model:
      return check_model(field, value, Capability::script, known);
    case SettingKind::picture_model:
      return check_model(field, value, Capability::picture, known);
    case SettingKind::speaker:
      for (const ProviderInfo& info : known) {
        if (can(info, Capability::speech)) names.push_back(info.name);
      }
      return check_provider(field, value, names, "speaks");
    case SettingKind::film_maker:
      names.push_back(kOwnName);
      for (const ProviderInfo& info : known) names.push_back(info.name);
      return check_provider(field, value, names, "is here");
  }
  return {};
}

}  // namespace reeld::engine
