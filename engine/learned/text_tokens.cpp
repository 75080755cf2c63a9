#include "engine/learned/text_tokens.hpp"

#include <unicode/regex.h>
#include <unicode/unistr.h>

#include <algorithm>
#include <array>
#include <limits>
#include <sstream>

#include "engine/files.hpp"

namespace reeld::engine {
namespace {

constexpr int kMostMerges = 48894;
constexpr const char* kWordEnd = "</w>";
// Bytes of one word that are looked at: no word is longer, and joining takes the square of it.
constexpr std::size_t kLongestWord = 400;

std::string utf8_of(int code_point) {
  std::string text;
  icu::UnicodeString(static_cast<UChar32>(code_point)).toUTF8String(text);
  return text;
}

bool shows_itself(int byte) {
  return (byte >= '!' && byte <= '~') || (byte >= 0xA1 && byte <= 0xAC) || byte >= 0xAE;
}

// A printable character for each byte, and the bytes in the order of their tokens: those that show themselves
// first, the others as the characters from U+0100 on.
struct ByteAlphabet {
  std::array<std::string, 256> character;
  std::vector<int> order;
};

const ByteAlphabet& byte_alphabet() {
  static const ByteAlphabet alphabet = [] {
    ByteAlphabet made;
    for (int byte = 0; byte < 256; ++byte) {
      if (!shows_itself(byte)) continue;
      made.character[static_cast<std::size_t>(byte)] = utf8_of(byte);
      made.order.push_back(byte);
    }
    int next = 0x100;
    for (int byte = 0; byte < 256; ++byte) {
      if (shows_itself(byte)) continue;
      made.character[static_cast<std::size_t>(byte)] = utf8_of(next++);
      made.order.push_back(byte);
    }
    return made;
  }();
  return alphabet;
}

// Lower case, in words, numerals one by one, and runs of other characters.
std::vector<std::string> words_of(const std::string& text) {
  UErrorCode status = U_ZERO_ERROR;
  icu::RegexMatcher matcher(
      icu::UnicodeString::fromUTF8(R"('s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+)"), 0,
      status);
  icu::UnicodeString lower = icu::UnicodeString::fromUTF8(text);
  lower.toLower();
  matcher.reset(lower);
  std::vector<std::string> words;
  while (U_SUCCESS(status) && matcher.find(status)) {
    words.emplace_back();
    matcher.group(status).toUTF8String(words.back());
  }
  return words;
}

}  // namespace

Result<TextTokens> TextTokens::read(const std::filesystem::path& merges) {
  REELD_ASSIGN(const std::string text, read_text(merges));
  TextTokens tokens;
  const auto add = [&](const std::string& token) {
    tokens.ids_.emplace(token, static_cast<std::int64_t>(tokens.ids_.size()));
  };
  for (const int byte : byte_alphabet().order) add(byte_alphabet().character[static_cast<std::size_t>(byte)]);
  for (const int byte : byte_alphabet().order)
    add(byte_alphabet().character[static_cast<std::size_t>(byte)] + kWordEnd);
  std::istringstream lines(text);
  int number = 0, rank = 0;
  for (std::string line; rank < kMostMerges && std::getline(lines, line);) {
    if (++number == 1 && line.find("#version") != std::string::npos) continue;
    if (line.empty()) continue;
    std::istringstream fields(line);
    std::string left, right, more;
    if (!(fields >> left >> right) || fields >> more) {
      return Error{Code::invalid_request, "the vocabulary " + merges.string() + ", line " +
                                              std::to_string(number) +
                                              ": a pair of tokens with a space between them is expected"};
    }
    tokens.ranks_.emplace(std::pair(left, right), rank++);
    add(left + right);
  }
  if (rank == 0)
    return Error{Code::invalid_request, "the vocabulary " + merges.string() + " has no pairs of tokens"};
  add("<|startoftext|>");
  add("<|endoftext|>");
  return tokens;
}

// Bytes, of which the pair that is most frequent in the language is joined until there is none.
std::vector<std::string> TextTokens::parts_of(const std::string& word) const {
  std::vector<std::string> parts;
  for (const char c : word.substr(0, kLongestWord))
    parts.push_back(byte_alphabet().character[static_cast<std::uint8_t>(c)]);
  parts.back() += kWordEnd;
  while (parts.size() > 1) {
    int best = std::numeric_limits<int>::max();
    std::size_t at = 0;
    for (std::size_t i = 0; i + 1 < parts.size(); ++i) {
      const auto found = ranks_.find({parts[i], parts[i + 1]});
      if (found == ranks_.end() || found->second >= best) continue;
      best = found->second;
      at = i;
    }
    if (best == std::numeric_limits<int>::max()) break;
    parts[at] += parts[at + 1];
    parts.erase(parts.begin() + static_cast<std::ptrdiff_t>(at) + 1);
  }
  return parts;
}

std::vector<std::int64_t> TextTokens::encode(const std::string& text, int length) const {
  std::vector<std::int64_t> ids = {ids_.at("<|startoftext|>")};
  const auto room = static_cast<std::size_t>(length) - 1;
  for (const std::string& word : words_of(text)) {
    for (const std::string& part : parts_of(word)) {
      if (ids.size() < room) ids.push_back(ids_.at(part));
    }
  }
  ids.push_back(ids_.at("<|endoftext|>"));
  ids.resize(static_cast<std::size_t>(length), 0);
  return ids;
}

}  // namespace reeld::engine
