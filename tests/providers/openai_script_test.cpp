// Scripts by OpenAI and servers that speak as it does: the schema however the server takes it, and answers
// that are none.
#include <catch2/catch.hpp>

#include "tests/providers/openai_case.hpp"

namespace reeld::providers {
namespace {

using Catch::Contains;
using nlohmann::json;

json scenes_wish(bool closed = true) {
  json schema =
      json::parse(R"({"type": "object", "required": ["scenes"], "additionalProperties": false, "properties":
    {"scenes": {"type": "array", "items": {"type": "object", "required": ["text"], "additionalProperties": false,
                                           "properties": {"text": {"type": "string"}}}}}})");
  if (!closed) schema["properties"]["scenes"]["items"].erase("required");
  return {{"messages",
           {{{"role", "system"}, {"text", "You write films."}},
            {{"role", "user"}, {"text", "Text: The sea is calm. A gull cries."}}}},
          {"schema", schema}};
}

TEST_CASE("a script keeps to its schema; a closed schema is asked for strictly") {
  OpenAiCase openai;
  json wish = scenes_wish();
  wish["temperature"] = 0.5;
  wish["max_output_tokens"] = 900;
  wish["seed"] = 9U;
  const Delivery made = only_delivery(openai.script(wish));
  json body = openai.last_body();
  CHECK(openai.standin.log().back()["path"] == "/v1/chat/completions");
  CHECK(body["response_format"]["type"] == "json_schema");
  CHECK(body["response_format"]["json_schema"]["schema"] == wish["schema"]);
  CHECK(body["response_format"]["json_schema"]["strict"] == true);
  CHECK(body["messages"][0] == json{{"role", "system"}, {"content", "You write films."}});
  CHECK(body["max_completion_tokens"] == 900);
  CHECK(body["seed"] == 9);
  CHECK(json::parse(made.text)["scenes"].size() == 2);
  CHECK(made.provenance.input_tokens > 0);
  CHECK(made.provenance.output_tokens > 0);
  CHECK(made.provenance.metadata["model_version"] == kWords);
  CHECK(made.provenance.metadata["finish_reason"] == "stop");
  only_delivery(openai.script(scenes_wish(false), "llama-3.2-3b-instruct"));
  body = openai.last_body();
  CHECK(body["response_format"]["json_schema"]["strict"] == false);
  CHECK(body["max_tokens"] == 8192);
}

TEST_CASE("a server without json_schema is told the schema in words, and asked only once which it knows") {
  OpenAiCase openai({"--json-object-only"});
  for (int i = 0; i < 2; ++i) {
    const Delivery made = only_delivery(openai.script(scenes_wish(), "llama-3.2-3b-instruct"));
    CHECK(json::parse(made.text)["scenes"].size() == 2);
  }
  const json log = openai.standin.log();
  REQUIRE(log.size() == 3);
  CHECK(log[0]["status"] == 400);
  CHECK(log[1]["body"]["response_format"] == json{{"type", "json_object"}});
  CHECK_THAT(log[1]["body"]["messages"][0]["content"].get<std::string>(),
             Contains("JSON Schema") && Contains("scenes"));
  CHECK(log[2]["body"]["response_format"] == json{{"type", "json_object"}});
}

TEST_CASE("a schema that is wrong is not taken for a server that knows none") {
  OpenAiCase openai;
  openai.standin.dial(
      {{"fault", "status"}, {"status", 400}, {"message", "Invalid schema for response_format 'answer'."}});
  const Tried tried = openai.script(scenes_wish());
  CHECK(error_of(tried).code == Code::provider_failed);
  CHECK(tried.remedy == Remedy::none);
  CHECK(openai.standin.log().size() == 1);
}

TEST_CASE("a script that is cut, refused or no JSON is none") {
  OpenAiCase openai;
  const auto faulty = [&](const json& fault) {
    openai.standin.dial(fault);
    return openai.script(scenes_wish());
  };
  const Tried cut = faulty({{"fault", "cut_script"}});
  CHECK(error_of(cut).code == Code::response_truncated);
  CHECK(cut.remedy == Remedy::none);
  const Tried refused = faulty({{"fault", "refusal"}});
  CHECK(error_of(refused).code == Code::provider_refused);
  CHECK(refused.remedy == Remedy::none);
  CHECK_THAT(error_of(refused).message, Contains("I can't assist with that"));
  const Tried chat = faulty({{"fault", "answer_text"}, {"text", "Sure! Here it is."}});
  CHECK(error_of(chat).code == Code::response_malformed);
  CHECK(chat.remedy == Remedy::later);
  const json filtered = json::parse(
      R"({"choices": [{"message": {"role": "assistant", "content": ""}, "finish_reason": "content_filter"}]})");
  CHECK(error_of(faulty({{"fault", "wrong_shape"}, {"body", filtered}})).code == Code::provider_refused);
  const json silent =
      json::parse(R"({"choices": [{"message": {"content": null}, "finish_reason": "stop"}]})");
  CHECK(error_of(faulty({{"fault", "wrong_shape"}, {"body", silent}})).code == Code::response_malformed);
}

}  // namespace
}  // namespace reeld::providers
