#include "engine/provider_checks.hpp"

#include <algorithm>

#include "base/nearest.hpp"

namespace reeld::engine {
namespace {

namespace fs = std::filesystem;
using providers::Capability;

Result<std::map<Capability, Json>> wishes_in(const Json& params) {
  std::map<Capability, Json> wishes;
  for (const auto& [name, wish] : params.items()) {
    const auto capability = providers::capability_from_name(name);
    if (!capability) {
      return Error{Code::unknown_field,
                   "there is no capability \"" + name + "\"; did you mean \"" +
                       nearest_name(name, {"picture", "speech", "script", "sound"}) + "\"?",
                   "/params/" + name};
    }
    if (!wish.is_object()) {
      return Error{Code::invalid_request, "the wish for " + name + " must be a map of its fields",
                   "/params/" + name};
    }
    wishes[*capability] = wish;
  }
  return wishes;
}

}  // namespace

ProviderChecks::~ProviderChecks() {
  stop_ = true;
  for (Entry& entry : entries_) entry.thread.join();
}

Result<Json> ProviderChecks::start(const Json& params) {
  const std::string name = params.at("provider").get<std::string>();
  REELD_ASSIGN(providers::Provider* const provider, find(name));
  providers::ConformanceOptions options;
  REELD_ASSIGN(options.params, wishes_in(params.value("params", Json::object())));
  options.base_dir = params.value("base_dir", "/");
  const std::lock_guard lock(mutex_);
  const auto at_work = std::ranges::count_if(entries_, [](const Entry& entry) { return !entry.made; });
  if (at_work >= kMostAtOnce) {
    return Error{Code::busy,
                 std::to_string(at_work) + " providers are being checked; try again when one is done"};
  }
  if (entries_.size() >= kMostKept) {
    const auto oldest =
        std::ranges::find_if(entries_, [](const Entry& entry) { return entry.made.has_value(); });
    oldest->thread.join();
    entries_.erase(oldest);
  }
  const std::string id = std::to_string(++last_id_);
  options.scratch = scratch_ / id;
  std::error_code failure;
  fs::remove_all(options.scratch, failure);
  if (!fs::create_directories(options.scratch, failure)) {
    return Error{Code::target_unwritable,
                 "the folder " + options.scratch.string() + " cannot be made: " + failure.message()};
  }
  Entry& entry = entries_.emplace_back();
  entry.id = id;
  entry.provider = name;
  entry.thread = std::thread([this, &entry, provider, options] { check(entry, *provider, options); });
  return answer(entry);
}

Result<Json> ProviderChecks::result(const std::string& id) {
  const std::lock_guard lock(mutex_);
  const auto entry = std::ranges::find(entries_, id, &Entry::id);
  if (entry == entries_.end()) {
    return Error{Code::not_found,
                 "there is no check \"" + id + "\"; the last 20 are kept, and none over a restart", "/check"};
  }
  return answer(*entry);
}

void ProviderChecks::check(Entry& entry, providers::Provider& provider,
                           const providers::ConformanceOptions& options) {
  auto made = providers::run_conformance(provider, options, [this] { return stop_.load(); });
  std::error_code ignored;
  fs::remove_all(options.scratch, ignored);
  const std::lock_guard lock(mutex_);
  entry.made = std::move(made);
}

Result<providers::Provider*> ProviderChecks::find(const std::string& name) const {
  std::vector<std::string> names;
  for (const providers::ProviderInfo& info : registry_.list()) {
    names.push_back(info.name);
    if (info.name == name && !info.capabilities.empty())
      return registry_.find(name, info.capabilities.front());
  }
  return Error{Code::provider_unavailable,
               "there is no provider \"" + name + "\"; did you mean \"" + nearest_name(name, names) + "\"?",
               "/provider"};
}

Json ProviderChecks::answer(const Entry& entry) {
  Json checks = Json::array();
  bool passed = true;
  for (const providers::Check& check : entry.made.value_or(std::vector<providers::Check>{})) {
    passed = passed && check.passed;
    checks.push_back({{"name", check.name}, {"passed", check.passed}, {"detail", check.detail}});
  }
  return {{"id", entry.id},
          {"provider", entry.provider},
          {"status", entry.made ? "done" : "checking"},
          {"passed", entry.made ? Json(passed) : Json(nullptr)},
          {"checks", std::move(checks)}};
}

}  // namespace reeld::engine
