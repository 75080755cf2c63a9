#include "providers/http/transfer.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>

#include "base/version.hpp"
#include "providers/http/address_rule.hpp"

namespace reeld::providers {
namespace {

// Far beyond what any service sends; Gemini's are some 1 KiB.
constexpr std::size_t kMaxHeaderBytes = 256 << 10;
constexpr std::size_t kMaxMethodBytes = 16;

bool is_upper(char letter) {
  return letter >= 'A' && letter <= 'Z';
}

std::string lower(std::string_view text) {
  std::string lowered(text);
  std::ranges::transform(lowered, lowered.begin(), [](unsigned char c) { return std::tolower(c); });
  return lowered;
}

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r\n");
  return first == std::string_view::npos ? ""
                                         : text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

// "HTTP/1.1 200 OK" -> 200.
int status_of(std::string_view line) {
  int status = 0;
  const std::string_view after = line.substr(std::min(line.size(), line.find(' ')));
  const std::string_view digits = trimmed(after);
  std::from_chars(digits.data(), digits.data() + digits.size(), status);
  return status;
}

int version_number(long version) {
  return version == CURL_HTTP_VERSION_1_0 ? 10 : version == CURL_HTTP_VERSION_1_1 ? 11 : 20;
}

double seconds_between(Clock::time_point from, Clock::time_point to) {
  return std::chrono::duration<double>(to - from).count();
}

}  // namespace

Result<std::unique_ptr<Transfer>> Transfer::make(const HttpRequest& request, Hop hop,
                                                 const HttpClientOptions& options) {
  if (hop.method.empty() || hop.method.size() > kMaxMethodBytes ||
      !std::ranges::all_of(hop.method, is_upper)) {
    return Error{Code::invalid_request, "\"" + hop.method + "\" is no HTTP method"};
  }
  REELD_ASSIGN(HeaderList headers, header_list(request, {hop.first_origin, hop.with_body}));
  std::unique_ptr<Transfer> transfer(new Transfer(request, std::move(hop), std::move(headers)));
  if (transfer->easy_ == nullptr) return Error{Code::internal, "libcurl gives no handle"};
  transfer->set_options(options);
  return transfer;
}

Transfer::Transfer(const HttpRequest& request, Hop hop, HeaderList headers)
    : request_(request), hop_(std::move(hop)), headers_(std::move(headers)), easy_(curl_easy_init()) {
  progress_.started = hop_.request_started;
  progress_.hop_started = Clock::now();
  response_.url = hop_.to.url;
}

void Transfer::set_options(const HttpClientOptions& options) {
  set_option(easy_, CURLOPT_PRIVATE, this);
  set_option(easy_, CURLOPT_ERRORBUFFER, words_.data());
  set_option(easy_, CURLOPT_NOSIGNAL, 1L);
  set_option(easy_, CURLOPT_QUICK_EXIT, 1L);  // giving up does not wait for a name server
  set_option(easy_, CURLOPT_URL, hop_.to.url.c_str());
  set_option(easy_, CURLOPT_PROTOCOLS_STR, "http,https");
  set_option(easy_, CURLOPT_PROXY, "");  // none, whatever the environment says
  set_option(easy_, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_2TLS));
  // The first connection to a host tells whether it carries several transfers; without TLS none does.
  set_option(easy_, CURLOPT_PIPEWAIT, hop_.to.scheme == "https" ? 1L : 0L);
  set_option(easy_, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  // Takes the place of the system's bundle, but not of its folder of the same certificates.
  if (!options.ca_file.empty()) set_option(easy_, CURLOPT_CAINFO, options.ca_file.c_str());
  set_option(easy_, CURLOPT_TCP_KEEPALIVE, 1L);
  // libcurl shares the time among a host's addresses; a time of 0 would be its default.
  set_option(easy_, CURLOPT_CONNECTTIMEOUT_MS,
             static_cast<long>(std::clamp<std::int64_t>(request_.timeouts.connect.count(), 1, 1 << 30)));
  set_option(easy_, CURLOPT_USERAGENT, (std::string("reeld/") + kVersion).c_str());
  set_option(easy_, CURLOPT_HTTPHEADER, headers_.get());
  set_method();

  set_option(easy_, CURLOPT_OPENSOCKETDATA, this);
  set_option(
      easy_, CURLOPT_OPENSOCKETFUNCTION, +[](void* self, curlsocktype, curl_sockaddr* address) {
        return static_cast<Transfer*>(self)->open_socket(*address);
      });
  set_option(easy_, CURLOPT_PREREQDATA, this);
  set_option(
      easy_, CURLOPT_PREREQFUNCTION, +[](void* self, char* address, char*, int, int) {
        return static_cast<Transfer*>(self)->may_send(address) ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT;
      });
  set_option(easy_, CURLOPT_HEADERDATA, this);
  set_option(
      easy_, CURLOPT_HEADERFUNCTION, +[](char* line, std::size_t, std::size_t size, void* self) {
        auto& transfer = *static_cast<Transfer*>(self);
        transfer.take_header({line, size});
        return transfer.failure_ ? std::size_t{0} : size;
      });
  set_option(easy_, CURLOPT_WRITEDATA, this);
  set_option(
      easy_, CURLOPT_WRITEFUNCTION, +[](char* bytes, std::size_t, std::size_t size, void* self) {
        return static_cast<Transfer*>(self)->take_body({bytes, size}) ? size
                                                                      : std::size_t{CURL_WRITEFUNC_ERROR};
      });
  set_option(easy_, CURLOPT_NOPROGRESS, 0L);
  set_option(easy_, CURLOPT_XFERINFODATA, this);
  set_option(
      easy_, CURLOPT_XFERINFOFUNCTION, +[](void* self, curl_off_t, curl_off_t, curl_off_t, curl_off_t sent) {
        static_cast<Transfer*>(self)->note_sent(sent);
        return 0;
      });
}

void Transfer::set_method() {
  const std::string& method = hop_.method;
  if (method == "HEAD") {
    set_option(easy_, CURLOPT_NOBODY, 1L);
  } else if (hop_.with_body) {
    set_option(easy_, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request_.body.size()));
    set_option(easy_, CURLOPT_POSTFIELDS, request_.body.data());  // read in place, not copied
    if (method != "POST") set_option(easy_, CURLOPT_CUSTOMREQUEST, method.c_str());
  } else if (method != "GET") {
    set_option(easy_, CURLOPT_CUSTOMREQUEST, method.c_str());
  }
}

curl_socket_t Transfer::open_socket(const curl_sockaddr& address) {
  if (request_.reach == Reach::public_only) {
    const std::string_view kind = not_public_because(address.addr, address.addrlen);
    if (!kind.empty()) {
      forbidden_address_ = address_text(address.addr, address.addrlen) + " (" + std::string(kind) + ")";
      return CURL_SOCKET_BAD;
    }
  }
  reached_out_ = true;
  return ::socket(address.family, address.socktype | SOCK_CLOEXEC, address.protocol);
}

// Asked on every connection just before the request goes out, on one used again too: it may have been opened
// for a transfer that may go anywhere.
bool Transfer::may_send(const std::string& address) {
  if (request_.reach == Reach::public_only) {
    const std::string_view kind = not_public_because(address);
    if (!kind.empty()) {
      forbidden_address_ = address + " (" + std::string(kind) + ")";
      reached_out_ = false;
      return false;
    }
  }
  progress_.phase = Phase::waiting;
  progress_.last_sent = Clock::now();
  return true;
}

void Transfer::note_sent(curl_off_t bytes) {
  if (bytes == sent_bytes_) return;
  sent_bytes_ = bytes;
  progress_.last_sent = Clock::now();
}

void Transfer::take_header(std::string_view line) {
  header_bytes_ += line.size();
  if (header_bytes_ > kMaxHeaderBytes) {
    failure_ = Error{Code::limit_exceeded, "the answer of " + hop_.to.place() + " has more than " +
                                               std::to_string(kMaxHeaderBytes) + " bytes of headers"};
    return;
  }
  if (line.starts_with("HTTP/")) {
    response_.headers.clear();  // those of an interim answer
    response_.status = status_of(line);
    if (response_.status < 200 || progress_.phase == Phase::receiving) return;
    progress_.phase = Phase::receiving;
    response_.first_byte_seconds = seconds_between(progress_.started, Clock::now());
    return;
  }
  const auto colon = line.find(':');
  if (colon == std::string_view::npos) return;
  response_.headers.emplace(lower(line.substr(0, colon)), trimmed(line.substr(colon + 1)));
}

std::optional<Error> Transfer::begin_body() {
  curl_off_t length = -1;
  curl_easy_getinfo(easy_.get(), CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &length);
  if (length > 0 && static_cast<std::uint64_t>(length) > request_.max_bytes) {
    return Error{Code::limit_exceeded, "the answer of " + hop_.to.place() + " has " + std::to_string(length) +
                                           " bytes; at most " + std::to_string(request_.max_bytes) +
                                           " are taken"};
  }
  if (goes_into_file()) return open_file();
  if (length > 0) response_.body.reserve(static_cast<std::size_t>(length));
  return {};
}

std::optional<Error> Transfer::open_file() {
  auto file = BodyFile::create(*request_.into);
  if (!file) return file.error();
  file_.emplace(*std::move(file));
  return {};
}

bool Transfer::take_body(std::string_view bytes) {
  if (!body_began_) failure_ = begin_body();
  body_began_ = true;
  progress_.received_bytes += static_cast<std::int64_t>(bytes.size());
  if (!failure_ && static_cast<std::size_t>(progress_.received_bytes) > request_.max_bytes) {
    failure_ = Error{Code::limit_exceeded, "the answer of " + hop_.to.place() + " has more than the " +
                                               std::to_string(request_.max_bytes) + " bytes that are taken"};
  }
  if (failure_) return false;
  if (!file_) {
    response_.body.append(bytes);
  } else if (auto written = file_->write(bytes); !written) {
    failure_ = written.error();
  }
  return !failure_;
}

void Transfer::end(CURLcode code) {
  give(response_for(code));
}

void Transfer::end(Error error) {
  give(std::move(error));
}

void Transfer::give(Result<HttpResponse> answer) {
  file_.reset();  // removes it, unless it is finished
  // Whoever waits may delete this transfer while set_value still runs.
  auto promise = std::move(promise_);
  promise.set_value(std::move(answer));
}

Result<HttpResponse> Transfer::response_for(CURLcode code) {
  if (code != CURLE_OK) return failure_for(code);
  if (!body_began_ && goes_into_file()) {  // an empty one is a file too
    if (auto failure = open_file()) return *failure;
  }
  if (file_) REELD_TRY(file_->finish());
  long version = 0;
  curl_easy_getinfo(easy_.get(), CURLINFO_HTTP_VERSION, &version);
  response_.http_version = version_number(version);
  response_.seconds = seconds_between(progress_.started, Clock::now());
  response_.size_bytes = progress_.received_bytes;
  return std::move(response_);
}

Error Transfer::failure_for(CURLcode code) {
  if (failure_) return *failure_;
  const std::string place = hop_.to.place();
  if (!forbidden_address_.empty() && !reached_out_) {
    return {Code::address_not_allowed, place + " leads to " + forbidden_address_ +
                                           ", which is not public; set allow_private_addresses for this " +
                                           "provider if that is meant"};
  }
  const std::string words =
      without_secret(words_[0] != '\0' ? words_.data() : curl_easy_strerror(code), request_.secret);
  switch (code) {
    case CURLE_OPERATION_TIMEDOUT:  // the one limit that libcurl has of us
      return timed_out(place, progress_, TimeLimit::Kind::connect, request_.timeouts);
    case CURLE_WEIRD_SERVER_REPLY:
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_BAD_CONTENT_ENCODING:
      return {Code::response_malformed, "the answer of " + place + " is not HTTP: " + words};
    case CURLE_URL_MALFORMAT:
      return {Code::invalid_request, "the URL for " + place + " cannot be used: " + words};
    default:
      break;
  }
  if (progress_.phase == Phase::receiving) {
    return {Code::response_truncated, "the answer of " + place + " ended after " +
                                          std::to_string(progress_.received_bytes) + " bytes: " + words};
  }
  return {Code::provider_unreachable, "cannot reach " + place + ": " + words};
}

}  // namespace reeld::providers
