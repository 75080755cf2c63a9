#include "engine/script/language_rules.hpp"

#include <unicode/filteredbrk.h>
#include <unicode/locid.h>
#include <unicode/uchar.h>
#include <unicode/uscript.h>

#include <algorithm>
#include <cmath>
#include <optional>

namespace reeld::engine {
namespace {

struct Pace {
  const char* language;
  int words_per_minute;
  int characters_per_minute;  // of Chinese, Japanese and Korean
  double espeak_ng;  // how much faster than a narrator its voice is, pauses between sentences counted
};

// A narrator's, unhurried. Rough: people and voices differ by a fifth and more.
constexpr int kWords = 145, kCharacters = 250;
constexpr double kEspeak = 1.35;
constexpr Pace kOther = {"", kWords, kCharacters, kEspeak};
// espeak-ng as measured with version 1.51 for de, en, es, fr, ja and zh.
constexpr Pace kPaces[] = {
    {"ar", 120, kCharacters, kEspeak}, {"de", 130, kCharacters, 1.35},    {"en", 150, kCharacters, 1.45},
    {"es", 155, kCharacters, 1.2},     {"fi", 105, kCharacters, kEspeak}, {"fr", 150, kCharacters, 1.7},
    {"it", 150, kCharacters, kEspeak}, {"ja", kWords, 330, 1.3},          {"ko", kWords, 270, kEspeak},
    {"nl", 145, kCharacters, kEspeak}, {"pl", 120, kCharacters, kEspeak}, {"pt", 150, kCharacters, kEspeak},
    {"ru", 120, kCharacters, kEspeak}, {"tr", 115, kCharacters, kEspeak}, {"zh", kWords, 240, 0.64},
};

// A longer word counts as several.
constexpr int kLettersOfAWord = 15;

icu::UnicodeString wide(std::string_view text) {
  return icu::UnicodeString::fromUTF8({text.data(), static_cast<int32_t>(text.size())});
}

std::string utf8(const icu::UnicodeString& text) {
  std::string result;
  text.toUTF8String(result);
  return result;
}

// Without white space around, and with one space for each run of it inside.
std::string tidy(const icu::UnicodeString& text) {
  icu::UnicodeString result;
  bool space = false;
  for (int32_t i = 0; i < text.length(); i = text.moveIndex32(i, 1)) {
    const UChar32 c = text.char32At(i);
    if (u_isUWhiteSpace(c) || u_iscntrl(c)) {
      space = !result.isEmpty();
      continue;
    }
    if (space) result.append(u' ');
    space = false;
    result.append(c);
  }
  return utf8(result);
}

bool is_counted_by_character(UChar32 c) {
  UErrorCode status = U_ZERO_ERROR;
  const UScriptCode script = uscript_getScript(c, &status);
  return script == USCRIPT_HAN || script == USCRIPT_HIRAGANA || script == USCRIPT_KATAKANA ||
         script == USCRIPT_HANGUL;
}

bool is_clause_end(UChar32 c) {
  return icu::UnicodeString(u",;:\u2013\u2014\u060C\u061B\u3001\uFF0C\uFF1B\uFF1A").indexOf(c) >= 0;
}

// Chinese and Japanese put no space behind their commas; "1,000" and "10:30" are no clauses.
bool can_begin_clause(UChar32 mark, UChar32 next) {
  return mark >= 0x3000 || u_isUWhiteSpace(next) || is_counted_by_character(next);
}

// Index behind the white space that follows the clause's end; of several, the one that leaves the most even
// halves.
std::optional<int32_t> clause_break(const icu::UnicodeString& text) {
  std::optional<int32_t> best;
  const int32_t middle = text.length() / 2;
  for (int32_t i = 0; i < text.length(); i = text.moveIndex32(i, 1)) {
    const UChar32 c = text.char32At(i);
    const int32_t next = text.moveIndex32(i, 1);
    if (!is_clause_end(c) || next >= text.length()) continue;
    if (!can_begin_clause(c, text.char32At(next))) continue;
    if (!best || std::abs(next - middle) < std::abs(*best - middle)) best = next;
  }
  // A crumb is no scene: better a long one.
  const int32_t least = text.length() / 6;
  if (best && (*best < least || text.length() - *best < least)) return std::nullopt;
  return best;
}

bool is_hiragana(const icu::UnicodeString& word) {
  for (int32_t i = 0; i < word.length(); i = word.moveIndex32(i, 1)) {
    UErrorCode status = U_ZERO_ERROR;
    if (uscript_getScript(word.char32At(i), &status) != USCRIPT_HIRAGANA) return false;
  }
  return true;
}

// "l'eau" is about water, "dell'acqua" as well, and "the harbour's" about the harbour.
// The word's apostrophes are straight ones.
icu::UnicodeString without_elision(icu::UnicodeString word) {
  constexpr int32_t kLongestArticle = 4;
  const int32_t apostrophe = word.indexOf(u'\'');
  if (word.endsWith(u"'s")) {
    word.truncate(word.length() - 2);
  } else if (apostrophe >= 0 && apostrophe <= kLongestArticle && apostrophe + 2 < word.length()) {
    word.remove(0, apostrophe + 1);
  }
  return word;
}

// The languages that ICU has abbreviations of. For others it would take those of the machine's own language.
constexpr std::string_view kAbbreviated[] = {"de", "el", "en", "es", "fr", "it", "pt", "ru"};

// Sentences do not end at an abbreviation, nor at these, which stand before names and which ICU's lists lack
// here and there.
constexpr const char16_t* kBeforeNames[] = {u"Dr.", u"Mr.", u"Mrs.", u"Ms.", u"Prof.", u"St."};

icu::BreakIterator* sentence_breaks(const icu::Locale& locale, UErrorCode& status) {
  using Builder = icu::FilteredBreakIteratorBuilder;
  const bool listed = std::find(std::begin(kAbbreviated), std::end(kAbbreviated), locale.getLanguage()) !=
                      std::end(kAbbreviated);
  const std::unique_ptr<Builder> builder(listed ? Builder::createInstance(locale, status)
                                                : Builder::createEmptyInstance(status));
  icu::BreakIterator* all = icu::BreakIterator::createSentenceInstance(locale, status);
  if (U_FAILURE(status)) return all;
  for (const char16_t* title : kBeforeNames) builder->suppressBreakAfter(title, status);
  icu::BreakIterator* filtered = builder->wrapIteratorWithFilter(all, status);
  return filtered != nullptr ? filtered : all;
}

// A sentence that begins with a small letter goes on with the one before: "Sold!" she said.
bool goes_on(const std::string& sentence) {
  const icu::UnicodeString text = wide(sentence);
  return !text.isEmpty() && u_islower(text.char32At(0));
}

// The longest `most` of them, in their order.
std::vector<std::string> longest(std::vector<icu::UnicodeString> words, std::size_t most) {
  std::vector<std::size_t> order(words.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return words[a].countChar32() > words[b].countChar32();
  });
  order.resize(std::min(order.size(), most));
  std::sort(order.begin(), order.end());
  std::vector<std::string> result;
  for (const std::size_t i : order) result.push_back(utf8(words[i]));
  return result;
}

}  // namespace

Result<LanguageRules> LanguageRules::open(const std::string& language, std::string_view speaker) {
  LanguageRules rules;
  UErrorCode status = U_ZERO_ERROR;
  const icu::Locale locale = icu::Locale::forLanguageTag(language, status);
  icu::UnicodeString name;
  rules.language_ = locale.getLanguage();
  rules.english_name_ = utf8(locale.getDisplayName(icu::Locale::getEnglish(), name));
  rules.sentences_.reset(sentence_breaks(locale, status));
  rules.words_.reset(icu::BreakIterator::createWordInstance(locale, status));
  rules.lines_.reset(icu::BreakIterator::createLineInstance(locale, status));
  if (U_FAILURE(status)) {
    return Error{Code::internal, "ICU cannot break texts in \"" + language + "\": " + u_errorName(status)};
  }
  const auto named = std::ranges::find(kPaces, rules.language_, &Pace::language);
  const Pace& pace = named == std::end(kPaces) ? kOther : *named;
  const double faster = speaker == "espeak-ng" ? pace.espeak_ng : 1;
  rules.words_per_minute_ = faster * pace.words_per_minute;
  rules.characters_per_minute_ = faster * pace.characters_per_minute;
  rules.counts_characters_ = rules.language_ == "zh" || rules.language_ == "ja" || rules.language_ == "ko";
  return rules;
}

std::vector<std::string> LanguageRules::sentences(std::string_view paragraph) {
  // A line's end would end the sentence as well, and texts from files are often wrapped.
  const icu::UnicodeString text = wide(tidy(wide(paragraph)));
  std::vector<std::string> result;
  sentences_->setText(text);
  int32_t start = sentences_->first();
  for (int32_t end = sentences_->next(); end != icu::BreakIterator::DONE;
       start = end, end = sentences_->next()) {
    std::string sentence = tidy(text.tempSubStringBetween(start, end));
    if (sentence.empty()) continue;
    if (!result.empty() && goes_on(sentence)) {
      result.back() += " " + sentence;
    } else {
      result.push_back(std::move(sentence));
    }
  }
  return result;
}

std::vector<std::string> LanguageRules::clauses(const std::string& sentence, double seconds) {
  const double length = reading_seconds(sentence);
  if (length <= seconds) return {sentence};
  const icu::UnicodeString text = wide(sentence);
  std::optional<int32_t> at = clause_break(text);
  if (!at && length > 2 * seconds) {
    lines_->setText(text);
    at = lines_->following(text.length() / 2);
    if (*at >= text.length()) at = lines_->preceding(text.length() / 2 + 1);
    if (*at <= 0 || *at >= text.length()) at.reset();
  }
  if (!at) return {sentence};
  std::vector<std::string> pieces;
  for (const auto& half : {text.tempSubStringBetween(0, *at), text.tempSubString(*at)}) {
    for (std::string& piece : clauses(tidy(half), seconds)) pieces.push_back(std::move(piece));
  }
  return pieces;
}

double LanguageRules::reading_seconds(std::string_view text) {
  const icu::UnicodeString all = wide(text);
  int words = 0, characters = 0;
  words_->setText(all);
  int32_t start = words_->first();
  for (int32_t end = words_->next(); end != icu::BreakIterator::DONE; start = end, end = words_->next()) {
    if (words_->getRuleStatus() < UBRK_WORD_NUMBER) continue;  // spaces and punctuation
    const int count = all.countChar32(start, end - start);
    if (is_counted_by_character(all.char32At(start))) {
      characters += count;
    } else if (words_->getRuleStatus() < UBRK_WORD_LETTER) {
      words += (count + 1) / 2;  // "1999" is said as two words
    } else {
      words += (count + kLettersOfAWord - 1) / kLettersOfAWord;
    }
  }
  return 60.0 * words / words_per_minute_ + 60.0 * characters / characters_per_minute_;
}

std::vector<std::string> LanguageRules::key_words(std::string_view text, std::size_t most) {
  const icu::UnicodeString all = wide(text);
  std::vector<icu::UnicodeString> found;
  words_->setText(all);
  int32_t start = words_->first();
  for (int32_t end = words_->next(); end != icu::BreakIterator::DONE; start = end, end = words_->next()) {
    if (words_->getRuleStatus() < UBRK_WORD_LETTER) continue;
    icu::UnicodeString word = all.tempSubStringBetween(start, end);
    word.toLower(icu::Locale(language_.c_str())).findAndReplace(u"\u2019", u"'");
    if (is_stop_word(language_, utf8(word))) continue;
    word = without_elision(word);
    if (is_stop_word(language_, utf8(word))) continue;
    const int count = word.countChar32();
    const bool by_character = is_counted_by_character(word.char32At(0));
    if (by_character ? is_hiragana(word) : count < 2) continue;
    if (!by_character && !has_stop_words(language_) && count < 4) continue;
    if (std::find(found.begin(), found.end(), word) == found.end()) found.push_back(word);
  }
  return longest(std::move(found), most);
}

int LanguageRules::longest_word(std::string_view text) {
  const icu::UnicodeString all = wide(text);
  int longest = 0;
  lines_->setText(all);
  int32_t start = lines_->first();
  for (int32_t end = lines_->next(); end != icu::BreakIterator::DONE; start = end, end = lines_->next()) {
    longest = std::max(longest, all.countChar32(start, end - start));
  }
  return longest;
}

std::vector<std::string> paragraphs_of(std::string_view text) {
  std::vector<std::string> paragraphs;
  std::string paragraph;
  const auto close = [&] {
    if (!paragraph.empty()) paragraphs.push_back(std::move(paragraph));
    paragraph.clear();
  };
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    const std::string line = tidy(wide(text.substr(0, end)));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (line.empty()) {
      close();
    } else {
      paragraph += (paragraph.empty() ? "" : " ") + line;
    }
  }
  close();
  return paragraphs;
}

}  // namespace reeld::engine
