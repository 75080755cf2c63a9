#include "storage/users.hpp"

#include <algorithm>

#include "storage/database_impl.hpp"
#include "storage/listing_query.hpp"
#include "storage/password.hpp"

namespace reeld::storage {
namespace {

#define REELD_USER_COLUMNS "id, username, email, hashed_password <> '', is_active, is_superuser, created_at"

User user_in(SQLite::Statement& row) {
  User user;
  Columns(row) >> user.id >> user.username >> user.email >> user.has_password >> user.is_active >>
      user.is_superuser >> user.created_us;
  return user;
}

Error no_such_user(const std::string& user) {
  return {Code::not_found, "There is no user \"" + user + "\"."};
}

// `condition` has one `?`.
std::optional<User> user_where(Connection& db, const std::string& condition, const std::string& value) {
  Statement row(db, "SELECT " REELD_USER_COLUMNS " FROM users WHERE " + condition);
  row.bind(1, value);
  if (!row.executeStep()) return std::nullopt;
  return user_in(row);
}

Result<User> found(Connection& db, const std::string& id) {
  auto user = user_where(db, "id = ?", id);
  if (!user) return no_such_user(id);
  return *std::move(user);
}

Listing listing_of(const UserFilter& filter) {
  Listing listing{"users", REELD_USER_COLUMNS, {{"username", "username"}, {"email", "email"}}, {}};
  listing.conditions.flag("is_active = ?", filter.is_active);
  listing.conditions.flag("is_superuser = ?", filter.is_superuser);
  return listing;
}

Result<std::string> hash_or_none(const std::string& password) {
  if (password.empty()) return std::string();
  return hash_password(password);
}

// Of no password: to take as long over a user that is not there as over one that is.
constexpr const char* kHashOfNobody =
    "$argon2id$v=19$m=65536,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

}  // namespace

Result<User> Users::create(const NewUser& user) {
  REELD_ASSIGN(const std::string hash, hash_or_none(user.password));
  Database::Impl& impl = database_.impl();
  return impl.write_input("record user " + user.username, [&](Connection& db) -> Result<User> {
    const std::string id = new_id();
    Statement row(db,
                  "INSERT INTO users (id, username, email, hashed_password, is_superuser, created_at) "
                  "VALUES (?, ?, ?, ?, ?, ?)");
    bind_all(row, id, user.username, user.email, hash, user.is_superuser, now_us());
    row.exec();
    return found(db, id);
  });
}

Result<User> Users::find(const std::string& id) {
  Database::Impl& impl = database_.impl();
  return impl.read("read user " + id, [&](Connection& db) { return found(db, id); });
}

Result<User> Users::find_by_name(const std::string& username) {
  Database::Impl& impl = database_.impl();
  return impl.read("read user " + username, [&](Connection& db) -> Result<User> {
    auto user = user_where(db, "username = ?", username);
    if (!user) return no_such_user(username);
    return *std::move(user);
  });
}

Result<Page<User>> Users::list(const UserFilter& filter, const PageRequest& page) {
  Database::Impl& impl = database_.impl();
  return impl.read("list users",
                   [&](Connection& db) { return page_of<User>(db, listing_of(filter), page, user_in); });
}

Result<std::int64_t> Users::count(const UserFilter& filter) {
  Database::Impl& impl = database_.impl();
  return impl.read("count users",
                   [&](Connection& db) -> Result<std::int64_t> { return count_of(db, listing_of(filter)); });
}

Result<User> Users::update(const User& user) {
  Database::Impl& impl = database_.impl();
  return impl.write_input("change user " + user.id, [&](Connection& db) -> Result<User> {
    Statement row(db,
                  "UPDATE users SET username = ?, email = ?, is_active = ?, is_superuser = ? WHERE id = ?");
    bind_all(row, user.username, user.email, user.is_active, user.is_superuser, user.id);
    if (row.exec() == 0) return no_such_user(user.id);
    return found(db, user.id);
  });
}

Result<void> Users::remove(const std::string& id) {
  Database::Impl& impl = database_.impl();
  return impl.write("remove user " + id, [&](Connection& db) -> Result<void> {
    Statement row(db, "DELETE FROM users WHERE id = ?");
    row.bind(1, id);
    if (row.exec() == 0) return no_such_user(id);
    return {};
  });
}

Result<void> Users::set_password(const std::string& id, const std::string& password) {
  REELD_ASSIGN(const std::string hash, hash_or_none(password));
  Database::Impl& impl = database_.impl();
  return impl.write("change the password of user " + id, [&](Connection& db) -> Result<void> {
    if (id == kLocalUser) return Error{Code::invalid_state, "The local user has no password."};
    Statement row(db, "UPDATE users SET hashed_password = ? WHERE id = ?");
    bind_all(row, hash, id);
    if (row.exec() == 0) return no_such_user(id);
    return {};
  });
}

Result<std::optional<User>> Users::log_in(const std::string& username, const std::string& password) {
  struct Known {
    std::optional<User> user;
    std::string hash = kHashOfNobody;
  };
  Database::Impl& impl = database_.impl();
  const auto known = impl.read("log in " + username, [&](Connection& db) -> Result<Known> {
    Known one;
    Statement row(db, "SELECT hashed_password, " REELD_USER_COLUMNS
                      " FROM users WHERE username = ? AND is_active = 1 AND hashed_password <> ''");
    row.bind(1, username);
    if (!row.executeStep()) return one;
    one.hash = row.getColumn(0).getString();
    User user;
    Columns(row, 1) >> user.id >> user.username >> user.email >> user.has_password >> user.is_active >>
        user.is_superuser >> user.created_us;
    one.user = std::move(user);
    return one;
  });
  if (!known) return known.error();
  const bool right = verify_password(known->hash, password);
  return right ? known->user : std::nullopt;
}

Result<void> Users::add_key(const std::string& user_id, const std::string& public_key) {
  Database::Impl& impl = database_.impl();
  return impl.write_input("record a key of user " + user_id, [&](Connection& db) -> Result<void> {
    Statement row(db, "INSERT INTO user_keys (public_key, user_id, created_at) VALUES (?, ?, ?)");
    bind_all(row, public_key, user_id, now_us());
    row.exec();
    return {};
  });
}

Result<void> Users::remove_key(const std::string& public_key) {
  Database::Impl& impl = database_.impl();
  return impl.write("remove a key", [&](Connection& db) -> Result<void> {
    Statement row(db, "DELETE FROM user_keys WHERE public_key = ?");
    row.bind(1, public_key);
    if (row.exec() == 0) return Error{Code::not_found, "There is no key \"" + public_key + "\"."};
    return {};
  });
}

Result<std::vector<std::string>> Users::keys(const std::string& user_id) {
  Database::Impl& impl = database_.impl();
  return impl.read(
      "read the keys of user " + user_id, [&](Connection& db) -> Result<std::vector<std::string>> {
        Statement rows(db, "SELECT public_key FROM user_keys WHERE user_id = ? ORDER BY public_key");
        rows.bind(1, user_id);
        std::vector<std::string> keys;
        while (rows.executeStep()) keys.push_back(rows.getColumn(0).getString());
        return keys;
      });
}

Result<std::optional<User>> Users::find_by_key(const std::string& public_key) {
  Database::Impl& impl = database_.impl();
  return impl.read("look for a key", [&](Connection& db) -> Result<std::optional<User>> {
    return user_where(db, "is_active = 1 AND id = (SELECT user_id FROM user_keys WHERE public_key = ?)",
                      public_key);
  });
}

Result<Settings> Users::settings(const std::string& user_id) {
  Database::Impl& impl = database_.impl();
  return impl.read("read the settings of user " + user_id, [&](Connection& db) -> Result<Settings> {
    REELD_TRY(found(db, user_id));
    Statement row(db,
                  "SELECT default_language, default_tone, default_image_style, default_tts_voice, "
                  "script_model, image_model, tts_provider, video_provider, created_at, updated_at "
                  "FROM settings WHERE user_id = ?");
    row.bind(1, user_id);
    Settings s;
    if (!row.executeStep()) return s;
    Columns(row) >> s.default_language >> s.default_tone >> s.default_image_style >> s.default_tts_voice >>
        s.script_model >> s.image_model >> s.tts_provider >> s.video_provider >> s.created_us >> s.updated_us;
    return s;
  });
}

Result<Settings> Users::set_settings(const std::string& user_id, const Settings& settings) {
  Database::Impl& impl = database_.impl();
  const auto set =
      impl.write_input("record the settings of user " + user_id, [&](Connection& db) -> Result<void> {
        const std::int64_t now = now_us();
        Statement row(
            db,
            "INSERT INTO settings (default_language, default_tone, default_image_style, default_tts_voice, "
            "script_model, image_model, tts_provider, video_provider, created_at, updated_at, user_id) "
            "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?9, ?10) "
            "ON CONFLICT (user_id) DO UPDATE SET default_language = ?1, default_tone = ?2, "
            "default_image_style = ?3, default_tts_voice = ?4, script_model = ?5, image_model = ?6, "
            "tts_provider = ?7, video_provider = ?8, updated_at = max(created_at, ?9)");
        bind_all(row, settings.default_language, settings.default_tone, settings.default_image_style,
                 settings.default_tts_voice, settings.script_model, settings.image_model,
                 settings.tts_provider, settings.video_provider, now, user_id);
        row.exec();
        return {};
      });
  if (!set) return set.error();
  return this->settings(user_id);
}

}  // namespace reeld::storage
