#include "engine/script/splitter.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "engine/script/language_rules.hpp"
#include "engine/script/style.hpp"

namespace reeld::engine {
namespace {

// What stays together: a sentence, or a clause of a long one.
struct Piece {
  std::string text;
  double seconds = 0;
  bool ends_sentence = false, ends_paragraph = false;
};

using Pieces = std::vector<Piece>;

// Scenes up to so many times the length they tend to are joined from several pieces; a sentence is broken
// above it.
constexpr double kLongestScene = 1.5;
// What it costs, beside the square of a scene's distance from that length, to go over a paragraph's end
// within a scene, and to end a scene within a sentence.
constexpr double kOverParagraph = 0.5, kWithinSentence = 0.3;
// What it costs, beside the share by which the length asked for is missed, to halve or double the platform's
// scene length.
constexpr double kOffPace = 0.2;
constexpr std::size_t kMostPieces = 40;  // in a scene
constexpr int kLongestWord = 500;        // characters; nobody can say it, nor can it stand in a line
constexpr double kSlowest = 0.85, kFastest = 1.2;
constexpr std::size_t kKeyWords = 8;

// What has no words ("..." or "* * *") stands with the piece before it, since nobody can say it alone.
void add_clause(Pieces& pieces, const std::string& clause, double seconds) {
  const bool wordless = seconds == 0 || (pieces.size() == 1 && pieces[0].seconds == 0);
  if (pieces.empty() || !wordless) {
    pieces.push_back({clause, seconds, false, false});
    return;
  }
  pieces.back().text += " " + clause;
  pieces.back().seconds += seconds;
}

Pieces pieces_of(const std::string& text, LanguageRules& rules, double longest_seconds) {
  Pieces pieces;
  for (const std::string& paragraph : paragraphs_of(text)) {
    for (const std::string& sentence : rules.sentences(paragraph)) {
      for (const std::string& clause : rules.clauses(sentence, longest_seconds)) {
        add_clause(pieces, clause, rules.reading_seconds(clause));
      }
      pieces.back().ends_sentence = true;
    }
    pieces.back().ends_paragraph = true;
  }
  return pieces;
}

// The cheapest way to cut the pieces into scenes that tend to `ideal` seconds: gives the index behind each
// scene's last one. best[i] is the cost of the first i pieces, from[i] where their last scene begins.
std::vector<std::size_t> scene_ends(const Pieces& pieces, double ideal) {
  std::vector<double> best(pieces.size() + 1, std::numeric_limits<double>::max());
  std::vector<std::size_t> from(pieces.size() + 1, 0);
  best[0] = 0;
  for (std::size_t end = 1; end <= pieces.size(); ++end) {
    double seconds = 0, crossed = 0;
    const double broken = pieces[end - 1].ends_sentence ? 0 : kWithinSentence;
    for (std::size_t begin = end; begin-- > 0 && end - begin <= kMostPieces;) {
      seconds += pieces[begin].seconds;
      if (begin + 1 < end && pieces[begin].ends_paragraph) crossed += kOverParagraph;
      if (begin + 1 < end && seconds > kLongestScene * ideal) break;
      const double off = (seconds - ideal) / ideal;
      const double cost = best[begin] + off * off + crossed + broken;
      if (cost >= best[end]) continue;
      best[end] = cost;
      from[end] = begin;
    }
  }
  std::vector<std::size_t> ends;
  for (std::size_t end = pieces.size(); end > 0; end = from[end]) ends.push_back(end);
  std::reverse(ends.begin(), ends.end());
  return ends;
}

// Chinese and Japanese put no space between sentences.
bool joins_without_space(const std::string& language) {
  return language.starts_with("zh") || language.starts_with("ja");
}

std::vector<ScriptScene> scenes_of(const Brief& brief, LanguageRules& rules, double ideal) {
  const Pieces pieces = pieces_of(brief.text, rules, kLongestScene * ideal);
  const double pause = platform_of(brief.platform).pause_seconds();
  std::vector<ScriptScene> scenes;
  std::size_t begin = 0;
  for (const std::size_t end : scene_ends(pieces, ideal)) {
    ScriptScene& scene = scenes.emplace_back();
    scene.duration_seconds = pause;
    for (; begin < end; ++begin) {
      if (!scene.text.empty() && !joins_without_space(brief.language)) scene.text += " ";
      scene.text += pieces[begin].text;
      scene.duration_seconds += pieces[begin].seconds;
    }
  }
  return scenes;
}

double length_of(const std::vector<ScriptScene>& scenes) {
  double seconds = 0;
  for (const ScriptScene& scene : scenes) seconds += scene.duration_seconds;
  return seconds;
}

// Fewer or more scenes are fewer or more pauses, and a framework needs a scene for each of its parts: of
// scene lengths from the platform's own to shorter and longer ones, the first that meets the length asked for
// best.
std::vector<ScriptScene> best_scenes(const Brief& brief, LanguageRules& rules) {
  const double ideal = platform_of(brief.platform).scene_seconds;
  const std::size_t needed = std::max<std::size_t>(framework_of(brief.framework).roles.size(), 1);
  std::vector<ScriptScene> best;
  double best_cost = std::numeric_limits<double>::max();
  for (const double factor : {1.0, 1.4, 0.7, 2.0, 0.5}) {
    if (best_cost == 0) break;
    std::vector<ScriptScene> scenes = scenes_of(brief, rules, factor * ideal);
    const double off = brief.target_seconds ? std::abs(length_of(scenes) / *brief.target_seconds - 1) : 0;
    const double missing = scenes.size() < needed ? static_cast<double>(needed - scenes.size()) : 0;
    const double cost = 10 * missing + off + kOffPace * std::abs(std::log2(factor));
    if (cost >= best_cost) continue;
    best = std::move(scenes);
    best_cost = cost;
  }
  return best;
}

std::string whole_seconds(double seconds) {
  return std::to_string(std::lround(seconds)) + " s";
}

// Speaks faster or slower towards the length asked for, and says where that does not do.
void meet_target(Script& script, const Brief& brief) {
  if (!brief.target_seconds) return;
  const double pauses =
      platform_of(brief.platform).pause_seconds() * static_cast<double>(script.scenes.size());
  const double speech = length_of(script.scenes) - pauses;
  const double wanted = std::max(*brief.target_seconds - pauses, 0.1 * *brief.target_seconds);
  script.speech_speed = std::clamp(std::round(100 * speech / wanted) / 100, kSlowest, kFastest);
  const double pause = platform_of(brief.platform).pause_seconds();
  for (ScriptScene& scene : script.scenes) {
    scene.duration_seconds = pause + (scene.duration_seconds - pause) / script.speech_speed;
  }
  const double length = length_of(script.scenes);
  if (std::abs(length - *brief.target_seconds) <= 0.1 * *brief.target_seconds) return;
  const bool longer = length > *brief.target_seconds;
  script.warnings.push_back("the text takes about " + whole_seconds(length) + " and " +
                            whole_seconds(*brief.target_seconds) +
                            " are asked for: " + (longer ? "shorten it" : "lengthen it") +
                            ", or name a writer, since rules keep every word");
}

// By place: the first scenes play the first part, the last ones the last.
void assign_roles(Script& script, const Brief& brief) {
  const std::vector<Role>& roles = framework_of(brief.framework).roles;
  const std::size_t count = script.scenes.size();
  if (roles.empty()) return;
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t part = count >= roles.size() ? i * roles.size() / count
                             : count > 1           ? i * (roles.size() - 1) / (count - 1)
                                                   : 0;
    script.scenes[i].role = roles[part].name;
    script.scenes[i].mood = roles[part].mood;
  }
  if (count < roles.size()) {
    script.warnings.push_back("the text makes " + std::to_string(count) + " of the " +
                              std::to_string(roles.size()) + " scenes that \"" + brief.framework +
                              "\" needs at least: give it more sentences");
  }
}

std::string prompt_of(const ScriptScene& scene, const Brief& brief) {
  std::vector<std::string> parts = scene.tags;
  if (parts.empty()) parts.push_back(scene.text);
  for (const std::string& look :
       {mood_of(scene.mood).look, tone_of(brief.tone).look, category_look(brief.category)}) {
    if (!look.empty()) parts.push_back(look);
  }
  std::string prompt;
  for (const std::string& part : parts) prompt += (prompt.empty() ? "" : ", ") + part;
  return prompt;
}

}  // namespace

Result<Script> split_text(const Brief& brief) {
  REELD_ASSIGN(LanguageRules rules,
               LanguageRules::open(brief.language, brief.speech["provider"].get<std::string>()));
  if (rules.reading_seconds(brief.text) == 0) {
    return Error{Code::invalid_request, "/text: holds no word that could be said: give at least one",
                 "/text"};
  }
  if (const int longest = rules.longest_word(brief.text); longest > kLongestWord) {
    return Error{Code::invalid_request,
                 "/text: holds " + std::to_string(longest) +
                     " characters without a place to break them: at most " + std::to_string(kLongestWord) +
                     " are allowed",
                 "/text"};
  }
  Script script;
  script.origin = "rules";
  script.scenes = best_scenes(brief, rules);
  script.title = title_of_script(brief, script.scenes.front().text);
  meet_target(script, brief);
  for (ScriptScene& scene : script.scenes) scene.mood = tone_of(brief.tone).mood;
  assign_roles(script, brief);
  for (ScriptScene& scene : script.scenes) {
    scene.tags = rules.key_words(scene.text, kKeyWords);
    scene.picture_prompt = prompt_of(scene, brief);
    scene.duration_seconds = std::round(100 * scene.duration_seconds) / 100;
  }
  return script;
}

std::string title_of_script(const Brief& brief, const std::string& first_words) {
  constexpr std::size_t kLongestTitle = 60;  // bytes
  if (!brief.title.empty()) return brief.title;
  if (first_words.size() <= kLongestTitle) return first_words;
  std::size_t end = first_words.rfind(' ', kLongestTitle);
  if (end == std::string::npos) {
    end = kLongestTitle;
    while ((static_cast<unsigned char>(first_words[end]) & 0xC0) == 0x80) --end;
  }
  return first_words.substr(0, end) + "\u2026";
}

}  // namespace reeld::engine
