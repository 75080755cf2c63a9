// Projects: written, looked at, changed, rendered.
#include <algorithm>
#include <chrono>
#include <iostream>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "apps/reelctl/brief_options.hpp"
#include "apps/reelctl/commands.hpp"
#include "apps/reelctl/film_options.hpp"
#include "apps/reelctl/paging.hpp"
#include "apps/reelctl/progress.hpp"
#include "apps/reelctl/table.hpp"
#include "apps/reelctl/words.hpp"
#include "engine/files.hpp"

namespace reeld::reelctl {
namespace {

constexpr auto kScriptPoll = std::chrono::milliseconds(100);

// Texts of a project or a filter, by the names of the method's parameters; only those that are given are
// sent.
using Given = std::map<std::string, std::string>;

void add_texts(CLI::App& command, Given& given,
               const std::vector<std::pair<const char*, const char*>>& texts) {
  for (const auto& [name, help] : texts) {
    std::string option = std::string("--") + name;
    std::ranges::replace(option, '_', '-');
    command.add_option_function<std::string>(
        option, [&given, key = std::string(name)](const std::string& value) { given[key] = value; }, help);
  }
}

const std::vector<std::pair<const char*, const char*>> kProjectTexts = {
    {"description", "what it is about"},
    {"platform", "youtube, tiktok, ...: decides format and pace of its films"},
    {"category", "travel, product, ..."},
    {"tone", "friendly, dramatic, ..."},
    {"target_length", "how long it is to be, in words of your own"},
    {"language", "of what is said, a tag such as en or de-AT"},
    {"status", "draft, in-progress or completed"}};

struct CreateOptions {
  Given given;
  std::string title, scene_file;
  std::vector<std::string> scenes;
};

struct ScriptOptions {
  BriefOptions brief;
  std::string project;
  bool replace = false;
};

struct RenderOptions {
  FilmOptions film;
  std::string project, out;
};

std::string scene_report(const Json& scene) {
  std::string report = fmt::format("  {:>3}  {}  {}\n", scene.at("position").get<int>(),
                                   scene.at("id").get<std::string>(), text(scene, "text"));
  if (!scene.contains("takes")) return report;
  for (const auto& [type, take] : scene.at("takes").items()) {
    if (take.is_null()) continue;
    report += fmt::format("       {}: {} by {}\n", type, text(take, "asset"), text(take, "provider"));
  }
  return report;
}

std::string writing_line(const Json& project) {
  const Json& writing = project.at("writing");
  if (writing.is_null()) return "";
  std::string line = detail_line("script", text(writing, "script") + ", " + text(writing, "status"));
  if (!writing.at("error").is_null()) line += error_line(writing.at("error"));
  return line;
}

std::string project_report(const Json& project) {
  std::string report = fmt::format("{}  {}  {}\n", project.at("id").get<std::string>(),
                                   text(project, "status"), text(project, "title"));
  for (const char* name : {"description", "platform", "category", "tone", "target_length", "language"}) {
    if (!text(project, name).empty()) report += detail_line(name, text(project, name));
  }
  report += writing_line(project);
  if (!project.contains("scenes")) return report;
  for (const Json& scene : project.at("scenes")) report += scene_report(scene);
  for (const Json& video : project.at("videos")) {
    report +=
        fmt::format("  film {}: {} {}\n", text(video, "status"), text(video, "job"), text(video, "file"));
    if (!video.at("error").is_null()) report += error_line(video.at("error"));
  }
  return report;
}

std::string project_words(const Json& reply) {
  return project_report(reply.at("project"));
}

std::string project_lines(const Json& page) {
  std::vector<Row> rows;
  for (const Json& project : page.at("projects")) {
    rows.push_back(
        {text(project, "id"), text(project, "status"), text(project, "updated_at"), text(project, "title")});
  }
  return rows.empty() ? "no projects\n" : table(rows);
}

int run_create(const Console& console, const CreateOptions& options) {
  Json params = options.given;
  params["title"] = options.title;
  params["scenes"] = options.scenes;
  if (!options.scene_file.empty()) {
    const auto scenes = read_request(options.scene_file);
    if (!scenes) return console.fail(scenes.error());
    params["scenes"] = *scenes;
  }
  return console.answer(console.client.call("project_create", params), project_words);
}

// Waits for a writer; a script that could not be written is a failure.
int run_script(const Console& console, const ScriptOptions& options) {
  const auto brief = brief_of(options.brief);
  if (!brief) return console.fail(brief.error());
  Json params = {{"brief", *brief}};
  if (!options.project.empty()) params["project"] = options.project;
  if (options.replace) params["replace"] = true;
  auto reply = console.client.call("project_script", params);
  while (reply && reply->at("project").at("writing").at("status") == "writing") {
    std::this_thread::sleep_for(kScriptPoll);
    reply = console.client.call("project_show", {{"project", reply->at("project").at("id")}});
  }
  if (reply && !reply->at("project").at("writing").at("error").is_null())
    return console.fail(engine::error_from_json(reply->at("project").at("writing").at("error")));
  return console.answer(reply, project_words);
}

int run_request(const Console& console, const RenderOptions& options) {
  const auto film = film_options_of(options.film);
  if (!film) return console.fail(film.error());
  const auto reply =
      console.client.call("project_request", {{"project", options.project}, {"options", *film}});
  if (!reply || console.json) return console.answer(reply, nullptr);
  print_warnings(reply->at("warnings"));
  const std::string request = reply->at("request").dump(2) + "\n";
  if (options.out.empty()) {
    std::cout << request;
  } else if (const auto written = engine::write_text(options.out, request); !written) {
    return console.fail(written.error());
  }
  return 0;
}

int run_render(const Console& console, const RenderOptions& options) {
  const auto film = film_options_of(options.film);
  if (!film) return console.fail(film.error());
  const auto reply = console.client.call("project_render", {{"project", options.project},
                                                            {"options", *film},
                                                            {"target", absolute(options.out)},
                                                            {"base_dir", base_of("-")}});
  if (!reply) return console.fail(reply.error());
  if (!console.json) print_warnings(reply->at("warnings"));
  return follow(console, reply->at("job").at("id").get<std::string>());
}

void add_create(CommandLine& line, CLI::App& parent) {
  const auto options = std::make_shared<CreateOptions>();
  CLI::App& command = line.add(parent, "create", "make a project",
                               [options](const Console& console) { return run_create(console, *options); });
  command.add_option("TITLE", options->title, "its title")->required();
  command.add_option("--scene", options->scenes, "what is said in a scene; once a scene, in their order")
      ->take_all();
  command.add_option("--scenes", options->scene_file, "scenes as a JSON list of texts or of maps");
  add_texts(command, options->given, kProjectTexts);
  add_texts(command, options->given, {{"user", "whose it is"}});
}

void add_list(CommandLine& line, CLI::App& parent) {
  struct Options {
    Given given;
    PageOptions page;
  };
  const auto options = std::make_shared<Options>();
  CLI::App& command = line.add(parent, "list", "projects, newest first", [options](const Console& console) {
    return answer_page(console,
                       console.client.call("project_list", with_page(Json(options->given), options->page)),
                       project_lines);
  });
  add_texts(command, options->given,
            {{"user", "only this user's"},
             {"status", "only draft, in-progress or completed ones"},
             {"platform", "only of this platform"},
             {"category", "only of this category"},
             {"language", "only in this language"},
             {"from", "only those made at this time or later"},
             {"before", "only those made before this time"}});
  add_page_options(command, options->page);
}

// A command that asks a method about one project.
void add_method(CommandLine& line, CLI::App& parent, const char* name, const char* method, const char* help,
                const std::vector<std::pair<const char*, const char*>>& texts, const Words& words) {
  const auto given = std::make_shared<Given>();
  CLI::App& command = line.add(parent, name, help, [=](const Console& console) {
    return console.answer(console.client.call(method, Json(*given)), words);
  });
  command
      .add_option_function<std::string>(
          "PROJECT", [given](const std::string& id) { (*given)["project"] = id; }, "the project's id")
      ->required();
  add_texts(command, *given, texts);
}

void add_script(CommandLine& line, CLI::App& parent) {
  const auto options = std::make_shared<ScriptOptions>();
  CLI::App& command =
      line.add(parent, "script", "have a script written, and make a project of it or put it into one",
               [options](const Console& console) { return run_script(console, *options); });
  add_brief_options(command, options->brief);
  command.add_option("--project", options->project, "the project that it is for; default a new one");
  command.add_flag("--replace", options->replace, "the scenes that are there go, with their takes");
}

void add_film(CommandLine& line, CLI::App& parent, const char* name, const char* help, bool film,
              int (*run)(const Console&, const RenderOptions&)) {
  const auto options = std::make_shared<RenderOptions>();
  CLI::App& command =
      line.add(parent, name, help, [options, run](const Console& console) { return run(console, *options); });
  command.add_option("PROJECT", options->project, "the project's id")->required();
  command
      .add_option("-o,--output", options->out,
                  film ? "the finished film" : "the request's file; default standard output")
      ->required(film);
  add_film_options(command, options->film);
}

}  // namespace

void add_project_commands(CommandLine& line) {
  CLI::App& parent = *line.root().add_subcommand("project", "films that are worked on: scenes, takes, films");
  add_create(line, parent);
  add_list(line, parent);
  add_method(line, parent, "show", "project_show", "all about a project", {}, project_words);
  auto texts = kProjectTexts;
  texts.insert(texts.begin(), {"title", "its title"});
  add_method(line, parent, "update", "project_update", "change what is given", texts, project_words);
  add_method(line, parent, "delete", "project_delete", "remove a project; its films stay", {},
             [](const Json& reply) { return reply.at("id").get<std::string>() + " is gone\n"; });
  add_script(line, parent);
  add_film(line, parent, "request", "the request of a project's film, to be looked at or edited", false,
           run_request);
  add_film(line, parent, "render", "render a film of a project, and follow it", true, run_render);
}

}  // namespace reeld::reelctl
