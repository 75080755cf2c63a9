#include "storage/users.hpp"

#include "storage/password.hpp"
#include "storage/projects.hpp"
#include "tests/storage/storage_helpers.hpp"

namespace reeld::storage {
namespace {

TEST_CASE("a password is kept as Argon2id: with a salt of its own, and known again") {
  CHECK(hash_password("short").error().code == Code::invalid_request);
  CHECK(hash_password(std::string(kMaxPasswordBytes + 1, 'x')).error().code == Code::invalid_request);
  const std::string hash = *hash_password("correct horse");
  CHECK(hash.starts_with("$argon2id$v=19$m=65536,t=2,p=1$"));
  CHECK(*hash_password("correct horse") != hash);
  CHECK(verify_password(hash, "correct horse"));
  CHECK_FALSE(verify_password(hash, "correct horsf"));
  CHECK_FALSE(verify_password(hash, ""));
  CHECK_FALSE(verify_password("", "correct horse"));
  CHECK_FALSE(verify_password("$2b$12$abc", "correct horse"));
  CHECK_FALSE(verify_password(std::string(200, 'x'), "correct horse"));
}

TEST_CASE("a user is refused with a name that is taken or none, and without a sound email or password") {
  const TempDir dir;
  const auto db = opened(dir / "reeld.db");
  Users users(*db);
  REQUIRE(users.create({"ada", "ada@example.org", "", false}));
  CHECK(users.create({"ADA", "other@example.org", "", false}).error().code == Code::conflict);
  CHECK(users.create({"grace", "Ada@example.org", "", false}).error().code == Code::conflict);
  CHECK(users.create({"", "a@b", "", false}).error().code == Code::invalid_request);
  CHECK(users.create({"a b", "a@b", "", false}).error().code == Code::invalid_request);
  CHECK(users.create({"grace", "grace", "", false}).error().code == Code::invalid_request);
  CHECK(users.create({"grace", "a@b", "short", false}).error().code == Code::invalid_request);
  CHECK(*users.count({}) == 2);
}

TEST_CASE("users are found by id, name and key, changed, and removed with what is theirs") {
  const TempDir dir;
  const auto db = opened(dir / "reeld.db");
  Users users(*db);
  User ada = *users.create({"ada", "ada@example.org", "", true});
  CHECK(ada.is_superuser);
  CHECK_FALSE(ada.has_password);
  CHECK(users.find(ada.id)->username == "ada");
  CHECK(users.find_by_name("Ada")->id == ada.id);
  CHECK(users.find("nobody").error().code == Code::not_found);
  CHECK(users.find_by_name("nobody").error().code == Code::not_found);

  const std::string key(40, 'k');
  REQUIRE(users.add_key(ada.id, key));
  CHECK(users.add_key(ada.id, key).error().code == Code::conflict);
  CHECK(users.add_key(ada.id, "short").error().code == Code::invalid_request);
  CHECK(users.add_key("nobody", std::string(40, 'n')).error().code == Code::not_found);
  CHECK((*users.find_by_key(key))->id == ada.id);
  ada.username = "lovelace";
  ada.is_active = false;
  CHECK(users.update(ada)->username == "lovelace");
  CHECK_FALSE(users.find_by_key(key)->has_value());
  CHECK(*users.keys(ada.id) == std::vector<std::string>{key});
  REQUIRE(users.remove_key(key));
  CHECK(users.remove_key(key).error().code == Code::not_found);

  REQUIRE(Projects(*db).create({"", ada.id, "Harbour"}));
  REQUIRE(users.remove(ada.id));
  CHECK(users.remove(ada.id).error().code == Code::not_found);
  CHECK(users.update(ada).error().code == Code::not_found);
  CHECK(*Projects(*db).count({}) == 0);
}

TEST_CASE("the local user owns what names nobody, stays, is active and has no password") {
  const TempDir dir;
  const auto db = opened(dir / "reeld.db");
  Users users(*db);
  CHECK(made(*db).user_id == kLocalUser);
  CHECK(users.remove(kLocalUser).error().code == Code::invalid_state);
  CHECK(users.set_password(kLocalUser, "correct horse").error().code == Code::invalid_state);
  User local = *users.find(kLocalUser);
  CHECK(local.is_superuser);
  local.is_active = false;
  CHECK(users.update(local).error().code == Code::invalid_state);
}

TEST_CASE("a login is of the right password and an active user; nobody logs in without a password") {
  const TempDir dir;
  const auto db = opened(dir / "reeld.db");
  Users users(*db);
  User ada = *users.create({"ada", "ada@example.org", "correct horse", false});
  CHECK((*users.log_in("ada", "correct horse"))->id == ada.id);
  CHECK_FALSE(users.log_in("ada", "battery staple")->has_value());
  CHECK_FALSE(users.log_in("nobody", "correct horse")->has_value());
  CHECK_FALSE(users.log_in("local", "")->has_value());
  REQUIRE(users.set_password(ada.id, "battery staple"));
  CHECK(users.set_password("nobody", "battery staple").error().code == Code::not_found);
  CHECK_FALSE(users.log_in("ada", "correct horse")->has_value());
  CHECK(users.log_in("ada", "battery staple")->has_value());
  ada.is_active = false;
  REQUIRE(users.update(ada));
  CHECK_FALSE(users.log_in("ada", "battery staple")->has_value());
}

TEST_CASE("settings are empty until they are set, and each user's own") {
  const TempDir dir;
  const auto db = opened(dir / "reeld.db");
  Users users(*db);
  CHECK(users.settings("nobody").error().code == Code::not_found);
  CHECK(users.set_settings("nobody", {}).error().code == Code::not_found);
  CHECK(users.settings(kLocalUser)->default_language.empty());
  Settings wanted{"de", "calm", "ink", "kore", "s", "i", "piper", "reeld"};
  const Settings set = *users.set_settings(kLocalUser, wanted);
  CHECK(set.default_tone == "calm");
  CHECK(set.video_provider == "reeld");
  CHECK(set.created_us > 0);
  wanted.default_tone = "loud";
  const Settings again = *users.set_settings(kLocalUser, wanted);
  CHECK(again.default_tone == "loud");
  CHECK(again.created_us == set.created_us);
  CHECK(users.settings(users.create({"ada", "a@b", "", false})->id)->default_tone.empty());
}

}  // namespace
}  // namespace reeld::storage
