#include "providers/http/http_client.hpp"

#include <algorithm>
#include <atomic>
#include <cctype>
#include <thread>

#include "providers/http/transfer.hpp"
#include "providers/http/transfer_thread.hpp"
#include "providers/http/web_address.hpp"

namespace reeld::providers {
namespace {

using namespace std::chrono_literals;

constexpr auto kPollCancelled = 20ms;

bool is_redirect(int status) {
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

Hop first_hop(const HttpRequest& request, WebAddress to, Clock::time_point started) {
  const bool carries = request.method == "POST" || request.method == "PUT" || request.method == "PATCH";
  return {std::move(to), request.method, carries || !request.body.empty(), true, started};
}

// As browsers do: 303 asks for something else, and so do 301 and 302 after a POST.
Hop next_hop(const Hop& last, const WebAddress& first, WebAddress to, int status) {
  Hop hop{std::move(to), last.method, last.with_body, true, last.request_started};
  const bool as_get = status == 303 || (status <= 302 && last.method == "POST");
  if (as_get && hop.method != "HEAD") {
    hop.method = "GET";
    hop.with_body = false;
  }
  hop.first_origin = hop.to.same_origin(first);
  return hop;
}

}  // namespace

struct HttpClient::Impl {
  HttpClientOptions options;
  std::unique_ptr<TransferThread> thread;
  std::atomic<int> callers = 0;

  Result<HttpResponse> perform_hop(const HttpRequest& request, const Hop& hop, const Cancelled& cancelled) {
    REELD_ASSIGN(const auto transfer, Transfer::make(request, hop, options));
    thread->add(*transfer);
    while (transfer->answer().wait_for(kPollCancelled) != std::future_status::ready) {
      if (!cancelled || !cancelled()) continue;
      transfer->ask_to_end();
      thread->wake();
      break;
    }
    return transfer->answer().get();
  }

  Result<HttpResponse> perform(const HttpRequest& request, const Cancelled& cancelled) {
    REELD_ASSIGN(const WebAddress first, web_address(request.url));
    Hop hop = first_hop(request, first, Clock::now());
    for (int redirects = 0;; ++redirects) {
      REELD_ASSIGN(HttpResponse response, perform_hop(request, hop, cancelled));
      const std::string location = response.header("location");
      if (request.max_redirects <= 0 || !is_redirect(response.status) || location.empty()) return response;
      if (redirects == request.max_redirects) {
        return Error{Code::limit_exceeded, first.place() + " redirects more than " +
                                               std::to_string(request.max_redirects) + " times"};
      }
      REELD_ASSIGN(WebAddress to, redirected(hop.to, location));
      hop = next_hop(hop, first, std::move(to), response.status);
    }
  }
};

HttpClient::HttpClient(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Result<std::unique_ptr<HttpClient>> HttpClient::start(const HttpClientOptions& options) {
  if (!options.ca_file.empty() && ::access(options.ca_file.c_str(), R_OK) != 0) {
    return Error{Code::file_unreadable,
                 "the file of certificates " + options.ca_file.string() + " cannot be read"};
  }
  auto impl = std::make_unique<Impl>();
  impl->options = options;
  impl->thread = TransferThread::start();
  if (impl->thread == nullptr) return Error{Code::internal, "libcurl cannot be started"};
  return std::unique_ptr<HttpClient>(new HttpClient(std::move(impl)));
}

HttpClient::~HttpClient() {
  impl_->thread->stop();
  while (impl_->callers != 0) std::this_thread::sleep_for(1ms);
}

Result<HttpResponse> HttpClient::perform(const HttpRequest& request, const Cancelled& cancelled) {
  ++impl_->callers;
  auto response = impl_->perform(request, cancelled);
  --impl_->callers;
  return response;
}

std::string HttpResponse::header(const std::string& name) const {
  const auto found = headers.find(name);
  return found == headers.end() ? "" : found->second;
}

std::string HttpResponse::media_type() const {
  std::string type = header("content-type");
  type.resize(std::min(type.size(), type.find(';')));
  while (!type.empty() && std::isspace(static_cast<unsigned char>(type.back())) != 0) type.pop_back();
  std::ranges::transform(type, type.begin(), [](unsigned char c) { return std::tolower(c); });
  return type;
}

}  // namespace reeld::providers
