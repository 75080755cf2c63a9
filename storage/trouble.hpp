// What is wrong with the database's file or its disk, as those met it who read and wrote. Any thread. Private
// to storage/.
#pragma once

#include <mutex>
#include <optional>

#include <SQLiteCpp/SQLiteCpp.h>

#include "base/result.hpp"

namespace reeld::storage {

class Trouble {
 public:
  // `error` is `exception` in words. What is no fault of file or disk is passed over.
  void met(const SQLite::Exception& exception, const Error& error);
  // Something was brought to disk: what hindered that is over. Damage stays.
  void wrote();

  std::optional<Error> now() const;

 private:
  mutable std::mutex mutex_;
  std::optional<Error> damage_, hindrance_;
};

}  // namespace reeld::storage
