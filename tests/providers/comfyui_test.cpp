#include "providers/services/comfyui_answer.hpp"
#include "providers/services/comfyui_workflow.hpp"
#include "providers/services/picture_bytes.hpp"
#include "tests/providers/service_helpers.hpp"

namespace reeld::providers {
namespace {

using nlohmann::json;
using namespace std::chrono_literals;

// Text to picture, as the editor exports it for the API.
json workflow() {
  return json::parse(R"({
    "3": {"class_type": "KSampler", "inputs": {"model": ["4", 0], "seed": "{{seed}}", "steps": 20, "cfg": 8,
          "sampler_name": "euler", "scheduler": "normal", "positive": ["6", 0], "negative": ["7", 0],
          "latent_image": ["5", 0], "denoise": 1}},
    "4": {"class_type": "CheckpointLoaderSimple", "inputs": {"ckpt_name": "sd_xl_base_1.0.safetensors"}},
    "5": {"class_type": "EmptyLatentImage",
          "inputs": {"width": "{{width}}", "height": "{{height}}", "batch_size": "{{count}}"}},
    "6": {"class_type": "CLIPTextEncode", "inputs": {"text": "photo of {{prompt}}, seed {{seed}}", "clip": ["4", 1]}},
    "7": {"class_type": "CLIPTextEncode", "inputs": {"text": "{{negative_prompt}}", "clip": ["4", 1]}},
    "8": {"class_type": "VAEDecode", "inputs": {"samples": ["3", 0], "vae": ["4", 2]}},
    "9": {"class_type": "SaveImage", "inputs": {"images": ["8", 0], "filename_prefix": "film"}},
    "10": {"class_type": "PreviewImage", "inputs": {"images": ["8", 0]}}})");
}

// The same from a picture.
json workflow_with_reference() {
  json graph = workflow();
  graph["3"]["inputs"]["latent_image"] = {"12", 0};
  graph["11"] = {{"class_type", "LoadImage"}, {"inputs", {{"image", "{{reference}}"}}}};
  graph["12"] = {{"class_type", "VAEEncode"}, {"inputs", {{"pixels", {"11", 0}}, {"vae", {"4", 2}}}}};
  graph.erase("5");
  return graph;
}

struct ComfyUi {
  test::StandIn standin;
  std::unique_ptr<HttpClient> http = http_client();
  ProviderConfig config;
  TempDir dir;

  explicit ComfyUi(const std::vector<std::string>& options = {})
      : standin({"comfyui"}, options), config(config_for("comfyui", standin.base_url(), "")) {
    use(workflow());
  }
  void use(const json& graph) {
    std::ofstream(dir.path() / "workflow.json") << graph;
    config.options = {{"workflow", (dir.path() / "workflow.json").string()}};
  }
  std::unique_ptr<ModelService> service() { return comfyui_service(config, *http); }
  Wish wish(json params) const {
    if (!params.contains("width")) params.update({{"width", 128}, {"height", 64}});
    Wish wish = wish_of(Capability::picture, params);
    wish.base_dir = dir.path();
    return wish;
  }
  Tried make(const json& params, const Cancelled& cancelled = nullptr, const std::string& model = "") {
    return service()->try_model(wish(params), model, dir.path(), cancelled);
  }
  Error refused(const json& params) {
    const auto valid = service()->validate(wish(params));
    return valid ? Error{} : valid.error();
  }
  json first_body(const std::string& path) {
    for (const json& one : standin.log()) {
      if (one["path"] == path) return one["body"];
    }
    return nullptr;
  }
};

TEST_CASE("a workflow's slots are filled, its pictures fetched, those saved before those previewed") {
  ComfyUi comfy;
  const Tried tried = comfy.make({{"prompt", "a \"fox\""},
                                  {"negative_prompt", "snow"},
                                  {"seed", 40U},
                                  {"count", 2},
                                  {"width", 132},
                                  {"height", 99}});
  if (!tried.result) FAIL(tried.result.error().message);
  const json graph = comfy.first_body("/prompt")["prompt"];
  CHECK(graph["3"]["inputs"]["seed"] == 40);
  CHECK(graph["5"]["inputs"] == json{{"width", 136}, {"height", 96}, {"batch_size", 2}});
  CHECK(graph["6"]["inputs"]["text"] == "photo of a \"fox\", seed 40");
  CHECK(graph["7"]["inputs"]["text"] == "snow");
  CHECK(graph["9"] == workflow()["9"]);
  REQUIRE(tried.result->size() == 2);
  const Delivery& made = tried.result->at(1);
  CHECK(made.media_type == "image/png");
  CHECK(made.source_type == "GENERATED");
  CHECK(picture_size(bytes_of(made.file))->width == 136);
  CHECK(made.provenance.seed == 40U);
  CHECK(made.provenance.metadata["node"] == "9");
  CHECK_FALSE(made.provenance.metadata["prompt_id"].get<std::string>().empty());
}

TEST_CASE("a reference is uploaded and loaded by the name that the answer gives") {
  ComfyUi comfy;
  const Tried first = comfy.make({{"prompt", "a"}});
  REQUIRE(first.result);
  comfy.use(workflow_with_reference());
  comfy.standin.reset();
  const Tried tried = comfy.make({{"prompt", "b"}, {"references", {first.result->at(0).file.string()}}});
  if (!tried.result) FAIL(tried.result.error().message);
  const json form = comfy.first_body("/upload/image");
  CHECK(form[0] == json{{"name", "overwrite"}, {"value", "true"}});
  CHECK(form[1]["name"] == "image");
  CHECK(form[1]["content_type"] == "image/png");
  CHECK(comfy.first_body("/prompt")["prompt"]["11"]["inputs"]["image"] == form[1]["filename"]);
}

TEST_CASE("what a workflow has no slot for is refused, not lost") {
  ComfyUi comfy;
  json plain = workflow();
  plain["3"]["inputs"]["seed"] = 1;
  plain["5"]["inputs"] = {{"width", 64}, {"height", 64}, {"batch_size", 1}};
  plain["6"]["inputs"]["text"] = "{{prompt}}";
  plain["7"]["inputs"]["text"] = "";
  comfy.use(plain);
  CHECK(comfy.refused({{"prompt", "a"}}).message.empty());
  CHECK(comfy.refused(json{{"prompt", ""}}).path == "/prompt");
  CHECK(comfy.refused({{"prompt", "a"}, {"negative_prompt", "b"}}).path == "/negative_prompt");
  CHECK(comfy.refused({{"prompt", "a"}, {"seed", 1U}}).path == "/seed");
  CHECK(comfy.refused({{"prompt", "a"}, {"count", 2}}).path == "/count");
  CHECK(comfy.refused({{"prompt", "a"}, {"model", "x"}}).path == "/model");
  CHECK(comfy.refused({{"prompt", "a"}, {"references", {"x.png"}}}).path == "/references");
  CHECK(comfy.refused({{"prompt", "a"}, {"options", {{"workflow", "/etc/passwd"}}}}).code ==
        Code::unknown_field);
  const Tried made = comfy.make({{"prompt", "a"}});
  REQUIRE(made.result);
  CHECK_FALSE(made.result->at(0).provenance.seed);
  comfy.use(workflow_with_reference());
  CHECK(comfy.refused({{"prompt", "a"}}).path == "/references");
}

TEST_CASE("a file that is no workflow is said with what is wrong with it") {
  const auto error = [](const std::string& text) {
    const auto parsed = ComfyWorkflow::parse(text);
    return parsed ? Error{} : parsed.error();
  };
  CHECK(error(workflow().dump()).message.empty());
  for (const char* text :
       {"", "[]", "{}", R"({"3": 1})", R"({"3": {"inputs": {}}})", R"({"3": {"class_type": "A"}})"}) {
    CAPTURE(text);
    CHECK(error(text).code == Code::invalid_request);
    CHECK(error(text).path == "/options/workflow");
  }
  CHECK(error(R"({"nodes": [], "links": []})").message.find("Export (API)") != std::string::npos);
  CHECK(error(R"({"3": {"class_type": "A", "inputs": {"text": "{{promt}}"}}})").message.find("{{prompt}}?") !=
        std::string::npos);
  CHECK(ComfyWorkflow::read("/none.json").error().code == Code::file_missing);
  CHECK(ComfyWorkflow::read("/tmp").error().code == Code::file_unreadable);
  ComfyUi comfy;
  comfy.config.options = json::object();
  CHECK(comfy.service()->info().why_not.find("/options/workflow") != std::string::npos);
}

TEST_CASE("what is wrong with a graph comes back in ComfyUI's words, with its node") {
  ComfyUi comfy;
  json graph = workflow();
  graph["3"]["inputs"]["sampler_name"] = "none";
  comfy.use(graph);
  const Tried tried = comfy.make({{"prompt", "a"}});
  const Error error = error_of(tried);
  CHECK(error.code == Code::provider_failed);
  CHECK(tried.remedy == Remedy::none);
  for (const char* words : {"Prompt outputs failed validation", "KSampler (node 3)", "Value not in list"})
    CHECK(error.message.find(words) != std::string::npos);
  graph = workflow();
  graph["4"]["inputs"]["ckpt_name"] = "{{model}}";
  comfy.use(graph);
  CHECK(error_of(comfy.make({{"prompt", "a"}})).path == "/model");
  const Tried missing = comfy.make({{"prompt", "a"}}, nullptr, "other.safetensors");
  CHECK(error_of(missing).code == Code::model_unavailable);
  CHECK(missing.remedy == Remedy::other_model);
  CHECK(comfy.make({{"prompt", "a"}}, nullptr, "v1-5-pruned-emaonly.safetensors").result);
}

TEST_CASE("a node that fails, and a picture that is lost, may go better later") {
  ComfyUi comfy;
  comfy.standin.dial({{"fault", "execution_error"}, {"message", "no memory left"}, {"match", "/prompt"}});
  const Tried failed = comfy.make({{"prompt", "a"}});
  CHECK(error_of(failed).code == Code::provider_failed);
  CHECK(error_of(failed).message.find("no memory left") != std::string::npos);
  CHECK(error_of(failed).message.find("(node 10)") != std::string::npos);  // the first of the graph's text
  CHECK(failed.remedy == Remedy::later);
  comfy.standin.dial({{"fault", "lost"}, {"match", "/prompt"}});
  const Tried lost = comfy.make({{"prompt", "a"}});
  CHECK(error_of(lost).code == Code::provider_failed);
  CHECK(error_of(lost).message.find("lost it") != std::string::npos);
  CHECK(lost.remedy == Remedy::later);
}

TEST_CASE("answers of ComfyUI that are none, at each step") {
  ComfyUi comfy;
  const auto code = [&](json fault, const char* match) {
    fault["match"] = match;
    comfy.standin.reset();
    comfy.standin.dial(fault);
    return error_of(comfy.make({{"prompt", "a"}})).code;
  };
  CHECK(code({{"fault", "garbage"}}, "/prompt") == Code::response_malformed);
  CHECK(code({{"fault", "wrong_shape"}}, "/prompt") == Code::response_malformed);
  CHECK(code({{"fault", "status"}, {"status", 500}}, "/prompt") == Code::provider_failed);
  CHECK(code({{"fault", "garbage"}}, "/history") == Code::response_malformed);
  CHECK(code({{"fault", "wrong_type"}}, "/view") == Code::response_media_type);
  CHECK(code({{"fault", "truncated"}}, "/view") == Code::response_truncated);
  CHECK(code({{"fault", "status"}, {"status", 404}}, "/view") == Code::provider_failed);
  comfy.standin.reset();
  // A lost poll is not a lost picture; a server that never answers again is.
  comfy.standin.dial({{"fault", "reset"}, {"match", "/history"}, {"times", 2}});
  CHECK(comfy.make({{"prompt", "a"}}).result);
  CHECK(code({{"fault", "reset"}, {"times", -1}}, "/history") == Code::provider_unreachable);
}

TEST_CASE("a cancel takes the picture out of the queue, and interrupts only what is being made") {
  ComfyUi comfy({"--work-s", "8"});
  const auto start = Clock::now();
  const auto service = comfy.service();
  std::thread running([&] {
    (void)service->try_model(comfy.wish({{"prompt", "a"}}), "", comfy.dir.path(), cancelled_after(2500ms));
  });
  while (comfy.standin.count("/history") == 0) std::this_thread::sleep_for(10ms);
  CHECK(error_of(comfy.make({{"prompt", "b"}}, cancelled_after(300ms))).code == Code::cancelled);
  CHECK(comfy.standin.count("/interrupt") == 0);
  running.join();
  CHECK(comfy.standin.count("/interrupt") == 1);
  comfy.config.timeouts.whole = 1500ms;
  CHECK(error_of(comfy.make({{"prompt", "a"}})).code == Code::timed_out);
  CHECK(comfy.standin.count("/interrupt") == 2);
  CHECK(Clock::now() - start < 14s);
  int deleted = 0;
  for (const json& one : comfy.standin.log())
    deleted +=
        one["path"] == "/queue" && one["method"] == "POST" && one["body"]["delete"].size() == 1 ? 1 : 0;
  CHECK(deleted == 3);
}

TEST_CASE("the history's odd forms are told apart") {
  const auto error = [](const json& entry) {
    const auto files = comfyui_files(entry, Secret());
    const auto* const tried = std::get_if<Tried>(&files);
    return tried == nullptr ? Error{} : tried->result.error();
  };
  CHECK(error({{"outputs", json::object()}}).message.find("does it save one") != std::string::npos);
  CHECK(error(nullptr).code == Code::response_malformed);
  CHECK(error({{"outputs", {{"9", {{"text", {"x"}}}}}}}).code == Code::response_malformed);
  CHECK(error({{"status", {{"status_str", "error"}}}}).code == Code::provider_failed);
  const json interrupted = json::parse(R"({"status": {"status_str": "error", "messages":
      [["execution_start", {}], ["execution_interrupted", {"node_type": "KSampler", "node_id": "3"}]]}})");
  CHECK(error(interrupted).message.find("KSampler (node 3)") != std::string::npos);
  const json previewed = {{"outputs", {{"9", {{"images", {{{"filename", "a.png"}, {"type", "temp"}}}}}}}}};
  CHECK(error(previewed).message.empty());
}

TEST_CASE("ComfyUI is probed by its figures") {
  ComfyUi comfy;
  CHECK(comfy.service()->probe(nullptr).result);
  CHECK(comfy.standin.log().at(0)["path"] == "/system_stats");
  comfy.standin.dial({{"fault", "wrong_shape"}});
  CHECK(error_of(comfy.service()->probe(nullptr)).code == Code::response_malformed);
}

}  // namespace
}  // namespace reeld::providers
