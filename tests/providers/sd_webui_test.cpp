#include "providers/services/latent_size.hpp"
#include "tests/providers/service_helpers.hpp"

namespace reeld::providers {
namespace {

using nlohmann::json;
using namespace std::chrono_literals;

struct WebUi {
  test::StandIn standin;
  std::unique_ptr<HttpClient> http = http_client();
  ProviderConfig config;
  TempDir dir;

  explicit WebUi(const std::vector<std::string>& options = {"--basic", "user:test-key"})
      : standin({"sdwebui"}, options), config(config_for("sd-webui", standin.base_url(), "user:test-key")) {}

  std::unique_ptr<ModelService> service() { return sd_webui_service(config, *http); }
  Tried make(const json& params, const std::string& model = "", const Cancelled& cancelled = nullptr) {
    return service()->try_model(wish(params), model, dir.path(), cancelled);
  }
  Tried with_fault(const json& fault) {
    standin.dial(fault);
    return make({{"prompt", "a fox"}, {"width", 128}, {"height", 64}});
  }
  Wish wish(const json& params) const {
    Wish wish = wish_of(Capability::picture, params);
    wish.base_dir = dir.path();
    return wish;
  }
  Error refused(const json& params) {
    const auto valid = service()->validate(wish(params));
    return valid ? Error{} : valid.error();
  }
};

TEST_CASE("the WebUI is asked for pictures of a size it takes, and says which seeds it used") {
  WebUi webui;
  const Tried tried = webui.make({{"prompt", "a fox"},
                                  {"negative_prompt", "snow"},
                                  {"seed", 40U},
                                  {"count", 2},
                                  {"width", 132},
                                  {"height", 99},
                                  {"options", {{"steps", 9}, {"sampler_name", "Euler"}}}},
                                 "sd_xl_base_1.0.safetensors");
  if (!tried.result) FAIL(tried.result.error().message);
  const json request = webui.standin.log().at(0);
  CHECK(request["path"] == "/sdapi/v1/txt2img");
  CHECK(request["key"] == "right");
  CHECK(request["body"] ==
        json{{"prompt", "a fox"},
             {"negative_prompt", "snow"},
             {"seed", 40},
             {"width", 136},
             {"height", 96},
             {"batch_size", 2},
             {"n_iter", 1},
             {"steps", 9},
             {"sampler_name", "Euler"},
             {"override_settings", {{"sd_model_checkpoint", "sd_xl_base_1.0.safetensors"}}}});
  REQUIRE(tried.result->size() == 2);
  const Delivery& second = tried.result->at(1);
  CHECK(second.media_type == "image/png");
  CHECK(second.source_type == "GENERATED");
  CHECK(picture_size(bytes_of(second.file))->width == 136);
  CHECK(second.provenance.seed == 41U);
  CHECK(second.provenance.model_used == "sd_xl_base_1.0");
  CHECK(second.provenance.metadata["steps"] == 9);
  CHECK(second.provenance.metadata["infotext"].get<std::string>().find("Seed: 41") != std::string::npos);
  CHECK(second.file != tried.result->at(0).file);
}

TEST_CASE("a reference makes it img2img") {
  WebUi webui;
  const Tried first = webui.make({{"prompt", "a"}, {"width", 64}, {"height", 64}});
  REQUIRE(first.result);
  const Tried tried = webui.make(
      {{"prompt", "b"}, {"width", 64}, {"height", 64}, {"references", {first.result->at(0).file.string()}}});
  if (!tried.result) FAIL(tried.result.error().message);
  const json request = webui.standin.log().at(1);
  CHECK(request["path"] == "/sdapi/v1/img2img");
  CHECK(request["body"]["denoising_strength"] == 0.6);
  CHECK(request["body"]["init_images"].size() == 1);
}

TEST_CASE("pictures with the prefix of a data URL are read as well") {
  WebUi webui;
  CHECK(webui.with_fault({{"fault", "data_prefix"}}).result);
}

TEST_CASE("what the WebUI cannot do is refused before it is asked") {
  WebUi webui;
  CHECK(webui.refused({{"prompt", "a"}}).message.empty());
  CHECK(webui.refused(json::object()).path == "/prompt");
  CHECK(webui.refused({{"prompt", "a"}, {"seed", std::uint64_t{1} << 32}}).path == "/seed");
  CHECK(webui.refused({{"prompt", "a"}, {"references", {"a.png", "b.png"}}}).path == "/references");
  CHECK(webui.refused({{"prompt", "a"}, {"references", {"none.png"}}}).code == Code::file_missing);
  CHECK(webui.refused({{"prompt", "a"}, {"options", {{"steps", 0}}}}).path == "/options/steps");
  CHECK(webui.refused({{"prompt", "a"}, {"options", {{"override_settings", 1}}}}).code ==
        Code::unknown_field);
  webui.config.key = Secret("only-a-user");
  CHECK(webui.refused({{"prompt", "a"}}).code == Code::key_invalid);
  CHECK(webui.service()->info().why_not.find("only-a-user") == std::string::npos);
  CHECK(webui.standin.log().empty());
}

TEST_CASE("the WebUI's refusals are told apart, in its own words") {
  WebUi webui;
  const Error sampler = error_of(webui.make({{"prompt", "a"}, {"options", {{"sampler_name", "None"}}}}));
  CHECK(sampler.code == Code::invalid_request);
  CHECK(sampler.path == "/options/sampler_name");
  const Tried other_model = webui.make({{"prompt", "a"}, {"width", 64}, {"height", 64}}, "dreamshaper");
  CHECK(error_of(other_model).code == Code::model_unavailable);
  CHECK(other_model.remedy == Remedy::other_model);
  const Tried busy =
      webui.with_fault({{"fault", "status"}, {"status", 500}, {"message", "CUDA out of memory"}});
  CHECK(error_of(busy).code == Code::provider_failed);
  CHECK(error_of(busy).message.find("CUDA out of memory") != std::string::npos);
  CHECK(busy.remedy == Remedy::later);
  const Tried without_api =
      webui.with_fault({{"fault", "status"}, {"status", 404}, {"message", "Not Found"}});
  CHECK(error_of(without_api).code == Code::provider_unavailable);
  CHECK(error_of(without_api).message.find("--api") != std::string::npos);
  webui.config.key = Secret("user:wrong");
  CHECK(error_of(webui.make({{"prompt", "a"}})).code == Code::key_invalid);
}

TEST_CASE("answers of the WebUI that are none") {
  WebUi webui;
  CHECK(error_of(webui.with_fault({{"fault", "garbage"}})).code == Code::response_malformed);
  CHECK(error_of(webui.with_fault({{"fault", "wrong_shape"}})).code == Code::response_malformed);
  CHECK(error_of(webui.with_fault({{"fault", "wrong_shape"}, {"body", {{"images", json::array()}}}})).code ==
        Code::response_malformed);
  CHECK(error_of(webui.with_fault({{"fault", "wrong_shape"}, {"body", {{"images", {1}}}}})).code ==
        Code::response_malformed);
  CHECK(error_of(webui.with_fault({{"fault", "wrong_type"}})).code == Code::response_media_type);
  CHECK(error_of(webui.with_fault({{"fault", "truncated"}})).code == Code::response_truncated);
  CHECK(error_of(webui.with_fault({{"fault", "reset"}})).code == Code::provider_unreachable);
}

TEST_CASE("a cancel interrupts the WebUI, unless it may be at work for another wish") {
  WebUi webui({"--basic", "user:test-key", "--work-s", "8"});
  const json params = {{"prompt", "a"}, {"width", 64}, {"height", 64}};
  const auto start = Clock::now();
  CHECK(error_of(webui.make(params, "", cancelled_after(200ms))).code == Code::cancelled);
  CHECK(webui.standin.count("interrupt") == 1);
  CHECK(Clock::now() - start < 7s);

  webui.standin.reset();
  const auto service = webui.service();
  std::thread other(
      [&] { (void)service->try_model(webui.wish(params), "", webui.dir.path(), cancelled_after(3000ms)); });
  while (webui.standin.count("txt2img") == 0) std::this_thread::sleep_for(10ms);
  const Tried tried = service->try_model(webui.wish(params), "", webui.dir.path(), cancelled_after(200ms));
  CHECK(error_of(tried).code == Code::cancelled);
  CHECK(webui.standin.count("interrupt") == 0);
  other.join();
  CHECK(webui.standin.count("interrupt") == 1);
}

TEST_CASE("the WebUI is probed by its list of models") {
  WebUi webui;
  CHECK(webui.service()->probe(nullptr).result);
  CHECK(webui.standin.log().at(0)["path"] == "/sdapi/v1/sd-models");
  webui.config.key = Secret();
  CHECK(error_of(webui.service()->probe(nullptr)).code == Code::key_invalid);
}

TEST_CASE("sizes for diffusion: multiples of 8, no more pixels than the model learned") {
  const auto size = [](int width, int height) {
    const PictureSize found = latent_size(width, height, 1 << 20);
    return std::pair{found.width, found.height};
  };
  CHECK(size(512, 512) == std::pair{512, 512});
  CHECK(size(500, 300) == std::pair{504, 304});     // 62.5 and 37.5 eights
  CHECK(size(1920, 1080) == std::pair{1368, 768});  // by 0.711: 1365.3 x 768
  CHECK(size(8192, 70) == std::pair{8192, 72});
  CHECK(size(8192, 410) == std::pair{4576, 232});
  CHECK(size(64, 64) == std::pair{64, 64});
}

}  // namespace
}  // namespace reeld::providers
