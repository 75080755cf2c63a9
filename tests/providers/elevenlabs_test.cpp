#include "providers/services/elevenlabs_answer.hpp"
#include "tests/providers/service_helpers.hpp"

namespace reeld::providers {
namespace {

using nlohmann::json;

constexpr const char* kRachel = "21m00Tcm4TlvDq8ikWAM";

struct ElevenLabs {
  test::StandIn standin{{"elevenlabs"}};
  std::unique_ptr<HttpClient> http = http_client();
  ProviderConfig config = config_for("elevenlabs", standin.base_url());
  TempDir dir;

  ElevenLabs() { config.options = {{"voices", {{"rachel", kRachel}}}, {"voice", "rachel"}}; }

  Tried speak(const json& params, const std::string& model = "eleven_multilingual_v2",
              const Cancelled& cancelled = nullptr) {
    return elevenlabs_service(config, *http)
        ->try_model(wish_of(Capability::speech, params), model, dir.path(), cancelled);
  }
  Tried with_fault(const json& fault, const json& params = {{"text", "Hello."}}) {
    standin.dial(fault);
    return speak(params);
  }
  Error refused(const json& params) {
    const auto valid = elevenlabs_service(config, *http)->validate(wish_of(Capability::speech, params));
    return valid ? Error{} : valid.error();
  }
};

TEST_CASE("ElevenLabs is asked by its documented form, and what it made is told") {
  ElevenLabs eleven;
  const Tried tried = eleven.speak({{"text", "Nobody came today."},
                                    {"speed", 1.1},
                                    {"language", "en-GB"},
                                    {"seed", 7U},
                                    {"options", {{"stability", 0.4}}}});
  if (!tried.result) FAIL(tried.result.error().message);
  const json request = eleven.standin.log().at(0);
  CHECK(request["path"] == std::string("/v1/text-to-speech/") + kRachel + "/with-timestamps");
  CHECK(request["query"]["output_format"] == "mp3_44100_128");
  CHECK(request["key"] == "right");
  CHECK(request["body"] == json{{"text", "Nobody came today."},
                                {"model_id", "eleven_multilingual_v2"},
                                {"language_code", "en"},
                                {"seed", 7},
                                {"apply_text_normalization", "auto"},
                                {"voice_settings", {{"speed", 1.1}, {"stability", 0.4}}}});
  const Delivery& made = tried.result->at(0);
  CHECK(made.media_type == "audio/mpeg");
  CHECK(sniffed_media_type(bytes_of(made.file)) == "audio/mpeg");
  CHECK(made.source_type == "GENERATED");
  CHECK(made.provenance.seed == 7U);
  CHECK(made.provenance.response_seconds > 0);
  CHECK(made.provenance.metadata["voice_id"] == kRachel);
  CHECK(made.provenance.metadata["words_from"] == "alignment");
  CHECK_FALSE(made.provenance.metadata["request-id"].get<std::string>().empty());
  CHECK(made.provenance.metadata["character-cost"] == "18");
  REQUIRE(made.words.size() == 3);
  CHECK(made.words[2].text == "today.");
  CHECK(made.words[0].start_seconds < made.words[1].start_seconds);
  CHECK(made.words[1].end_seconds <= made.words[2].start_seconds + 0.001);
}

TEST_CASE("samples become a WAV file; a voice may be an id; the request's seed is the last resort") {
  ElevenLabs eleven;
  eleven.config.options["output_format"] = "pcm_22050";
  const Tried tried = eleven.speak({{"text", "One."}, {"voice", "JBFqnCBsd6RMkjVDRZzb"}});
  if (!tried.result) FAIL(tried.result.error().message);
  CHECK(tried.result->at(0).media_type == "audio/wav");
  const std::string wav = bytes_of(tried.result->at(0).file);
  CHECK(wav.substr(8, 8) == "WAVEfmt ");
  CHECK(wav.substr(24, 4) == std::string("\x22\x56\0\0", 4));  // 22050 Hz
  CHECK(eleven.standin.log().at(0)["body"]["seed"] == 5);
  CHECK(eleven.standin.count("JBFqnCBsd6RMkjVDRZzb") == 1);
}

TEST_CASE("what ElevenLabs cannot do is refused before it is asked") {
  ElevenLabs eleven;
  CHECK(eleven.refused({{"text", "a"}}).message.empty());
  CHECK(eleven.refused(json::object()).path == "/text");
  CHECK(eleven.refused({{"text", "a"}, {"speed", 2}}).path == "/speed");
  CHECK(eleven.refused({{"text", "a"}, {"pitch", 1.2}}).path == "/pitch");
  CHECK(eleven.refused({{"text", "a"}, {"seed", std::uint64_t{1} << 33}}).path == "/seed");
  CHECK(eleven.refused({{"text", "a"}, {"options", {{"stability", 2}}}}).path == "/options/stability");
  CHECK(eleven.refused({{"text", "a"}, {"options", {{"output_format", "pcm_x"}}}}).path ==
        "/options/output_format");
  CHECK(eleven.refused({{"text", std::string(50000, 'a')}}).code == Code::limit_exceeded);
  eleven.config.options = json::object();
  CHECK(eleven.refused({{"text", "a"}}).path == "/voice");
  eleven.config.options = {{"voices", {{"rachel", 1}}}};
  CHECK(elevenlabs_service(eleven.config, *eleven.http)->info().why_not.find("voices/rachel") !=
        std::string::npos);
  eleven.config.key = Secret();
  eleven.config.allow_private_addresses = false;
  CHECK(eleven.refused({{"text", "a"}}).code == Code::key_invalid);
  CHECK(eleven.standin.log().empty());
}

TEST_CASE("ElevenLabs' refusals are told apart, in its own words") {
  ElevenLabs eleven;
  const auto status = [](int status, const char* code) {
    return json{{"fault", "status"}, {"status", status}, {"code", code}, {"message", "its own words"}};
  };
  struct Row {
    int status;
    const char* name;
    Code code;
    Remedy remedy;
    const char* path;
  };
  for (const Row& row :
       {Row{401, "invalid_api_key", Code::key_invalid, Remedy::none, ""},
        Row{401, "missing_permissions", Code::key_invalid, Remedy::none, ""},
        Row{401, "quota_exceeded", Code::quota_exceeded, Remedy::other_model, ""},
        Row{404, "voice_not_found", Code::invalid_request, Remedy::none, "/voice"},
        Row{400, "max_character_limit_exceeded", Code::limit_exceeded, Remedy::other_model, "/text"},
        Row{400, "model_not_found", Code::model_unavailable, Remedy::other_model, ""},
        Row{429, "too_many_concurrent_requests", Code::rate_limited, Remedy::later, ""},
        Row{429, "system_busy", Code::provider_failed, Remedy::later, ""},
        Row{500, "internal_server_error", Code::provider_failed, Remedy::later, ""},
        Row{400, "bad_request", Code::provider_failed, Remedy::none, ""}}) {
    CAPTURE(row.name);
    const Tried tried = eleven.with_fault(status(row.status, row.name));
    const Error error = error_of(tried);
    CHECK(error.code == row.code);
    CHECK(tried.remedy == row.remedy);
    CHECK(error.path == row.path);
    CHECK(error.message.find("its own words") != std::string::npos);
    CHECK(tried.http_status == row.status);
    // A place is free soon; an overloaded service asks for a back-off.
    CHECK(tried.retry_after.has_value() == (row.code == Code::rate_limited));
  }
  const Tried told = eleven.with_fault({{"fault", "status"}, {"status", 429}, {"retry_after", 9}});
  CHECK(told.retry_after == std::chrono::seconds(9));
}

TEST_CASE("what the service itself checks comes back with the field") {
  ElevenLabs eleven;
  CHECK(error_of(eleven.speak({{"text", "a"}, {"voice", "nobody"}})).path == "/voice");
  CHECK(error_of(eleven.speak({{"text", "a"}}, "none")).code == Code::model_unavailable);
  CHECK(error_of(eleven.speak({{"text", std::string(6000, 'a')}}, "eleven_v3")).code == Code::limit_exceeded);
  eleven.config.key = Secret("wrong-key");
  const Error wrong = error_of(eleven.speak({{"text", "a"}}));
  CHECK(wrong.code == Code::key_invalid);
  CHECK(wrong.message.find("wrong-key") == std::string::npos);
  CHECK(wrong.message.find("invalid_api_key") != std::string::npos);
}

TEST_CASE("answers of ElevenLabs that are none") {
  ElevenLabs eleven;
  CHECK(error_of(eleven.with_fault({{"fault", "garbage"}})).code == Code::response_malformed);
  CHECK(error_of(eleven.with_fault({{"fault", "wrong_shape"}})).code == Code::response_malformed);
  CHECK(error_of(eleven.with_fault({{"fault", "wrong_type"}})).code == Code::response_media_type);
  CHECK(error_of(eleven.with_fault({{"fault", "truncated"}})).code == Code::response_truncated);
  CHECK(error_of(eleven.with_fault({{"fault", "reset"}})).code == Code::provider_unreachable);
  eleven.config.timeouts.first_byte = std::chrono::milliseconds(300);
  CHECK(error_of(eleven.with_fault({{"fault", "stall"}, {"seconds", 5}})).code == Code::timed_out);
}

TEST_CASE("sound without times is still the sound") {
  ElevenLabs eleven;
  const Tried tried = eleven.with_fault({{"fault", "no_alignment"}});
  REQUIRE(tried.result);
  CHECK(tried.result->at(0).words.empty());
  CHECK_FALSE(tried.result->at(0).provenance.metadata.contains("words_from"));
}

TEST_CASE("a cancel ends a try at once") {
  ElevenLabs eleven;
  eleven.standin.dial({{"fault", "stall"}, {"seconds", 10}});
  const auto start = Clock::now();
  const Tried tried =
      eleven.speak({{"text", "a"}}, "eleven_v3", cancelled_after(std::chrono::milliseconds(100)));
  CHECK(error_of(tried).code == Code::cancelled);
  CHECK(Clock::now() - start < std::chrono::seconds(3));
}

TEST_CASE("ElevenLabs is probed by its list of models") {
  ElevenLabs eleven;
  CHECK(elevenlabs_service(eleven.config, *eleven.http)->probe(nullptr).result);
  CHECK(eleven.standin.log().at(0)["path"] == "/v1/models");
  eleven.config.key = Secret("wrong");
  CHECK(error_of(elevenlabs_service(eleven.config, *eleven.http)->probe(nullptr)).code == Code::key_invalid);
}

json alignment(const std::vector<std::string>& letters) {
  json told = {{"characters", letters},
               {"character_start_times_seconds", json::array()},
               {"character_end_times_seconds", json::array()}};
  for (std::size_t i = 0; i < letters.size(); ++i) {
    told["character_start_times_seconds"].push_back(static_cast<double>(i));
    told["character_end_times_seconds"].push_back(static_cast<double>(i) + 0.5);
  }
  return told;
}

TEST_CASE("letters become words, and directions to the voice do not") {
  const auto words = words_of_alignment(
      alignment({"[", "o", " ", "h", "]", " ", "É", "!", " ", "\n", "o", "[", "x", "]", "k", "["}));
  REQUIRE(words);
  REQUIRE(words->size() == 3);
  CHECK(words->at(0).text == "É!");
  CHECK(words->at(0).start_seconds == 6);
  CHECK(words->at(0).end_seconds == 7.5);
  CHECK(words->at(1).text == "o");
  CHECK(words->at(2).text == "k[");
  CHECK(words_of_alignment(alignment({}))->empty());
  CHECK_FALSE(words_of_alignment(nullptr));
  json short_of_one = alignment({"a", "b"});
  short_of_one["character_end_times_seconds"].erase(1);
  CHECK_FALSE(words_of_alignment(short_of_one));
  json odd = alignment({"a"});
  odd["characters"][0] = 7;
  CHECK_FALSE(words_of_alignment(odd));
}

}  // namespace
}  // namespace reeld::providers
