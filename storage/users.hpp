// Users, the keys that speak for them, and what they prefer. Errors beside those of every method of Database:
// not_found for a user that is not there; conflict for a username, email or key that is taken;
// invalid_request for a value that the schema refuses. Any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "storage/database.hpp"
#include "storage/listing.hpp"

namespace reeld::storage {

// Owns what names no other user. Stays, is active, and has no password.
inline constexpr const char* kLocalUser = "00000000-0000-7000-8000-000000000001";

struct NewUser {
  std::string username;  // 1..100 characters without a blank; letters' case does not tell users apart
  std::string email;
  std::string password;  // empty: cannot log in by one
  bool is_superuser = false;
};

struct User {
  std::string id, username, email;
  bool has_password = false;
  bool is_active = true, is_superuser = false;
  std::int64_t created_us = 0;
};

struct UserFilter {
  std::optional<bool> is_active = {}, is_superuser = {};
};

// Empty: left to the daemon's configuration.
struct Settings {
  std::string default_language = {}, default_tone = {}, default_image_style = {}, default_tts_voice = {};
  std::string script_model = {}, image_model = {}, tts_provider = {}, video_provider = {};
  std::int64_t created_us = 0, updated_us = 0;  // 0: never set
};

class Users {
 public:
  explicit Users(Database& database) : database_(database) {}

  Result<User> create(const NewUser& user);  // takes as long as hash_password
  Result<User> find(const std::string& id);
  Result<User> find_by_name(const std::string& username);
  Result<Page<User>> list(const UserFilter& filter, const PageRequest& page);  // sorts: username, email
  Result<std::int64_t> count(const UserFilter& filter);
  // Username, email, is_active and is_superuser. invalid_state for a local user that would not be active, or
  // no superuser.
  Result<User> update(const User& user);
  // With all that is theirs. invalid_state for the local user, and while a job of theirs is not at its end.
  Result<void> remove(const std::string& id);

  Result<void> set_password(const std::string& id, const std::string& password);
  // The active user of that name and password; nullopt where there is none, after as long a time.
  Result<std::optional<User>> log_in(const std::string& username, const std::string& password);

  // A CURVE public key, as the 40 characters of Z85.
  Result<void> add_key(const std::string& user_id, const std::string& public_key);
  Result<void> remove_key(const std::string& public_key);
  Result<std::vector<std::string>> keys(const std::string& user_id);       // in their order as text
  Result<std::optional<User>> find_by_key(const std::string& public_key);  // active ones alone

  Result<Settings> settings(const std::string& user_id);  // those of a user who set none are empty
  Result<Settings> set_settings(const std::string& user_id, const Settings& settings);

 private:
  Database& database_;
};

}  // namespace reeld::storage
