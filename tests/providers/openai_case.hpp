// A stand-in for OpenAI and its service, for tests.
#pragma once

#include "tests/providers/service_case.hpp"

namespace reeld::providers {

inline constexpr const char* kPictures = "gpt-image-1";
inline constexpr const char* kWords = "gpt-4o-mini";
inline constexpr const char* kSpeech = "gpt-4o-mini-tts";

class OpenAiCase : public ServiceCase {
 public:
  explicit OpenAiCase(const std::vector<std::string>& options = {}) : ServiceCase("openai", options) {
    config.models = {
        {Capability::picture, {kPictures}}, {Capability::script, {kWords}}, {Capability::speech, {kSpeech}}};
    config.options = {{"sizes", {"1024x1024", "1536x1024", "1024x1536"}}};
    service = openai_service(config, *client);
  }
  // After a change of `config`.
  void restart() { service = openai_service(config, *client); }

  Tried picture(nlohmann::json params = {{"prompt", "a lighthouse"}}, const std::string& model = kPictures) {
    return service->try_model(wish(Capability::picture, std::move(params)), model, scratch.path(), kNever);
  }
  Tried script(nlohmann::json params, const std::string& model = kWords) {
    return service->try_model(wish(Capability::script, std::move(params)), model, scratch.path(), kNever);
  }
  Tried speech(nlohmann::json params, const std::string& model = kSpeech) {
    return service->try_model(wish(Capability::speech, std::move(params)), model, scratch.path(), kNever);
  }
  // A picture while the dial does this.
  Tried faulty(nlohmann::json fault) {
    standin.dial(fault);
    return picture();
  }

  std::unique_ptr<ModelService> service;
};

}  // namespace reeld::providers
