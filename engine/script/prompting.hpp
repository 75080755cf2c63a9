// What a writer is asked, and what its answers mean: pure text and JSON, no calls (dialogue.hpp makes them).
#pragma once

#include <string>
#include <vector>

#include "engine/script/script.hpp"
#include "providers/wishes.hpp"

namespace reeld::engine {

// A brief with what is reckoned from it.
struct Assignment {
  Brief brief;
  std::string language_name;  // "German"
  double target_seconds = 0;
  int words = 0;  // that fill it; characters where `counts_characters`
  bool counts_characters = false;
  int scenes = 1, most_scenes = 1;  // that suit the platform; more are refused
};
Result<Assignment> assignment_of(const Brief& brief);

// JSON Schemas of the answers: types, enums, required fields; no ranges, since not every service takes them.
Json draft_schema(const Assignment& assignment);
Json critique_schema();

std::vector<providers::Message> director_messages(const Assignment& assignment);
std::vector<providers::Message> critic_messages(const Assignment& assignment, const std::string& draft);

struct Note {
  int scene = 0;  // from 1; 0: the whole
  std::string text;
};
struct Critique {
  bool accepts = false;
  std::vector<Note> notes;
};
// What the director is told after its draft.
std::string revision_request(const Critique& critique);

struct Draft {
  std::string title;
  std::vector<ScriptScene> scenes;
};

// Fences of Markdown around the JSON are passed over. Errors: response_truncated where the JSON is cut off;
// response_malformed where it is none, breaks the schema, or is absurd (no scenes, too many, lengths far from
// the one asked for, a framework's parts missing or out of order). The message says what was wrong and how
// the answer began.
Result<Draft> read_draft(const std::string& answer, const Assignment& assignment);
Result<Critique> read_critique(const std::string& answer, std::size_t scene_count);

}  // namespace reeld::engine
