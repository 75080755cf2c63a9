#include "engine/script/dialogue.hpp"

#include "providers/wishes.hpp"

#include "tests/engine/script_fixture.hpp"

namespace reeld::test {
namespace {

using engine::Script;
using engine::ScriptTools;

const std::string kRevise =
    R"({"verdict": "revise", "notes": [{"scene": 1, "note": "Begin with the gulls."}]})";
const std::string kAccept = R"({"verdict": "accept", "notes": []})";

std::string draft_of(const std::string& title) {
  Json draft = draft_json(4, 5);
  draft["title"] = title;
  return draft.dump();
}

ScriptTools tools_of(FakeWriter& writer) {
  ScriptTools tools;
  tools.writer = &writer;
  return tools;
}

Error error_of(FakeWriter& writer, const Json& changes = Json::object()) {
  const auto script = engine::write_script(topic_with(changes), tools_of(writer));
  REQUIRE_FALSE(script);
  return script.error();
}

TEST_CASE("a writer's failure is the script's, with who was asked and in which round") {
  FakeWriter refusing({Error{Code::provider_refused, "blocked: SAFETY"}});
  CHECK(error_of(refusing) == Error{Code::provider_refused, "the director, round 1: blocked: SAFETY"});

  FakeWriter garbled({draft_of("First"), std::string("Well done!")});
  const Error critic = error_of(garbled, {{"passes", 1}});
  CHECK(critic.code == Code::response_malformed);
  CHECK(critic.message.starts_with("the critic, round 1: "));
  CHECK(critic.message.find("Well done!") != std::string::npos);

  FakeWriter cut({draft_of("First"), kRevise, draft_of("Second").substr(0, 100)});
  const Error director = error_of(cut, {{"passes", 1}});
  CHECK(director.code == Code::response_truncated);
  CHECK(director.message.starts_with("the director, round 2: "));

  FakeWriter wrong({Error{Code::invalid_request, "no such model", "/model"}});
  CHECK(error_of(wrong).path == "/writer/model");
}

TEST_CASE("nobody is asked once it is cancelled, or its time is over") {
  FakeWriter writer({draft_of("First")});
  ScriptTools tools = tools_of(writer);
  tools.cancelled = [] { return true; };
  const auto cancelled = engine::write_script(topic_with(), tools);
  REQUIRE_FALSE(cancelled);
  CHECK(cancelled.error().code == Code::cancelled);
  tools = tools_of(writer);
  tools.deadline = providers::Clock::now();
  const auto late = engine::write_script(topic_with(), tools);
  REQUIRE_FALSE(late);
  CHECK(late.error().code == Code::timed_out);
  CHECK(writer.wishes.empty());
}

TEST_CASE("without passes the first draft is the script") {
  FakeWriter writer({draft_of("The title")});
  const auto script = engine::write_script(topic_with(), tools_of(writer));
  REQUIRE(script);
  CHECK(script->title == "The title");
  CHECK(script->origin == "fake/model-1");
  CHECK(script->scenes.size() == 4);
  CHECK(script->warnings.empty());
  REQUIRE(script->conversation.size() == 1);
  CHECK(script->conversation[0].role == "director");
  CHECK(script->conversation[0].content == draft_of("The title"));
}

TEST_CASE("the writer is asked as the brief says") {
  FakeWriter writer({draft_of("First")});
  REQUIRE(engine::write_script(
      topic_with({{"writer", {{"provider", "fake"}, {"model", "big"}, {"temperature", 0.5}}},
                  {"allow_fallback", true},
                  {"seed", 7}}),
      tools_of(writer)));
  REQUIRE(writer.wishes.size() == 1);
  const providers::Wish& wish = writer.wishes[0];
  CHECK(wish.capability == providers::Capability::script);
  CHECK(wish.allow_fallback);
  CHECK(wish.seed == 7);
  const auto read = providers::script_wish(wish);
  INFO((read ? "" : read.error().message));
  REQUIRE(read);
  CHECK(read->model == "big");
  CHECK(read->temperature == 0.5);
  CHECK(read->messages.size() == 2);
  CHECK(read->schema["properties"].contains("scenes"));
}

TEST_CASE("director and critic go on for as many passes as asked, each hearing what the other said") {
  FakeWriter writer({draft_of("First"), kRevise, draft_of("Second"), kRevise, draft_of("Third")});
  const auto script = engine::write_script(topic_with({{"passes", 2}}), tools_of(writer));
  REQUIRE(script);
  CHECK(script->title == "Third");
  std::string turns;
  for (const auto& utterance : script->conversation) {
    turns += utterance.role + std::to_string(utterance.iteration) + " ";
    CHECK(utterance.timestamp.size() == 27);
  }
  CHECK(turns == "director1 critic1 director2 critic2 director3 ");
  REQUIRE(writer.wishes.size() == 5);
  CHECK(writer.wishes[3].params["messages"][1]["text"].get<std::string>().find(draft_of("Second")) !=
        std::string::npos);
  const Json& last = writer.wishes[4].params["messages"];
  REQUIRE(last.size() == 6);  // system, assignment, and twice draft and notes
  CHECK(last[4] == Json{{"role", "assistant"}, {"text", draft_of("Second")}});
  CHECK(last[5]["text"].get<std::string>().find("Begin with the gulls.") != std::string::npos);
}

TEST_CASE("a critic who accepts ends the conversation") {
  FakeWriter writer({draft_of("First"), kRevise, draft_of("Second"), kAccept});
  const auto script = engine::write_script(topic_with({{"passes", 4}}), tools_of(writer));
  REQUIRE(script);
  CHECK(script->title == "Second");
  CHECK(script->conversation.size() == 4);
}

TEST_CASE("what all calls cost together is kept, and another model than the one asked for is said") {
  FakeWriter writer({draft_of("First"), kRevise, draft_of("Second")});
  writer.model_used = "model-2";
  const auto script = engine::write_script(topic_with({{"passes", 1}}), tools_of(writer));
  REQUIRE(script);
  REQUIRE(script->provenance);
  CHECK(script->provenance->request_count == 3);
  CHECK(script->provenance->input_tokens == 300);
  CHECK(script->provenance->cost_usd == 0.75);
  CHECK(script->origin == "fake/model-2");
  REQUIRE(script->warnings.size() == 3);
  CHECK(script->warnings[1] == "the critic was \"model-2\" in place of \"model-1\"");
}

}  // namespace
}  // namespace reeld::test
