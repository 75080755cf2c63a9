#include "engine/script/brief.hpp"

#include <catch2/catch.hpp>
#include <limits>

namespace reeld::engine {
namespace {

Json with(const Json& changes) {
  Json brief = {{"text", "At dawn the boats go out."}, {"picture", {{"folder", "pictures"}}}};
  brief.merge_patch(changes);
  return brief;
}

Error error_of(const Json& json) {
  const auto brief = parse_brief(json);
  REQUIRE_FALSE(brief);
  return brief.error();
}

TEST_CASE("a bad brief is refused with the field and what is allowed there") {
  struct Case {
    Json changes;
    Code code;
    std::string path, words;
  };
  const Json writer = {{"provider", "gemini"}};
  const Case cases[] = {
      {{{"platfrom", "tiktok"}}, Code::unknown_field, "/platfrom", "did you mean \"platform\"?"},
      {{{"platform", "tiktock"}}, Code::invalid_request, "/platform", "did you mean \"tiktok\"?"},
      {{{"framework", "aidda"}}, Code::invalid_request, "/framework", "did you mean \"aida\"?"},
      {{{"tone", ""}}, Code::invalid_request, "/tone", "at least 1"},
      {{{"language", "english please"}}, Code::invalid_request, "/language", "a language tag such as"},
      {{{"target_seconds", 4}},
       Code::invalid_request,
       "/target_seconds",
       "seconds at least 5 and at most 3600"},
      {{{"target_seconds", "60"}}, Code::invalid_request, "/target_seconds", "\"60\" is not allowed"},
      {{{"target_seconds", std::numeric_limits<double>::quiet_NaN()}},
       Code::invalid_request,
       "/target_seconds",
       "NaN"},
      {{{"passes", 5}}, Code::invalid_request, "/passes", "at most 4"},
      {{{"passes", 1}}, Code::invalid_request, "/passes", "need a writer"},
      {{{"text", nullptr}}, Code::invalid_request, "/text", "is missing or empty"},
      {{{"text", " \n\t"}}, Code::invalid_request, "/text", "is missing or empty"},
      {{{"text", "caf\xe9"}}, Code::invalid_request, "/text", "UTF-8"},
      {{{"text", std::string(100'001, 'a')}}, Code::invalid_request, "/text", "at most 100000 characters"},
      {{{"topic", "boats"}}, Code::invalid_request, "/topic", "not both"},
      {{{"text", nullptr}, {"topic", "boats"}},
       Code::invalid_request,
       "/topic",
       "rules are at work, and they cannot write"},
      {{{"writer", {{"model", "m"}}}}, Code::invalid_request, "/writer/provider", "is missing"},
      {{{"writer", {{"provider", "gemini"}, {"temprature", 1}}}},
       Code::unknown_field,
       "/writer/temprature",
       "temperature"},
      {{{"picture", nullptr}},
       Code::invalid_request,
       "/picture",
       "{\"folder\": DIR} (reelctl: --pictures DIR)"},
      {{{"picture", {{"folder", nullptr}}}},
       Code::invalid_request,
       "/picture/provider",
       "name a provider of pictures"},
      {{{"picture", {{"provider", "file"}}}},
       Code::invalid_request,
       "/picture/provider",
       "one picture for all scenes"},
      {{{"picture", {{"prompt", "a boat"}}}},
       Code::invalid_request,
       "/picture/prompt",
       "each scene brings its own"},
      {{{"picture", {{"tags", {"boat"}}}}},
       Code::invalid_request,
       "/picture/tags",
       "each scene brings its own"},
      {{{"speech", {{"text", "hello"}}}}, Code::invalid_request, "/speech/text", "each scene brings its own"},
      {{{"speech", {{"provider", "file"}}}},
       Code::invalid_request,
       "/speech/provider",
       "a provider of speech"},
      {{{"captions", "yes"}}, Code::invalid_request, "/captions", "true or false"},
  };
  for (const Case& bad : cases) {
    INFO(bad.changes.dump(-1, ' ', false, Json::error_handler_t::replace).substr(0, 200));
    const Error error = error_of(with(bad.changes));
    INFO(error.message);
    CHECK(error.code == bad.code);
    CHECK(error.path == bad.path);
    CHECK(error.message.find(bad.words) != std::string::npos);
  }
  CHECK(error_of(Json::array()).message == "the brief is a list of 0: it must be a JSON object");
}

TEST_CASE("what a brief leaves out has its default") {
  const auto brief = parse_brief(with(Json::object()));
  REQUIRE(brief);
  CHECK(brief->tone == "neutral");
  CHECK(brief->platform == "generic");
  CHECK(brief->language == "en");
  CHECK_FALSE(brief->target_seconds);
  CHECK(brief->framework == "none");
  CHECK(brief->passes == 0);
  CHECK(brief->writer.is_null());
  CHECK(brief->picture ==
        Json{{"provider", "folder"}, {"folder", "pictures"}, {"pick", "tags"}, {"otherwise", "order"}});
  CHECK(brief->speech == Json{{"provider", "espeak-ng"}});
}

TEST_CASE("a brief keeps what it is given, with names as people write them") {
  const auto brief =
      parse_brief({{"topic", "Boats"},
                   {"title", "The harbour"},
                   {"tone", "Wry and dry"},
                   {"platform", "TikTok"},
                   {"category", "Travel"},
                   {"language", "de-AT"},
                   {"target_seconds", 45.5},
                   {"framework", "PAS"},
                   {"passes", 2},
                   {"captions", false},
                   {"allow_fallback", true},
                   {"seed", 7},
                   {"writer", {{"provider", "gemini"}, {"model", "m"}, {"options", {{"top_k", 3}}}}},
                   {"picture", {{"provider", "comfyui"}, {"style", "ink"}}},
                   {"speech", {{"provider", "elevenlabs"}, {"voice", "Ada"}}}});
  REQUIRE(brief);
  CHECK(brief->topic == "Boats");
  CHECK(brief->tone == "wry and dry");
  CHECK(brief->platform == "tiktok");
  CHECK(brief->category == "travel");
  CHECK(brief->language == "de-AT");
  CHECK(brief->target_seconds == 45.5);
  CHECK(brief->framework == "pas");
  CHECK(brief->passes == 2);
  CHECK_FALSE(brief->captions);
  CHECK(brief->allow_fallback);
  CHECK(brief->seed == 7);
  CHECK(brief->writer["options"]["top_k"] == 3);
  CHECK(brief->picture == Json{{"provider", "comfyui"}, {"style", "ink"}});
  CHECK(brief->speech == Json{{"provider", "elevenlabs"}, {"voice", "Ada"}});
}

}  // namespace
}  // namespace reeld::engine
