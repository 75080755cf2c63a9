#include "providers/http/web_address.hpp"

#include <algorithm>
#include <cctype>

#include "providers/http/curl_handles.hpp"

namespace reeld::providers {
namespace {

// Prompts travel in URLs of some services; servers take 8 to 32 KiB.
constexpr std::size_t kMaxUrlBytes = 64 << 10;

std::string part_of(const UrlHandle& url, CURLUPart which, unsigned flags = 0) {
  char* text = nullptr;
  if (curl_url_get(url.get(), which, &text, flags) != CURLUE_OK) return "";
  std::string part = text;
  curl_free(text);
  return part;
}

Error refused(const std::string& what, const std::string& why) {
  return {Code::invalid_request, what + " " + why};
}

// `what` begins the messages: "the URL", "the redirect from example.com".
Result<WebAddress> taken_apart(const UrlHandle& url, const std::string& text, const std::string& what) {
  if (text.size() > kMaxUrlBytes) {
    return refused(what, "has " + std::to_string(text.size()) + " bytes; at most " +
                             std::to_string(kMaxUrlBytes) + " are taken");
  }
  constexpr unsigned kFlags = CURLU_NON_SUPPORT_SCHEME | CURLU_DISALLOW_USER | CURLU_URLENCODE;
  const CURLUcode code = text.find('\0') == std::string::npos
                             ? curl_url_set(url.get(), CURLUPART_URL, text.c_str(), kFlags)
                             : CURLUE_MALFORMED_INPUT;
  if (code == CURLUE_USER_NOT_ALLOWED) {
    return refused(what, "holds a user's name or password; they belong into the provider's configuration");
  }
  if (code != CURLUE_OK) return refused(what, std::string("is no URL: ") + curl_url_strerror(code));
  curl_url_set(url.get(), CURLUPART_FRAGMENT, nullptr, 0);
  WebAddress address{part_of(url, CURLUPART_URL), part_of(url, CURLUPART_SCHEME),
                     part_of(url, CURLUPART_HOST), part_of(url, CURLUPART_PORT, CURLU_DEFAULT_PORT)};
  if (address.scheme != "http" && address.scheme != "https") {
    return refused(what, "is one of " + address.scheme + ": only http and https are taken");
  }
  std::ranges::transform(address.host, address.host.begin(), [](unsigned char c) { return std::tolower(c); });
  return address;
}

}  // namespace

std::string WebAddress::place() const {
  const bool usual = port == (scheme == "https" ? "443" : "80");
  return usual ? host : host + ":" + port;
}

Result<WebAddress> web_address(const std::string& url) {
  return taken_apart(UrlHandle(curl_url()), url, "the URL");
}

Result<WebAddress> redirected(const WebAddress& from, const std::string& location) {
  UrlHandle url(curl_url());
  curl_url_set(url.get(), CURLUPART_URL, from.url.c_str(), 0);
  return taken_apart(url, location, "the redirect from " + from.place());
}

}  // namespace reeld::providers
