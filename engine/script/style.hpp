// The tables that shape a script: what a platform, a tone, a mood, a category and an advertising framework
// mean for pace, pictures and motion. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

namespace reeld::engine {

struct Platform {
  std::string name;
  std::string aspect;        // of the request's output
  double target_seconds;     // a film's length where none is asked for
  double scene_seconds;      // the length that scenes tend to
  double crossfade_seconds;  // between scenes
  double caption_size;       // pixels of the output
  double caption_margin;     // fraction of the frame's smaller side; tall films leave room for the platform's
                             // own buttons

  // Silence after a scene's speech. Twice the crossfade, so that even a scene of one word is as long as the
  // crossfades into it and out of it.
  double pad_seconds() const { return 2 * crossfade_seconds; }
  // What of that silence is left when the next scene has begun.
  double pause_seconds() const { return pad_seconds() - crossfade_seconds; }
};

const std::vector<Platform>& platforms();
// The platform of that name in any case of letters; generic where there is none.
const Platform& platform_like(const std::string& name);
// The platform of that name, which is known.
const Platform& platform_of(std::string_view name);

// A part that scenes play in a framework.
struct Role {
  std::string name;  // "problem"
  std::string mood;
  std::string task;  // for a writer: what its scenes do
};

struct Framework {
  std::string name;  // none, pas, bab, aida
  std::vector<Role> roles;
};

const std::vector<Framework>& frameworks();
// The framework of that name, which is known.
const Framework& framework_of(std::string_view name);

struct Mood {
  std::string name;
  std::string look;       // words for a picture; may be empty
  nlohmann::json motion;  // of the request
};

const std::vector<Mood>& moods();
bool is_mood(std::string_view name);
// The mood of that name, which is known.
const Mood& mood_of(std::string_view name);

struct Tone {
  std::string name, mood, look;
};

const std::vector<Tone>& tones();
// The tone of that name; one that is not listed has its own words for a look, and a neutral mood.
Tone tone_of(std::string_view name);

// Words that a category adds to a picture's prompt; one that is not listed adds itself.
std::string category_look(std::string_view category);

// The names of a table's rows, in its order.
template <class Row>
std::vector<std::string> names_of(const std::vector<Row>& rows) {
  std::vector<std::string> names;
  for (const Row& row : rows) names.push_back(row.name);
  return names;
}

}  // namespace reeld::engine
