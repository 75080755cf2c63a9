// OpenAI and servers that speak as it does, against the stand-in: requests of the documented form, and what
// comes back told apart.
#include <catch2/catch.hpp>

#include "providers/services/picture_bytes.hpp"
#include "tests/providers/openai_case.hpp"

namespace reeld::providers {
namespace {

using Catch::Contains;
using nlohmann::json;

// One white pixel.
constexpr const char* kTinyPng =
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGP4"
    "DwABAQEAsTj2FAAAAABJRU5ErkJggg==";

PictureSize size_of(const Delivery& delivery) {
  const auto size = picture_size(content_of(delivery.file));
  REQUIRE(size);
  return *size;
}

TEST_CASE("a wish that an OpenAI server cannot be asked is refused before anything is sent, with its field") {
  OpenAiCase openai;
  const auto refused = [&](Capability capability, const json& params) {
    const auto valid = openai.service->validate(openai.wish(capability, params));
    REQUIRE_FALSE(valid);
    return valid.error();
  };
  CHECK(refused(Capability::picture, {{"prompt", "a"}, {"aspect", "0:9"}}).path == "/aspect");
  CHECK(refused(Capability::picture, {{"prompt", "a"}, {"options", {{"sizes", {"large"}}}}}).path ==
        "/options/sizes");
  CHECK(refused(Capability::picture, {{"prompt", "a"}, {"options", {{"qualty", "low"}}}}).code ==
        Code::unknown_field);
  CHECK(refused(Capability::picture, {{"prompt", "a"}, {"references", {"none.png"}}}).path ==
        "/references/0");
  CHECK(refused(Capability::speech, {{"text", "a"}, {"options", {{"speech_format", "midi"}}}}).path ==
        "/options/speech_format");
  // 4097 letters of two bytes each are one too many; 4096 are not.
  std::string letters;
  for (int i = 0; i < 4096; ++i) letters += "\u00e9";
  CHECK(openai.service->validate(openai.wish(Capability::speech, {{"text", letters}})));
  const Error longer = refused(Capability::speech, {{"text", letters + "e"}});
  CHECK(longer.code == Code::limit_exceeded);
  CHECK(longer.path == "/text");
  openai.config.options["voices"] = {"af_sky", "bm_lewis"};
  openai.restart();
  CHECK(refused(Capability::speech, {{"text", "a"}, {"voice", "sky"}}).path == "/voice");
  CHECK(refused(Capability::speech, {{"text", "a"}}).path == "/options/voice");
  CHECK(refused(Capability::script, {{"messages", json::array()}}).path == "/messages");
  CHECK(openai.standin.log().empty());
}

TEST_CASE("without a key OpenAI itself is not asked, and a local server is") {
  OpenAiCase openai({"--key", ""});
  openai.config.key = Secret();
  openai.restart();
  CHECK(openai.picture().result);
  CHECK(openai.standin.log().back()["key"] == "absent");
  openai.config.allow_private_addresses = false;
  openai.restart();
  CHECK(error_of(openai.picture()).code == Code::key_invalid);
  CHECK_THAT(openai.service->info().why_not, Contains("key"));
}

TEST_CASE("a picture from a GPT image model: the nearest size, no response_format, and where it came from") {
  OpenAiCase openai;
  openai.config.options = {{"quality", "low"}, {"output_format", "jpeg"}};
  openai.restart();
  const Delivery made =
      only_delivery(openai.picture({{"prompt", "a lighthouse"}, {"negative_prompt", "people"}}));
  const json request = openai.standin.log().back();
  CHECK(request["path"] == "/v1/images/generations");
  CHECK(request["key"] == "right");
  CHECK(request["body"] ==
        json::parse(R"({"model": "gpt-image-1", "n": 1, "size": "1536x1024", "quality": "low",
    "prompt": "a lighthouse\nLeave out of the picture: people", "output_format": "jpeg"})"));
  CHECK(made.media_type == "image/jpeg");
  CHECK(size_of(made).width == 1536);
  const Provenance& from = made.provenance;
  CHECK(from.input_tokens > 0);
  CHECK(from.output_tokens == 272);
  CHECK_FALSE(from.seed);
  CHECK(from.metadata["size"] == "1536x1024");
  CHECK_THAT(from.metadata["request_id"].get<std::string>(), Contains("req_"));
  only_delivery(openai.picture({{"prompt", "a"}, {"aspect", "9:16"}}));
  CHECK(openai.last_body()["size"] == "1024x1536");
}

TEST_CASE("several pictures of one request are several files; their tokens are counted once") {
  OpenAiCase openai;
  const Tried made = openai.picture({{"prompt", "a"}, {"count", 3}, {"options", {{"quality", "low"}}}});
  REQUIRE(made.result);
  REQUIRE(made.result->size() == 3);
  CHECK(openai.standin.log().size() == 1);
  CHECK(openai.last_body()["n"] == 3);
  CHECK((*made.result)[0].provenance.output_tokens == 3 * 272);
  CHECK((*made.result)[1].provenance.output_tokens == 0);
  CHECK(content_of((*made.result)[0].file) != content_of((*made.result)[1].file));
}

TEST_CASE("dall-e-3 makes one picture a request, and says how it read the prompt") {
  OpenAiCase openai;
  openai.config.options = json::object();
  openai.restart();
  const Tried made = openai.picture({{"prompt", "a barn"}, {"count", 2}}, "dall-e-3");
  REQUIRE(made.result);
  CHECK(made.result->size() == 2);
  CHECK(openai.standin.log().size() == 2);
  CHECK(openai.last_body()["size"] == "1792x1024");
  CHECK(openai.last_body()["response_format"] == "b64_json");
  CHECK(made.result->front().provenance.metadata["revised_prompt"] == "A detailed picture: a barn");
}

TEST_CASE("a local server is asked for the very size, and for its seed where it takes one") {
  OpenAiCase openai;
  openai.config.options = {{"send_seed", true}, {"picture_answer", "unsaid"}};
  openai.restart();
  const Tried made =
      openai.picture({{"prompt", "a"}, {"width", 500}, {"height", 301}, {"count", 2}}, "stablediffusion");
  REQUIRE(made.result);
  const json body = openai.standin.log()[2]["body"];  // of the second, after the first was fetched
  CHECK_FALSE(body.contains("response_format"));
  CHECK(body["size"] == "504x304");
  CHECK(body["seed"] == 6);
  CHECK(made.result->back().provenance.seed == 6);
  CHECK(size_of(made.result->back()).width == 504);
}

TEST_CASE("a picture that is answered as a URL is fetched, without the key") {
  OpenAiCase openai;
  openai.config.options["picture_answer"] = "url";
  openai.restart();
  const Delivery made = only_delivery(openai.picture({{"prompt", "a"}}, "stablediffusion"));
  CHECK(size_of(made).width == 1536);
  const json fetched = openai.standin.log().back();
  CHECK_THAT(fetched["path"].get<std::string>(), Contains("/openai-pictures/"));
  CHECK(fetched["key"] == "absent");
  const auto faulty = [&](json fault) {
    fault["match"] = "/openai-pictures/";
    openai.standin.dial(fault);
    return openai.picture({{"prompt", "a"}}, "stablediffusion");
  };
  const Tried gone = faulty({{"fault", "status"}, {"status", 404}});
  CHECK(error_of(gone).code == Code::provider_failed);
  CHECK(gone.remedy == Remedy::later);
  CHECK(error_of(faulty({{"fault", "wrong_type"}})).code == Code::response_media_type);
  CHECK(error_of(faulty({{"fault", "truncated"}})).code == Code::response_truncated);
}

TEST_CASE("a URL in an answer leads nowhere that the service itself may not be") {
  OpenAiCase openai;
  const auto with_url = [&](const std::string& url) {
    return openai.faulty({{"fault", "wrong_shape"}, {"body", {{"data", {{{"url", url}}}}}}});
  };
  CHECK(error_of(with_url("file:///etc/passwd")).code == Code::invalid_request);
  CHECK(error_of(with_url("data:image/png;base64,AAAA")).code == Code::response_media_type);
  openai.config.allow_private_addresses = false;
  openai.restart();
  const Tried here = openai.picture();
  CHECK(error_of(here).code == Code::address_not_allowed);
  CHECK(here.remedy == Remedy::none);
}

TEST_CASE("references go as files of a form, with the fields beside them") {
  OpenAiCase openai;
  const Delivery first = only_delivery(openai.picture());
  const std::string name = first.file.filename().string();
  only_delivery(
      openai.picture({{"prompt", "by night"}, {"references", {name}}, {"options", {{"quality", "low"}}}}));
  const json one = openai.standin.log().back();
  CHECK(one["path"] == "/v1/images/edits");
  const auto part = [](const json& body, const std::string& field) {
    for (const json& each : body)
      if (each["name"] == field) return each;
    return json();
  };
  CHECK(part(one["body"], "prompt")["value"] == "by night");
  CHECK(part(one["body"], "model")["value"] == kPictures);
  CHECK(part(one["body"], "n")["value"] == "1");
  CHECK(part(one["body"], "image")["content_type"] == "image/png");
  CHECK(part(one["body"], "image")["bytes"] == std::filesystem::file_size(first.file));
  const Delivery made = only_delivery(openai.picture({{"prompt", "both"}, {"references", {name, name}}}));
  CHECK(part(openai.last_body(), "image[]")["filename"] == "reference-0.png");
  CHECK(made.provenance.input_tokens > 2 * 323);
}

TEST_CASE("speech from OpenAI: the voice, the speed, and what cannot be said is named") {
  OpenAiCase openai;
  const Delivery made = only_delivery(
      openai.speech({{"text", "One two three."}, {"speed", 1.25}, {"voice", "nova"}, {"pitch", 0.5}}));
  CHECK(made.media_type == "audio/wav");
  CHECK(openai.last_body() ==
        json::parse(R"({"model": "gpt-4o-mini-tts", "input": "One two three.", "voice": "nova",
    "response_format": "wav", "speed": 1.25, "instructions": "Speak in a lower voice than usual."})"));
  CHECK_FALSE(made.provenance.metadata.contains("ignored"));
  const Delivery plain =
      only_delivery(openai.speech({{"text", "One."}, {"pitch", 0.5}, {"language", "en"}}, "tts-1"));
  CHECK(openai.last_body()["voice"] == "alloy");
  CHECK_FALSE(openai.last_body().contains("instructions"));
  CHECK(plain.provenance.metadata["ignored"] == json({"language", "pitch"}));
  for (const auto& [format, type] :
       {std::pair{"mp3", "audio/mpeg"}, {"pcm", "audio/wav"}, {"opus", "audio/ogg"}}) {
    openai.config.options["speech_format"] = format;
    openai.restart();
    CHECK(only_delivery(openai.speech({{"text", "One."}})).media_type == type);
  }
}

TEST_CASE("speech that is none is told as such") {
  OpenAiCase openai;
  const auto faulty = [&](const json& fault) {
    openai.standin.dial(fault);
    return openai.speech({{"text", "One two."}});
  };
  CHECK(error_of(faulty({{"fault", "wrong_type"}})).code == Code::response_media_type);
  CHECK(error_of(faulty({{"fault", "wrong_shape"}})).code == Code::response_media_type);
  CHECK(error_of(faulty({{"fault", "truncated"}})).code == Code::response_truncated);
  const Tried limited = faulty({{"fault", "status"}, {"status", 429}, {"retry_after", 2}});
  CHECK(error_of(limited).code == Code::rate_limited);
  CHECK(limited.retry_after == std::chrono::seconds(2));
  const Tried voice = openai.speech({{"text", "One."}, {"voice", "nobody"}});
  CHECK(error_of(voice).code == Code::provider_failed);
  CHECK(voice.remedy == Remedy::none);
  CHECK_THAT(error_of(voice).message, Contains("nobody"));
}

TEST_CASE("a wrong OpenAI key is told as such, and stands in no message") {
  OpenAiCase openai;
  openai.config.key = Secret("sk-wrong-key");
  openai.restart();
  const Tried tried = openai.picture();
  CHECK(error_of(tried).code == Code::key_invalid);
  CHECK(tried.remedy == Remedy::none);
  CHECK_THAT(error_of(tried).message, Contains("Incorrect API key"));
  const Tried quoting =
      openai.faulty({{"fault", "status"}, {"status", 500}, {"message", "broken by sk-wrong-key"}});
  CHECK_THAT(error_of(quoting).message, Contains("broken by [key]"));
  const json echo = {{"output_format", "png"},
                     {"quality", "for sk-wrong-key"},
                     {"usage", std::string(5000, 'x')},
                     {"data", {{{"b64_json", kTinyPng}}}}};
  const Provenance from = only_delivery(openai.faulty({{"fault", "wrong_shape"}, {"body", echo}})).provenance;
  CHECK(from.metadata["quality"] == "for [key]");
  CHECK_FALSE(from.metadata.contains("usage"));
}

TEST_CASE("OpenAI's errors are told apart by what its words and codes say") {
  OpenAiCase openai;
  struct Row {
    json fault;
    Code code;
    Remedy remedy;
  };
  const auto status = [](int number, json more = json::object()) {
    json fault = {{"fault", "status"}, {"status", number}};
    fault.update(more);
    return fault;
  };
  const std::vector<Row> rows = {
      {status(429), Code::rate_limited, Remedy::later},
      {status(429, {{"per_day", true}}), Code::quota_exceeded, Remedy::none},
      {status(429, {{"message", "Limit 200 / 200 on requests per day (RPD)"}}), Code::quota_exceeded,
       Remedy::other_model},
      {status(400, {{"code", "billing_hard_limit_reached"}}), Code::quota_exceeded, Remedy::none},
      {status(404), Code::model_unavailable, Remedy::other_model},
      {status(400, {{"code", "context_length_exceeded"}}), Code::limit_exceeded, Remedy::none},
      {status(400, {{"code", "content_policy_violation"}}), Code::provider_refused, Remedy::none},
      {{{"fault", "refusal"}}, Code::provider_refused, Remedy::none},
      {status(400), Code::provider_failed, Remedy::none},
      {status(500), Code::provider_failed, Remedy::later},
      {status(503), Code::provider_failed, Remedy::later},
      {{{"fault", "garbage"}}, Code::response_malformed, Remedy::later},
      {{{"fault", "wrong_shape"}}, Code::response_malformed, Remedy::later},
      {{{"fault", "wrong_shape"}, {"body", {{"data", {{{"b64_json", 7}}}}}}},
       Code::response_malformed,
       Remedy::later},
      {{{"fault", "wrong_shape"}, {"body", {{"data", json::array()}}}},
       Code::response_malformed,
       Remedy::later},
      {{{"fault", "truncated"}}, Code::response_truncated, Remedy::later},
      {{{"fault", "wrong_type"}}, Code::response_media_type, Remedy::later},
      {{{"fault", "reset"}, {"times", 3}}, Code::provider_unreachable, Remedy::later}};
  for (const Row& row : rows) {
    const Tried tried = openai.faulty(row.fault);
    CAPTURE(row.fault);
    CHECK(code_name(error_of(tried).code) == code_name(row.code));
    CHECK(tried.remedy == row.remedy);
    CHECK_FALSE(error_of(tried).message.empty());
    openai.standin.reset();
  }
  CHECK(error_of(openai.picture({{"prompt", "a"}}, "gpt-image-9")).code == Code::model_unavailable);
}

TEST_CASE("the probe asks for the list of models") {
  OpenAiCase openai;
  CHECK(openai.service->probe(kNever).result);
  CHECK(openai.standin.log().back()["path"] == "/v1/models");
  openai.config.key = Secret("another");
  openai.config.base_url += "/v1/";  // as other programs want it written
  openai.restart();
  CHECK(error_of(openai.service->probe(kNever)).code == Code::key_invalid);
  CHECK(openai.standin.log().back()["path"] == "/v1/models");
}

}  // namespace
}  // namespace reeld::providers
