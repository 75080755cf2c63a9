// One request on its way to one host, without redirects: libcurl's handle, what comes back, and how it ended.
// Made and waited for by the caller's thread; between the two the transfer thread alone touches it.
#pragma once

#include <array>
#include <atomic>
#include <future>
#include <memory>
#include <optional>
#include <string>

#include "providers/http/body_file.hpp"
#include "providers/http/curl_handles.hpp"
#include "providers/http/http_client.hpp"
#include "providers/http/request_headers.hpp"
#include "providers/http/time_limits.hpp"
#include "providers/http/web_address.hpp"

namespace reeld::providers {

// The way to one host. The first is the request's own; a redirect gives others.
struct Hop {
  WebAddress to;
  std::string method;
  bool with_body = false;
  bool first_origin = true;
  Clock::time_point request_started;
};

class Transfer {
 public:
  // `request` must outlive it. Errors: invalid_request.
  static Result<std::unique_ptr<Transfer>> make(const HttpRequest& request, Hop hop,
                                                const HttpClientOptions& options);
  Transfer(const Transfer&) = delete;
  Transfer& operator=(const Transfer&) = delete;

  // The caller's thread. ask_to_end is seen at the transfer thread's next turn; the answer comes all the
  // same.
  std::future<Result<HttpResponse>>& answer() { return answer_; }
  void ask_to_end() { asked_to_end_ = true; }

  // The transfer thread.
  CURL* handle() const { return easy_.get(); }
  bool asked_to_end() const { return asked_to_end_; }
  TimeLimit limit() const { return next_limit(progress_, request_.timeouts, request_.deadline); }
  // Gives the answer; the transfer may be gone when they return. `code` is libcurl's word on it.
  void end(CURLcode code);
  void end(Error error);
  void end_overdue() { end(timed_out(hop_.to.place(), progress_, limit().kind, request_.timeouts)); }

 private:
  Transfer(const HttpRequest& request, Hop hop, HeaderList headers);
  void set_options(const HttpClientOptions& options);
  void set_method();

  // libcurl calls these while the transfer runs.
  curl_socket_t open_socket(const curl_sockaddr& address);
  bool may_send(const std::string& address);
  void take_header(std::string_view line);
  bool take_body(std::string_view bytes);
  void note_sent(curl_off_t bytes);

  bool goes_into_file() const { return request_.into && response_.status >= 200 && response_.status < 300; }
  std::optional<Error> begin_body();
  std::optional<Error> open_file();
  Result<HttpResponse> response_for(CURLcode code);
  Error failure_for(CURLcode code);
  void give(Result<HttpResponse> answer);

  const HttpRequest& request_;
  const Hop hop_;
  HeaderList headers_;
  EasyHandle easy_;
  std::array<char, CURL_ERROR_SIZE> words_{};  // libcurl's, on what went wrong

  Progress progress_;
  curl_off_t sent_bytes_ = 0;
  std::size_t header_bytes_ = 0;
  bool reached_out_ = false;       // an address was tried that may be reached
  std::string forbidden_address_;  // the latest that may not, with what it is
  std::optional<Error> failure_;   // why a callback stopped the transfer
  std::optional<BodyFile> file_;
  bool body_began_ = false;
  HttpResponse response_;

  std::atomic<bool> asked_to_end_ = false;
  std::promise<Result<HttpResponse>> promise_;
  std::future<Result<HttpResponse>> answer_ = promise_.get_future();
};

}  // namespace reeld::providers
