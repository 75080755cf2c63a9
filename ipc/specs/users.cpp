#include "ipc/specs/specs.hpp"

namespace reeld::ipc {
namespace {

constexpr std::int64_t kMaxPasswordBytes = 1024;

}  // namespace

std::vector<MethodSpec> user_specs() {
  return {
      {"user_create",
       {{"username", ParamType::text, true, 1, 400},
        {"email", ParamType::text, true, 1, 254},
        {"password", ParamType::text, false, 1, kMaxPasswordBytes},
        {"is_superuser", ParamType::flag}},
       kSlow},
      {"user_show", {{"user", ParamType::text}}},
      {"user_list", with_page({{"is_active", ParamType::flag}, {"is_superuser", ParamType::flag}})},
      {"user_update",
       {{"user", ParamType::text, true},
        {"username", ParamType::text, false, 1, 400},
        {"email", ParamType::text, false, 1, 254},
        {"is_active", ParamType::flag},
        {"is_superuser", ParamType::flag}}},
      {"user_password",
       {{"user", ParamType::text, true},
        {"password", ParamType::text, true, 1, kMaxPasswordBytes},
        {"old_password", ParamType::text, false, 0, kMaxPasswordBytes}},
       kSlow},
      {"user_login",
       {{"username", ParamType::text, true}, {"password", ParamType::text, true, 0, kMaxPasswordBytes}},
       kSlow},
      {"user_delete", {{"user", ParamType::text, true}}},
      {"user_key_add", {{"user", ParamType::text, true}, {"key", ParamType::text, true}}},
      {"user_key_remove", {{"key", ParamType::text, true}}},
      {"settings_show", {{"user", ParamType::text}}},
      {"settings_set",
       {{"user", ParamType::text},
        {"default_language", ParamType::text, false, 0, 40},
        {"default_tone", ParamType::text, false, 0, 100},
        {"default_image_style", ParamType::text},
        {"default_tts_voice", ParamType::text, false, 0, 200},
        {"script_model", ParamType::text, false, 0, 270},
        {"image_model", ParamType::text, false, 0, 270},
        {"tts_provider", ParamType::text, false, 0, 64},
        {"video_provider", ParamType::text, false, 0, 64}}},
  };
}

}  // namespace reeld::ipc
