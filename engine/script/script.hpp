// From a brief to a script, and from a script to a request that can be rendered, or edited first. Written by
// a provider of scripts, or by rules (splitter.hpp) where the brief names none. docs/script.md tells it in
// words.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "engine/reservation.hpp"
#include "engine/script/brief.hpp"
#include "engine/script/style.hpp"
#include "providers/provider.hpp"

namespace reeld::engine {

struct ScriptScene {
  std::string text;               // what is said
  std::string picture_prompt;     // what is to be seen
  std::string mood = "neutral";   // one of moods() of style.hpp
  double duration_seconds = 0;    // as the writer or the rules reckon; what is rendered follows the speech
  std::string role;               // its part in the framework; empty where there is none
  std::vector<std::string> tags;  // to find a picture by, in lower case
};

// One turn of director or critic.
struct Utterance {
  std::string role;       // director, critic
  int iteration = 1;      // 1 is the first draft and what the critic says of it
  std::string content;    // as the model said it
  std::string timestamp;  // "2026-11-21T08:00:00.000000Z"
};

struct Script {
  std::string title;
  std::vector<ScriptScene> scenes;
  double speech_speed = 1;  // factor on the voice's pace, to meet the length asked for
  std::string origin;       // "rules", or who wrote it: "gemini/gemini-2.5-flash"
  std::vector<Utterance> conversation;
  std::vector<std::string> warnings;
  std::optional<providers::Provenance> provenance;  // of all calls together; absent for rules
};

// What a writer works with.
struct ScriptTools {
  // Sets aside what a call may cost before it is made.
  using Reserve = std::function<Result<Reservation>(const providers::Estimate& estimate)>;

  providers::Provider* writer = nullptr;  // has Capability::script; null: the rules
  std::filesystem::path scratch;          // an empty folder, for the writer alone
  Reserve reserve = [](const providers::Estimate&) { return Result<Reservation>(Reservation()); };
  providers::Cancelled cancelled = [] { return false; };
  providers::Clock::time_point deadline = providers::Clock::time_point::max();
};

// Takes as long as the writer does; the rules alone take moments, and touch nothing. Errors: invalid_request;
// the writer's own; response_malformed and response_truncated with what it said; budget_exceeded; cancelled,
// timed_out.
Result<Script> make_script(const Brief& brief, const ScriptTools& tools);

// A scene's picture in a request: `begin`, which has a provider, with what the scene brings. Of a folder that
// is picked from by tags, a scene without a word to search by takes what it would take without a match.
Json picture_of_scene(const ScriptScene& scene, Json begin);
// Captions that stand clear of the platform's own buttons.
Json captions_of_platform(const Platform& platform);

// A whole request as docs/request.md has it. Pure.
Json request_from_script(const Script& script, const Brief& brief);

// As clients see it: {"title", "origin", "scenes", "conversation", "warnings", "provenance"}.
Json to_json(const Script& script);

}  // namespace reeld::engine
