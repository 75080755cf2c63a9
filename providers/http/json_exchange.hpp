// What all services that speak JSON share: one request and its answer, and how a failure is to be taken. A
// service looks into a bad status itself where it knows more than the status says (a day's quota, a blocked
// prompt), and leaves the rest to failure_of.
//
//   auto asked = exchange_json(client, request, cancelled);
//   if (auto* failed = std::get_if<Tried>(&asked)) return std::move(*failed);
//   const auto& exchange = std::get<Exchange>(asked);
//   if (!exchange.ok()) return failure_of(exchange, error_words);
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <variant>

#include <nlohmann/json.hpp>

#include "providers/http/http_client.hpp"
#include "providers/policy/tried.hpp"

namespace reeld::providers {

// An answer that is JSON, whatever its status.
struct Exchange {
  int status = 0;
  nlohmann::json body;
  HttpResponse response;  // its `body` is the text that `body` was read from
  bool ok() const { return status >= 200 && status < 300; }
};

// The service's own words in an error's body; empty where it has none. Must take any JSON.
using ErrorWords = std::function<std::string(const nlohmann::json& body)>;

// Makes `request` one that posts `body` as JSON; bytes that are no UTF-8 are replaced.
void set_json_body(HttpRequest& request, const nlohmann::json& body);

// Performs it. A Tried where nothing came back, or what came back is no JSON: with a bad status it is taken
// as failure_of takes that status, otherwise it is response_malformed; both quote how the answer begins.
std::variant<Exchange, Tried> exchange_json(HttpClient& client, const HttpRequest& request,
                                            const Cancelled& cancelled);

// A failure of the transport. provider_unreachable, timed_out, response_truncated and response_malformed may
// go better later; the others will not.
Tried failure_of(const Error& error);

// An answer that is an error, by its status: 401 and 403 key_invalid, 402 quota_exceeded, 404 and 410
// model_unavailable, 408, 425 and 429 rate_limited, others provider_failed (later from 500 on). Retry-After
// is taken over.
Tried failure_of(const Exchange& exchange, const ErrorWords& words);
// The same for a service whose error is no JSON, or is read already.
Tried failure_of_status(const HttpResponse& response, const std::string& words);

// An answer that is not of the documented form; `what` is said of it ("has no candidates"). May go better
// later.
Tried malformed(const HttpResponse& response, const std::string& what);

// Retry-After, in seconds or as a date; nullopt where there is none that can be read. Never below 0.
std::optional<std::chrono::milliseconds> retry_after(
    const HttpResponse& response,
    std::chrono::system_clock::time_point now = std::chrono::system_clock::now());

// How a text begins, for messages: about 200 bytes of what can be printed, in whole UTF-8 letters, white
// space run together.
std::string quoted_beginning(std::string_view text);

}  // namespace reeld::providers
