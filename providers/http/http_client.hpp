// HTTP for all services, over libcurl's multi interface: one thread moves all transfers, connections are kept
// and shared, HTTP/2 where the server speaks it. perform() is called from any thread and waits.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "providers/provider.hpp"
#include "providers/provider_config.hpp"

namespace reeld::providers {

enum class Reach : std::uint8_t {
  public_only,  // every address that a name resolves to is checked at the moment of connecting, also after a
                // redirect
  anywhere
};

struct HttpRequest {
  std::string method = "GET";
  std::string url;  // http or https, nothing else
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  Secret secret;              // sent as `secret_header: secret_prefix + secret`, and to the first host alone
  std::string secret_header;  // "x-goog-api-key", "Authorization"
  std::string secret_prefix;  // "Bearer "
  Timeouts timeouts;
  std::size_t max_bytes = 64 << 20;  // of the answer's body, counted while it streams in
  int max_redirects = 0;             // each is checked as the first was; with 0, a redirect is an answer
  Reach reach = Reach::public_only;
  // The body of an answer with a status of 2xx goes into this file in place of `body`; of any other it says
  // what went wrong, and stays in `body`. After an error there is no file.
  std::optional<std::filesystem::path> into;
  Clock::time_point deadline = Clock::time_point::max();
};

struct HttpResponse {
  int status = 0;
  std::multimap<std::string, std::string> headers;  // names in lower case
  std::string body;
  std::string url;       // the last one, after redirects
  int http_version = 0;  // 10, 11, 20
  double seconds = 0, first_byte_seconds = 0;
  std::int64_t size_bytes = 0;  // of the body
  // The first header of that name; empty where there is none.
  std::string header(const std::string& name) const;
  // Content-Type without its parameters, in lower case.
  std::string media_type() const;
};

struct HttpClientOptions {
  std::filesystem::path ca_file;  // PEM; its certificates are trusted beside the system's
};

// Cookies, .netrc, logs and proxies are not used: a proxy would resolve names in our place, where no address
// can be checked.
class HttpClient {
 public:
  // Errors: file_unreadable (ca_file), internal.
  static Result<std::unique_ptr<HttpClient>> start(const HttpClientOptions& options = {});
  // Ends what still runs, as cancelled, and waits for those calls to return.
  ~HttpClient();

  // Any HTTP status is an answer, not an error. Errors: invalid_request (no http(s) URL, credentials in it, a
  // header of several lines), address_not_allowed, provider_unreachable (no such name, refused, TLS, reset
  // before the first byte), response_truncated (ended before its length), response_malformed (not HTTP),
  // limit_exceeded (larger than max_bytes, more redirects than allowed), timed_out (naming the phase),
  // cancelled, target_unwritable, disk_full.
  Result<HttpResponse> perform(const HttpRequest& request, const Cancelled& cancelled);

 private:
  struct Impl;
  explicit HttpClient(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

// RFC 3986 percent-encoding of one path segment or query value.
std::string url_encoded(std::string_view text);

}  // namespace reeld::providers
