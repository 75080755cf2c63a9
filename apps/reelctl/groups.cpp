// Films that are compared: one request and its variations.
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <iostream>
#include <memory>
#include <string>
#include <thread>
#include <utility>

#include <fmt/format.h>

#include "apps/reelctl/commands.hpp"
#include "apps/reelctl/group_words.hpp"
#include "apps/reelctl/paging.hpp"
#include "apps/reelctl/words.hpp"

namespace reeld::reelctl {
namespace {

constexpr auto kPoll = std::chrono::milliseconds(150);

struct AbOptions {
  std::string file, variations, folder, sheet, video, key, type = "settings";
};

struct ListOptions {
  std::string user, type, from, before;
  PageOptions page;
};

// One line on standard error that tells how far a thing of several parts is; on a terminal it is redrawn.
class Line {
 public:
  ~Line() {
    if (open_) std::fputs("\r\033[K", stderr);
  }
  void show(const std::string& words) {
    if (words == last_) return;
    last_ = words;
    std::fprintf(stderr, open_ ? "\r\033[K%s" : "%s", words.c_str());
    if (!terminal_) std::fputc('\n', stderr);
    std::fflush(stderr);
    open_ = terminal_;
  }

 private:
  const bool terminal_ = ::isatty(STDERR_FILENO) == 1;
  std::string last_;
  bool open_ = false;
};

// Until the work is done, with its progress in a line.
Result<Json> finished(const Console& console, const std::string& method, const Json& params,
                      const std::string& what) {
  Line line;
  return until_done(console, method, params, [&](const Json& reply) {
    if (!console.json) line.show(fmt::format("{}: {:.0f}%", what, number(reply, "progress")));
  });
}

// Until all films are at their end.
Result<Json> rendered(const Console& console, const std::string& group) {
  Line line;
  while (true) {
    auto shown = console.client.call("group_show", {{"group", group}});
    if (!shown) return shown;
    if (!console.json) line.show(progress_line(*shown));
    if (number(shown->at("group"), "done") >= number(shown->at("group"), "films")) return shown;
    std::this_thread::sleep_for(kPoll);
  }
}

Result<Json> create(const Console& console, const AbOptions& options) {
  REELD_ASSIGN(const Json request, read_request(options.file));
  REELD_ASSIGN(const Json variations, read_request(options.variations));
  Json params = {{"comparison_type", options.type},
                 {"request", request},
                 {"variations", variations},
                 {"target_dir", absolute(options.folder)},
                 {"base_dir", base_of(options.file)}};
  if (!options.key.empty()) params["idempotency_key"] = options.key;
  return console.client.call("group_create", params);
}

// 0 only where every film was made; what can be shown of the others is shown.
Result<Json> run_steps(const Console& console, const AbOptions& options) {
  REELD_ASSIGN(const Json made, create(console, options));
  const std::string group = made.at("group").at("id");
  REELD_ASSIGN(const Json shown, rendered(console, group));
  REELD_ASSIGN(Json outcome, finished(console, "group_compare", {{"group", group}}, "comparing"));
  outcome["sheet"] = outcome["video"] = nullptr;
  outcome["failed"] = number(shown.at("group"), "films") - number(shown.at("group"), "completed");
  if (number(shown.at("group"), "completed") == 0) return outcome;
  if (!options.sheet.empty()) {
    const Json params = {{"group", group}, {"target", absolute(options.sheet)}};
    REELD_ASSIGN(outcome["sheet"], finished(console, "group_sheet", params, "contact sheet"));
  }
  if (!options.video.empty()) {
    const Json params = {{"group", group}, {"target", absolute(options.video)}};
    REELD_ASSIGN(outcome["video"], finished(console, "group_side_by_side", params, "side by side"));
  }
  return outcome;
}

int run_ab(const Console& console, const AbOptions& options) {
  const auto outcome = run_steps(console, options);
  const int status = console.answer(outcome, ab_report);
  return status != 0 || number(*outcome, "failed") > 0 ? 1 : 0;
}

int run_make(const Console& console, const std::string& method, const std::string& group,
             const std::string& target, const std::string& what) {
  return console.answer(finished(console, method, {{"group", group}, {"target", absolute(target)}}, what),
                        made_line);
}

void add_ab(CommandLine& line) {
  const auto ab = std::make_shared<AbOptions>();
  CLI::App& command = line.add(line.root(), "ab", "render variations of a request, and compare the films",
                               [ab](const Console& console) { return run_ab(console, *ab); });
  command.add_option("FILE", ab->file, "the request, as JSON; - reads standard input")->required();
  command.add_option("--variations", ab->variations, "a list of variations, as JSON")->required();
  command.add_option("-o,--output", ab->folder, "the folder of the films; there already")->required();
  command.add_option("--sheet", ab->sheet, "also draw a contact sheet, .png or .jpg");
  command.add_option("--video", ab->video, "also make one film of the films, .mp4");
  command.add_option("--key", ab->key, "idempotency key: asked again, the first one's group is taken up");
  command.add_option("--type", ab->type, "what is compared: settings or prompt")
      ->check(CLI::IsMember({"settings", "prompt"}));
}

// A command that asks a method about a group.
void add_group_command(CommandLine& line, CLI::App& family, const std::string& name, const std::string& help,
                       int (*run)(const Console& console, const std::string& group)) {
  const auto group = std::make_shared<std::string>();
  line.add(family, name, help, [=](const Console& console) { return run(console, *group); })
      .add_option("GROUP", *group, "the group's id")
      ->required();
}

void add_make_command(CommandLine& line, CLI::App& family, const std::string& name, const std::string& help,
                      const std::string& method, const std::string& target_help) {
  struct Options {
    std::string group, target;
  };
  const auto options = std::make_shared<Options>();
  CLI::App& command = line.add(family, name, help, [=](const Console& console) {
    return run_make(console, method, options->group, options->target, name);
  });
  command.add_option("GROUP", options->group, "the group's id")->required();
  command.add_option("-o,--output", options->target, target_help)->required();
}

int run_list(const Console& console, const ListOptions& options) {
  Json params = Json::object();
  for (const auto& [name, value] : {std::pair{"user", options.user},
                                    {"comparison_type", options.type},
                                    {"from", options.from},
                                    {"before", options.before}}) {
    if (!value.empty()) params[name] = value;
  }
  return answer_page(console, console.client.call("group_list", with_page(params, options.page)),
                     group_lines);
}

void add_list(CommandLine& line, CLI::App& family) {
  const auto list = std::make_shared<ListOptions>();
  CLI::App& command = line.add(family, "list", "groups, newest first",
                               [list](const Console& console) { return run_list(console, *list); });
  command.add_option("--user", list->user, "only groups of this user");
  command.add_option("--type", list->type, "only groups that compare settings, or prompt");
  command.add_option("--from", list->from, "only groups made since: 2026-11-21, or 2026-11-21T08:00:00Z");
  command.add_option("--before", list->before, "only groups made before this time");
  add_page_options(command, list->page);
}

}  // namespace

void add_group_commands(CommandLine& line) {
  add_ab(line);
  CLI::App& family = *line.root().add_subcommand("group", "films that are compared");
  family.require_subcommand(1);
  add_list(line, family);
  add_group_command(
      line, family, "show", "a group and its films", [](const Console& console, const std::string& group) {
        return console.answer(console.client.call("group_show", {{"group", group}}), group_report);
      });
  add_group_command(line, family, "compare", "its films, metric by metric",
                    [](const Console& console, const std::string& group) {
                      return console.answer(
                          finished(console, "group_compare", {{"group", group}}, "comparing"),
                          comparison_report);
                    });
  add_make_command(line, family, "sheet", "draw a contact sheet of its films", "group_sheet",
                   "the picture, .png or .jpg");
  add_make_command(line, family, "video", "make one film of its films, beside each other",
                   "group_side_by_side", "the film, .mp4");
  add_group_command(line, family, "delete", "remove a group; its films stay",
                    [](const Console& console, const std::string& group) {
                      return console.answer(console.client.call("group_delete", {{"group", group}}),
                                            [](const Json&) { return std::string(); });
                    });
}

}  // namespace reeld::reelctl
