// Which file of a folder is taken. Pure: names and numbers in, an index out.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace reeld::providers {

// As a person counts: "page 2" before "Page 10"; letters of ASCII without their case, then by bytes.
bool natural_less(std::string_view a, std::string_view b);

// Lower-case words of a text: runs of letters and digits; every byte beyond ASCII counts as a letter.
std::vector<std::string> words_in(std::string_view text);

// The `index`th of an endless row in which every run of `count` (1 or more) holds each number below it once,
// and no number follows itself where count is above 1.
std::size_t shuffled_pick(std::uint64_t seed, std::size_t index, std::size_t count);

// Those of `files` (the words of each) that hold most of `wanted`, and which words these are.
struct BestMatch {
  std::vector<std::size_t> files;  // in order; empty where none holds any
  std::vector<std::string> words;  // that the first of them holds
};
BestMatch best_match(const std::vector<std::vector<std::string>>& files,
                     const std::vector<std::string>& wanted);

}  // namespace reeld::providers
