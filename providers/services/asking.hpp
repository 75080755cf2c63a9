// What services share: a request as configured, reading an answer that may have any shape, and how a try
// ends. Private to services/.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "providers/http/json_exchange.hpp"
#include "providers/policy/tried.hpp"
#include "providers/provider_config.hpp"

namespace reeld::providers {

// A GET with the configured times and reach, and the wish's deadline. The key is not in it.
HttpRequest request_of(const ProviderConfig& config, std::string url, Clock::time_point deadline);

// The base URL with `version` ("/v1") below it where it does not end in one already, as people write it both
// ways.
std::string versioned_url(const ProviderConfig& config, std::string_view version);

// True where the URL's host is this machine, by its name.
bool is_loopback_url(std::string_view url);

// What stands at a JSON pointer; null where nothing does. Takes any JSON.
const nlohmann::json& at_pointer(const nlohmann::json& value, const std::string& pointer);
std::string text_at(const nlohmann::json& value, const std::string& pointer);    // empty: no text there
std::int64_t count_at(const nlohmann::json& value, const std::string& pointer);  // 0: no count there
// Puts it among the metadata, unless it is null or larger than what a service says of itself.
void keep_if_there(nlohmann::json& metadata, const char* name, const nlohmann::json& value);

// A service's own words for a message: one line, the key taken out, at most 500 bytes of whole letters.
std::string service_words(std::string text, const Secret& key);

// At most so many letters (code points). Error: limit_exceeded with the path "/text".
Result<void> check_letters(std::string_view text, int most);

// One of those that there are. Error: invalid_request with the path, naming the nearest.
Result<void> check_voice(const std::string& voice, const std::vector<std::string>& voices,
                         const std::string& path);

// The text of a script, if it is JSON: without a Markdown fence around it.
Result<std::string> json_in(std::string_view text);

// A try that failed so.
Tried failed(Error error, Remedy remedy, int http_status = 0);
// What came back cannot be used, as picture_bytes.hpp finds: another try may give better; a full disk will
// not.
Tried unusable(Error error, int http_status);

// Of several pictures one failed: those that are there were paid for, so they are kept, and the first says in
// its metadata what is missing and why. False where nothing is there, or the user cancelled: then the whole
// try failed.
bool keep_made(std::vector<Delivery>& made, int count, const Error& error);

// The last thing that happens to a try: its error says whose it is, and neither that nor the metadata holds
// the key.
Tried finished(Tried tried, const ProviderConfig& config);

// The options of the configuration, with the wish's own over them.
nlohmann::json options_of(const ProviderConfig& config, const nlohmann::json& wished);

// Name, kind, and the capabilities that have models.
ProviderInfo info_of(const ProviderConfig& config);

}  // namespace reeld::providers
