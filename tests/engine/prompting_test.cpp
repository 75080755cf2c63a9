#include "engine/script/prompting.hpp"

#include "tests/engine/script_fixture.hpp"

namespace reeld::test {
namespace {

using engine::Assignment;
using engine::Critique;

Assignment assignment(const Json& changes = Json::object()) {
  const auto assigned = engine::assignment_of(topic_with(changes));
  REQUIRE(assigned);
  return *assigned;
}

bool says(const std::vector<providers::Message>& messages, const std::string& words) {
  for (const auto& message : messages) {
    if (message.text.find(words) != std::string::npos) return true;
  }
  return false;
}

struct BadAnswer {
  std::string answer;
  Code code;
  std::string words;
};

std::string spoiled(int scene, const char* field, const Json& value) {
  Json draft = draft_json(4, 5);
  draft["scenes"][scene][field] = value;
  return draft.dump();
}

TEST_CASE("a draft that is no draft is refused with what the model said") {
  const std::string whole = draft_json(4, 5).dump();
  Json without_mood = draft_json(4, 5);
  without_mood["scenes"][2].erase("mood");
  const BadAnswer cases[] = {
      {"", Code::response_truncated, "it said nothing"},
      {whole.substr(0, whole.size() / 2), Code::response_truncated, "is cut off"},
      {whole.substr(0, whole.size() - 1), Code::response_truncated, "is cut off"},
      {"```json\n" + whole.substr(0, 40), Code::response_truncated, "is cut off"},
      {"I am sorry, I cannot write about that.", Code::response_malformed,
       "I am sorry, I cannot write about that."},
      {whole + " I hope you like it!", Code::response_malformed, "is no JSON"},
      {"[]", Code::response_malformed, "has another form"},
      {R"({"title": "Boats"})", Code::response_malformed, "/scenes: is missing"},
      {R"({"title": "Boats", "scenes": []})", Code::response_malformed, "has no scenes"},
      {R"({"title": "Boats", "scens": []})", Code::response_malformed, "did you mean \"scenes\"?"},
      {without_mood.dump(), Code::response_malformed, "/scenes/2/mood: is missing"},
      {spoiled(1, "mood", "melancholic"), Code::response_malformed,
       "/scenes/1/mood: \"melancholic\" is not allowed"},
      {spoiled(1, "text", 7), Code::response_malformed, "/scenes/1/text"},
      {spoiled(1, "text", " "), Code::response_malformed, "scene 2 says nothing"},
      {spoiled(1, "text", std::string(5000, 'a')), Code::response_malformed, "a text of 5000 bytes"},
      {spoiled(1, "text", std::string("a\0b", 3)), Code::response_malformed, "U+0000"},
      {spoiled(1, "picture_prompt", ""), Code::response_malformed, "scene 2 shows nothing"},
      {spoiled(1, "duration_seconds", -3), Code::response_malformed, "scene 2 lasts -3"},
      {spoiled(1, "duration_seconds", 0), Code::response_malformed, "scene 2 lasts 0"},
      {spoiled(1, "duration_seconds", 1e9), Code::response_malformed, "scene 2 lasts 1000000000"},
      {draft_json(4, 100).dump(), Code::response_malformed, "is 400 s long, and 20 s were asked for"},
      {draft_json(4, 1).dump(), Code::response_malformed, "is 4 s long, and 20 s were asked for"},
      {draft_json(14, 1.4).dump(), Code::response_malformed, "has 14 scenes, and at most 13 were asked for"},
  };
  for (const BadAnswer& bad : cases) {
    INFO(bad.answer.substr(0, 300));
    const auto draft = engine::read_draft(bad.answer, assignment());
    REQUIRE_FALSE(draft);
    INFO(draft.error().message);
    CHECK(draft.error().code == bad.code);
    CHECK(draft.error().message.find(bad.words) != std::string::npos);
    CHECK(draft.error().message.find("; it said ") != std::string::npos);
  }
}

TEST_CASE("a draft is read as it stands, with or without fences around it") {
  const std::string whole = draft_json(4, 5).dump(2);
  for (const std::string& answer : {whole, "```json\n" + whole + "\n```\n", "\n```\n" + whole + "```"}) {
    const auto draft = engine::read_draft(answer, assignment());
    REQUIRE(draft);
    CHECK(draft->title == "Boats");
    REQUIRE(draft->scenes.size() == 4);
    CHECK(draft->scenes[3].text == "Sentence 4.");
    CHECK(draft->scenes[3].mood == "calm");
    CHECK(draft->scenes[3].duration_seconds == 5);
    CHECK(draft->scenes[3].tags == std::vector<std::string>{"red", "boat", "harbour", "morning", "light"});
  }
}

TEST_CASE("a framework's parts must be there, in their order") {
  const auto answer = [](const std::vector<std::string>& roles) {
    Json draft = draft_json(static_cast<int>(roles.size()), 5);
    for (std::size_t i = 0; i < roles.size(); ++i) draft["scenes"][i]["role"] = roles[i];
    return engine::read_draft(draft.dump(), assignment({{"framework", "bab"}}));
  };
  const auto words = [&](const std::vector<std::string>& roles) {
    const auto draft = answer(roles);
    return draft ? "" : draft.error().message;
  };
  CHECK(answer({"before", "before", "after", "bridge"}));
  CHECK(answer({"before", "after", "bridge"})->scenes[1].role == "after");
  CHECK(words({"before", "bridge", "bridge"}).find("lacks the part \"after\"") != std::string::npos);
  CHECK(words({"after", "before", "bridge"}).find("lacks the part \"before\"") != std::string::npos);
  CHECK(words({"before", "after"}).find("lacks the part \"bridge\"") != std::string::npos);
  CHECK(words({"before", "after", "bridge", "after"}).find("goes back to the part \"after\"") !=
        std::string::npos);
  CHECK(words({"before", "after", "brigde"}).find("/scenes/2/role") != std::string::npos);
  CHECK_FALSE(engine::read_draft(draft_json(4, 5).dump(), assignment({{"framework", "bab"}})));
}

TEST_CASE("a critique that is none is refused with what the model said") {
  const BadAnswer cases[] = {
      {"Good work!", Code::response_malformed, "Good work!"},
      {R"({"verdict": "revise", "notes": [{"scene": 1, "no)", Code::response_truncated, "is cut off"},
      {R"({"verdict": "fine", "notes": []})", Code::response_malformed, "\"accept\", or \"revise\""},
      {R"({"verdict": "revise", "notes": []})", Code::response_malformed,
       "asks for a revision and has no notes"},
      {R"({"verdict": "revise", "notes": [{"scene": 9, "note": "too long"}]})", Code::response_malformed,
       "scene 9 of 4"},
      {R"({"verdict": "revise", "notes": [{"scene": -1, "note": "too long"}]})", Code::response_malformed,
       "scene -1 of 4"},
      {R"({"verdict": "revise", "notes": [{"scene": 1, "note": " "}]})", Code::response_malformed,
       "empty or endless note"},
      {R"({"verdict": "revise", "notes": [{"scene": 99999999999999999999, "note": "x"}]})",
       Code::response_malformed, "/scene"},
  };
  for (const BadAnswer& bad : cases) {
    INFO(bad.answer);
    const auto critique = engine::read_critique(bad.answer, 4);
    REQUIRE_FALSE(critique);
    INFO(critique.error().message);
    CHECK(critique.error().code == bad.code);
    CHECK(critique.error().message.find(bad.words) != std::string::npos);
  }
}

TEST_CASE("a critique's notes become the director's next task") {
  const auto critique = engine::read_critique(
      R"({"verdict": "revise", "notes": [{"scene": 2, "note": "Too long."}, {"scene": 0, "note": "Warmer."}]})",
      4);
  REQUIRE(critique);
  CHECK_FALSE(critique->accepts);
  const std::string request = engine::revision_request(*critique);
  CHECK(request.find("- scene 2: Too long.\n- the whole: Warmer.\n") != std::string::npos);
  CHECK(engine::read_critique(R"({"verdict": "accept", "notes": []})", 4)->accepts);
}

TEST_CASE("the director is told all that the brief says, and the critic judges by the same") {
  const Assignment asked = assignment({{"language", "de"},
                                       {"speech", {{"provider", "narrator"}}},
                                       {"tone", "wry"},
                                       {"platform", "tiktok"},
                                       {"category", "travel"},
                                       {"title", "Der Hafen"},
                                       {"framework", "pas"},
                                       {"target_seconds", 30}});
  for (const auto& messages :
       {engine::director_messages(asked), engine::critic_messages(asked, "THE DRAFT")}) {
    REQUIRE(messages.size() == 2);
    CHECK(messages[0].role == "system");
    CHECK(messages[1].role == "user");
    for (const char* words :
         {"German (de)", "30 seconds", "about 59 words", "Tone: wry", "tiktok", "9:16", "Category: travel",
          "Title: Der Hafen", "- agitate: ", "<topic>\nBoats\n</topic>"}) {
      INFO(words);
      CHECK(says(messages, words));
    }
  }
  CHECK(says(engine::critic_messages(asked, "THE DRAFT"), "<draft>\nTHE DRAFT\n</draft>"));
  CHECK(says(engine::director_messages(assignment({{"language", "zh"}})), "characters said in all"));
}

TEST_CASE(
    "a text is given to the director as material, with a length that suits it where none is asked for") {
  const auto asked = engine::assignment_of(brief_with({{"writer", {{"provider", "fake"}}}}));
  REQUIRE(asked);
  CHECK(asked->target_seconds >= 5);
  CHECK(asked->target_seconds < 10);  // twelve words
  CHECK(says(engine::director_messages(*asked), "<text>\nAt dawn the boats leave the harbour."));
}

TEST_CASE("the schema asks for a role only where a framework has roles") {
  const auto scene = [](const Assignment& asked) {
    return engine::draft_schema(asked)["properties"]["scenes"]["items"];
  };
  CHECK_FALSE(scene(assignment())["properties"].contains("role"));
  const Json item = scene(assignment({{"framework", "aida"}}));
  CHECK(item["properties"]["role"]["enum"] == Json{"attention", "interest", "desire", "action"});
  // Strict servers want every property required.
  CHECK(item["required"].size() == item["properties"].size());
}

}  // namespace
}  // namespace reeld::test
