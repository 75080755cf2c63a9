#include "engine/asked_work.hpp"

#include <utility>

namespace reeld::engine {
namespace {

constexpr std::size_t kMostUntold = 100;  // ends that nobody asked for again

// A broken assumption in the work is its error, and not the daemon's end.
Result<nlohmann::json> result_of(const AskedWork::Work& work, const std::atomic<bool>& stop,
                                 std::atomic<double>& done) {
  try {
    return work(stop, done);
  } catch (const std::exception& error) {
    return Error{Code::internal, std::string("the work failed: ") + error.what()};
  }
}

}  // namespace

Result<AskedWork::State> AskedWork::ask(const std::string& key, Work work, Ended ended) {
  const std::lock_guard lock(mutex_);
  if (const auto it = items_.find(key); it != items_.end()) {
    if (!it->second->end) return State{std::nullopt, it->second->done};
    const auto item = std::move(items_.extract(it).mapped());
    if (!*item->end) return item->end->error();
    return State{**item->end, 1};
  }
  if (items_.size() >= kMostUntold) {
    std::erase_if(items_, [](const auto& one) { return one.second->end.has_value(); });
  }
  auto item = std::make_shared<Item>();
  REELD_TRY(background_.run(
      [this, item, work = std::move(work), ended = std::move(ended)](const std::atomic<bool>& stop) {
        auto end = result_of(work, stop, item->done);
        {
          const std::lock_guard done(mutex_);
          item->end = end;
        }
        if (ended) ended(end);
      }));
  items_[key] = item;
  return State{};
}

}  // namespace reeld::engine
