#include "providers/services/ai_service.hpp"

#include "providers/services/asking.hpp"

namespace reeld::providers {

ProviderInfo AiService::info() const {
  ProviderInfo info = info_of(config_);
  const auto told = limits();
  if (told) info.limits = *told;
  if (!told) info.why_not = config_.name + ": " + told.error().path + " " + told.error().message;
  if (needs_key()) info.why_not = no_key_words(config_);
  return info;
}

Result<void> AiService::validate(const Wish& wish) const {
  if (needs_key()) return Error{Code::key_invalid, no_key_words(config_)};
  switch (wish.capability) {
    case Capability::picture:
      return checked_picture(wish);
    case Capability::script:
      return checked_script(wish);
    case Capability::speech:
      return checked_speech(wish);
    case Capability::sound:
      break;
  }
  return Error{Code::provider_unavailable, config_.name + " makes no sound but speech"};
}

Tried AiService::try_model(const Wish& wish, const std::string& model, const std::filesystem::path& scratch,
                           const Cancelled& cancelled) {
  if (const auto valid = validate(wish); !valid) return failed(valid.error(), Remedy::none);
  const Asked asked{wish, model, scratch, cancelled};
  switch (wish.capability) {
    case Capability::picture:
      return finished(pictures(asked), config_);
    case Capability::script:
      return finished(script(asked), config_);
    default:
      return finished(speech(asked), config_);
  }
}

}  // namespace reeld::providers
