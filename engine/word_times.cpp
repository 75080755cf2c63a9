#include "engine/word_times.hpp"

#include <algorithm>
#include <cstdint>
#include <string>

namespace reeld::engine {
namespace {

constexpr double kCommaPause = 3, kSentencePause = 6;  // in letters
// A Chinese, Japanese or Korean character is about a syllable, so a few letters.
constexpr double kSyllableLetters = 3;

struct Character {
  std::string_view bytes;
  std::uint32_t code = 0;
};

// The first character of UTF-8 that is known to be valid.
Character first_of(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text[0]);
  const std::size_t size = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  const std::string_view bytes = text.substr(0, std::min(size, text.size()));
  std::uint32_t code = size == 1 ? lead : lead & (0xFFU >> (size + 1));
  for (const char c : bytes.substr(1)) code = code << 6 | (static_cast<unsigned char>(c) & 0x3FU);
  return {bytes, code};
}

bool is_space(std::uint32_t code) {
  return code == ' ' || (code >= '\t' && code <= '\r') || code == 0xA0 || code == 0x3000 ||
         (code >= 0x2000 && code <= 0x200A);
}

// Written without spaces between words: kana, Han, Thai and their neighbours.
bool stands_alone(std::uint32_t code) {
  return (code >= 0x3040 && code <= 0x30FF) || (code >= 0x3400 && code <= 0x9FFF) ||
         (code >= 0xF900 && code <= 0xFAFF) || (code >= 0x20000 && code <= 0x3FFFF) ||
         (code >= 0x0E00 && code <= 0x0EFF);
}

bool ends_sentence(std::uint32_t code) {
  return code == '.' || code == '!' || code == '?' || code == 0x3002 || code == 0xFF01 || code == 0xFF1F ||
         code == 0x2026;
}

bool is_comma(std::uint32_t code) {
  return code == ',' || code == ';' || code == ':' || code == 0x3001 || code == 0xFF0C || code == 0x2014;
}

struct Spoken {
  std::string text;
  double letters = 0, pause = 0;
};

std::vector<Spoken> spoken_words(std::string_view text) {
  std::vector<Spoken> words;
  bool inside = false;  // of a word that goes on
  while (!text.empty()) {
    const Character next = first_of(text);
    text.remove_prefix(next.bytes.size());
    const bool mark = ends_sentence(next.code) || is_comma(next.code);
    if (is_space(next.code)) {
      inside = false;
      continue;
    }
    const bool alone = stands_alone(next.code);
    if ((!inside || alone) && !(mark && !words.empty() && inside)) {
      // A mark by itself belongs to the word before it.
      if (!mark || words.empty()) words.emplace_back();
    }
    Spoken& word = words.back();
    word.text += next.bytes;
    if (mark) {
      word.pause = std::max(word.pause, ends_sentence(next.code) ? kSentencePause : kCommaPause);
    } else {
      word.letters += alone ? kSyllableLetters : 1;
    }
    inside = true;
    if (alone)
      inside = !text.empty() && !is_space(first_of(text).code) && !stands_alone(first_of(text).code) &&
               (ends_sentence(first_of(text).code) || is_comma(first_of(text).code));
  }
  return words;
}

}  // namespace

std::vector<storage::Word> estimated_words(std::string_view text, double seconds) {
  const std::vector<Spoken> spoken = spoken_words(text);
  double total = 0;
  for (const Spoken& word : spoken) total += word.letters + 1 + word.pause;
  if (!spoken.empty()) total -= spoken.back().pause;  // what is silent at the end is no part of the speech
  std::vector<storage::Word> words;
  double at = 0;
  for (const Spoken& word : spoken) {
    const double length = word.letters + 1;
    words.push_back({word.text, at / total * seconds, (at + length) / total * seconds});
    at += length + word.pause;
  }
  return words;
}

}  // namespace reeld::engine
