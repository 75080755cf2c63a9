#include "engine/desks/user_desk.hpp"

#include "engine/brand/intake.hpp"
#include "engine/desks/params.hpp"
#include "engine/desks/settings_check.hpp"

namespace reeld::engine {
namespace {

Json brief_user(const storage::User& user) {
  return {{"id", user.id},
          {"username", user.username},
          {"email", user.email},
          {"has_password", user.has_password},
          {"is_active", user.is_active},
          {"is_superuser", user.is_superuser},
          {"created_at", time_text(user.created_us)}};
}

Json settings_json(const storage::User& user, const storage::Settings& settings) {
  const auto time = [](std::int64_t us) { return us == 0 ? Json() : Json(time_text(us)); };
  Json json = {{"user", user.id},
               {"created_at", time(settings.created_us)},
               {"updated_at", time(settings.updated_us)}};
  for (const SettingsField& field : settings_fields()) json[field.name] = settings.*field.value;
  return json;
}

template <class T>
std::optional<T> optional_param(const Json& params, const char* name) {
  const auto it = params.find(name);
  return it == params.end() ? std::nullopt : std::optional<T>(it->get<T>());
}

// ZeroMQ's Z85: 85 printable characters.
Result<void> check_key(const std::string& key) {
  constexpr std::string_view kZ85 =
      "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#";
  if (key.size() == 40 && key.find_first_not_of(kZ85) == std::string::npos) return {};
  return Error{Code::invalid_request, "the key is no CURVE public key: it must be the 40 characters of Z85",
               "/key"};
}

// Of an error of storage, which knows no parameters.
Error at(Error error, const char* path) {
  if (error.path.empty()) error.path = path;
  return error;
}

}  // namespace

Handlers UserDesk::handlers() {
  return {
      {"user_create", [this](const Json& p) { return create(p); }},
      {"user_show",
       [this](const Json& p) -> Result<Json> {
         REELD_ASSIGN(const auto user, user_of(p));
         return whole(user);
       }},
      {"user_list", [this](const Json& p) { return list(p); }},
      {"user_update", [this](const Json& p) { return update(p); }},
      {"user_password", [this](const Json& p) { return set_password(p); }},
      {"user_login", [this](const Json& p) { return log_in(p); }},
      {"user_delete", [this](const Json& p) { return remove(p); }},
      {"user_key_add", [this](const Json& p) { return add_key(p); }},
      {"user_key_remove", [this](const Json& p) { return remove_key(p); }},
      {"settings_show", [this](const Json& p) { return show_settings(p); }},
      {"settings_set", [this](const Json& p) { return set_settings(p); }},
  };
}

Result<storage::User> UserDesk::user_of(const Json& params) {
  const std::string wanted = params.value("user", storage::kLocalUser);
  storage::Users users(tools_.database);
  auto user = users.find(wanted);
  if (user || user.error().code != Code::not_found) return user;
  auto named = users.find_by_name(wanted);
  if (!named) return at(named.error(), "/user");
  return named;
}

Result<Json> UserDesk::whole(const storage::User& user) {
  Json json = brief_user(user);
  REELD_ASSIGN(json["keys"], storage::Users(tools_.database).keys(user.id));
  return Json{{"user", json}};
}

Result<Json> UserDesk::create(const Json& params) {
  const auto user = storage::Users(tools_.database)
                        .create({params.at("username"), params.at("email"), params.value("password", ""),
                                 params.value("is_superuser", false)});
  if (!user) return user.error();
  return whole(*user);
}

Result<Json> UserDesk::list(const Json& params) {
  const storage::UserFilter filter{optional_param<bool>(params, "is_active"),
                                   optional_param<bool>(params, "is_superuser")};
  storage::Users users(tools_.database);
  return answer_page(
      params, "users", [&](const auto& page) { return users.list(filter, page); },
      [&] { return users.count(filter); }, brief_user);
}

Result<Json> UserDesk::update(const Json& params) {
  REELD_ASSIGN(storage::User user, user_of(params));
  user.username = params.value("username", user.username);
  user.email = params.value("email", user.email);
  user.is_active = params.value("is_active", user.is_active);
  user.is_superuser = params.value("is_superuser", user.is_superuser);
  REELD_ASSIGN(const auto changed, storage::Users(tools_.database).update(user));
  return whole(changed);
}

// Whoever can open the socket is the local user, who may set any password; a front end that asks for the old
// one has it checked here.
Result<Json> UserDesk::set_password(const Json& params) {
  REELD_ASSIGN(const storage::User user, user_of(params));
  storage::Users users(tools_.database);
  if (params.contains("old_password")) {
    REELD_ASSIGN(const auto known, users.log_in(user.username, params.at("old_password")));
    if (!known) {
      return Error{Code::invalid_request, "the old password is not that of the user " + user.username,
                   "/old_password"};
    }
  }
  const auto set = users.set_password(user.id, params.at("password"));
  if (!set) return at(set.error(), set.error().code == Code::invalid_request ? "/password" : "/user");
  REELD_ASSIGN(const auto changed, users.find(user.id));
  return whole(changed);
}

Result<Json> UserDesk::log_in(const Json& params) {
  REELD_ASSIGN(const auto user, storage::Users(tools_.database)
                                    .log_in(params.at("username").get<std::string>(), params.at("password")));
  // The same words whatever was wrong: they tell nobody which names there are.
  if (!user) return Error{Code::not_found, "there is no active user of that name and password", ""};
  return whole(*user);
}

Result<Json> UserDesk::remove(const Json& params) {
  REELD_ASSIGN(const storage::User user, user_of(params));
  const auto removed = storage::Users(tools_.database).remove(user.id);
  if (!removed) return at(removed.error(), "/user");
  sweep_brought_files(tools_.database, tools_.data_dir);
  return Json{{"user", user.id}};
}

Result<Json> UserDesk::add_key(const Json& params) {
  const std::string key = params.at("key");
  REELD_TRY(check_key(key));
  REELD_ASSIGN(const storage::User user, user_of(params));
  const auto added = storage::Users(tools_.database).add_key(user.id, key);
  if (!added) return at(added.error(), "/key");
  return whole(user);
}

Result<Json> UserDesk::remove_key(const Json& params) {
  const std::string key = params.at("key");
  REELD_TRY(check_key(key));
  const auto removed = storage::Users(tools_.database).remove_key(key);
  if (!removed) return at(removed.error(), "/key");
  return Json{{"key", key}};
}

Result<Json> UserDesk::show_settings(const Json& params) {
  REELD_ASSIGN(const storage::User user, user_of(params));
  REELD_ASSIGN(const auto settings, storage::Users(tools_.database).settings(user.id));
  return Json{{"settings", settings_json(user, settings)}};
}

Result<Json> UserDesk::set_settings(const Json& params) {
  REELD_ASSIGN(const storage::User user, user_of(params));
  storage::Users users(tools_.database);
  REELD_ASSIGN(storage::Settings settings, users.settings(user.id));
  for (const SettingsField& field : settings_fields()) {
    if (!params.contains(field.name)) continue;
    const std::string value = params.at(field.name);
    if (!value.empty()) REELD_TRY(check_setting(field, value, tools_.providers.registry().list()));
    settings.*field.value = value;
  }
  REELD_ASSIGN(settings, users.set_settings(user.id, settings));
  return Json{{"settings", settings_json(user, settings)}};
}

}  // namespace reeld::engine
