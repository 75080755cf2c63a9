// Users, their keys and settings, against the real daemon; and docs/protocol/users.md.
#include <signal.h>

#include <catch2/catch.hpp>
#include <fstream>
#include <sstream>

#include "tests/apps/page_check.hpp"

namespace reeld::test {
namespace {

const std::string kKey = "rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7";
constexpr const char* kLocal = "00000000-0000-7000-8000-000000000001";

struct Stage {
  TemporaryFolder folder;
  std::unique_ptr<Daemon> daemon = std::make_unique<Daemon>(folder.path() / "daemon");

  Result<Json> call(const std::string& method, const Json& params) {
    return daemon->client().call(method, params);
  }
  Json done(const std::string& method, const Json& params) {
    const auto result = call(method, params);
    INFO(method + (result ? "" : ": " + result.error().message));
    REQUIRE(result);
    return *result;
  }
  Error refused(const std::string& method, const Json& params) {
    const auto result = call(method, params);
    INFO(method);
    REQUIRE_FALSE(result);
    return result.error();
  }
  std::string log() const {
    std::ifstream in(folder.path() / "daemon/log");
    std::stringstream text;
    text << in.rdbuf();
    return text.str();
  }
  Ran reelctl(std::vector<std::string> arguments) {
    std::vector<std::string> command = {program("reelctl"), "--endpoint", daemon->endpoint()};
    command.insert(command.end(), arguments.begin(), arguments.end());
    return run(command);
  }
};

TEST_CASE("the real daemon answers as the page of users shows", "[users]") {
  Stage stage;
  const auto params_of = [&](const std::string& method, Json params) {
    if (params.contains("user") && params["user"] != "ada" && params["user"] != "local") {
      params["user"] = stage.done("user_show", {{"user", "ada"}})["user"]["id"];
    }
    if (method == "user_list" && params.contains("cursor"))
      params["cursor"] = stage.done("user_list", {{"limit", 1}})["next"];
    return params;
  };
  CHECK(check_answers(*stage.daemon, read_protocol_page("users.md"), params_of) == 12);
}

TEST_CASE("a wrong password logs nobody in, with the same words as a wrong name", "[users]") {
  Stage stage;
  stage.done("user_create", {{"username", "ada"}, {"email", "a@b"}, {"password", "correct horse"}});
  stage.done("user_create", {{"username", "mute"}, {"email", "m@b"}});
  CHECK(stage.done("user_login", {{"username", "ADA"}, {"password", "correct horse"}})["user"]["username"] ==
        "ada");
  const Error wrong = stage.refused("user_login", {{"username", "ada"}, {"password", "correct horsf"}});
  CHECK(wrong.code == Code::not_found);
  CHECK(stage.refused("user_login", {{"username", "nobody"}, {"password", "correct horse"}}) == wrong);
  CHECK(stage.refused("user_login", {{"username", "mute"}, {"password", ""}}) == wrong);
  CHECK(stage.refused("user_login", {{"username", "local"}, {"password", ""}}) == wrong);
  stage.done("user_update", {{"user", "ada"}, {"is_active", false}});
  CHECK(stage.refused("user_login", {{"username", "ada"}, {"password", "correct horse"}}) == wrong);
}

TEST_CASE("a password is set by the local user at will, or with the old one where that is given", "[users]") {
  Stage stage;
  stage.done("user_create", {{"username", "ada"}, {"email", "a@b"}, {"password", "correct horse"}});
  Error error = stage.refused("user_password", {{"user", "ada"}, {"password", "short"}});
  CHECK(error.code == Code::invalid_request);
  CHECK(error.path == "/password");
  error = stage.refused("user_password",
                        {{"user", "ada"}, {"password", "battery staple"}, {"old_password", "no such horse"}});
  CHECK(error.code == Code::invalid_request);
  CHECK(error.path == "/old_password");
  stage.done("user_login", {{"username", "ada"}, {"password", "correct horse"}});
  stage.done("user_password", {{"user", "ada"}, {"password", "battery staple"}});
  stage.done("user_login", {{"username", "ada"}, {"password", "battery staple"}});
  CHECK(stage.refused("user_password", {{"user", "local"}, {"password", "battery staple"}}).code ==
        Code::invalid_state);
}

TEST_CASE("no password stands in an answer, in the log or in the database", "[users]") {
  Stage stage;
  const std::string secret = "zq81-plum-orchard", other = "xw92-fern-harbour";
  Json answers = Json::array();
  answers.push_back(stage.done("user_create", {{"username", "ada"}, {"email", "a@b"}, {"password", secret}}));
  answers.push_back(stage.done("user_login", {{"username", "ada"}, {"password", secret}}));
  answers.push_back(stage.done("user_password", {{"user", "ada"}, {"password", other}}));
  answers.push_back(stage.refused("user_login", {{"username", "ada"}, {"password", secret}}).message);
  answers.push_back(stage.done("user_list", Json::object()));
  CHECK(answers.dump().find("hash") == std::string::npos);
  for (const std::string& word : {secret, other}) {
    CHECK(answers.dump().find(word) == std::string::npos);
    CHECK(stage.log().find(word) == std::string::npos);
    for (const auto& entry : std::filesystem::directory_iterator(stage.daemon->data_dir())) {
      if (!entry.is_regular_file()) continue;
      std::ifstream in(entry.path(), std::ios::binary);
      std::stringstream bytes;
      bytes << in.rdbuf();
      INFO(entry.path());
      CHECK(bytes.str().find(word) == std::string::npos);
    }
  }
}

TEST_CASE("the local user stays, active and a superuser, so that there is always one", "[users]") {
  Stage stage;
  for (const char* change : {"is_active", "is_superuser"}) {
    const Error error = stage.refused("user_update", {{"user", kLocal}, {change, false}});
    CHECK(error.code == Code::invalid_state);
  }
  CHECK(stage.refused("user_delete", {{"user", "local"}}).code == Code::invalid_state);
  stage.done("user_create", {{"username", "root"}, {"email", "r@b"}, {"is_superuser", true}});
  stage.done("user_update", {{"user", "root"}, {"is_superuser", false}});
  stage.done("user_delete", {{"user", "root"}});
  const Json left = stage.done("user_list", {{"is_superuser", true}, {"count", true}});
  CHECK(left["count"] == 1);
  CHECK(left["users"][0]["id"] == kLocal);
}

TEST_CASE("names, emails and keys that are taken or none are refused", "[users]") {
  Stage stage;
  stage.done("user_create", {{"username", "ada"}, {"email", "a@b"}});
  CHECK(stage.refused("user_create", {{"username", "ADA"}, {"email", "x@b"}}).code == Code::conflict);
  CHECK(stage.refused("user_create", {{"username", "eve"}, {"email", "A@b"}}).code == Code::conflict);
  CHECK(stage.refused("user_create", {{"username", "eve"}, {"email", "nowhere"}}).code ==
        Code::invalid_request);
  CHECK(stage.done("user_key_add", {{"user", "ada"}, {"key", kKey}})["user"]["keys"] == Json{kKey});
  CHECK(stage.refused("user_key_add", {{"user", "local"}, {"key", kKey}}).code == Code::conflict);
  for (const std::string& key : {std::string(), kKey.substr(1), kKey + "a", std::string(40, ' ')}) {
    INFO(key);
    const Error error = stage.refused("user_key_add", {{"user", "ada"}, {"key", key}});
    CHECK(error.code == Code::invalid_request);
    CHECK(error.path == "/key");
  }
  stage.done("user_key_remove", {{"key", kKey}});
  CHECK(stage.refused("user_key_remove", {{"key", kKey}}).code == Code::not_found);
}

TEST_CASE("settings take what is here, name the nearest of what is not, and outlive the daemon", "[users]") {
  Stage stage;
  const auto fails = [&](const char* name, const char* value, Code code, const char* words) {
    const Error error = stage.refused("settings_set", {{name, value}});
    INFO(error.message);
    CHECK(error.code == code);
    CHECK(error.path == std::string("/") + name);
    CHECK(error.message.find(words) != std::string::npos);
  };
  fails("tts_provider", "espeak", Code::provider_unavailable, "\"espeak-ng\"");
  fails("video_provider", "reld", Code::provider_unavailable, "\"reeld\"");
  fails("image_model", "gemini-2.5-flash-imag", Code::model_unavailable, "no provider of pictures");
  fails("script_model", "parrot", Code::model_unavailable, "no provider of scripts");
  fails("default_language", "german please", Code::invalid_request, "de-AT");
  CHECK(stage.done("settings_show", Json::object())["settings"]["created_at"].is_null());

  stage.done("settings_set", {{"default_language", "de"}, {"tts_provider", "espeak-ng"}});
  stage.done("settings_set", {{"default_tone", "calm"}, {"default_language", ""}});
  stage.daemon->send(SIGKILL);
  stage.daemon->wait();
  stage.daemon = std::make_unique<Daemon>(stage.folder.path() / "daemon");
  const Json settings = stage.done("settings_show", Json::object())["settings"];
  CHECK(settings["default_language"] == "");
  CHECK(settings["default_tone"] == "calm");
  CHECK(settings["tts_provider"] == "espeak-ng");
  CHECK(settings["user"] == kLocal);
  CHECK(stage.refused("settings_show", {{"user", "nobody"}}).code == Code::not_found);
}

TEST_CASE("reelctl makes users and shows them; passwords come from standard input or a file", "[users]") {
  Stage stage;
  const std::string file = (stage.folder.path() / "password").string();
  std::ofstream(file) << "correct horse\n";
  Ran ran = stage.reelctl({"user", "create", "ada", "ada@example.org", "--password-file", file});
  INFO(ran.errors);
  REQUIRE(ran.status == 0);
  CHECK(ran.output.find("ada@example.org") != std::string::npos);
  CHECK(stage.reelctl({"user", "login", "ada", "--password-file", file}).status == 0);
  std::ofstream(file) << "another horse\n";
  ran = stage.reelctl({"user", "login", "ada", "--password-file", file});
  CHECK(ran.status == 1);
  CHECK(ran.errors.find("there is no active user") != std::string::npos);
  CHECK(stage.reelctl({"user", "password", "ada", "--password-file", file}).status == 0);
  CHECK(stage.reelctl({"user", "login", "ada", "--password-file", file}).status == 0);
  CHECK(stage.reelctl({"user", "key-add", "ada", kKey}).status == 0);
  CHECK(stage.reelctl({"user", "show", "ada"}).output.find(kKey) != std::string::npos);
  CHECK(stage.reelctl({"user", "list"}).output.find("local@localhost") != std::string::npos);
  CHECK(stage.reelctl({"settings", "set", "--user", "ada", "default_tone=calm"}).status == 0);
  CHECK(stage.reelctl({"settings", "show", "--user", "ada"}).output.find("calm") != std::string::npos);
  CHECK(stage.reelctl({"settings", "set", "tone=calm"}).status == 1);
  CHECK(stage.reelctl({"user", "delete", "ada"}).status == 0);
  CHECK(stage.reelctl({"user", "show", "ada"}).status == 1);
}

}  // namespace
}  // namespace reeld::test
