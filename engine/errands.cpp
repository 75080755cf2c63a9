#include "engine/errands.hpp"

#include <algorithm>
#include <utility>

namespace reeld::engine {

Errands::~Errands() {
  stop_ = true;
  for (auto& [key, errand] : errands_) errand->thread.join();
}

Result<std::optional<nlohmann::json>> Errands::ask(const std::string& key, Work work) {
  using Answer = std::optional<nlohmann::json>;
  const std::lock_guard lock(mutex_);
  if (const auto there = errands_.find(key); there != errands_.end()) {
    if (!there->second->end) return Answer();
    const auto errand = std::move(there->second);
    errands_.erase(there);
    errand->thread.join();  // it has nothing left to do but to end
    if (!*errand->end) return errand->end->error();
    return Answer(**errand->end);
  }
  // An end that nobody asked after makes room.
  std::erase_if(errands_, [this](auto& entry) {
    if (!entry.second->end || errands_.size() < most_) return false;
    entry.second->thread.join();
    return true;
  });
  if (errands_.size() >= most_) {
    return Error{Code::busy, std::to_string(most_) + " of this kind are at work: " + errands_.begin()->first +
                                 "; ask again later"};
  }
  Errand& errand = *(errands_[key] = std::make_unique<Errand>());
  errand.thread = std::thread([this, &errand, work = std::move(work)] {
    Result<nlohmann::json> end = Error{Code::internal, "the errand did not end"};
    try {
      end = work(stop_);
    } catch (const std::exception& error) {
      end = Error{Code::internal, std::string("the errand failed: ") + error.what()};
    }
    const std::lock_guard done(mutex_);
    errand.end = std::move(end);
  });
  return Answer();
}

}  // namespace reeld::engine
