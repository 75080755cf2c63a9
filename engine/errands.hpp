// Work that a client asks for and then asks after, by the same call, until it is done. Any thread.
#pragma once

#include <atomic>
#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "base/result.hpp"
#include "engine/handlers.hpp"

namespace reeld::engine {

class Errands {
 public:
  // Ends soon once `stop` is true, and leaves nothing half-made.
  using Work = std::function<Result<nlohmann::json>(const std::atomic<bool>& stop)>;

  explicit Errands(std::size_t most) : most_(most) {}
  // Stops what is at work, and waits for it.
  ~Errands();

  // Begins the errand `key`, or says how the one that was begun does: nullopt while it is at work, then its
  // answer, once; asked again, it begins again. Errors: the errand's own; busy where `most` others are at
  // work.
  Result<std::optional<nlohmann::json>> ask(const std::string& key, Work work);

 private:
  struct Errand {
    std::optional<Result<nlohmann::json>> end;  // absent while it is at work
    std::thread thread;
  };

  const std::size_t most_;
  std::atomic<bool> stop_{false};
  std::mutex mutex_;
  std::map<std::string, std::unique_ptr<Errand>> errands_;
};

}  // namespace reeld::engine
