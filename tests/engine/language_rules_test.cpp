#include "engine/script/language_rules.hpp"

#include <catch2/catch.hpp>

namespace reeld::engine {
namespace {

using Texts = std::vector<std::string>;

LanguageRules rules_of(const std::string& language) {
  auto rules = LanguageRules::open(language);
  REQUIRE(rules);
  return *std::move(rules);
}

TEST_CASE("a language that nobody knows has the general rules") {
  LanguageRules rules = rules_of("xx-Zzzz");
  CHECK(rules.sentences("One. Two.") == Texts{"One.", "Two."});
  CHECK(rules.reading_seconds("one two") > 0);
  CHECK(rules.key_words("the old harbour", 5) == Texts{"harbour"});
}

TEST_CASE("paragraphs lie between empty lines") {
  CHECK(paragraphs_of("") == Texts{});
  CHECK(paragraphs_of(" \n\n\t\r\n") == Texts{});
  CHECK(paragraphs_of("One\r\nline.\r\n\r\n  Two. \n \n\nThree.") == Texts{"One line.", "Two.", "Three."});
}

TEST_CASE("sentences end where the language ends them, not at abbreviations") {
  CHECK(rules_of("en").sentences("Dr. Smith came at 2 p.m. yesterday. \"Sold!\" she said. It cost $3.50.") ==
        Texts{"Dr. Smith came at 2 p.m. yesterday.", "\"Sold!\" she said.", "It cost $3.50."});
  CHECK(rules_of("de").sentences("Das Boot, z.B. die Möwe, fährt. Es ist spät.") ==
        Texts{"Das Boot, z.B. die Möwe, fährt.", "Es ist spät."});
  CHECK(rules_of("zh").sentences("清晨，渔船离开港口。中午他们回来了！") ==
        Texts{"清晨，渔船离开港口。", "中午他们回来了！"});
  CHECK(rules_of("hi").sentences("नाव जाती है। वह लौटती है।") == Texts{"नाव जाती है।", "वह लौटती है।"});
}

TEST_CASE("a long sentence is broken at its clauses, and a short one is not") {
  LanguageRules rules = rules_of("en");
  const std::string sentence =
      "The nets are full, the gulls are loud, and the whole town smells of 1,000 fish.";
  CHECK(rules.clauses(sentence, 60) == Texts{sentence});
  CHECK(rules.clauses(sentence, 4) ==
        Texts{"The nets are full, the gulls are loud,", "and the whole town smells of 1,000 fish."});
  CHECK(rules_of("zh").clauses("渔网满满的，海鸥很吵，孩子们在跑。", 3) ==
        Texts{"渔网满满的，", "海鸥很吵，孩子们在跑。"});
}

TEST_CASE("a sentence without clauses is broken between words only where it is very long") {
  LanguageRules rules = rules_of("en");
  std::string sentence;
  for (int i = 0; i < 50; ++i) sentence += i == 0 ? "word" : " word";  // 50 words at 150 a minute: 20 s
  CHECK(rules.clauses(sentence, 12).size() == 1);
  const auto pieces = rules.clauses(sentence, 6);
  CHECK(pieces.size() > 1);
  std::string again;
  for (const std::string& piece : pieces) {
    CHECK(rules.reading_seconds(piece) <= 12);
    again += (again.empty() ? "" : " ") + piece;
  }
  CHECK(again == sentence);
}

TEST_CASE("reading time counts words, and characters where the script has no words") {
  CHECK(rules_of("en").reading_seconds("") == 0);
  CHECK(rules_of("en").reading_seconds("... * ?!") == 0);
  CHECK(rules_of("en").reading_seconds("One two, three: four five.") == Approx(5 * 60 / 150.0));
  CHECK(rules_of("de").reading_seconds("Eins zwei drei.") == Approx(3 * 60 / 130.0));
  CHECK(rules_of("zh").reading_seconds("渔船离开港口。") == Approx(6 * 60 / 240.0));
  CHECK(rules_of("ja").reading_seconds("ふねがでる。") == Approx(5 * 60 / 330.0));
  // espeak-ng is faster than people.
  auto espeak = LanguageRules::open("en", "espeak-ng");
  REQUIRE(espeak);
  CHECK(espeak->reading_seconds("One two.") == Approx(2 * 60 / 217.5));
  // A number of four digits is said as two words; a word of 16 letters counts as two.
  CHECK(rules_of("en").reading_seconds("1999") == Approx(2 * 60 / 150.0));
  CHECK(rules_of("en").reading_seconds("internationalism") == Approx(2 * 60 / 150.0));
}

TEST_CASE("key words are those that name something, each once") {
  CHECK(rules_of("en").key_words("The boats and the BOATS of the harbour's old men, they don't leave", 9) ==
        Texts{"boats", "harbour", "old", "men", "leave"});
  CHECK(rules_of("fr").key_words("L’eau de la mer n’est pas à l'homme", 9) == Texts{"eau", "mer", "homme"});
  CHECK(rules_of("de").key_words("Über dem Hafen kreisen die Möwen", 9) ==
        Texts{"hafen", "kreisen", "möwen"});
  CHECK(rules_of("ja").key_words("船が港を出る", 9) == Texts{"船", "港", "出る"});
  CHECK(rules_of("en").key_words("of the and", 9).empty());
  // Of more than asked for the longer ones stay, in their order.
  CHECK(rules_of("en").key_words("cat elephant dog giraffe", 2) == Texts{"elephant", "giraffe"});
}

TEST_CASE("the longest word is the longest run that no line can break") {
  CHECK(rules_of("en").longest_word("a bc def") == 3);
  CHECK(rules_of("en").longest_word(std::string(700, 'x')) == 700);
  CHECK(rules_of("zh").longest_word("渔船离开港口渔船离开港口") < 4);
}

}  // namespace
}  // namespace reeld::engine
