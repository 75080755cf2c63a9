#include "providers/services/elevenlabs_answer.hpp"

#include <algorithm>
#include <array>

#include "providers/services/asking.hpp"

namespace reeld::providers {
namespace {

using nlohmann::json;
using namespace std::chrono_literals;

constexpr auto kWaitForAPlace = 1000ms;

struct Reading {
  std::string_view status;  // the service's name for it
  Code code;
  Remedy remedy;
  std::string_view path;
};

// The quota is the account's, but models differ in what they take of it.
constexpr std::array kReadings = {
    Reading{"invalid_api_key", Code::key_invalid, Remedy::none, ""},
    Reading{"needs_authorization", Code::key_invalid, Remedy::none, ""},
    Reading{"missing_permissions", Code::key_invalid, Remedy::none, ""},
    Reading{"quota_exceeded", Code::quota_exceeded, Remedy::other_model, ""},
    Reading{"voice_not_found", Code::invalid_request, Remedy::none, "/voice"},
    Reading{"max_character_limit_exceeded", Code::limit_exceeded, Remedy::other_model, "/text"},
    Reading{"empty_text", Code::invalid_request, Remedy::none, "/text"},
    Reading{"model_not_found", Code::model_unavailable, Remedy::other_model, ""},
    Reading{"unsupported_model", Code::model_unavailable, Remedy::other_model, ""},
    Reading{"too_many_concurrent_requests", Code::rate_limited, Remedy::later, ""},
    Reading{"system_busy", Code::provider_failed, Remedy::later, ""},
};

// "detail" is an object with a message, a text, or a list of the places that are wrong.
std::string words_of(const json& body) {
  const json& detail = at_pointer(body, "/detail");
  if (detail.is_string()) return detail.get<std::string>();
  if (!detail.is_array()) return text_at(detail, "/message");
  std::string words;
  for (const json& one : detail) {
    std::string place;
    for (const json& step : at_pointer(one, "/loc")) {
      if (step.is_string()) place += (place.empty() ? "" : ".") + step.get<std::string>();
    }
    words += (words.empty() ? "" : "; ") + place + ": " + text_at(one, "/msg");
  }
  return words;
}

bool is_space(const std::string& letter) {
  return letter == " " || letter == "\n" || letter == "\t" || letter == "\r" || letter == "\u00a0";
}

bool all_are(const json& list, std::size_t count, bool (json::*is)() const noexcept) {
  return list.is_array() && list.size() == count &&
         std::ranges::all_of(list, [&](const json& one) { return (one.*is)(); });
}

}  // namespace

std::optional<std::vector<WordTime>> words_of_alignment(const json& alignment) {
  const json& letters = at_pointer(alignment, "/characters");
  const json& starts = at_pointer(alignment, "/character_start_times_seconds");
  const json& ends = at_pointer(alignment, "/character_end_times_seconds");
  if (!all_are(letters, letters.size(), &json::is_string) ||
      !all_are(starts, letters.size(), &json::is_number) || !all_are(ends, letters.size(), &json::is_number))
    return std::nullopt;
  std::vector<WordTime> words;
  bool inside = false;
  for (std::size_t i = 0; i < letters.size(); ++i) {
    const auto& letter = letters[i].get_ref<const std::string&>();
    const auto begin = letters.begin() + static_cast<std::ptrdiff_t>(i);
    if (const auto close = letter == "[" ? std::find(begin, letters.end(), "]") : letters.end();
        close != letters.end()) {
      i = static_cast<std::size_t>(close - letters.begin());
      inside = false;
      continue;
    }
    if (is_space(letter)) {
      inside = false;
      continue;
    }
    if (!inside) words.push_back({"", starts[i].get<double>(), 0});
    inside = true;
    words.back().text += letter;
    words.back().end_seconds = ends[i].get<double>();
  }
  return words;
}

Tried elevenlabs_failure(const Exchange& exchange, const Secret& key) {
  Tried tried = failure_of(exchange, [&](const json& body) { return service_words(words_of(body), key); });
  const std::string status = text_at(exchange.body, "/detail/status");
  const auto* const reading = std::ranges::find(kReadings, status, &Reading::status);
  if (reading == kReadings.end()) return tried;
  tried.result =
      Error{reading->code, status + ": " + tried.result.error().message, std::string(reading->path)};
  tried.remedy = reading->remedy;
  if (reading->code == Code::rate_limited && !tried.retry_after) tried.retry_after = kWaitForAPlace;
  return tried;
}

}  // namespace reeld::providers
