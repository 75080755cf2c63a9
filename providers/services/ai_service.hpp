// What Gemini and OpenAI have in common: pictures, scripts and speech of one key at one address.
#pragma once

#include "providers/http/http_client.hpp"
#include "providers/policy/tried.hpp"
#include "providers/provider_config.hpp"

namespace reeld::providers {

class AiService : public ModelService {
 public:
  ProviderInfo info() const final;
  // provider_unavailable for what is neither; key_invalid without a key, unless the server is one of this
  // network.
  Result<void> validate(const Wish& wish) const final;
  Tried try_model(const Wish& wish, const std::string& model, const std::filesystem::path& scratch,
                  const Cancelled& cancelled) final;

 protected:
  struct Asked {
    const Wish& wish;
    const std::string& model;
    const std::filesystem::path& scratch;
    const Cancelled& cancelled;
  };

  AiService(const ProviderConfig& config, HttpClient& http) : config_(config), http_(http) {}

  // What info() says beside name, kind and models. Errors: those of the options.
  virtual Result<nlohmann::json> limits() const = 0;
  virtual Result<void> checked_picture(const Wish& wish) const = 0;
  virtual Result<void> checked_script(const Wish& wish) const = 0;
  virtual Result<void> checked_speech(const Wish& wish) const = 0;
  virtual Tried pictures(const Asked& asked) = 0;
  virtual Tried script(const Asked& asked) = 0;
  virtual Tried speech(const Asked& asked) = 0;

  const ProviderConfig config_;
  HttpClient& http_;

 private:
  bool needs_key() const { return config_.key.empty() && !config_.allow_private_addresses; }
};

}  // namespace reeld::providers
