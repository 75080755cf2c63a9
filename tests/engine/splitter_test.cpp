#include "engine/script/splitter.hpp"

#include <numeric>

#include "tests/engine/script_fixture.hpp"

namespace reeld::test {
namespace {

using engine::Script;
using engine::ScriptScene;

Script split(const Json& changes) {
  // Read by a person: 150 words a minute.
  Json all = {{"speech", {{"provider", "narrator"}}}};
  all.update(changes);
  const auto script = engine::split_text(brief_with(all));
  INFO((script ? "" : script.error().message));
  REQUIRE(script);
  return *script;
}

double length_of(const Script& script) {
  return std::accumulate(script.scenes.begin(), script.scenes.end(), 0.0,
                         [](double sum, const ScriptScene& scene) { return sum + scene.duration_seconds; });
}

// `count` sentences of ten words: 4 s each in English.
std::string sentences(int count) {
  std::string text;
  for (int i = 0; i < count; ++i) text += "One two three four five six seven eight nine ten. ";
  return text;
}

TEST_CASE("a text without a word, or with an endless one, is refused") {
  for (const std::string& text :
       {std::string("... ?! * * *"), std::string(501, 'x'), "a " + std::string(90'000, 'x')}) {
    const auto script = engine::split_text(brief_with({{"text", text}}));
    REQUIRE_FALSE(script);
    CHECK(script.error().code == Code::invalid_request);
    CHECK(script.error().path == "/text");
  }
}

TEST_CASE("one word is one scene") {
  const Script script = split({{"text", "Go!"}});
  REQUIRE(script.scenes.size() == 1);
  CHECK(script.scenes[0].text == "Go!");
  CHECK(script.title == "Go!");
  CHECK(script.origin == "rules");
  // Said in 0.4 s at 150 words a minute, with the generic platform's pause of 0.5 s.
  CHECK(script.scenes[0].duration_seconds == Approx(0.9));
}

TEST_CASE("every word is said once, in its order, and twice the same") {
  const std::string text =
      "At dawn the boats leave. Dr. Smith, who has studied these waters for thirty years, counts them from "
      "the pier; she "
      "writes each name into a small blue notebook.\n\n...\n\nBy noon they are back. The nets are full, the "
      "gulls are loud, "
      "and the whole town smells of salt.";
  for (const char* platform : {"generic", "tiktok", "linkedin"}) {
    const Script script = split({{"text", text}, {"platform", platform}});
    std::string said;
    for (const ScriptScene& scene : script.scenes) said += (said.empty() ? "" : " ") + scene.text;
    std::string expected = text;
    for (std::size_t at = 0; (at = expected.find("\n\n", at)) != std::string::npos;)
      expected.replace(at, 2, " ");
    CHECK(said == expected);
    CHECK(engine::to_json(script) == engine::to_json(split({{"text", text}, {"platform", platform}})));
  }
}

TEST_CASE("scenes tend to the platform's length: short sentences are joined, long ones broken") {
  // Sentences of 4 s: YouTube's scenes tend to 7 s, TikTok's to 3.5 s.
  const Script youtube = split({{"text", sentences(8)}, {"platform", "youtube"}});
  CHECK(youtube.scenes.size() == 4);
  const Script tiktok = split({{"text", sentences(8)}, {"platform", "tiktok"}});
  CHECK(tiktok.scenes.size() == 8);
  // One sentence of 20 words in two clauses, 8 s.
  const Script broken =
      split({{"platform", "tiktok"},
             {"text",
              "One two three four five six seven eight nine ten, one two three four five six seven "
              "eight nine ten."}});
  REQUIRE(broken.scenes.size() == 2);
  CHECK(broken.scenes[0].text == "One two three four five six seven eight nine ten,");
}

TEST_CASE("scenes keep to paragraphs where their lengths allow it") {
  const Script script = split(
      {{"text", sentences(1) + "\n\n" + sentences(1) + "\n\n" + sentences(1)}, {"platform", "youtube"}});
  CHECK(script.scenes.size() == 3);
}

TEST_CASE("Chinese is joined without spaces") {
  const Script script = split({{"text", "渔船离开。他们回来。"}, {"language", "zh-Hans"}});
  REQUIRE(script.scenes.size() == 1);
  CHECK(script.scenes[0].text == "渔船离开。他们回来。");
}

TEST_CASE("a length near that of the text is met by the voice's pace") {
  const Script script =
      split({{"text", sentences(15)}, {"target_seconds", 58}});  // 60 s of speech, pauses beside it
  CHECK(length_of(script) == Approx(58).margin(1));
  CHECK(script.speech_speed > 1);
  CHECK(script.speech_speed <= 1.2);
  CHECK(script.warnings.empty());
  CHECK(split({{"text", sentences(15)}}).speech_speed == 1);
}

TEST_CASE("a length far from that of the text is approached as far as sense goes, and said to be missed") {
  const Script longer = split({{"text", sentences(30)}, {"target_seconds", 30}});
  CHECK(longer.speech_speed == 1.2);
  REQUIRE(longer.warnings.size() == 1);
  CHECK(longer.warnings[0].find("30 s are asked for: shorten it") != std::string::npos);
  const Script shorter = split({{"text", sentences(2)}, {"target_seconds", 60}});
  CHECK(shorter.speech_speed == 0.85);
  REQUIRE(shorter.warnings.size() == 1);
  CHECK(shorter.warnings[0].find("60 s are asked for: lengthen it") != std::string::npos);
}

TEST_CASE("a framework's parts go to the scenes by their place, and bring their moods") {
  const Script script = split({{"text", sentences(6)}, {"platform", "tiktok"}, {"framework", "pas"}});
  REQUIRE(script.scenes.size() == 6);
  std::string roles, moods;
  for (const ScriptScene& scene : script.scenes) {
    roles += scene.role + " ";
    moods += scene.mood + " ";
  }
  CHECK(roles == "problem problem agitate agitate solve solve ");
  CHECK(moods == "tense tense dramatic dramatic hopeful hopeful ");
  CHECK(script.warnings.empty());
}

TEST_CASE("a text is broken finer where a framework has more parts than it would have scenes") {
  // Three sentences of 4 s would be two scenes on YouTube; PAS has three parts.
  CHECK(split({{"text", sentences(3)}, {"platform", "youtube"}}).scenes.size() < 3);
  const Script script = split({{"text", sentences(3)}, {"platform", "youtube"}, {"framework", "pas"}});
  REQUIRE(script.scenes.size() == 3);
  CHECK(script.warnings.empty());
  const Script one = split({{"text", "Buy now."}, {"framework", "aida"}});
  REQUIRE(one.warnings.size() == 1);
  CHECK(one.warnings[0].find("1 of the 4 scenes") != std::string::npos);
}

TEST_CASE("a picture's prompt is the scene's key words and the looks of mood, tone and category") {
  const Script script =
      split({{"text", "The boats leave the harbour."}, {"tone", "friendly"}, {"category", "travel"}});
  CHECK(script.scenes[0].tags == std::vector<std::string>{"boats", "leave", "harbour"});
  CHECK(script.scenes[0].mood == "warm");
  CHECK(script.scenes[0].picture_prompt == "boats, leave, harbour, warm light, friendly, travel photograph");
  // Words that no table knows stand as they are; a scene of stop words alone shows what it says.
  CHECK(split({{"text", "The boats."}, {"tone", "wry"}, {"category", "vegan cooking"}})
            .scenes[0]
            .picture_prompt == "boats, wry, vegan cooking");
  CHECK(split({{"text", "We are."}}).scenes[0].picture_prompt == "We are.");
}

TEST_CASE("the title is the brief's, or how the text begins") {
  CHECK(split({{"title", "Harbour"}}).title == "Harbour");
  const std::string title = split({{"text", sentences(9)}}).title;
  CHECK(title == "One two three four five six seven eight nine ten. One two…");
  CHECK(split({{"text", "渔船离开港口渔船离开港口渔船离开港口渔船离开港口渔船离开港口"}, {"language", "zh"}})
            .title == "渔船离开港口渔船离开港口渔船离开港口渔船…");
}

}  // namespace
}  // namespace reeld::test
