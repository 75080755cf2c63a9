#include "engine/captions.hpp"

#include <algorithm>
#include <cmath>
#include <string>

#include "base/utf8.hpp"

namespace reeld::engine {
namespace {

constexpr double kLinger = 0.5;  // seconds after the last word

int length_of(const std::string& text) {
  return static_cast<int>(character_count(text));
}

bool ends_sentence(const std::string& word) {
  for (const char* mark : {".", "!", "?", "…", "。", "！", "？"}) {
    if (word.ends_with(mark)) return true;
  }
  return false;
}

// Chinese, Japanese and Thai words follow one another without a space.
bool needs_space(const std::string& before, const std::string& after) {
  return (static_cast<unsigned char>(before.back()) < 0x80 ||
          static_cast<unsigned char>(after.front()) < 0xE0) &&
         !(static_cast<unsigned char>(before.front()) >= 0xE0 &&
           static_cast<unsigned char>(after.front()) >= 0xE0);
}

std::string joined(const std::vector<storage::Word>& words, std::size_t first, std::size_t end) {
  std::string text;
  for (std::size_t i = first; i < end; ++i) {
    if (i > first && needs_space(words[i - 1].text, words[i].text)) text += " ";
    text += words[i].text;
  }
  return text;
}

}  // namespace

std::vector<TextSpec> captions_of(const std::vector<storage::Word>& words, const CaptionSpec& spec,
                                  double delay) {
  std::vector<TextSpec> captions;
  const auto add = [&](std::size_t first, std::size_t end) {
    TextSpec text = spec.text;
    text.text = joined(words, first, end);
    text.start = delay + words[first].start_seconds;
    text.end = delay + words[end - 1].end_seconds + kLinger;
    if (!captions.empty()) captions.back().end = std::min(*captions.back().end, text.start);
    captions.push_back(std::move(text));
  };
  for (std::size_t first = 0; first < words.size();) {
    std::size_t sentence_end = first;
    while (sentence_end < words.size() && !ends_sentence(words[sentence_end++].text)) {
    }
    const int whole = length_of(joined(words, first, sentence_end));
    const int parts = (whole + spec.max_characters - 1) / spec.max_characters;
    const int aim = static_cast<int>(std::ceil(static_cast<double>(whole) / parts));
    while (first < sentence_end) {
      std::size_t end = first + 1;
      while (end < sentence_end && length_of(joined(words, first, end)) < aim &&
             length_of(joined(words, first, end + 1)) <= spec.max_characters) {
        ++end;
      }
      add(first, end);
      first = end;
    }
  }
  return captions;
}

}  // namespace reeld::engine
