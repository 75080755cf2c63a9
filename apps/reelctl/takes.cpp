// Takes: pictures and speeches are asked for, waited for, looked at, and one is chosen.
#include <cstdio>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "apps/reelctl/commands.hpp"
#include "apps/reelctl/paging.hpp"
#include "apps/reelctl/table.hpp"

namespace reeld::reelctl {
namespace {

// What is asked; what is not said is left to the daemon.
struct AskOptions {
  std::string scene, project, file, type = "picture";
  std::string voice, language, prompt, style, negative_prompt, aspect, provider, model;
  double speed = 0, budget_usd = -1;  // not said
  std::int64_t seed = -1;             // not said
  int width = 0, height = 0, count = 1;
  std::vector<std::string> references;
  bool missing_only = false, allow_fallback = false, no_wait = false;
};

struct ListOptions {
  std::string project, scene, type, status;
  bool main = false;
  PageOptions page;
};

std::string type_name(const std::string& kind) {
  return kind == "picture" ? "IMAGE" : "AUDIO";
}

void put(Json& params, const char* name, const std::string& value) {
  if (!value.empty()) params[name] = value;
}

Json asked(const AskOptions& options) {
  Json params = Json::object();
  put(params, "scene", options.scene);
  put(params, "project", options.project);
  for (const auto& [name, value] : {std::pair{"voice", options.voice},
                                    {"language", options.language},
                                    {"prompt", options.prompt},
                                    {"style", options.style},
                                    {"negative_prompt", options.negative_prompt},
                                    {"aspect", options.aspect},
                                    {"provider", options.provider},
                                    {"model", options.model}})
    put(params, name, value);
  if (options.speed > 0) params["speed"] = options.speed;
  if (options.budget_usd >= 0) params["budget_usd"] = options.budget_usd;
  if (options.seed >= 0) params["seed"] = options.seed;
  if (options.width > 0) params["width"] = options.width;
  if (options.height > 0) params["height"] = options.height;
  if (options.count != 1) params["count"] = options.count;
  for (const std::string& file : options.references) params["references"].push_back(absolute(file));
  if (options.missing_only) params["missing_only"] = true;
  if (options.allow_fallback) params["allow_fallback"] = true;
  return params;
}

// What there is to say of a take behind its status.
std::string remark(const Json& take) {
  if (!take.at("error").is_null()) {
    return take.at("error").at("code").get<std::string>() + ": " +
           take.at("error").at("message").get<std::string>();
  }
  std::string words = take.at("prompt").get<std::string>();
  for (const Json& warning : take.at("warnings"))
    words = warning.at("message").get<std::string>() + "; " + words;
  return words;
}

Row row_of(const Json& take) {
  std::string length;
  if (!take.at("duration_seconds").is_null()) {
    char text[32];
    std::snprintf(text, sizeof text, "%.2f s", take.at("duration_seconds").get<double>());
    length = text;
  }
  return {take.at("id"),
          take.at("type"),
          take.at("status"),
          take.at("is_main").get<bool>() ? "main" : "",
          take.at("provider"),
          take.at("model"),
          length,
          remark(take)};
}

std::string take_lines(const Json& takes) {
  std::vector<Row> rows;
  for (const Json& take : takes) rows.push_back(row_of(take));
  return rows.empty() ? "no takes\n" : table(rows);
}

std::string take_report(const Json& take) {
  std::string report = take_lines(Json::array({take}));
  if (!take.at("file").is_null()) report += take.at("file").get<std::string>() + "\n";
  return report + take.at("params").dump() + "\n";
}

// A line a take, each when it is done; 0 only where all are ready.
int wait_for(const Console& console, const Json& takes) {
  int status = 0;
  for (const Json& begun : takes) {
    const auto take = console.client.wait_for_take(begun.at("id"));
    if (!take) return console.fail(take.error());
    std::cout << (console.json ? take->dump() + "\n" : take_lines(Json::array({*take}))) << std::flush;
    if (take->at("status") != "ready") status = 1;
  }
  return status;
}

// Asks a method that begins takes; its reply has one, or a list.
int ask(const Console& console, const std::string& method, const Json& params, bool no_wait) {
  const auto reply = console.client.call(method, params);
  if (!reply) return console.fail(reply.error());
  const Json takes = reply->contains("takes") ? reply->at("takes") : Json::array({reply->at("take")});
  if (!no_wait) return wait_for(console, takes);
  return console.answer(reply, [&](const Json&) { return take_lines(takes); });
}

int run_asking(const Console& console, const char* what, const AskOptions& options) {
  if (options.scene.empty() == options.project.empty())
    return console.fail({Code::invalid_request, "give a SCENE or --project PROJECT"});
  const std::string whose = options.scene.empty() ? "project_" : "scene_";
  return ask(console, whose + what, asked(options), options.no_wait);
}

int run_import(const Console& console, const AskOptions& options) {
  Json params = {{"file", absolute(options.file)}, {"type", type_name(options.type)}};
  put(params, "scene", options.scene);
  put(params, "project", options.project);
  return ask(console, "take_import", params, options.no_wait);
}

int run_list(const Console& console, const ListOptions& options) {
  Json params = Json::object();
  put(params, "project", options.project);
  put(params, "scene", options.scene);
  put(params, "status", options.status);
  if (!options.type.empty()) params["type"] = type_name(options.type);
  if (options.main) params["is_main"] = true;
  return answer_page(console, console.client.call("take_list", with_page(params, options.page)),
                     [](const Json& page) { return take_lines(page.at("takes")); });
}

void add_type_option(CLI::App& command, std::string& type) {
  command.add_option("--type", type, "picture or speech")->check(CLI::IsMember({"picture", "speech"}));
}

void add_asking_options(CLI::App& command, AskOptions& options, const char* project_help) {
  command.add_option("SCENE", options.scene, "the scene's id");
  command.add_option("--project", options.project, project_help);
  command.add_flag("--no-wait", options.no_wait, "do not wait for the takes");
}

void add_provider_options(CLI::App& command, AskOptions& options) {
  command.add_option("--provider", options.provider, "who makes it");
  command.add_option("--model", options.model, "of the provider; default its first");
  command.add_flag("--allow-fallback", options.allow_fallback, "another model may answer");
  command.add_option("--budget", options.budget_usd, "US dollars that all takes together may cost")
      ->check(CLI::NonNegativeNumber);
}

void add_speech(CommandLine& line, CLI::App& group) {
  const auto options = std::make_shared<AskOptions>();
  CLI::App& command = line.add(group, "speech", "a scene, or all scenes of a project, spoken",
                               [options](const Console& c) { return run_asking(c, "speech", *options); });
  add_asking_options(command, *options, "all scenes of this project");
  command.add_flag("--missing-only", options->missing_only, "with --project: only scenes without a speech");
  command.add_option("--voice", options->voice, "one of the provider's voices");
  command.add_option("--speed", options->speed, "0.25 to 4")->check(CLI::Range(0.25, 4.0));
  command.add_option("--language", options->language, "a tag such as de-AT");
  add_provider_options(command, *options);
}

void add_picture(CommandLine& line, CLI::App& group) {
  const auto options = std::make_shared<AskOptions>();
  CLI::App& command = line.add(group, "picture", "pictures of a scene, or of a project as a whole",
                               [options](const Console& c) { return run_asking(c, "picture", *options); });
  add_asking_options(command, *options, "a picture of this project as a whole");
  command.add_option("--prompt", options->prompt, "the words, in place of the scene's");
  command.add_option("--style", options->style, "how it is to look");
  command.add_option("--negative-prompt", options->negative_prompt, "what is not to be seen");
  command.add_option("--width", options->width, "pixels, with --height");
  command.add_option("--height", options->height, "pixels, with --width");
  command.add_option("--aspect", options->aspect, "such as 16:9, in place of width and height");
  command.add_option("--seed", options->seed, "an equal seed and words give the same picture");
  command.add_option("--reference", options->references, "a picture to look like; may be given again");
  command.add_option("--count", options->count, "variants, 1 to 8")->check(CLI::Range(1, 8));
  add_provider_options(command, *options);
}

void add_import(CommandLine& line, CLI::App& group) {
  const auto options = std::make_shared<AskOptions>();
  CLI::App& command = line.add(group, "import", "a picture or speech of one's own, for a scene or a project",
                               [options](const Console& c) { return run_import(c, *options); });
  command.add_option("FILE", options->file, "the file")->required();
  command.add_option("--scene", options->scene, "the scene's id");
  command.add_option("--project", options->project, "in place of a scene: a picture of the whole");
  add_type_option(command, options->type);
  command.add_flag("--no-wait", options->no_wait, "do not wait for it");
}

void add_listing(CommandLine& line, CLI::App& group) {
  const auto options = std::make_shared<ListOptions>();
  CLI::App& command = line.add(group, "list", "takes, newest first unless --sort says otherwise",
                               [options](const Console& c) { return run_list(c, *options); });
  command.add_option("--project", options->project, "only takes of this project");
  command.add_option("--scene", options->scene, "only takes of this scene");
  add_type_option(command, options->type);
  command.add_option("--status", options->status, "pending, ready or failed");
  command.add_flag("--main", options->main, "only main ones");
  add_page_options(command, options->page);
}

// A command that asks a method about a take.
CLI::App& add_take_method(CommandLine& line, CLI::App& group, const std::string& name,
                          const std::string& help,
                          const std::function<int(const Console&, const std::string& take)>& run) {
  const auto take = std::make_shared<std::string>();
  CLI::App& command = line.add(group, name, help, [=](const Console& c) { return run(c, *take); });
  command.add_option("TAKE", *take, "the take's id")->required();
  return command;
}

}  // namespace

void add_take_commands(CommandLine& line) {
  CLI::App& group = *line.root().add_subcommand("take", "pictures and speeches tried for a project's scenes");
  add_speech(line, group);
  add_picture(line, group);
  add_import(line, group);
  add_listing(line, group);
  const auto one = [](const Json& reply) { return take_lines(Json::array({reply.at("take")})); };
  add_take_method(line, group, "show", "all about a take", [](const Console& c, const std::string& take) {
    return c.answer(c.client.call("take_show", {{"take", take}}),
                    [](const Json& reply) { return take_report(reply.at("take")); });
  });
  add_take_method(line, group, "choose", "make a take the main one of its scene",
                  [one](const Console& c, const std::string& take) {
                    return c.answer(c.client.call("take_choose", {{"take", take}}), one);
                  });
  const auto no_wait = std::make_shared<bool>(false);
  add_take_method(line, group, "retry", "ask once more for what failed",
                  [no_wait](const Console& c, const std::string& take) {
                    return ask(c, "take_retry", {{"take", take}}, *no_wait);
                  })
      .add_flag("--no-wait", *no_wait, "do not wait for it");
  add_take_method(line, group, "delete", "remove a take", [](const Console& c, const std::string& take) {
    return c.answer(c.client.call("take_delete", {{"take", take}}),
                    [](const Json& reply) { return reply.at("id").get<std::string>() + "\n"; });
  });
}

}  // namespace reeld::reelctl
