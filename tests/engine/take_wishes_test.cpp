#include "engine/takes/take_wishes.hpp"

#include <catch2/catch.hpp>

namespace reeld::engine {
namespace {

using providers::Capability;

// Makes nothing here: a wish is only formed.
class Maker : public providers::Provider {
 public:
  Maker(std::string name, Capability capability, bool offline, std::vector<std::string> models = {}) {
    info_.name = info_.kind = std::move(name);
    info_.capabilities = {capability};
    info_.offline = offline;
    info_.models[capability] = std::move(models);
  }
  providers::ProviderInfo info() const override { return info_; }
  std::string fingerprint(const providers::Wish&) const override { return ""; }
  Result<std::vector<providers::Delivery>> fetch(const providers::Wish&, const std::filesystem::path&,
                                                 const providers::Cancelled&) override {
    return Error{Code::internal, "nobody asks for this"};
  }
  Maker& unusable() {
    info_.why_not = "no key";
    return *this;
  }

 private:
  providers::ProviderInfo info_;
};

struct Desk {
  Desk() {
    add(Capability::picture, "file", true);
    add(Capability::picture, "painter", false, {"oil"});
    add(Capability::picture, "drawer", false, {"ink", "chalk"});
    add(Capability::speech, "service", false);
    auto broken = std::make_unique<Maker>("broken", Capability::speech, true);
    broken->unusable();
    registry.add(std::move(broken));
    add(Capability::speech, "local", true);
    subject.project.id = "p";
    storage::Scene scene;
    scene.id = "s";
    scene.project_id = "p";
    scene.position = 1;
    scene.text = "The harbour wakes.";
    subject.scene = scene;
  }
  void add(Capability capability, const std::string& name, bool offline,
           std::vector<std::string> models = {}) {
    registry.add(std::make_unique<Maker>(name, capability, offline, std::move(models)));
  }
  Result<storage::Take> speech(const Json& params = Json::object()) {
    return speech_take(subject, params, {registry, not_set_up});
  }
  Result<std::vector<storage::Take>> pictures(const Json& params = Json::object()) {
    return picture_takes(subject, params, {registry, not_set_up});
  }

  providers::Registry registry;
  std::set<std::string> not_set_up;
  TakeSubject subject;
};

TEST_CASE("who speaks: the one named, the one preferred, else the first that costs nothing and can be used") {
  Desk desk;
  CHECK(desk.speech()->provider == "local");
  CHECK(desk.speech({{"provider", "broken"}})->provider == "broken");  // it says itself what is wrong
  desk.subject.settings.tts_provider = "service";
  CHECK(desk.speech()->provider == "service");
  CHECK(desk.speech({{"provider", "local"}})->provider == "local");
  CHECK(desk.speech({{"provider", "painter"}}).error().path == "/provider");
}

TEST_CASE("a preferred voice goes with the preferred provider alone") {
  Desk desk;
  desk.subject.settings.tts_provider = "service";
  desk.subject.settings.default_tts_voice = "Kore";
  CHECK(desk.speech()->voice_id == "Kore");
  CHECK(desk.speech({{"provider", "service"}})->params["voice"] == "Kore");
  CHECK(desk.speech({{"provider", "local"}})->voice_id.empty());
  CHECK_FALSE(desk.speech({{"provider", "local"}})->params.contains("voice"));
  CHECK(desk.speech({{"voice", "Puck"}})->voice_id == "Puck");
}

TEST_CASE("a language is the project's, else the user's, where it is a tag") {
  Desk desk;
  CHECK_FALSE(desk.speech()->params.contains("language"));
  desk.subject.settings.default_language = "de-AT";
  CHECK(desk.speech()->params["language"] == "de-AT");
  desk.subject.project.language = "German";
  CHECK(desk.speech()->params["language"] == "de-AT");
  desk.subject.project.language = "fr";
  CHECK(desk.speech()->params["language"] == "fr");
  CHECK(desk.speech({{"language", "it"}})->params["language"] == "it");
}

TEST_CASE("who draws: whoever has the model, else the first who makes pictures") {
  Desk desk;
  CHECK(desk.pictures()->at(0).provider == "painter");
  CHECK(desk.pictures({{"model", "chalk"}})->at(0).provider == "drawer");
  CHECK(desk.pictures({{"model", "clay"}}).error().code == Code::model_unavailable);
  CHECK(desk.pictures({{"provider", "file"}}).error().code == Code::invalid_request);
  desk.subject.settings.image_model = "ink";
  CHECK(desk.pictures()->at(0).provider == "drawer");
  CHECK(desk.pictures()->at(0).model == "ink");
  desk.subject.settings.image_model = "drawer/chalk";
  CHECK(desk.pictures()->at(0).provider == "drawer");
  CHECK(desk.pictures()->at(0).model == "chalk");
  desk.subject.settings.image_model = "drawer";
  CHECK(desk.pictures()->at(0).provider == "drawer");
  CHECK(desk.pictures()->at(0).model.empty());
  desk.subject.settings.image_model = "clay";
  CHECK(desk.pictures().error().code == Code::model_unavailable);
  desk.subject.settings.image_model = "ink";
  // The painter has no ink. A service that nobody set up is the last to be asked.
  CHECK(desk.pictures({{"provider", "painter"}})->at(0).model.empty());
  desk.subject.settings.image_model = "";
  desk.not_set_up = {"painter"};
  CHECK(desk.pictures()->at(0).provider == "drawer");
  desk.not_set_up = {"painter", "drawer"};
  CHECK(desk.pictures()->at(0).provider == "painter");
}

TEST_CASE("the words of a picture: the scene's, its style, and what the project is; or those given") {
  Desk desk;
  CHECK(desk.pictures()->at(0).prompt == "The harbour wakes.");
  desk.subject.project.category = "travel";
  desk.subject.settings.default_image_style = "oil";
  CHECK(desk.pictures()->at(0).prompt == "The harbour wakes.\noil\nCategory: travel");
  CHECK(desk.pictures({{"style", "ink"}})->at(0).prompt == "The harbour wakes.\nink\nCategory: travel");
  CHECK(desk.pictures({{"prompt", "a boat"}})->at(0).prompt == "a boat");
  CHECK(desk.pictures({{"prompt", "a boat"}, {"style", "ink"}})->at(0).prompt == "a boat\nink");
  desk.subject.scene.reset();
  CHECK(desk.pictures({{"style", ""}}).error().path == "/prompt");
}

TEST_CASE("variants have a seed each: the next ones of the one that is given, else of the take") {
  Desk desk;
  const auto seeded = *desk.pictures({{"seed", 41u}, {"count", 2}});
  CHECK(seeded.at(0).params["seed"] == 41);
  CHECK(seeded.at(1).params["seed"] == 42);
  storage::Take take = desk.pictures()->at(0);
  CHECK_FALSE(take.params.contains("seed"));
  take.id = "01a1fd80-9a02-7e10-8d5b-3b0f0000002a";
  CHECK(wish_of(take).seed == 42);
}

}  // namespace
}  // namespace reeld::engine
