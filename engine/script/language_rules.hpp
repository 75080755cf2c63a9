// Sentences, clauses, reading time and key words of a text in a language: Unicode's rules as ICU has them,
// with its lists of abbreviations and its dictionaries of Chinese, Japanese, Thai and others. One object a
// thread.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <unicode/brkiter.h>

#include "base/result.hpp"

namespace reeld::engine {

class LanguageRules {
 public:
  // Any BCP 47 tag; of a language that ICU does not know, Unicode's general rules. `speaker` is the provider
  // of speech: espeak-ng has a pace of its own, others are taken for narrators. Errors: internal (ICU without
  // its data).
  static Result<LanguageRules> open(const std::string& language, std::string_view speaker = "");

  // Without the white space around them. Line breaks inside a sentence become spaces.
  std::vector<std::string> sentences(std::string_view paragraph);

  // The sentence in pieces that last at most `seconds`, where it has clauses to be broken at; one without, if
  // it lasts more than twice as long, between words.
  std::vector<std::string> clauses(const std::string& sentence, double seconds);

  // How long the speaker takes, without pauses: words at the language's pace, Chinese, Japanese and Korean by
  // characters.
  double reading_seconds(std::string_view text);

  // Up to `most` words that carry meaning, in lower case, each once, in order of appearance; where there are
  // more, the longer ones. A list of stop words decides for de, en, es, fr, it, ja, nl, pt and zh; elsewhere
  // words of three letters or less are left out, and of Japanese those in hiragana.
  std::vector<std::string> key_words(std::string_view text, std::size_t most);

  // The characters of the longest run in which no line may break.
  int longest_word(std::string_view text);

  // What a writer is told: how many words (Chinese, Japanese and Korean: characters) fill a minute.
  double pace_per_minute() const { return counts_characters_ ? characters_per_minute_ : words_per_minute_; }
  bool counts_characters() const { return counts_characters_; }
  // "German"; the tag itself where ICU has no name for it.
  const std::string& english_name() const { return english_name_; }

 private:
  LanguageRules() = default;

  std::string language_;  // the tag's first part, "de"
  std::string english_name_;
  double words_per_minute_ = 0, characters_per_minute_ = 0;
  bool counts_characters_ = false;
  std::unique_ptr<icu::BreakIterator> sentences_, words_, lines_;
};

// Text between empty lines; without the white space around, none of them empty.
std::vector<std::string> paragraphs_of(std::string_view text);

// Whether a picture of the scene is better off without this word, given in lower case.
bool is_stop_word(std::string_view language, std::string_view word);
// Whether there is a list for the language, "de".
bool has_stop_words(std::string_view language);

}  // namespace reeld::engine
