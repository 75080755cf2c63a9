#include "engine/script/style.hpp"

#include <algorithm>
#include <cctype>

#include "base/check.hpp"

namespace reeld::engine {
namespace {

template <class Row>
const Row* find_row(const std::vector<Row>& rows, std::string_view name) {
  const auto it = std::find_if(rows.begin(), rows.end(), [&](const Row& row) { return row.name == name; });
  return it == rows.end() ? nullptr : &*it;
}

template <class Row>
const Row& known_row(const std::vector<Row>& rows, std::string_view name) {
  const Row* row = find_row(rows, name);
  REELD_CHECK(row != nullptr);
  return *row;
}

struct Category {
  std::string name, look;
};

const std::vector<Category>& categories() {
  static const std::vector<Category> kCategories = {
      {"education", "clear illustration"},    {"finance", "modern office photograph"},
      {"food", "food photograph, close up"},  {"health", "bright lifestyle photograph"},
      {"history", "historical scene"},        {"nature", "nature photograph"},
      {"news", "documentary photograph"},     {"product", "product photograph, plain background"},
      {"science", "scientific illustration"}, {"sport", "sport photograph, in motion"},
      {"story", "storybook illustration"},    {"technology", "modern technology photograph"},
      {"travel", "travel photograph"},
  };
  return kCategories;
}

}  // namespace

const std::vector<Platform>& platforms() {
  static const std::vector<Platform> kPlatforms = {
      {"generic", "16:9", 60, 6, 0.5, 48, 0.05},   {"youtube", "16:9", 60, 7, 0.5, 48, 0.05},
      {"shorts", "9:16", 30, 3.5, 0.3, 60, 0.15},  {"tiktok", "9:16", 30, 3.5, 0.3, 60, 0.15},
      {"instagram", "9:16", 30, 4, 0.3, 56, 0.15}, {"facebook", "4:5", 30, 5, 0.4, 50, 0.06},
      {"linkedin", "1:1", 45, 6, 0.5, 48, 0.06},
  };
  return kPlatforms;
}

const Platform& platform_like(const std::string& name) {
  std::string lower = name;
  std::ranges::transform(lower, lower.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  const Platform* known = find_row(platforms(), lower);
  return known != nullptr ? *known : platform_of("generic");
}

const Platform& platform_of(std::string_view name) {
  return known_row(platforms(), name);
}

const std::vector<Framework>& frameworks() {
  static const std::vector<Framework> kFrameworks = {
      {"none", {}},
      {"pas",
       {{"problem", "tense", "name the problem that the viewer has"},
        {"agitate", "dramatic", "show what the problem costs and how it feels"},
        {"solve", "hopeful", "show the solution, and what to do now"}}},
      {"bab",
       {{"before", "sad", "show life as it is now"},
        {"after", "joyful", "show life once the problem is gone"},
        {"bridge", "confident", "show how to get from here to there, and what to do now"}}},
      {"aida",
       {{"attention", "energetic", "catch the eye with one surprising thing"},
        {"interest", "curious", "tell what makes it worth knowing"},
        {"desire", "warm", "make the viewer want it"},
        {"action", "confident", "say what to do now"}}},
  };
  return kFrameworks;
}

const Framework& framework_of(std::string_view name) {
  return known_row(frameworks(), name);
}

const std::vector<Mood>& moods() {
  using Json = nlohmann::json;
  const auto move = [](const char* name, double amount, const char* easing) {
    return Json{{"move", name}, {"amount", amount}, {"easing", easing}};
  };
  static const std::vector<Mood> kMoods = {
      {"neutral", "", "auto"},
      {"calm", "soft light, calm", move("zoom-out", 0.08, "ease-in-out")},
      {"warm", "warm light", move("zoom-in", 0.1, "ease-in-out")},
      {"joyful", "bright colours, joyful", {{"move", "auto"}, {"easing", "ease-in-out"}}},
      {"energetic", "vivid colours, full of energy", move("zoom-in", 0.25, "ease-out")},
      {"curious", "unusual angle", {{"move", "auto"}, {"easing", "ease-out"}}},
      {"hopeful", "morning light, hopeful", move("zoom-out", 0.15, "ease-in-out")},
      {"confident", "clear light, confident", move("zoom-in", 0.15, "ease-in-out")},
      {"tense", "dark, tense", move("zoom-in", 0.12, "linear")},
      {"sad", "muted colours, grey light", move("zoom-out", 0.1, "linear")},
      {"dramatic", "strong contrast, dramatic light", move("zoom-in", 0.2, "ease-in")},
  };
  return kMoods;
}

bool is_mood(std::string_view name) {
  return find_row(moods(), name) != nullptr;
}

const Mood& mood_of(std::string_view name) {
  return known_row(moods(), name);
}

const std::vector<Tone>& tones() {
  static const std::vector<Tone> kTones = {
      {"neutral", "neutral", ""},
      {"calm", "calm", "unhurried"},
      {"dramatic", "dramatic", "cinematic"},
      {"friendly", "warm", "friendly"},
      {"funny", "joyful", "humorous"},
      {"inspiring", "hopeful", "inspiring"},
      {"playful", "joyful", "playful"},
      {"professional", "confident", "clean, professional"},
      {"serious", "neutral", "sober"},
      {"urgent", "energetic", "urgent"},
  };
  return kTones;
}

Tone tone_of(std::string_view name) {
  if (const Tone* tone = find_row(tones(), name)) return *tone;
  return {std::string(name), "neutral", std::string(name)};
}

std::string category_look(std::string_view category) {
  const Category* known = find_row(categories(), category);
  return known != nullptr ? known->look : std::string(category);
}

}  // namespace reeld::engine
