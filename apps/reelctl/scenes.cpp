// The scenes of projects.
#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "apps/reelctl/commands.hpp"
#include "apps/reelctl/words.hpp"

namespace reeld::reelctl {
namespace {

std::string scene_line(const Json& scene) {
  return fmt::format("{:>3}  {}  {}\n", scene.at("position").get<int>(), scene.at("id").get<std::string>(),
                     text(scene, "text"));
}

std::string scene_words(const Json& reply) {
  return scene_line(reply.at("scene"));
}

// A command that asks a method with the parameters that are given.
std::shared_ptr<Json> add_method(CommandLine& line, CLI::App& parent, const char* name, const char* method,
                                 const char* help, const Words& words, CLI::App*& command) {
  auto params = std::make_shared<Json>(Json::object());
  command = &line.add(parent, name, help, [=](const Console& console) {
    return console.answer(console.client.call(method, *params), words);
  });
  return params;
}

template <class Value>
CLI::Option& add_param(CLI::App& command, const std::shared_ptr<Json>& params, const char* option,
                       const char* name, const char* help) {
  return *command.add_option_function<Value>(
      option, [params, name](const Value& value) { (*params)[name] = value; }, help);
}

void add_fields(CLI::App& command, const std::shared_ptr<Json>& params) {
  add_param<std::string>(command, params, "--notes", "notes", "for whoever works on it");
  add_param<std::string>(command, params, "--picture-prompt", "picture_prompt", "what is to be seen");
  add_param<std::string>(command, params, "--mood", "mood", "calm, tense, ...: decides the camera's motion");
  add_param<std::string>(command, params, "--role", "role", "its part in a framework");
  add_param<double>(command, params, "--duration", "duration", "seconds, where nobody speaks; 0: none");
}

}  // namespace

void add_scene_commands(CommandLine& line) {
  CLI::App& parent = *line.root().add_subcommand("scene", "the scenes of projects");
  CLI::App* command = nullptr;

  auto params = add_method(line, parent, "add", "scene_add", "add a scene", scene_words, command);
  add_param<std::string>(*command, params, "PROJECT", "project", "the project's id").required();
  add_param<std::string>(*command, params, "TEXT", "text", "what is said").required();
  add_param<int>(*command, params, "--position", "position", "its place, from 1; default the end");
  add_fields(*command, params);

  params = add_method(line, parent, "update", "scene_update", "change what is given", scene_words, command);
  add_param<std::string>(*command, params, "SCENE", "scene", "the scene's id").required();
  add_param<std::string>(*command, params, "--text", "text", "what is said");
  add_fields(*command, params);

  params = add_method(
      line, parent, "delete", "scene_delete", "remove a scene and its takes",
      [](const Json& reply) { return reply.at("id").get<std::string>() + " is gone\n"; }, command);
  add_param<std::string>(*command, params, "SCENE", "scene", "the scene's id").required();

  params = add_method(
      line, parent, "reorder", "scenes_reorder", "put a project's scenes into another order",
      [](const Json& reply) {
        std::string lines;
        for (const Json& scene : reply.at("scenes")) lines += scene_line(scene);
        return lines;
      },
      command);
  add_param<std::string>(*command, params, "PROJECT", "project", "the project's id").required();
  add_param<std::vector<std::string>>(*command, params, "SCENE", "scenes", "all its scenes, in the new order")
      .required();
}

}  // namespace reeld::reelctl
