// Briefs, and a writer that says what a test has written down.
#pragma once

#include <catch2/catch.hpp>
#include <chrono>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "engine/script/script.hpp"

namespace reeld::test {

using engine::Brief;
using engine::Json;

// `json` with the merge patch `changes`: a null takes a field out.
inline Brief patched(Json json, const Json& changes) {
  json.merge_patch(changes);
  const auto brief = engine::parse_brief(json);
  INFO((brief ? "" : brief.error().message));
  REQUIRE(brief);
  return *brief;
}

// Of a text with a folder of pictures.
inline Brief brief_with(const Json& changes = Json::object()) {
  return patched({{"text", "At dawn the boats leave the harbour. By noon they are back."},
                  {"picture", {{"folder", "/p"}}}},
                 changes);
}

// Of a topic, for a writer named "fake", 20 seconds long.
inline Brief topic_with(const Json& changes = Json::object()) {
  return patched({{"topic", "Boats"},
                  {"target_seconds", 20},
                  {"writer", {{"provider", "fake"}}},
                  {"picture", {{"folder", "/p"}}}},
                 changes);
}

// A provider of scripts that gives one answer a call, in order; it may fail instead, or wait until it is
// cancelled.
class FakeWriter : public providers::Provider {
 public:
  explicit FakeWriter(std::vector<Result<std::string>> answers) : answers_(std::move(answers)) {}

  providers::ProviderInfo info() const override {
    providers::ProviderInfo info;
    info.name = "fake";
    info.kind = "fake";
    info.capabilities = {providers::Capability::script};
    return info;
  }
  std::string fingerprint(const providers::Wish&) const override { return ""; }
  providers::Estimate estimate(const providers::Wish&) const override { return {0.3, "model-1"}; }

  Result<std::vector<providers::Delivery>> fetch(const providers::Wish& wish, const std::filesystem::path&,
                                                 const providers::Cancelled& cancelled) override {
    std::unique_lock lock(mutex_);
    wishes.push_back(wish);
    if (wishes.size() > answers_.size()) {
      lock.unlock();
      while (!cancelled()) std::this_thread::sleep_for(std::chrono::milliseconds(2));
      return Error{Code::cancelled, "cancelled"};
    }
    const auto& answer = answers_[wishes.size() - 1];
    if (!answer) return answer.error();
    providers::Delivery delivery;
    delivery.text = *answer;
    delivery.provenance.model_asked = "model-1";
    delivery.provenance.model_used = model_used;
    delivery.provenance.request_count = 1;
    delivery.provenance.input_tokens = 100;
    delivery.provenance.output_tokens = 10;
    delivery.provenance.cost_usd = 0.25;
    return std::vector{delivery};
  }

  std::vector<providers::Wish> wishes;
  std::string model_used = "model-1";

 private:
  std::mutex mutex_;
  const std::vector<Result<std::string>> answers_;
};

// An answer of `count` scenes of `seconds` each.
inline Json draft_json(int count, double seconds) {
  Json scenes = Json::array();
  for (int i = 0; i < count; ++i) {
    scenes.push_back({{"text", "Sentence " + std::to_string(i + 1) + "."},
                      {"picture_prompt", "A red boat in the harbour, morning light"},
                      {"mood", "calm"},
                      {"duration_seconds", seconds}});
  }
  return {{"title", "Boats"}, {"scenes", scenes}};
}

}  // namespace reeld::test
