#include "providers/services/asking.hpp"

#include <algorithm>
#include <utility>

#include "base/nearest.hpp"
#include "base/utf8.hpp"

namespace reeld::providers {
namespace {

using nlohmann::json;

constexpr std::size_t kMaxWordsBytes = 500;
constexpr std::size_t kMaxKeptBytes = 4096;  // of one field of metadata

bool ends_in_version(std::string_view url) {
  const auto slash = url.rfind('/');
  if (slash == url.npos || slash + 2 >= url.size()) return false;
  return url[slash + 1] == 'v' && url[slash + 2] >= '0' && url[slash + 2] <= '9';
}

// At most `size` bytes that do not end within a letter.
std::string whole_letters(std::string text, std::size_t size) {
  if (text.size() <= size) return text;
  while (size > 0 && (static_cast<unsigned char>(text[size]) & 0xC0) == 0x80) --size;
  text.resize(size);
  return text + "...";
}

}  // namespace

HttpRequest request_of(const ProviderConfig& config, std::string url, Clock::time_point deadline) {
  HttpRequest request;
  request.url = std::move(url);
  request.timeouts = config.timeouts;
  request.deadline = deadline;
  request.reach = config.allow_private_addresses ? Reach::anywhere : Reach::public_only;
  return request;
}

std::string versioned_url(const ProviderConfig& config, std::string_view version) {
  std::string url = config.base_url;
  while (url.ends_with('/')) url.pop_back();
  if (!ends_in_version(url)) url += version;
  return url;
}

bool is_loopback_url(std::string_view url) {
  const auto begin = url.find("://");
  if (begin == url.npos) return false;
  const std::string_view host = url.substr(begin + 3);
  return host.starts_with("localhost") || host.starts_with("127.") || host.starts_with("[::1]");
}

const json& at_pointer(const json& value, const std::string& pointer) {
  static const json nothing;
  const json::json_pointer place(pointer);
  return value.contains(place) ? value.at(place) : nothing;
}

std::string text_at(const json& value, const std::string& pointer) {
  const json& found = at_pointer(value, pointer);
  return found.is_string() ? found.get<std::string>() : "";
}

std::int64_t count_at(const json& value, const std::string& pointer) {
  const json& found = at_pointer(value, pointer);
  return found.is_number_integer() ? std::max<std::int64_t>(0, found.get<std::int64_t>()) : 0;
}

void keep_if_there(json& metadata, const char* name, const json& value) {
  if (value.is_null()) return;
  if (value.dump(-1, ' ', false, json::error_handler_t::replace).size() <= kMaxKeptBytes)
    metadata[name] = value;
}

std::string service_words(std::string text, const Secret& key) {
  text = without_secret(std::move(text), key);
  std::string line;
  for (const char letter : text) {
    const auto code = static_cast<unsigned char>(letter);
    const bool is_space = code <= ' ' || code == 0x7F;
    if (!is_space) line += letter;
    if (is_space && !line.empty() && line.back() != ' ') line += ' ';
  }
  line.erase(line.find_last_not_of(' ') + 1);
  return whole_letters(std::move(line), kMaxWordsBytes);
}

Result<void> check_letters(std::string_view text, int most) {
  const std::size_t count = character_count(text);
  if (count <= static_cast<std::size_t>(most)) return {};
  return Error{Code::limit_exceeded,
               "has " + std::to_string(count) + " letters; at most " + std::to_string(most) +
                   " are spoken at once, so divide it among scenes",
               "/text"};
}

Result<void> check_voice(const std::string& voice, const std::vector<std::string>& voices,
                         const std::string& path) {
  if (std::ranges::find(voices, voice) != voices.end()) return {};
  return Error{Code::invalid_request,
               "no such voice here: did you mean \"" + nearest_name(voice, voices) + "\"?", path};
}

Result<std::string> json_in(std::string_view text) {
  const auto trim = [&]() {
    text.remove_prefix(std::min(text.find_first_not_of(" \t\r\n"), text.size()));
    text.remove_suffix(text.size() - 1 - std::min(text.find_last_not_of(" \t\r\n"), text.size() - 1));
  };
  const Error no_json{Code::response_malformed, "the answer's text is no JSON: " + quoted_beginning(text)};
  if (text.find_first_not_of(" \t\r\n") == text.npos) return no_json;
  trim();
  if (text.starts_with("```") && text.ends_with("```") && text.size() > 6) {
    text.remove_suffix(3);
    text.remove_prefix(std::min(text.find('\n'), text.size()));
    if (text.find_first_not_of(" \t\r\n") == text.npos) return no_json;
    trim();
  }
  if (!json::accept(text)) return no_json;
  return std::string(text);
}

Tried failed(Error error, Remedy remedy, int http_status) {
  return {std::move(error), remedy, std::nullopt, http_status};
}

Tried unusable(Error error, int http_status) {
  const bool ours = error.code == Code::disk_full || error.code == Code::target_unwritable;
  return failed(std::move(error), ours ? Remedy::none : Remedy::later, http_status);
}

bool keep_made(std::vector<Delivery>& made, int count, const Error& error) {
  if (made.empty() || error.code == Code::cancelled) return false;
  made.front().provenance.metadata["missing"] = {{"count", count - static_cast<int>(made.size())},
                                                 {"why", error.message}};
  return true;
}

Tried finished(Tried tried, const ProviderConfig& config) {
  if (!tried.result) {
    Error error = tried.result.error();
    error.message = without_secret(config.name + ": " + error.message, config.key);
    tried.result = std::move(error);
    return tried;
  }
  for (Delivery& delivery : *tried.result) {
    json& metadata = delivery.provenance.metadata;
    const std::string text = metadata.dump(-1, ' ', false, json::error_handler_t::replace);
    metadata = json::parse(without_secret(text, config.key), nullptr, false);
    if (metadata.is_discarded()) metadata = json::object();
  }
  return tried;
}

json options_of(const ProviderConfig& config, const json& wished) {
  json options = config.options.is_object() ? config.options : json::object();
  if (wished.is_object()) options.update(wished);
  return options;
}

ProviderInfo info_of(const ProviderConfig& config) {
  ProviderInfo info;
  info.name = config.name;
  info.kind = config.kind;
  info.models = config.models;
  std::erase_if(info.models, [](const auto& of_capability) { return of_capability.second.empty(); });
  for (const auto& [capability, models] : info.models) info.capabilities.push_back(capability);
  info.offline = is_loopback_url(config.base_url);
  return info;
}

}  // namespace reeld::providers
