// Gemini against its stand-in: what goes out has the documented form, what comes back is told apart.
#include <catch2/catch.hpp>

#include "providers/services/picture_bytes.hpp"
#include "tests/providers/service_case.hpp"

namespace reeld::providers {
namespace {

using Catch::Contains;
using nlohmann::json;

constexpr const char* kPictures = "gemini-3.1-flash-image";
constexpr const char* kWords = "gemini-2.5-flash";
constexpr const char* kSpeech = "gemini-2.5-flash-preview-tts";

class GeminiCase : public ServiceCase {
 public:
  explicit GeminiCase(const std::vector<std::string>& options = {}) : ServiceCase("gemini", options) {
    config.models = {
        {Capability::picture, {kPictures}}, {Capability::script, {kWords}}, {Capability::speech, {kSpeech}}};
  }
  std::unique_ptr<ModelService> service() const { return gemini_service(config, *client); }

  Tried picture(json params = {{"prompt", "a lighthouse"}}, const std::string& model = kPictures) {
    return service()->try_model(wish(Capability::picture, std::move(params)), model, scratch.path(), kNever);
  }
  Tried script(json params, const std::string& model = kWords) {
    return service()->try_model(wish(Capability::script, std::move(params)), model, scratch.path(), kNever);
  }
  Tried speech(json params) {
    return service()->try_model(wish(Capability::speech, std::move(params)), kSpeech, scratch.path(), kNever);
  }
  // A picture while the dial does this.
  Tried faulty(json fault) {
    standin.dial(fault);
    return picture();
  }
};

const json kSchema = json::parse(R"({"type": "object", "required": ["scenes"], "additionalProperties": false,
  "properties": {"scenes": {"type": "array", "items": {"type": "object", "properties": {"text": {"type": "string"}}}}}})");

json scenes_wish() {
  return {{"messages",
           {{{"role", "system"}, {"text", "You write films."}},
            {{"role", "user"}, {"text", "Text: The sea is calm. A gull cries."}}}},
          {"schema", kSchema}};
}

TEST_CASE("a wish that Gemini cannot be asked is refused before anything is sent, with its field") {
  GeminiCase gemini;
  const auto refused = [&](Capability capability, const json& params) {
    const auto valid = gemini.service()->validate(gemini.wish(capability, params));
    REQUIRE_FALSE(valid);
    return valid.error();
  };
  CHECK(refused(Capability::picture, {{"prompt", ""}}).path == "/prompt");
  CHECK(refused(Capability::picture, {{"prompt", "a"}, {"aspect", "wide"}}).path == "/aspect");
  CHECK(refused(Capability::picture, {{"prompt", "a"}, {"seed", 1ULL << 40}}).path == "/seed");
  CHECK(refused(Capability::picture, {{"prompt", "a"}, {"options", {{"voise", "Kore"}}}}).path ==
        "/options/voise");
  const Error missing = refused(Capability::picture, {{"prompt", "a"}, {"references", {"none.png"}}});
  CHECK(missing.code == Code::file_missing);
  CHECK(missing.path == "/references/0");
  std::ofstream(gemini.scratch.path() / "text.png") << "no picture";
  CHECK(refused(Capability::picture, {{"prompt", "a"}, {"references", {"text.png"}}}).code ==
        Code::picture_invalid);
  CHECK(refused(Capability::picture, {{"prompt", "a"}, {"references", {"."}}}).code == Code::file_unreadable);
  std::filesystem::resize_file(gemini.scratch.path() / "text.png", 8 << 20);
  CHECK(refused(Capability::picture, {{"prompt", "a"}, {"references", {"text.png"}}}).code ==
        Code::limit_exceeded);
  const Error voice = refused(Capability::speech, {{"text", "Hello"}, {"voice", "Cora"}});
  CHECK(voice.path == "/voice");
  CHECK_THAT(voice.message, Contains("Kore"));
  const Error letters = refused(Capability::speech, {{"text", std::string(8001, 'a')}});
  CHECK(letters.code == Code::limit_exceeded);
  CHECK(letters.path == "/text");
  const json system = {{"messages", {{{"role", "system"}, {"text", "Be brief."}}}}};
  CHECK(refused(Capability::script, system).path == "/messages");
  json open = scenes_wish();
  open["schema"] = {{"type", "object"}};
  CHECK(refused(Capability::script, open).path == "/schema");
  CHECK(refused(Capability::sound, json::object()).code == Code::provider_unavailable);
  CHECK(gemini.standin.log().empty());
}

TEST_CASE("without a key Gemini says so, and asks nobody") {
  GeminiCase gemini;
  gemini.config.key = Secret();
  gemini.config.allow_private_addresses = false;
  CHECK_THAT(gemini.service()->info().why_not, Contains("key"));
  CHECK(error_of(gemini.picture()).code == Code::key_invalid);
  CHECK(gemini.standin.log().empty());
}

TEST_CASE("a picture from Gemini: the nearest shape, the size that the frame needs, and where it came from") {
  GeminiCase gemini;
  const Delivery made = only_delivery(gemini.picture({{"prompt", "a lighthouse"},
                                                      {"negative_prompt", "people"},
                                                      {"style", "oil painting"},
                                                      {"width", 1920},
                                                      {"height", 1080},
                                                      {"seed", 42U}}));
  const json request = gemini.standin.log().back();
  CHECK(request["path"] == "/v1beta/models/gemini-3.1-flash-image:generateContent");
  CHECK(request["key"] == "right");
  CHECK(request["body"] == json::parse(R"({
    "contents": [{"role": "user", "parts": [{"text": "a lighthouse\noil painting\nLeave out of the picture: people"}]}],
    "generationConfig": {"responseModalities": ["TEXT", "IMAGE"], "seed": 42,
                         "imageConfig": {"aspectRatio": "16:9", "imageSize": "2K"}}})"));
  CHECK(made.media_type == "image/png");
  CHECK(made.source_type == "GENERATED");
  const auto size = picture_size(content_of(made.file));
  REQUIRE(size);
  CHECK(size->width == 2688);
  CHECK(size->height == 1536);
  const Provenance& from = made.provenance;
  CHECK(from.seed == 42);
  CHECK(from.output_tokens > 1290);
  CHECK(from.input_tokens > 0);
  CHECK(from.response_seconds > 0);
  CHECK(from.metadata["model_version"] == kPictures);
  CHECK(from.metadata["finish_reason"] == "STOP");
  CHECK(from.metadata["response_id"].is_string());
  CHECK_THAT(from.metadata["text"].get<std::string>(), Contains("lighthouse"));
  CHECK_THAT(from.metadata.dump(), !Contains("test-key"));
}

TEST_CASE("a model that knows no sizes is told none") {
  GeminiCase gemini;
  only_delivery(gemini.picture({{"prompt", "a"}, {"aspect", "2:3"}}, "gemini-2.5-flash-image"));
  const json image = gemini.last_body()["generationConfig"]["imageConfig"];
  CHECK(image == json{{"aspectRatio", "2:3"}});
  gemini.config.options = {{"image_size_models", json::array()}};
  only_delivery(gemini.picture({{"prompt", "a"}, {"width", 3840}, {"height", 2160}}));
  CHECK_FALSE(gemini.last_body()["generationConfig"]["imageConfig"].contains("imageSize"));
}

TEST_CASE("several pictures are several requests, each with the next seed") {
  GeminiCase gemini;
  const Tried made = gemini.picture({{"prompt", "a"}, {"count", 3}});
  REQUIRE(made.result);
  REQUIRE(made.result->size() == 3);
  const json log = gemini.standin.log();
  for (std::size_t i = 0; i < 3; ++i) {
    CHECK(log[i]["body"]["generationConfig"]["seed"] == 5 + i);
    CHECK((*made.result)[i].provenance.seed == 5 + i);
  }
  CHECK(content_of((*made.result)[0].file) != content_of((*made.result)[1].file));
}

TEST_CASE("what was made before another one failed is kept, and says what is missing") {
  GeminiCase gemini;
  gemini.standin.dial({{"fault", "status"}, {"status", 503}, {"match_body", "\"seed\":6"}});
  const Delivery made = only_delivery(gemini.picture({{"prompt", "a"}, {"count", 3}}));
  CHECK(made.provenance.metadata["missing"]["count"] == 2);
  CHECK_THAT(made.provenance.metadata["missing"]["why"].get<std::string>(), Contains("overloaded"));
}

TEST_CASE("references go with the prompt") {
  GeminiCase gemini;
  const Delivery first = only_delivery(gemini.picture());
  const json name = first.file.filename().string();
  only_delivery(gemini.picture({{"prompt", "the same by night"}, {"references", {name}}}));
  const json parts = gemini.last_body()["contents"][0]["parts"];
  REQUIRE(parts.size() == 2);
  CHECK(parts[1]["inlineData"]["mimeType"] == "image/png");
}

TEST_CASE("a script from Gemini keeps to the schema, which is told in Gemini's words") {
  GeminiCase gemini;
  json wish = scenes_wish();
  wish["temperature"] = 0.5;
  wish["max_output_tokens"] = 900;
  wish["messages"].push_back({{"role", "assistant"}, {"text", "What length?"}});
  wish["messages"].push_back({{"role", "user"}, {"text", "Text: The sea is calm. A gull cries."}});
  const Delivery made = only_delivery(gemini.script(wish, "gemini-2.5-pro"));
  const json body = gemini.last_body();
  CHECK(body["systemInstruction"] == json::parse(R"({"parts": [{"text": "You write films."}]})"));
  REQUIRE(body["contents"].size() == 3);
  CHECK(body["contents"][1]["role"] == "model");
  const json& config = body["generationConfig"];
  CHECK(config["maxOutputTokens"] == 900);
  CHECK(config["temperature"] == 0.5);
  CHECK(config["responseMimeType"] == "application/json");
  CHECK(config["responseSchema"]["properties"]["scenes"]["type"] == "ARRAY");
  const json answer = json::parse(made.text);
  REQUIRE(answer["scenes"].size() == 2);
  CHECK(answer["scenes"][0]["text"] == "The sea is calm.");
  CHECK(made.file.empty());
  CHECK(made.provenance.thought_tokens == 64);
  CHECK(made.provenance.seed == 5);
}

TEST_CASE("free text from Gemini is asked for without a schema") {
  GeminiCase gemini;
  const Delivery made =
      only_delivery(gemini.script({{"messages", {{{"role", "user"}, {"text", "What of it?"}}}}}));
  CHECK_THAT(made.text, Contains("What of it?"));
  CHECK_FALSE(gemini.last_body()["generationConfig"].contains("responseMimeType"));
}

TEST_CASE("speech from Gemini is a WAV file; how it is spoken stands before the text") {
  GeminiCase gemini;
  const Delivery made =
      only_delivery(gemini.speech({{"text", "One two three."}, {"voice", "Puck"}, {"language", "en-US"}}));
  CHECK(made.media_type == "audio/wav");
  const std::string wav = content_of(made.file);
  CHECK(wav.substr(0, 4) == "RIFF");
  CHECK(wav.substr(24, 4) == std::string("\xC0\x5D\0\0", 4));  // 24000 Hz
  CHECK(wav.size() > 24000);                                   // more than half a second
  json body = gemini.last_body();
  CHECK(body["contents"][0]["parts"][0]["text"] == "One two three.");
  CHECK(body["generationConfig"] ==
        json::parse(R"({"responseModalities": ["AUDIO"], "speechConfig": {"languageCode": "en-US",
    "voiceConfig": {"prebuiltVoiceConfig": {"voiceName": "Puck"}}}})"));
  gemini.config.options = {{"voice", "Leda"}};
  only_delivery(gemini.speech({{"text", "One."}, {"speed", 1.5}, {"pitch", 0.5}}));
  body = gemini.last_body();
  CHECK(body["contents"][0]["parts"][0]["text"] ==
        "Read aloud at 150% of the usual pace, in a lower voice than usual: One.");
  CHECK(body["generationConfig"]["speechConfig"]["voiceConfig"]["prebuiltVoiceConfig"]["voiceName"] ==
        "Leda");
}

TEST_CASE("a wrong key is told as such, and stands in no message") {
  GeminiCase gemini;
  gemini.config.key = Secret("AIza-wrong-key");
  const Tried tried = gemini.picture();
  CHECK(error_of(tried).code == Code::key_invalid);
  CHECK(tried.remedy == Remedy::none);
  CHECK(tried.http_status == 400);
  CHECK_THAT(error_of(tried).message, Contains("API key not valid"));
  const Tried quoting = gemini.faulty(
      {{"fault", "status"}, {"status", 403}, {"message", "Not for AIza-wrong-key\u0007\n, you!"}});
  CHECK_THAT(error_of(quoting).message, Contains("Not for [key] , you!"));
  CHECK_THAT(error_of(quoting).message, !Contains("AIza-wrong-key"));
}

TEST_CASE("a rate limit is waited for as long as Gemini says; a day's quota is not") {
  GeminiCase gemini;
  const Tried told = gemini.faulty({{"fault", "status"}, {"status", 429}, {"retry_delay", "47s"}});
  CHECK(error_of(told).code == Code::rate_limited);
  CHECK(told.remedy == Remedy::later);
  CHECK(told.retry_after == std::chrono::seconds(47));
  CHECK_THAT(error_of(told).message, Contains("exceeded your current quota"));
  const Tried header = gemini.faulty({{"fault", "status"}, {"status", 429}, {"retry_after", 3}});
  CHECK(error_of(header).code == Code::rate_limited);
  CHECK(header.retry_after == std::chrono::seconds(3));
  const Tried untold = gemini.faulty({{"fault", "status"}, {"status", 429}});
  CHECK(error_of(untold).code == Code::rate_limited);
  CHECK_FALSE(untold.retry_after);
  const Tried day =
      gemini.faulty({{"fault", "status"}, {"status", 429}, {"per_day", true}, {"retry_delay", "9s"}});
  CHECK(error_of(day).code == Code::quota_exceeded);
  CHECK(day.remedy == Remedy::other_model);
}

TEST_CASE("a model that is gone or was never there is for another model to replace") {
  GeminiCase gemini({"--gone", kPictures});
  const Tried gone = gemini.picture();
  CHECK(error_of(gone).code == Code::model_unavailable);
  CHECK(gone.remedy == Remedy::other_model);
  CHECK_THAT(error_of(gone).message, Contains("no longer available"));
  const Tried unknown = gemini.picture({{"prompt", "a"}}, "../models/none?x");
  CHECK(error_of(unknown).code == Code::model_unavailable);
}

TEST_CASE("an overloaded Gemini may answer later") {
  GeminiCase gemini;
  for (const int status : {500, 503}) {
    const Tried tried = gemini.faulty({{"fault", "status"}, {"status", status}});
    CHECK(error_of(tried).code == Code::provider_failed);
    CHECK(tried.remedy == Remedy::later);
    CHECK(tried.http_status == status);
  }
  const Tried bad =
      gemini.faulty({{"fault", "status"}, {"status", 400}, {"message", "Unable to process input image."}});
  CHECK(error_of(bad).code == Code::provider_failed);
  CHECK(bad.remedy == Remedy::none);
  CHECK_THAT(error_of(bad).message, Contains("Unable to process input image."));
}

TEST_CASE("what Gemini will not make is refused for good, whichever way it says so") {
  GeminiCase gemini;
  const Tried prompt = gemini.faulty({{"fault", "refusal"}, {"form", "prompt"}, {"reason", "JAILBREAK"}});
  CHECK(error_of(prompt).code == Code::provider_refused);
  CHECK(prompt.remedy == Remedy::none);
  CHECK_THAT(error_of(prompt).message, Contains("JAILBREAK"));
  for (const char* reason : {"SAFETY", "RECITATION", "BLOCKLIST", "PROHIBITED_CONTENT", "SPII", "LANGUAGE",
                             "IMAGE_SAFETY", "IMAGE_PROHIBITED_CONTENT", "IMAGE_RECITATION"}) {
    const Tried answer = gemini.faulty({{"fault", "refusal"}, {"reason", reason}});
    CAPTURE(reason);
    CHECK(error_of(answer).code == Code::provider_refused);
    CHECK(answer.remedy == Remedy::none);
    CHECK_THAT(error_of(answer).message, Contains(reason) && Contains("Unable to show"));
  }
  for (const char* reason : {"OTHER", "NO_IMAGE", "IMAGE_OTHER", "MALFORMED_FUNCTION_CALL"}) {
    const Tried answer = gemini.faulty({{"fault", "refusal"}, {"reason", reason}});
    CAPTURE(reason);
    CHECK(error_of(answer).code == Code::provider_failed);
    CHECK(answer.remedy == Remedy::later);
    CHECK_THAT(error_of(answer).message, Contains(reason));
  }
}

TEST_CASE("an answer of another form than documented is malformed") {
  GeminiCase gemini;
  for (const json& fault : {json{{"fault", "garbage"}}, json{{"fault", "wrong_shape"}},
                            json{{"fault", "wrong_shape"}, {"body", json::array({1, 2})}},
                            json{{"fault", "wrong_shape"}, {"body", {{"candidates", {{{"content", 7}}}}}}},
                            json{{"fault", "wrong_shape"}, {"body", {{"candidates", json::array()}}}}}) {
    const Tried tried = gemini.faulty(fault);
    CAPTURE(fault);
    CHECK(error_of(tried).code == Code::response_malformed);
    CHECK(tried.remedy == Remedy::later);
  }
  const json no_base64 = json::parse(
      R"({"candidates": [{"finishReason": "STOP", "content": {"parts": [{"inlineData": {"mimeType": "image/png", "data": "@@@"}}]}}]})");
  CHECK(error_of(gemini.faulty({{"fault", "wrong_shape"}, {"body", no_base64}})).code ==
        Code::response_malformed);
  CHECK(error_of(gemini.faulty({{"fault", "truncated"}})).code == Code::response_truncated);
}

TEST_CASE("words or another kind of file in place of a picture or speech are told as such") {
  GeminiCase gemini;
  const Tried words = gemini.faulty({{"fault", "text_only"}});
  CHECK(error_of(words).code == Code::response_media_type);
  CHECK_THAT(error_of(words).message, Contains("Here is your picture"));
  CHECK(error_of(gemini.faulty({{"fault", "wrong_type"}})).code == Code::response_media_type);
  const Tried other = gemini.faulty({{"fault", "wrong_type"}, {"says", "image/webp"}});
  CHECK(error_of(other).code == Code::response_media_type);
  CHECK_THAT(error_of(other).message, Contains("image/webp") && Contains("image/png"));
  CHECK(other.remedy == Remedy::later);
  gemini.standin.dial({{"fault", "wrong_type"}});
  CHECK(error_of(gemini.speech({{"text", "One."}})).code == Code::response_media_type);
  CHECK(std::filesystem::is_empty(gemini.scratch.path()));
}

TEST_CASE("a script that is cut or no JSON is none") {
  GeminiCase gemini;
  gemini.standin.dial({{"fault", "cut_script"}});
  const Tried cut = gemini.script(scenes_wish());
  CHECK(error_of(cut).code == Code::response_truncated);
  CHECK(cut.remedy == Remedy::none);
  CHECK_THAT(error_of(cut).message, Contains("max_output_tokens"));
  gemini.standin.dial({{"fault", "answer_text"}, {"text", "Sure! Here it is: {"}});
  const Tried chat = gemini.script(scenes_wish());
  CHECK(error_of(chat).code == Code::response_malformed);
  CHECK(chat.remedy == Remedy::later);
  gemini.standin.dial({{"fault", "answer_text"}, {"text", "```json\n{\"scenes\": []}\n```"}});
  CHECK(only_delivery(gemini.script(scenes_wish())).text == "{\"scenes\": []}");
}

TEST_CASE("Gemini's probe asks for its models, and finds a wrong key") {
  GeminiCase gemini;
  CHECK(gemini.service()->probe(kNever).result);
  CHECK(gemini.standin.log().back()["path"] == "/v1beta/models");
  gemini.config.key = Secret("another");
  CHECK(error_of(gemini.service()->probe(kNever)).code == Code::key_invalid);
  gemini.standin.dial({{"fault", "wrong_shape"}});
  CHECK(error_of(gemini.service()->probe(kNever)).code == Code::response_malformed);
}

TEST_CASE("a cancelled or late wish ends Gemini's try") {
  GeminiCase gemini;
  gemini.standin.dial({{"fault", "stall"}, {"phase", "headers"}, {"seconds", 20}, {"times", 2}});
  Wish late = gemini.wish(Capability::picture, {{"prompt", "a"}});
  late.deadline = Clock::now() + std::chrono::milliseconds(300);
  CHECK(error_of(gemini.service()->try_model(late, kPictures, gemini.scratch.path(), kNever)).code ==
        Code::timed_out);
  const Tried cancelled = gemini.service()->try_model(gemini.wish(Capability::picture, {{"prompt", "a"}}),
                                                      kPictures, gemini.scratch.path(), [] { return true; });
  CHECK(error_of(cancelled).code == Code::cancelled);
  CHECK(cancelled.remedy == Remedy::none);
}

}  // namespace
}  // namespace reeld::providers
