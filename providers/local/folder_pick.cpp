#include "providers/local/folder_pick.hpp"

#include <algorithm>
#include <numeric>

namespace reeld::providers {
namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool is_word_byte(char c) {
  return is_digit(c) || (lower(c) >= 'a' && lower(c) <= 'z') || (c & 0x80) != 0;
}

// The run of digits at `at`, without zeros before it; `at` moves behind it.
std::string_view number_at(std::string_view text, std::size_t& at) {
  while (at < text.size() && text[at] == '0') ++at;
  const std::size_t start = at;
  while (at < text.size() && is_digit(text[at])) ++at;
  return text.substr(start, at - start);
}

// SplitMix64: the same numbers on every machine, which std::shuffle does not promise.
std::uint64_t next_random(std::uint64_t& state) {
  std::uint64_t z = state += 0x9E3779B97F4A7C15;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
  return z ^ (z >> 31);
}

std::vector<std::size_t> shuffled_round(std::uint64_t seed, std::uint64_t round, std::size_t count) {
  std::uint64_t state = seed;
  state = next_random(state) ^ round;
  std::vector<std::size_t> order(count);
  std::iota(order.begin(), order.end(), std::size_t{0});
  for (std::size_t i = count - 1; i > 0; --i) std::swap(order[i], order[next_random(state) % (i + 1)]);
  return order;
}

}  // namespace

bool natural_less(std::string_view a, std::string_view b) {
  std::size_t i = 0, j = 0;
  while (i < a.size() && j < b.size()) {
    if (is_digit(a[i]) && is_digit(b[j])) {
      const std::string_view x = number_at(a, i), y = number_at(b, j);
      if (x.size() != y.size()) return x.size() < y.size();
      if (x != y) return x < y;
    } else if (const char x = lower(a[i++]), y = lower(b[j++]); x != y) {
      return static_cast<unsigned char>(x) < static_cast<unsigned char>(y);
    }
  }
  if (a.size() - i != b.size() - j) return a.size() - i < b.size() - j;
  return a < b;
}

std::vector<std::string> words_in(std::string_view text) {
  std::vector<std::string> words;
  bool inside = false;
  for (const char c : text) {
    if (!is_word_byte(c)) {
      inside = false;
      continue;
    }
    if (!inside) words.emplace_back();
    words.back() += lower(c);
    inside = true;
  }
  return words;
}

std::size_t shuffled_pick(std::uint64_t seed, std::size_t index, std::size_t count) {
  if (count == 1) return 0;
  // Two can only alternate.
  if (count == 2) return (index + shuffled_round(seed, 0, 2)[0]) % 2;
  const std::size_t round = index / count;
  std::vector<std::size_t> order = shuffled_round(seed, round, count);
  // The last one of the round before is never moved by this, for a round has three or more.
  if (round > 0 && order[0] == shuffled_round(seed, round - 1, count).back()) std::swap(order[0], order[1]);
  return order[index % count];
}

BestMatch best_match(const std::vector<std::vector<std::string>>& files,
                     const std::vector<std::string>& wanted) {
  BestMatch best;
  for (std::size_t i = 0; i < files.size(); ++i) {
    std::vector<std::string> found;
    for (const std::string& word : wanted) {
      if (std::ranges::find(files[i], word) != files[i].end() &&
          std::ranges::find(found, word) == found.end())
        found.push_back(word);
    }
    if (found.empty() || found.size() < best.words.size()) continue;
    if (found.size() > best.words.size()) best = {{}, std::move(found)};
    best.files.push_back(i);
  }
  return best;
}

}  // namespace reeld::providers
