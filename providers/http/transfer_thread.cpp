#include "providers/http/transfer_thread.hpp"

#include <signal.h>

#include <algorithm>
#include <utility>

namespace reeld::providers {
namespace {

constexpr int kLongestWaitMs = 1000;
constexpr long kIdleConnections = 32;

Error closed() {
  return {Code::cancelled, "the HTTP client was closed"};
}

}  // namespace

std::unique_ptr<TransferThread> TransferThread::start() {
  // Once a process, and never undone: other libraries may use libcurl too.
  static const CURLcode ready = curl_global_init(CURL_GLOBAL_DEFAULT);
  MultiHandle multi(ready == CURLE_OK ? curl_multi_init() : nullptr);
  if (multi == nullptr) return nullptr;
  curl_multi_setopt(multi.get(), CURLMOPT_PIPELINING, CURLPIPE_MULTIPLEX);
  curl_multi_setopt(multi.get(), CURLMOPT_MAXCONNECTS, kIdleConnections);
  std::unique_ptr<TransferThread> started(new TransferThread(std::move(multi)));
  started->thread_ = std::thread([self = started.get()] { self->run(); });
  return started;
}

TransferThread::~TransferThread() {
  stop();
}

void TransferThread::add(Transfer& transfer) {
  {
    const std::lock_guard lock(mutex_);
    if (!stopping_) {
      added_.push_back(&transfer);
      wake();
      return;
    }
  }
  transfer.end(closed());
}

void TransferThread::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake();
  if (thread_.joinable()) thread_.join();
}

void TransferThread::run() {
  // Signals are the main thread's. SIGPIPE among them: OpenSSL writes to connections that are closed already.
  sigset_t all;
  ::sigfillset(&all);
  ::pthread_sigmask(SIG_BLOCK, &all, nullptr);
  while (take_added()) {
    int count = 0;
    CURLMcode code = curl_multi_perform(multi_.get(), &count);
    end_finished();
    end_overdue();
    if (code == CURLM_OK) code = curl_multi_poll(multi_.get(), nullptr, 0, milliseconds_to_wait(), nullptr);
    if (code != CURLM_OK) end_all({Code::internal, std::string("libcurl: ") + curl_multi_strerror(code)});
  }
  end_all(closed());
}

bool TransferThread::take_added() {
  std::vector<Transfer*> added;
  {
    const std::lock_guard lock(mutex_);
    added.swap(added_);
    if (stopping_) {
      running_.insert(running_.end(), added.begin(), added.end());
      return false;
    }
  }
  for (Transfer* const transfer : added) {
    const CURLMcode code = curl_multi_add_handle(multi_.get(), transfer->handle());
    if (code == CURLM_OK) {
      running_.push_back(transfer);
    } else {
      transfer->end(Error{Code::internal, std::string("libcurl: ") + curl_multi_strerror(code)});
    }
  }
  return true;
}

void TransferThread::end_finished() {
  int left = 0;
  while (const CURLMsg* const message = curl_multi_info_read(multi_.get(), &left)) {
    if (message->msg != CURLMSG_DONE) continue;
    const CURLcode code = message->data.result;  // the message goes with the handle
    char* found = nullptr;
    curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &found);
    auto* const transfer = reinterpret_cast<Transfer*>(found);
    forget(*transfer);
    transfer->end(code);
  }
}

void TransferThread::end_overdue() {
  const auto now = Clock::now();
  for (Transfer* const transfer : std::vector(running_)) {
    if (transfer->asked_to_end()) {
      forget(*transfer);
      transfer->end(Error{Code::cancelled, "cancelled"});
    } else if (transfer->limit().at <= now) {
      forget(*transfer);
      transfer->end_overdue();
    }
  }
}

void TransferThread::end_all(const Error& error) {
  for (Transfer* const transfer : std::vector(running_)) {
    forget(*transfer);
    transfer->end(error);
  }
}

int TransferThread::milliseconds_to_wait() const {
  auto wait = std::chrono::milliseconds(kLongestWaitMs);
  const auto now = Clock::now();
  for (const Transfer* const transfer : running_) {
    const auto at = transfer->limit().at;
    if (at < now + wait) wait = std::chrono::ceil<std::chrono::milliseconds>(std::max(at, now) - now);
  }
  return static_cast<int>(wait.count());
}

// Removing what was never added is an error that libcurl only tells.
void TransferThread::forget(Transfer& transfer) {
  curl_multi_remove_handle(multi_.get(), transfer.handle());
  std::erase(running_, &transfer);
}

}  // namespace reeld::providers
