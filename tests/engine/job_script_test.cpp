#include <catch2/catch.hpp>

#include "engine/script/job_script.hpp"

namespace reeld::engine {
namespace {

using storage::Json;

storage::ScriptRecord record(const Json& brief, const Json& script, const std::string& origin) {
  return {"id", origin, brief, script, Json::object(), 0};
}

Json scene(const std::string& text, const std::string& role = "") {
  return {
      {"text", text}, {"role", role}, {"picture_prompt", "sea"}, {"duration_seconds", 2.5}, {"mood", "calm"}};
}

TEST_CASE("a script by rules is kept with its text and the plan of its scenes") {
  const auto script = job_script(
      record({{"text", "One. Two."}},
             {{"scenes", {scene("One."), scene("Two.")}}, {"conversation", Json::array()}}, "rules"));
  CHECK(script.prompt == "One. Two.");
  CHECK(script.framework.empty());
  CHECK_FALSE(script.use_llm);
  CHECK(script.llm_specification.is_null());
  CHECK(script.llm_conversation_history.is_null());
  CHECK(script.scene_plan["total_scenes"] == 2);
  CHECK(script.scene_plan["scenes"][1] ==
        Json{{"scene_number", 1}, {"content", "Two."}, {"duration", 2.5}, {"visual_elements", "sea"}});
}

TEST_CASE("a framework's parts are put together, and what director and critic said is kept") {
  const Json said = {{{"role", "director"}, {"iteration", 1}, {"content", "x"}, {"timestamp", "t"}}};
  const auto script = job_script(
      record({{"topic", "Bees"}, {"framework", "pas"}},
             {{"scenes", {scene("A.", "problem"), scene("B.", "problem"), scene("C.", "solution")}},
              {"conversation", said}},
             "gemini/gemini-2.5-flash"));
  CHECK(script.prompt == "Bees");
  CHECK(script.framework == "PAS");
  CHECK(script.use_llm);
  CHECK(script.llm_specification == Json{{"problem", "A. B."}, {"solution", "C."}});
  CHECK(script.llm_conversation_history == said);
}

TEST_CASE("a critic without a framework is the master mode") {
  const Json said = {{{"role", "critic"}, {"iteration", 1}, {"content", "x"}, {"timestamp", "t"}}};
  CHECK(job_script(record({{"topic", "Bees"}}, {{"scenes", {scene("A.")}}, {"conversation", said}}, "a/b"))
            .framework == "master_mode");
}

}  // namespace
}  // namespace reeld::engine
