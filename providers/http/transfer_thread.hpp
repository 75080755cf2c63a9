// The thread that moves all transfers, over libcurl's multi interface: connections are kept between transfers
// and shared where HTTP/2 lets them be.
#pragma once

#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "providers/http/curl_handles.hpp"
#include "providers/http/transfer.hpp"

namespace reeld::providers {

class TransferThread {
 public:
  // nullptr where libcurl gives no handle.
  static std::unique_ptr<TransferThread> start();
  ~TransferThread();

  // Any thread. The transfer must live until its answer has come, and it always comes.
  void add(Transfer& transfer);
  // After ask_to_end.
  void wake() { curl_multi_wakeup(multi_.get()); }
  // Ends all transfers, those added later too, as cancelled.
  void stop();

 private:
  explicit TransferThread(MultiHandle multi) : multi_(std::move(multi)) {}

  void run();
  bool take_added();  // false once stopped
  void end_finished();
  void end_overdue();
  void end_all(const Error& error);
  int milliseconds_to_wait() const;
  void forget(Transfer& transfer);

  MultiHandle multi_;
  std::vector<Transfer*> running_;  // of the thread alone
  std::mutex mutex_;
  std::vector<Transfer*> added_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace reeld::providers
