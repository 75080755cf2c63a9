#include "providers/services/openai_answer.hpp"

#include <algorithm>
#include <array>

#include "providers/services/asking.hpp"

namespace reeld::providers {
namespace {

using nlohmann::json;

template <class Names>
bool is_one_of(const std::string& name, const Names& names) {
  return std::ranges::find(names, name) != std::end(names);
}

// The form that OpenAI documents, and those that local servers have.
std::string words_in(const json& body) {
  for (const char* place : {"/error/message", "/error", "/detail", "/detail/message", "/message"})
    if (std::string words = text_at(body, place); !words.empty()) return words;
  return "";
}

void say(Tried& tried, Code code, Remedy remedy) {
  tried.result = Error{code, tried.result.error().message};
  tried.remedy = remedy;
}

}  // namespace

Tried openai_failure(const Exchange& exchange, const Secret& key) {
  static constexpr std::array kNoMoney = {"insufficient_quota", "billing_hard_limit_reached",
                                          "billing_not_active"};
  static constexpr std::array kRefusals = {"moderation_blocked", "content_policy_violation",
                                           "content_filter"};
  static constexpr std::array kTooLong = {"context_length_exceeded", "string_above_max_length"};
  const std::string words = words_in(exchange.body);
  Tried tried = failure_of(exchange, [&](const json& body) { return service_words(words_in(body), key); });
  const std::string code = text_at(exchange.body, "/error/code");
  const bool is_for_day = words.find("per day") != std::string::npos;
  // The account's money serves all models; a day's requests are counted for each.
  if (is_one_of(code, kNoMoney)) say(tried, Code::quota_exceeded, Remedy::none);
  if (exchange.status == 429 && is_for_day) say(tried, Code::quota_exceeded, Remedy::other_model);
  if (is_one_of(code, kRefusals)) say(tried, Code::provider_refused, Remedy::none);
  if (is_one_of(code, kTooLong)) say(tried, Code::limit_exceeded, Remedy::none);
  if (code == "model_not_found") say(tried, Code::model_unavailable, Remedy::other_model);
  if (code == "invalid_api_key") say(tried, Code::key_invalid, Remedy::none);
  return tried;
}

Tried openai_failure(const HttpResponse& response, const Secret& key) {
  const Exchange exchange{response.status, json::parse(response.body, nullptr, false), response};
  if (!exchange.body.is_discarded()) return openai_failure(exchange, key);
  return failure_of_status(response, service_words(quoted_beginning(response.body), key));
}

bool knows_no_json_schema(const Exchange& exchange) {
  if (exchange.status != 400 && exchange.status != 422 && exchange.status != 501) return false;
  const std::string words = words_in(exchange.body) + exchange.response.body;
  const auto holds = [&](const char* part) { return words.find(part) != std::string::npos; };
  return (holds("json_schema") || holds("response_format")) && !holds("Invalid schema") &&
         !holds("invalid_json_schema");
}

Provenance openai_provenance(const Exchange& exchange) {
  Provenance provenance;
  const json& usage = at_pointer(exchange.body, "/usage");
  // Pictures count input_tokens, words prompt_tokens; thoughts are among the words' tokens.
  provenance.input_tokens = count_at(usage, "/input_tokens") + count_at(usage, "/prompt_tokens");
  provenance.thought_tokens = count_at(usage, "/completion_tokens_details/reasoning_tokens");
  provenance.output_tokens =
      count_at(usage, "/output_tokens") +
      std::max<std::int64_t>(0, count_at(usage, "/completion_tokens") - provenance.thought_tokens);
  provenance.cached_tokens = count_at(usage, "/prompt_tokens_details/cached_tokens") +
                             count_at(usage, "/input_tokens_details/cached_tokens");
  provenance.response_seconds = exchange.response.seconds;
  json& metadata = provenance.metadata;
  for (const char* name : {"id", "created", "size", "quality", "system_fingerprint", "usage"})
    keep_if_there(metadata, name, at_pointer(exchange.body, std::string("/") + name));
  keep_if_there(metadata, "model_version", at_pointer(exchange.body, "/model"));
  keep_if_there(metadata, "finish_reason", at_pointer(exchange.body, "/choices/0/finish_reason"));
  const std::string request_id = exchange.response.header("x-request-id");
  if (!request_id.empty()) metadata["request_id"] = request_id;
  return provenance;
}

std::variant<std::string, Tried> openai_words(const Exchange& exchange, const Secret& key) {
  const json& choice = at_pointer(exchange.body, "/choices/0");
  if (!at_pointer(choice, "/message").is_object())
    return malformed(exchange.response, "has no choices with a message");
  const std::string refusal = text_at(choice, "/message/refusal"), end = text_at(choice, "/finish_reason");
  if (!refusal.empty() || end == "content_filter")
    return failed({Code::provider_refused,
                   service_words("the model refused: " + (refusal.empty() ? end : refusal), key)},
                  Remedy::none, exchange.status);
  if (end == "length")
    return failed(
        {Code::response_truncated, "the answer was cut after " +
                                       std::to_string(count_at(exchange.body, "/usage/completion_tokens")) +
                                       " tokens; raise max_output_tokens or ask for less"},
        Remedy::none, exchange.status);
  std::string words = text_at(choice, "/message/content");
  if (words.empty()) return malformed(exchange.response, "has a message without content");
  return words;
}

}  // namespace reeld::providers
