#include "providers/http/json_exchange.hpp"

#include <curl/curl.h>

#include <algorithm>
#include <charconv>

#include "providers/http/web_address.hpp"

namespace reeld::providers {
namespace {

using nlohmann::json;
using std::chrono::milliseconds;

constexpr std::size_t kQuotedBytes = 200;
// A service that says more than a week means "not again"; it also keeps the arithmetic in its range.
constexpr milliseconds kLongestRetryAfter = std::chrono::hours(24 * 7);

struct Reading {
  Code code;
  Remedy remedy;
};

Reading reading_of(int status) {
  switch (status) {
    case 401:
    case 403:
      return {Code::key_invalid, Remedy::none};
    case 402:
      return {Code::quota_exceeded, Remedy::other_model};
    case 404:
    case 410:
      return {Code::model_unavailable, Remedy::other_model};
    case 408:
    case 425:
    case 429:
      return {Code::rate_limited, Remedy::later};
    default:
      return {Code::provider_failed, status >= 500 ? Remedy::later : Remedy::none};
  }
}

std::string place_of(const HttpResponse& response) {
  const auto address = web_address(response.url);
  return address ? address->place() : "the service";
}

bool is_continuation(char byte) {
  return (static_cast<unsigned char>(byte) & 0xc0) == 0x80;
}

// How many bytes the UTF-8 letter at the beginning has; 0 where there is none that can be printed.
std::size_t letter_size(std::string_view text) {
  const auto first = static_cast<unsigned char>(text[0]);
  if (first < 0x80) return first >= 0x20 && first != 0x7f ? 1 : 0;
  const std::size_t size = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : first >= 0xc2 ? 2 : 0;
  if (first > 0xf4 || size == 0 || text.size() < size) return 0;
  return std::all_of(text.begin() + 1, text.begin() + static_cast<std::ptrdiff_t>(size), is_continuation)
             ? size
             : 0;
}

bool is_space(char letter) {
  return letter == ' ' || letter == '\t' || letter == '\r' || letter == '\n';
}

}  // namespace

void set_json_body(HttpRequest& request, const json& body) {
  request.method = "POST";
  request.headers.emplace_back("Content-Type", "application/json");
  request.headers.emplace_back("Accept", "application/json");
  request.body = body.dump(-1, ' ', false, json::error_handler_t::replace);
}

std::variant<Exchange, Tried> exchange_json(HttpClient& client, const HttpRequest& request,
                                            const Cancelled& cancelled) {
  auto answered = client.perform(request, cancelled);
  if (!answered) return failure_of(answered.error());
  Exchange exchange{answered->status, json::parse(answered->body, nullptr, false), *std::move(answered)};
  if (!exchange.body.is_discarded()) return exchange;
  const std::string beginning = without_secret(quoted_beginning(exchange.response.body), request.secret);
  if (!exchange.ok()) return failure_of_status(exchange.response, beginning);
  return malformed(exchange.response, beginning.empty() ? "is empty" : "is no JSON: \"" + beginning + "\"");
}

Tried failure_of(const Error& error) {
  const bool later = error.code == Code::provider_unreachable || error.code == Code::timed_out ||
                     error.code == Code::response_truncated || error.code == Code::response_malformed;
  return {error, later ? Remedy::later : Remedy::none, {}, 0};
}

Tried failure_of(const Exchange& exchange, const ErrorWords& words) {
  std::string said = words ? words(exchange.body) : "";
  if (said.empty()) said = quoted_beginning(exchange.response.body);
  return failure_of_status(exchange.response, said);
}

Tried failure_of_status(const HttpResponse& response, const std::string& words) {
  const Reading reading = reading_of(response.status);
  const std::string message = place_of(response) + " answered with status " +
                              std::to_string(response.status) + (words.empty() ? "" : ": " + words);
  return {Error{reading.code, message}, reading.remedy, retry_after(response), response.status};
}

Tried malformed(const HttpResponse& response, const std::string& what) {
  return {Error{Code::response_malformed, "the answer of " + place_of(response) + " " + what},
          Remedy::later,
          {},
          response.status};
}

std::optional<milliseconds> retry_after(const HttpResponse& response,
                                        std::chrono::system_clock::time_point now) {
  const std::string text = response.header("retry-after");
  double seconds = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (problem == std::errc() && end == text.data() + text.size()) {
    if (!(seconds >= 0)) return std::nullopt;
  } else {
    const time_t at = text.empty() ? -1 : curl_getdate(text.c_str(), nullptr);
    if (at < 0) return std::nullopt;
    seconds = std::chrono::duration<double>(std::chrono::system_clock::from_time_t(at) - now).count();
  }
  const std::chrono::duration<double> longest = kLongestRetryAfter;
  return std::chrono::ceil<milliseconds>(
      std::chrono::duration<double>(std::clamp(seconds, 0.0, longest.count())));
}

std::string quoted_beginning(std::string_view text) {
  std::string quoted;
  while (!text.empty() && quoted.size() < kQuotedBytes) {
    const std::size_t size = letter_size(text);
    if (is_space(text[0])) {
      if (!quoted.empty() && quoted.back() != ' ') quoted += ' ';
    } else {
      quoted += text.substr(0, size);
    }
    text.remove_prefix(std::max<std::size_t>(size, 1));
  }
  while (!quoted.empty() && quoted.back() == ' ') quoted.pop_back();
  return quoted;
}

}  // namespace reeld::providers
