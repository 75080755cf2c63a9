// A picture or a sound from a plain http(s) address: {"url": "https://..."}. The result is what its bytes
// are, whatever the server calls it.
#include <algorithm>
#include <fstream>

#include "providers/builtin.hpp"
#include "providers/fields.hpp"
#include "providers/http/http_client.hpp"
#include "providers/http/json_exchange.hpp"
#include "providers/media_type.hpp"
#include "providers/policy/backoff.hpp"
#include "providers/policy/waiting.hpp"

namespace reeld::providers {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxBytes = 256 << 20;
constexpr int kMaxRedirects = 5;
constexpr std::size_t kMaxUrlBytes = 8192;
constexpr std::size_t kBytesToSniff = 64;
constexpr const char* kPath = "/url";

// For people and records: a query may hold a secret, and a redirect's bytes may be no text.
std::string shown(const std::string& url) {
  const auto query = url.find_first_of("?#");
  std::string text = query == std::string::npos ? url : url.substr(0, query) + "?...";
  std::ranges::replace_if(
      text, [](unsigned char c) { return c <= ' ' || c > '~'; }, '_');
  return text;
}

Result<std::string> url_in(const Wish& wish) {
  Fields fields(wish.params, beside_the_engines({"url"}));
  std::string url = fields.needed_text("url", kMaxUrlBytes);
  const std::size_t scheme = url.starts_with("https://") ? 8 : url.starts_with("http://") ? 7 : 0;
  if (scheme == 0) {
    fields.fail("url", "must begin with https:// or http://");
  } else if (url.substr(scheme, url.find_first_of("/?#", scheme) - scheme).find('@') != std::string::npos) {
    fields.fail("url", "cannot hold a user or a password: requests are recorded");
  }
  REELD_TRY(fields.result());
  return url;
}

Result<void> check_status(const HttpResponse& answer) {
  if (answer.status == 200) return {};
  const std::string said = shown(answer.url) + " was answered with HTTP " + std::to_string(answer.status);
  switch (answer.status) {
    case 404:
    case 410:
      return Error{Code::file_missing, said + ": there is no such file.", kPath};
    case 401:
    case 403:
      return Error{Code::file_unreadable, said + ": the file is not for everyone.", kPath};
    case 429:
      return Error{Code::rate_limited, said + ": too many requests; try again later.", kPath};
    default:
      return Error{Code::provider_failed, said + ".", kPath};
  }
}

std::string beginning_of(const fs::path& file) {
  std::string bytes(kBytesToSniff, '\0');
  std::ifstream in(file, std::ios::binary);
  in.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  bytes.resize(static_cast<std::size_t>(in.gcount()));
  return bytes;
}

// What the bytes are, if that is what the capability asks for.
Result<std::string> suiting_type(const fs::path& file, const HttpResponse& answer, Capability capability) {
  std::string type = sniffed_media_type(beginning_of(file));
  const bool picture = capability == Capability::picture;
  if (type.starts_with(picture ? "image/" : "audio/")) return type;
  const std::string claimed = quoted_beginning(answer.media_type());
  return Error{
      Code::response_media_type,
      shown(answer.url) + " gave " +
          (!type.empty()     ? type
           : claimed.empty() ? "something unknown"
                             : "what it calls " + claimed + (claimed == "text/html" ? ", a page" : "")) +
          ", not " + (picture ? "a picture" : "a sound") +
          " that reeld reads; give the address of the file itself.",
      kPath};
}

class UrlProvider : public Provider {
 public:
  UrlProvider(const ProviderConfig& config, HttpClient& http) : config_(config), http_(http) {}

  ProviderInfo info() const override {
    ProviderInfo info;
    info.name = config_.name;
    info.kind = "url";
    info.capabilities = {Capability::picture, Capability::speech, Capability::sound};
    info.offline = false;
    info.limits = {{"max_bytes", kMaxBytes}, {"max_redirects", kMaxRedirects}};
    return info;
  }

  // What lies at an address may change.
  std::string fingerprint(const Wish&) const override { return ""; }

  // As often as a service would be asked; but addresses have nothing in common, so none is held back for
  // another's failures.
  Result<std::vector<Delivery>> fetch(const Wish& wish, const fs::path& scratch,
                                      const Cancelled& cancelled) override {
    REELD_ASSIGN(const std::string url, url_in(wish));
    for (int failures = 0;; ++failures) {
      Tried tried = fetch_once(url, wish, scratch, cancelled);
      if (tried.result) {
        for (Delivery& delivery : *tried.result) delivery.provenance.request_count = failures + 1;
        return tried.result;
      }
      if (tried.remedy != Remedy::later || failures >= config_.max_retries) return tried.result;
      const auto again =
          waiting_->now() + backoff(config_.retry_delay, failures, waiting_->chance(), tried.retry_after);
      if (tried.retry_after.value_or(kMaxRetryAfter) > kMaxRetryAfter || again >= wish.deadline)
        return tried.result;
      waiting_->wait_until(again, cancelled);
      if (cancelled && cancelled()) return Error{Code::cancelled, "cancelled while waiting to try again"};
    }
  }

 private:
  Tried fetch_once(const std::string& url, const Wish& wish, const fs::path& scratch,
                   const Cancelled& cancelled) const {
    HttpRequest request;
    request.url = url;
    const fs::path part = scratch / "download.part";
    request.into = part;
    request.max_bytes = kMaxBytes;
    request.max_redirects = kMaxRedirects;
    request.reach = config_.allow_private_addresses ? Reach::anywhere : Reach::public_only;
    request.timeouts = config_.timeouts;
    request.deadline = wish.deadline;
    auto answer = http_.perform(request, cancelled);
    if (!answer) {
      Error error = answer.error();
      if (error.path.empty()) error.path = kPath;
      return failure_of(error);
    }
    if (const auto good = check_status(*answer); !good) {
      Tried refused = failure_of_status(*answer, "");
      refused.result = good.error();
      return refused;
    }
    return {delivered(part, *answer, wish.capability), Remedy::none, {}, answer->status};
  }

  static Result<std::vector<Delivery>> delivered(const fs::path& part, const HttpResponse& answer,
                                                 Capability capability) {
    Delivery delivery;
    REELD_ASSIGN(delivery.media_type, suiting_type(part, answer, capability));
    delivery.file = part.parent_path() / ("download" + extension_of(delivery.media_type));
    std::error_code failure;
    fs::rename(part, delivery.file, failure);
    if (failure) {
      return Error{Code::target_unwritable,
                   delivery.file.string() + " cannot be written: " + failure.message() + "."};
    }
    delivery.source_type = "STOCK";
    describe(delivery.provenance, answer);
    return std::vector{std::move(delivery)};
  }

  static void describe(Provenance& provenance, const HttpResponse& answer) {
    provenance.response_seconds = answer.seconds;
    provenance.cost_usd = 0;
    provenance.metadata = {{"url", shown(answer.url)}, {"size_bytes", answer.size_bytes}};
    for (const char* name : {"etag", "last-modified", "content-type"}) {
      if (const std::string value = quoted_beginning(answer.header(name)); !value.empty())
        provenance.metadata[name] = value;
    }
  }

  const ProviderConfig config_;
  HttpClient& http_;
  const std::unique_ptr<Waiting> waiting_ = real_waiting();
};

}  // namespace

std::unique_ptr<Provider> url_provider(const ProviderConfig& config, HttpClient& http) {
  return std::make_unique<UrlProvider>(config, http);
}

}  // namespace reeld::providers
