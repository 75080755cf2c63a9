// Who uses the daemon, and what each prefers.
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "apps/reelctl/commands.hpp"
#include "apps/reelctl/paging.hpp"
#include "apps/reelctl/table.hpp"
#include "apps/reelctl/words.hpp"
#include "engine/files.hpp"

namespace reeld::reelctl {
namespace {

std::string yes_no(const Json& record, const char* key) {
  return record.value(key, false) ? "yes" : "no";
}

std::string user_report(const Json& reply) {
  const Json& user = reply.at("user");
  return detail_line("user", text(user, "username")) + detail_line("id", text(user, "id")) +
         detail_line("email", text(user, "email")) + detail_line("password", yes_no(user, "has_password")) +
         detail_line("active", yes_no(user, "is_active")) +
         detail_line("superuser", yes_no(user, "is_superuser")) +
         detail_line("keys", joined(user.at("keys")));
}

std::string user_lines(const Json& page) {
  std::vector<Row> rows;
  for (const Json& user : page.at("users")) {
    rows.push_back({text(user, "id"), text(user, "username"), text(user, "email"),
                    !user.value("is_active", false)     ? "not active"
                    : user.value("is_superuser", false) ? "superuser"
                                                        : ""});
  }
  return table(rows);
}

std::string settings_report(const Json& reply) {
  std::vector<Row> rows;
  for (const auto& [name, value] : reply.at("settings").items()) {
    if (value.is_string()) rows.push_back({name, value.get<std::string>()});
  }
  return table(rows);
}

// A password on the command line would stand in the shell's history and in the list of processes.
struct PasswordOption {
  std::string file;

  void add_to(CLI::App& command, bool required) {
    CLI::Option* option = command.add_option(
        "--password-file", file, "a file whose first line is the password; - reads standard input");
    if (required) option->required();
  }

  Result<std::string> read() const {
    std::string text;
    if (file == "-") {
      std::getline(std::cin, text);
    } else {
      REELD_ASSIGN(text, engine::read_text(file));
    }
    return text.substr(0, text.find('\n'));
  }
};

struct UserOptions {
  std::string user, email, key;
  bool superuser = false, active = true;
  PasswordOption password;
  PageOptions page;
  std::vector<std::string> values;
};
using Options = std::shared_ptr<UserOptions>;

int ask(const Console& console, const std::string& method, const Json& params) {
  return console.answer(console.client.call(method, params), user_report);
}

int ask_with_password(const Console& console, const std::string& method, Json params,
                      const PasswordOption& option) {
  if (!option.file.empty()) {
    const auto password = option.read();
    if (!password) return console.fail(password.error());
    params["password"] = *password;
  }
  return ask(console, method, params);
}

int run_set(const Console& console, const UserOptions& options) {
  Json params = Json::object();
  if (!options.user.empty()) params["user"] = options.user;
  for (const std::string& value : options.values) {
    const std::size_t at = value.find('=');
    if (at == std::string::npos)
      return console.fail({Code::invalid_request, "\"" + value + "\" is no NAME=VALUE"});
    params[value.substr(0, at)] = value.substr(at + 1);
  }
  return console.answer(console.client.call("settings_set", params), settings_report);
}

CLI::App& add_for_user(CommandLine& line, CLI::App& users, const Options& options, const std::string& name,
                       const std::string& help, CommandLine::Run run) {
  CLI::App& command = line.add(users, name, help, std::move(run));
  command.add_option("user", options->user, "a user's name or id")->required();
  return command;
}

void add_user_methods(CommandLine& line, CLI::App& users) {
  const auto o = std::make_shared<UserOptions>();
  CLI::App& create = add_for_user(line, users, o, "create", "make a user", [o](const Console& c) {
    return ask_with_password(c, "user_create",
                             {{"username", o->user}, {"email", o->email}, {"is_superuser", o->superuser}},
                             o->password);
  });
  create.add_option("email", o->email)->required();
  create.add_flag("--superuser", o->superuser);
  o->password.add_to(create, false);

  add_for_user(line, users, o, "show", "all about a user", [o](const Console& c) {
    return ask(c, "user_show", {{"user", o->user}});
  });
  CLI::App& login = add_for_user(
      line, users, o, "login", "whether a name and a password go together", [o](const Console& c) {
        return ask_with_password(c, "user_login", {{"username", o->user}}, o->password);
      });
  o->password.add_to(login, true);
  CLI::App& password =
      add_for_user(line, users, o, "password", "set a user's password", [o](const Console& c) {
        return ask_with_password(c, "user_password", {{"user", o->user}}, o->password);
      });
  o->password.add_to(password, true);
  CLI::App& active =
      add_for_user(line, users, o, "activate", "let a user log in, or no longer", [o](const Console& c) {
        return ask(c, "user_update", {{"user", o->user}, {"is_active", o->active}});
      });
  active.add_flag("!--off", o->active, "no longer");
  CLI::App& add_key = add_for_user(line, users, o, "key-add", "let a CURVE public key speak for a user",
                                   [o](const Console& c) {
                                     return ask(c, "user_key_add", {{"user", o->user}, {"key", o->key}});
                                   });
  add_key.add_option("key", o->key, "40 characters of Z85")->required();
  line.add(users, "key-remove", "let a key speak for nobody",
           [o](const Console& c) {
             return c.answer(c.client.call("user_key_remove", {{"key", o->key}}),
                             [](const Json&) { return std::string("removed\n"); });
           })
      .add_option("key", o->key)
      ->required();
  add_for_user(line, users, o, "delete", "remove a user with all that is theirs", [o](const Console& c) {
    return c.answer(c.client.call("user_delete", {{"user", o->user}}),
                    [](const Json& r) { return "removed " + text(r, "user") + "\n"; });
  });
}

}  // namespace

void add_user_commands(CommandLine& line) {
  CLI::App& users = *line.root().add_subcommand("user", "who uses the daemon");
  add_user_methods(line, users);
  const auto list = std::make_shared<UserOptions>();
  CLI::App& listing = line.add(users, "list", "users, newest first", [list](const Console& c) {
    return answer_page(c, c.client.call("user_list", with_page(Json::object(), list->page)), user_lines);
  });
  add_page_options(listing, list->page);

  CLI::App& settings = *line.root().add_subcommand("settings", "what a user prefers");
  const auto o = std::make_shared<UserOptions>();
  CLI::App& show = line.add(settings, "show", "all settings", [o](const Console& c) {
    const Json params = o->user.empty() ? Json::object() : Json{{"user", o->user}};
    return c.answer(c.client.call("settings_show", params), settings_report);
  });
  CLI::App& set = line.add(settings, "set", "change some", [o](const Console& c) { return run_set(c, *o); });
  set.add_option("values", o->values, "NAME=VALUE; an empty VALUE takes a choice back")->required();
  for (CLI::App* command : {&show, &set})
    command->add_option("--user", o->user, "a user's name or id; default the local user");
}

}  // namespace reeld::reelctl
