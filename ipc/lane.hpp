// The threads that answer requests of one kind, and the requests that wait for them. From any thread.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace reeld::ipc {

struct Request {
  std::vector<std::string> return_path;  // the frames before the message, as they stand before its reply
  std::string message;                   // as it came
};

class Lane {
 public:
  // `answer` is called on several threads at once.
  Lane(int thread_count, std::size_t most_waiting, std::function<void(Request&)> answer);
  ~Lane();  // waits for what is at work; what waits is forgotten
  Lane(const Lane&) = delete;
  Lane& operator=(const Lane&) = delete;

  // False where as many wait as may, or as many bytes; the request is then left as it is.
  [[nodiscard]] bool offer(Request& request);

  static constexpr std::size_t kMaxWaitingBytes = std::size_t{256} << 20;

 private:
  void work();

  const std::size_t most_waiting_;
  const std::function<void(Request&)> answer_;
  std::mutex mutex_;  // guards what follows
  std::condition_variable wake_;
  std::deque<Request> waiting_;
  std::size_t waiting_bytes_ = 0;
  bool ending_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace reeld::ipc
