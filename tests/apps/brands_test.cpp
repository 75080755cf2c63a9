// Styles of brands and pictures of products, against the real daemon; and docs/protocol/brands.md.
#include <signal.h>

#include <catch2/catch.hpp>
#include <chrono>
#include <fstream>
#include <thread>

#include "engine/brand/colors.hpp"
#include "engine/palette.hpp"
#include "engine/picture.hpp"
#include "tests/apps/configured_daemon.hpp"
#include "tests/apps/page_check.hpp"
#include "tests/standins/standin.hpp"

namespace reeld::test {
namespace {

namespace fs = std::filesystem;
using engine::Color8;

constexpr const char* kPng =
    "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00";

struct Stage {
  explicit Stage(const std::string& toml = "") {
    std::ofstream(folder.path() / "reeld.toml") << toml;
    start();
  }
  void start() { daemon = start_configured(folder.path()); }
  void kill_and_start() {
    test::kill(*daemon);
    start();
  }
  Json done(const std::string& method, const Json& params) {
    const auto result = daemon->client().call(method, params);
    INFO(method + (result ? "" : ": " + result.error().path + " " + result.error().message));
    REQUIRE(result);
    return *result;
  }
  Error refused(const std::string& method, const Json& params) {
    const auto result = daemon->client().call(method, params);
    INFO(method);
    REQUIRE_FALSE(result);
    return result.error();
  }
  // Once it is no longer pending.
  Json end_of(const std::string& noun, const Json& id) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    Json record = done(noun + "_show", {{noun, id}})[noun];
    while (record["status"] == "pending" && std::chrono::steady_clock::now() < deadline) {
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
      record = done(noun + "_show", {{noun, id}})[noun];
    }
    INFO(record.dump(2));
    REQUIRE(record["status"] != "pending");
    return record;
  }
  Json extracted(const Json& params) { return end_of("brand", done("brand_extract", params)["brand"]["id"]); }
  Json added(const Json& params) { return end_of("product", done("product_add", params)["product"]["id"]); }

  std::string file(const std::string& name) const { return (folder.path() / name).string(); }
  std::string flat(const std::string& name, Color8 left, Color8 right, int width = 64) const {
    std::vector<std::uint8_t> rgb;
    for (int i = 0; i < width * 64; ++i) {
      const Color8 c = i % width < width * 3 / 4 ? left : right;
      rgb.insert(rgb.end(), {c.r, c.g, c.b});
    }
    REQUIRE(engine::write_jpeg(file(name), rgb.data(), width, 64, static_cast<std::size_t>(width) * 3, 100));
    return file(name);
  }
  void write(const std::string& name, const std::string& bytes) const {
    std::ofstream(file(name), std::ios::binary) << bytes;
  }
  std::size_t files_below(const std::string& name) const {
    std::size_t count = 0;
    if (!fs::exists(daemon->data_dir() / name)) return 0;
    for (const auto& entry : fs::recursive_directory_iterator(daemon->data_dir() / name))
      count += entry.is_regular_file() ? 1 : 0;
    return count;
  }
  // A file goes a moment after its record tells so.
  bool comes_to(const std::string& name, std::size_t count) const {
    for (int i = 0; i < 100 && files_below(name) != count; ++i)
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    return files_below(name) == count;
  }
  Ran reelctl(std::vector<std::string> arguments) {
    std::vector<std::string> command = {program("reelctl"), "--endpoint", daemon->endpoint()};
    command.insert(command.end(), arguments.begin(), arguments.end());
    return run(command);
  }

  TemporaryFolder folder;
  std::unique_ptr<Daemon> daemon;
};

double apart(const Json& color, Color8 other) {
  return engine::delta_e(engine::lab_of(*engine::color_from_hex(color.get<std::string>())),
                         engine::lab_of(other));
}

TEST_CASE("the real daemon answers as the page of brands and products shows", "[brands]") {
  Stage stage;
  write_picture(stage.file("harbour.jpg"), 320, 200, 1);
  fs::create_directory(stage.file("pictures"));
  write_picture(stage.file("pictures/boat.jpg"), 320, 200, 2);
  std::string brand, product, image;
  const auto params_of = [&](const std::string& method, Json params) {
    if (params.contains("pictures")) params["pictures"] = {stage.file("harbour.jpg")};
    if (params.contains("folder")) params["folder"] = stage.file("pictures");
    if (params.contains("file")) params["file"] = stage.file("pictures/boat.jpg");
    params.erase("theme_by");  // has a test of its own, with a service
    if (params.contains("brand")) {
      if (brand.empty())
        brand = stage.extracted({{"name", "Harbour"}, {"pictures", {stage.file("harbour.jpg")}}})["id"];
      params["brand"] = brand;
    }
    if (params.contains("product")) {
      if (product.empty())
        product = stage.added({{"name", "Boat"}, {"file", stage.file("harbour.jpg")}})["id"];
      params["product"] = product;
    }
    if (method == "submit" || method == "estimate") {
      image = stage.added({{"name", "Boat"}, {"file", stage.file("harbour.jpg")}})["image_path"];
      params["request"]["scenes"][0]["picture"]["file"] = image;
    }
    if (params.contains("target")) params["target"] = stage.file("boat.mp4");
    return params;
  };
  CHECK(check_answers(*stage.daemon, read_protocol_page("brands.md"), params_of,
                      {"/brand/style_data", "/brands/*/style_data", "/request", "/brand/extraction"}) == 17);
}

TEST_CASE("a brand is refused without pictures that may be read", "[brands]") {
  Stage stage("allowed_roots = [\"" + fs::temp_directory_path().string() + "\"]\npicture_max_mb = 1\n");
  stage.write("words.jpg", "These are words.");
  stage.write("huge.png", std::string(kPng, 25) + std::string(2 << 20, 'x'));
  fs::create_directory(stage.file("empty"));
  const auto fails = [&](const Json& params, Code code, const char* path) {
    Json whole = {{"name", "B"}};
    whole.update(params);
    const Error error = stage.refused("brand_extract", whole);
    INFO(error.message);
    CHECK(error.code == code);
    CHECK(error.path == path);
  };
  fails({{"pictures", {stage.file("nowhere.jpg")}}}, Code::file_missing, "/pictures/0");
  fails({{"pictures", {"/etc/hostname"}}}, Code::path_not_allowed, "/pictures/0");
  fails({{"pictures", {stage.file("empty")}}}, Code::file_unreadable, "/pictures/0");
  fails({{"pictures", {stage.file("words.jpg")}}}, Code::picture_invalid, "/pictures/0");
  fails({{"pictures", {stage.file("huge.png")}}}, Code::limit_exceeded, "/pictures/0");
  fails({{"pictures", {7}}}, Code::invalid_request, "/pictures/0");
  fails({{"pictures", Json::array()}}, Code::invalid_request, "/pictures");
  fails({{"folder", stage.file("empty")}}, Code::file_missing, "/folder");
  fails({{"folder", "/etc"}}, Code::path_not_allowed, "/folder");
  const std::string good = stage.flat("good.jpg", {200, 0, 0}, {0, 0, 200});
  fails({{"pictures", {good}}, {"colors", 1}}, Code::invalid_request, "/colors");
  fails({{"pictures", {good}}, {"folder", stage.file("empty")}}, Code::invalid_request, "/pictures");
  fails({{"pictures", {good}}, {"user", "nobody"}}, Code::not_found, "");
  fails({{"pictures", {good}}, {"theme_by", {{"provider", "file"}}}}, Code::provider_unavailable,
        "/theme_by/provider");
  fails({{"pictures", {good}}, {"theme_by", Json::object()}}, Code::invalid_request, "/theme_by/provider");
  CHECK(stage.done("brand_list", {{"count", true}})["count"] == 0);
}

TEST_CASE("a style is extracted: its colours with their shares, words as measured, copies of its pictures",
          "[brands]") {
  Stage stage;
  const Color8 navy{16, 32, 64}, orange{230, 120, 20};
  const Json brand = stage.extracted({{"name", "Sea"}, {"pictures", {stage.flat("a.jpg", navy, orange)}}});
  INFO(brand.dump(2));
  REQUIRE(brand["status"] == "ready");
  const Json& style = brand["style_data"];
  REQUIRE(style["color_palette"].size() >= 2);
  CHECK(apart(style["color_palette"][0], navy) < 2);
  CHECK(apart(style["color_palette"][1], orange) < 2);
  CHECK(style["color_weights"][0].get<double>() == Approx(0.75).margin(0.02));
  CHECK(style["lighting_preference"] == "low light");
  CHECK_FALSE(style.contains("visual_theme"));
  CHECK(fs::exists(brand["sample_images"][0].get<std::string>()));
  CHECK(brand["image_folder_path"] == (stage.daemon->data_dir() / "brands" / brand["id"]).string());
  CHECK(stage.refused("brand_update", {{"brand", brand["id"]}, {"style_data", {{"color_palette", {"red"}}}}})
            .path == "/style_data/color_palette/0");
  const Json again = stage.extracted({{"name", "Sea"}, {"pictures", {stage.file("a.jpg")}}});
  CHECK(again["style_data"] == style);
  stage.done("brand_delete", {{"brand", brand["id"]}});
  stage.done("brand_delete", {{"brand", again["id"]}});
  CHECK(stage.comes_to("brands", 0));
}

TEST_CASE("an extraction that fails says why, of the user's own file, and leaves nothing behind",
          "[brands]") {
  Stage stage;
  stage.write("broken.png", std::string(kPng, 25) + "broken");
  const Json brand = stage.extracted(
      {{"name", "B"}, {"pictures", {stage.flat("a.jpg", {1, 2, 3}, {4, 5, 6}), stage.file("broken.png")}}});
  CHECK(brand["status"] == "failed");
  CHECK(brand["error"]["code"] == "picture_invalid");
  CHECK(brand["error"]["path"] == "/pictures/1");
  CHECK(brand["error"]["message"].get<std::string>().find(stage.file("broken.png")) != std::string::npos);
  CHECK(stage.comes_to("brands", 0));
  CHECK(stage.refused("brand_apply", {{"brand", brand["id"]}, {"request", Json::object()}}).code ==
        Code::invalid_state);
}

TEST_CASE("what a killed daemon left pending is done by the next one", "[brands]") {
  Stage stage;
  write_picture(stage.file("a.jpg"), 3000, 2000, 1);
  Json brands = Json::array(), products = Json::array();
  for (int i = 0; i < 6; ++i) {
    brands.push_back(
        stage.done("brand_extract", {{"name", "B"}, {"pictures", {stage.file("a.jpg")}}})["brand"]);
    products.push_back(stage.done("product_add", {{"name", "P"}, {"file", stage.file("a.jpg")}})["product"]);
  }
  stage.kill_and_start();
  for (const Json& brand : brands) CHECK(stage.end_of("brand", brand["id"])["status"] == "ready");
  for (const Json& product : products) CHECK(stage.end_of("product", product["id"])["status"] == "ready");
  CHECK(stage.comes_to("products", 1));
}

TEST_CASE("a provider of scripts puts a style into words; where it fails, so does the extraction",
          "[brands]") {
  StandIn standin({"openai"}, {"--key", ""});  // a local server that asks for none
  Stage stage("[providers.writer]\nkind = \"openai\"\nbase_url = \"" + standin.base_url() +
              "/v1\"\nallow_private_addresses = true\nmax_retries = 1\nretry_delay_ms = 100\n"
              "models = {script = [\"llama-3.2-3b-instruct\"]}\n");
  const Json wanted = {{"name", "Sea"},
                       {"description", "Calm water."},
                       {"pictures", {stage.flat("waves.jpg", {16, 32, 64}, {230, 120, 20})}},
                       {"theme_by", {{"provider", "writer"}}}};
  const Json brand = stage.extracted(wanted);
  INFO(brand.dump(2));
  REQUIRE(brand["status"] == "ready");
  for (const char* name : {"visual_theme", "typography_style", "mood", "composition_style"})
    CHECK_FALSE(brand["style_data"][name].get<std::string>().empty());
  CHECK(brand["style_data"]["brand_keywords"].is_array());
  CHECK(apart(brand["style_data"]["color_palette"][0], {16, 32, 64}) < 2);
  const std::string asked = standin.log().back()["body"]["messages"].dump();
  for (const char* word : {"Sea", "Calm water.", "waves.jpg", "Measured"})
    CHECK(asked.find(word) != std::string::npos);
  standin.dial({{"fault", "answer_text"}, {"text", "No idea."}, {"times", 9}});
  const Json failed = stage.extracted(wanted);
  CHECK(failed["status"] == "failed");
  CHECK(failed["error"]["code"] == "response_malformed");
  CHECK(failed["error"]["message"].get<std::string>().find("No idea.") != std::string::npos);
}

TEST_CASE("a product's picture is what its content says, whatever its name says", "[brands]") {
  Stage stage("picture_max_mb = 1\npicture_max_megapixels = 1\n");
  const std::string jpeg = stage.flat("really.png", {200, 0, 0}, {0, 0, 200});
  Json product = stage.added({{"name", "Liar"}, {"file", jpeg}, {"tags", {"a"}}});
  INFO(product.dump(2));
  CHECK(product["status"] == "ready");
  CHECK(product["mime_type"] == "image/jpeg");
  CHECK(product["image_path"].get<std::string>().ends_with(".jpg"));
  CHECK(product["image_width"] == 64);
  CHECK(product["file_size_bytes"] == fs::file_size(jpeg));

  stage.write("words.jpg", "These are words.");
  stage.write("empty.jpg", "");
  stage.write("old.png", "GIF89a and so on");
  stage.write("huge.png", std::string(kPng, 25) + std::string(2 << 20, 'x'));
  for (const char* name : {"words.jpg", "empty.jpg", "old.png"}) {
    const Error error = stage.refused("product_add", {{"name", "P"}, {"file", stage.file(name)}});
    CHECK(error.code == Code::picture_invalid);
    CHECK(error.path == "/file");
    CHECK(error.message.find(name) != std::string::npos);
  }
  const Error huge = stage.refused("product_add", {{"name", "P"}, {"file", stage.file("huge.png")}});
  CHECK(huge.code == Code::limit_exceeded);
  CHECK(huge.message.find("1048576") != std::string::npos);
  CHECK(stage.refused("product_add", {{"name", "P"}, {"file", jpeg}, {"tags", {""}}}).path == "/tags/0");

  stage.write("broken.png", std::string(kPng, 25) + "broken");
  product = stage.added({{"name", "P"}, {"file", stage.file("broken.png")}});
  CHECK(product["status"] == "failed");
  CHECK(product["error"]["code"] == "picture_invalid");
  CHECK(product["error"]["message"].get<std::string>().find(stage.file("broken.png")) != std::string::npos);
  product = stage.added({{"name", "P"}, {"file", stage.flat("wide.jpg", {9, 9, 9}, {9, 9, 9}, 20000)}});
  CHECK(product["error"]["code"] == "picture_too_large");
  CHECK(product["error"]["message"].get<std::string>().find("1000000") != std::string::npos);
  CHECK(product["image_path"].is_null());
  CHECK(stage.comes_to("products", 1));
}

TEST_CASE("equal pictures are one file, which goes with the last product, also with its user", "[brands]") {
  Stage stage;
  const std::string file = stage.flat("a.jpg", {200, 0, 0}, {0, 0, 200});
  const Json ada = stage.done("user_create", {{"username", "ada"}, {"email", "a@b"}})["user"]["id"];
  const Json first = stage.added({{"name", "One"}, {"file", file}});
  const Json second = stage.added({{"name", "Two"}, {"file", file}, {"user", ada}});
  stage.extracted({{"name", "B"}, {"pictures", {file}}, {"user", ada}});
  CHECK(first["image_path"] == second["image_path"]);
  CHECK(stage.comes_to("products", 1));
  stage.done("product_delete", {{"product", first["id"]}});
  CHECK(fs::exists(second["image_path"].get<std::string>()));
  CHECK(stage.comes_to("brands", 1));
  stage.done("user_delete", {{"user", "ada"}});
  CHECK(stage.comes_to("products", 0));
  CHECK(stage.comes_to("brands", 0));
}

TEST_CASE("a film shows a product's picture in a brand's style, wherever files may be read from",
          "[brands]") {
  Stage stage;
  const Json brand =
      stage.done("brand_create", {{"name", "B"}, {"style_data", {{"color_palette", {"#102040"}}}}})["brand"];
  const Json product = stage.added({{"name", "P"}, {"file", stage.flat("a.jpg", {200, 0, 0}, {0, 0, 200})}});
  std::ofstream(stage.file("reeld.toml")) << "allowed_roots = [\"/nowhere\"]\n";
  stage.kill_and_start();
  const Json request = {{"reeld", 1},
                        {"output", {{"width", 160}, {"height", 90}, {"fps", 25}, {"encoder", "libx264"}}},
                        {"scenes",
                         {{{"picture", {{"file", product["image_path"]}}},
                           {"duration", 0.4},
                           {"text", {{{"text", "Hi"}, {"box", true}, {"size", 20}}}}}}}};
  const Json job = stage.done("submit", {{"request", request},
                                         {"target", stage.file("film.mp4")},
                                         {"brand", brand["id"]},
                                         {"composition_settings", {{"by", "test"}}}})["job"];
  const auto ended = stage.daemon->client().follow(job["id"], [](const Json&) { return true; });
  REQUIRE(ended);
  INFO(ended->dump(2));
  CHECK(ended->at("status") == "completed");
  CHECK(ended->at("request")["output"]["background"] == "#102040");
  CHECK(ended->at("request")["scenes"][0]["text"][0]["box"]["color"] == "#102040");
  CHECK(stage.refused("submit", {{"request", request}, {"target", stage.file("b.mp4")}, {"brand", "none"}})
            .path == "/brand");
}

TEST_CASE("reelctl extracts, applies and removes, and waits for what takes a while", "[brands]") {
  Stage stage;
  const std::string file = stage.flat("a.jpg", {16, 32, 64}, {230, 120, 20});
  Ran ran = stage.reelctl({"--json", "brand", "extract", file, "--name", "Sea", "--colors", "3"});
  INFO(ran.errors);
  REQUIRE(ran.status == 0);
  const Json brand = Json::parse(ran.output)["brand"];
  CHECK(brand["status"] == "ready");
  const std::string id = brand["id"];
  stage.write("film.json", R"({"reeld": 1, "scenes": [{"picture": {"file": "a.jpg"}, "duration": 1}]})");
  ran = stage.reelctl({"brand", "apply", id, stage.file("film.json"), "-o", stage.file("styled.json")});
  CHECK(ran.status == 0);
  CHECK(ran.output.find("/output/background") != std::string::npos);
  CHECK(fs::exists(stage.file("styled.json")));
  CHECK(stage.reelctl({"brand", "list"}).output.find("Sea") != std::string::npos);
  CHECK(stage.reelctl({"brand", "show", id}).output.find("palette") != std::string::npos);
  CHECK(stage.reelctl({"brand", "delete", id}).status == 0);
  ran = stage.reelctl({"--json", "product", "add", file, "--name", "Boat", "--tag", "red"});
  REQUIRE(ran.status == 0);
  const std::string product = Json::parse(ran.output)["product"]["id"];
  CHECK(stage.reelctl({"product", "show", product}).output.find("64x64") != std::string::npos);
  CHECK(stage.reelctl({"product", "delete", product}).status == 0);
  stage.write("broken.png", std::string(kPng, 25) + "broken");
  ran = stage.reelctl({"product", "add", stage.file("broken.png"), "--name", "P"});
  CHECK(ran.status == 1);
  CHECK(ran.errors.find("picture_invalid") != std::string::npos);
}

TEST_CASE("the Python client does the same", "[brands]") {
  Stage stage;
  const Ran ran = run({"/usr/bin/python3", REELD_SOURCE_DIR "/tests/apps/python_brands.py",
                       stage.daemon->endpoint(), stage.flat("a.jpg", {16, 32, 64}, {230, 120, 20})},
                      {"PYTHONPATH=" REELD_SOURCE_DIR "/ipc/python", "PYTHONDONTWRITEBYTECODE=1"});
  INFO(ran.errors);
  CHECK(ran.status == 0);
}

}  // namespace
}  // namespace reeld::test
