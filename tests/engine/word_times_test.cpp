#include "engine/word_times.hpp"

#include <catch2/catch.hpp>

#include "engine/captions.hpp"

namespace reeld::engine {
namespace {

std::vector<std::string> texts_of(const std::vector<storage::Word>& words) {
  std::vector<std::string> texts;
  for (const auto& word : words) texts.push_back(word.text);
  return texts;
}

TEST_CASE("no words take no time", "[words]") {
  CHECK(estimated_words("", 3).empty());
  CHECK(estimated_words(" \n\t", 3).empty());
}

// "Now, go on." is 3 + 1 letters and a comma's 3, then 2 + 1, then 2 + 1: 13 in all, a quarter of a second
// each.
TEST_CASE("words are spread by their letters, with pauses after commas", "[words]") {
  const auto words = estimated_words("Now, go on.", 13 * 0.25);
  CHECK(texts_of(words) == std::vector<std::string>{"Now,", "go", "on."});
  CHECK(words[0].start_seconds == 0);
  CHECK(words[0].end_seconds == Approx(1.0));
  CHECK(words[1].start_seconds == Approx(1.75));
  CHECK(words[2].end_seconds == Approx(13 * 0.25));
}

TEST_CASE("scripts without spaces are told by character, marks belong to the word before", "[words]") {
  CHECK(texts_of(estimated_words("海。 空", 2)) == std::vector<std::string>{"海。", "空"});
  CHECK(texts_of(estimated_words("Yes - no !", 2)) == std::vector<std::string>{"Yes", "-", "no!"});
  CHECK(texts_of(estimated_words("été fini", 2)) == std::vector<std::string>{"été", "fini"});
}

TEST_CASE("words follow one another and fill the whole length", "[words]") {
  const auto words = estimated_words("One. Two, three; four... five? «Six» — seven!", 10);
  CHECK(words.front().start_seconds == 0);
  CHECK(words.back().end_seconds == Approx(10));
  for (std::size_t i = 1; i < words.size(); ++i)
    CHECK(words[i].start_seconds >= words[i - 1].end_seconds - 1e-9);
}

std::vector<TextSpec> captions(const std::string& text, int max_characters, double delay = 0) {
  CaptionSpec spec;
  spec.max_characters = max_characters;
  return captions_of(estimated_words(text, 10), spec, delay);
}

TEST_CASE("a caption holds a phrase, and no more characters than asked", "[captions]") {
  const auto made = captions("At dawn the boats go out. By noon they are back.", 20);
  std::vector<std::string> texts;
  for (const TextSpec& text : made) texts.push_back(text.text);
  CHECK(texts == std::vector<std::string>{"At dawn the boats", "go out.", "By noon they", "are back."});
}

TEST_CASE("one caption ends where the next begins, and the last lingers for half a second", "[captions]") {
  const auto made = captions("One two three. Four five six.", 15, 2);
  REQUIRE(made.size() == 2);
  CHECK(made[0].start == 2);
  CHECK(*made[0].end <= made[1].start);
  CHECK(*made[1].end == Approx(12.5));
}

TEST_CASE("a word longer than a caption stands alone", "[captions]") {
  CHECK(captions("a Donaudampfschifffahrtsgesellschaft b", 10).size() == 3);
}

TEST_CASE("characters without spaces are joined without spaces", "[captions]") {
  CHECK(captions("海空山川。", 10)[0].text == "海空山川。");
}

}  // namespace
}  // namespace reeld::engine
