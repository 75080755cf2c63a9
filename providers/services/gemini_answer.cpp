#include "providers/services/gemini_answer.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "providers/services/asking.hpp"

namespace reeld::providers {
namespace {

using nlohmann::json;

// The reasons that stand for rules on what may be made. What is asked again is refused again.
constexpr std::array kRefusals = {"SAFETY",      "RECITATION", "BLOCKLIST",       "PROHIBITED_CONTENT",
                                  "SPII",        "LANGUAGE",   "IMAGE_SAFETY",    "IMAGE_PROHIBITED_CONTENT",
                                  "MODEL_ARMOR", "JAILBREAK",  "IMAGE_RECITATION"};

bool is_refusal(const std::string& reason) {
  return std::ranges::find(kRefusals, reason) != kRefusals.end();
}

// The detail of an error that has this type ("QuotaFailure"); null where none has.
const json& detail(const json& body, const std::string& type) {
  static const json nothing;
  const json& details = at_pointer(body, "/error/details");
  if (!details.is_array()) return nothing;
  const auto found = std::ranges::find_if(
      details, [&](const json& one) { return text_at(one, "/@type").ends_with("google.rpc." + type); });
  return found == details.end() ? nothing : *found;
}

// "47s" or "0.5s"; nullopt for anything else.
std::optional<std::chrono::milliseconds> duration_of(const std::string& text) {
  if (text.size() < 2 || text.back() != 's' || text.size() > 12 ||
      text.find_first_not_of("0123456789.") != text.size() - 1)
    return std::nullopt;
  return std::chrono::milliseconds(std::llround(std::ceil(std::atof(text.c_str()) * 1000)));
}

bool is_day_quota(const json& body) {
  const json& violations = at_pointer(detail(body, "QuotaFailure"), "/violations");
  return violations.is_array() && std::ranges::any_of(violations, [](const json& one) {
           return text_at(one, "/quotaId").find("PerDay") != std::string::npos;
         });
}

Tried refused_status(const Exchange& exchange, const Secret& key) {
  const auto words = [&](const json& body) { return service_words(text_at(body, "/error/message"), key); };
  Tried tried = failure_of(exchange, words);
  const auto say = [&](Code code, Remedy remedy) {
    tried.result = Error{code, tried.result.error().message};
    tried.remedy = remedy;
  };
  const std::string status = text_at(exchange.body, "/error/status");
  const std::string reason = text_at(detail(exchange.body, "ErrorInfo"), "/reason");
  if (reason.starts_with("API_KEY_") || words(exchange.body).starts_with("API key not valid")) {
    say(Code::key_invalid, Remedy::none);
  } else if (status == "RESOURCE_EXHAUSTED" && is_day_quota(exchange.body)) {
    say(Code::quota_exceeded, Remedy::other_model);
  } else if (status == "RESOURCE_EXHAUSTED") {
    say(Code::rate_limited, Remedy::later);
    if (const auto delay = duration_of(text_at(detail(exchange.body, "RetryInfo"), "/retryDelay")))
      tried.retry_after = delay;
  }
  return tried;
}

Provenance provenance_of(const Exchange& exchange, const std::string& finish_reason) {
  Provenance provenance;
  const json& usage = at_pointer(exchange.body, "/usageMetadata");
  provenance.input_tokens = count_at(usage, "/promptTokenCount");
  provenance.output_tokens = count_at(usage, "/candidatesTokenCount");
  provenance.thought_tokens = count_at(usage, "/thoughtsTokenCount");
  provenance.cached_tokens = count_at(usage, "/cachedContentTokenCount");
  provenance.response_seconds = exchange.response.seconds;
  keep_if_there(provenance.metadata, "model_version", at_pointer(exchange.body, "/modelVersion"));
  keep_if_there(provenance.metadata, "response_id", at_pointer(exchange.body, "/responseId"));
  keep_if_there(provenance.metadata, "usage", usage);
  if (!finish_reason.empty()) provenance.metadata["finish_reason"] = finish_reason;
  return provenance;
}

void read_parts(const json& parts, GeminiAnswer& answer) {
  for (const json& part : parts) {
    const json& thought = at_pointer(part, "/thought");  // drafts, and thinking aloud
    if (thought.is_boolean() && thought.get<bool>()) continue;
    answer.text += text_at(part, "/text");
    const std::string base64 = text_at(part, "/inlineData/data");
    if (!base64.empty()) answer.bytes.push_back({text_at(part, "/inlineData/mimeType"), base64});
  }
}

}  // namespace

std::variant<GeminiAnswer, Tried> gemini_answer(const Exchange& exchange, const Secret& key) {
  if (!exchange.ok()) return refused_status(exchange, key);
  const std::string blocked = text_at(exchange.body, "/promptFeedback/blockReason");
  if (!blocked.empty()) {
    const std::string why = text_at(exchange.body, "/promptFeedback/blockReasonMessage");
    return failed(
        {Code::provider_refused, service_words("the prompt was blocked: " + blocked + " " + why, key)},
        Remedy::none, exchange.status);
  }
  const json& candidate = at_pointer(exchange.body, "/candidates/0");
  if (!candidate.is_object()) return malformed(exchange.response, "has no candidates");
  GeminiAnswer answer;
  answer.finish_reason = text_at(candidate, "/finishReason");
  const std::string end = "the answer ended with " + answer.finish_reason + " ";
  const std::string why = text_at(candidate, "/finishMessage");
  if (is_refusal(answer.finish_reason))
    return failed({Code::provider_refused, service_words(end + why, key)}, Remedy::none, exchange.status);
  const json& parts = at_pointer(candidate, "/content/parts");
  if (parts.is_array()) read_parts(parts, answer);
  if (answer.finish_reason == "MAX_TOKENS")
    return failed(
        {Code::response_truncated,
         end + "at " + std::to_string(count_at(exchange.body, "/usageMetadata/candidatesTokenCount")) +
             " tokens; raise max_output_tokens or ask for less"},
        Remedy::none, exchange.status);
  if (!answer.finish_reason.empty() && answer.finish_reason != "STOP")
    return failed({Code::provider_failed, service_words(end + why + " " + answer.text, key)}, Remedy::later,
                  exchange.status);
  if (!parts.is_array() || parts.empty())
    return malformed(exchange.response, "has a candidate without content");
  answer.provenance = provenance_of(exchange, answer.finish_reason);
  return answer;
}

}  // namespace reeld::providers
