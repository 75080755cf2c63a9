// Connections that only read. As many threads read at once as want to; none waits for another, nor for the
// writer. Private to storage/.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "storage/connection.hpp"

namespace reeld::storage {

class Readers {
 public:
  explicit Readers(std::string file) : file_(std::move(file)) {}

  std::unique_ptr<Connection> take();  // opens one where none is idle; throws SQLite::Exception
  void give_back(std::unique_ptr<Connection> db);

  const std::string& file() const { return file_; }

 private:
  std::string file_;
  std::mutex mutex_;  // of what follows
  std::vector<std::unique_ptr<Connection>> idle_;
};

}  // namespace reeld::storage
