// Texts as the numbers that CLIP's text networks take: byte-pair encoding of lower-case words (Radford and
// others 2021, "Learning Transferable Visual Models From Natural Language Supervision", 2.4; Sennrich and
// others 2016). Any thread.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "base/result.hpp"

namespace reeld::engine {

class TextTokens {
 public:
  // The merges, a pair a line, the most frequent first, as CLIP's vocabulary file and Hugging Face's
  // merges.txt have them; a first line with "#version" is left out, as is what goes beyond CLIP's 48894.
  // Errors: file_missing, file_unreadable, invalid_request with the line.
  static Result<TextTokens> read(const std::filesystem::path& merges);

  // A start, the text's tokens, an end, then zeros up to `length`; what is too long loses its end.
  std::vector<std::int64_t> encode(const std::string& text, int length) const;

 private:
  std::vector<std::string> parts_of(const std::string& word) const;

  std::map<std::string, std::int64_t> ids_;
  std::map<std::pair<std::string, std::string>, int> ranks_;
};

}  // namespace reeld::engine
