// Carries what was committed from SQLite's log (the WAL) over into the database's file, on a thread of its
// own: done within a commit, as SQLite does by itself, it would make one of some dozens take many times as
// long. Private to storage/.
#pragma once

#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>

#include "storage/connection.hpp"
#include "storage/trouble.hpp"

namespace reeld::storage {

class Checkpointer {
 public:
  // Both outlive it.
  Checkpointer(const std::string& file, Trouble& trouble);
  ~Checkpointer();
  Checkpointer(const Checkpointer&) = delete;
  Checkpointer& operator=(const Checkpointer&) = delete;

  // From now on carries over what this connection commits, and lasts until that is closed.
  void watch(Connection& db);

 private:
  void committed(int log_pages);
  void loop();
  void carry_over(int log_pages);

  // Some 64 MB. The log begins anew only once all of it is carried over, which writers who never pause would
  // put off without end: beyond this they wait for a moment.
  static constexpr int kLargestLogPages = 16000;

  Connection db_;
  int restart_at_ = kLargestLogPages;
  Trouble& trouble_;
  std::mutex mutex_;  // of what follows
  std::condition_variable wake_;
  int log_pages_ = 0;  // as the last commit found it; 0: nothing is to be done
  bool ending_ = false;
  std::thread thread_;
};

}  // namespace reeld::storage
