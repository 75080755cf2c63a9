#include "engine/script/script_desk.hpp"

#include <algorithm>

namespace reeld::engine {
namespace {

Error unknown(const std::string& id) {
  return {Code::not_found,
          "there is no script \"" + id +
              "\": what was not written when reeld ended is gone, and is to be asked for again",
          "/script"};
}

Json done(const std::string& id, const Json& script, const Json& request) {
  return {{"id", id}, {"status", "done"}, {"script", script}, {"request", request}};
}

}  // namespace

ScriptDesk::~ScriptDesk() {
  ending_ = true;
  for (Entry& entry : entries_) entry.stop = true;
  for (Entry& entry : entries_) {
    if (entry.thread.joinable()) entry.thread.join();
  }
}

Result<Json> ScriptDesk::start(const Json& json, ScriptFollower follower) {
  REELD_ASSIGN(Brief brief, parse_brief(json));
  if (brief.writer.is_null()) {
    Result<Script> made = make_script(brief, {});
    if (!made) return made.error();
    const std::lock_guard lock(mutex_);
    Entry& entry = add(std::move(brief), json);
    entry.made = std::move(made);
    REELD_TRY(keep(entry));
    return answer(entry);
  }
  const auto writer =
      registry_.find(brief.writer.at("provider").get<std::string>(), providers::Capability::script);
  if (!writer) return Error{writer.error().code, writer.error().message, "/writer/provider"};
  const std::lock_guard lock(mutex_);
  if (writing() >= kMostWriting) {
    return Error{Code::busy, std::to_string(kMostWriting) +
                                 " scripts are being written already; try again when one is done"};
  }
  Entry& entry = add(std::move(brief), json);
  if (follower.begins) {
    if (const auto begun = follower.begins(entry.id); !begun) {
      entries_.pop_back();
      return begun.error();
    }
  }
  entry.follower = std::move(follower);
  entry.thread = std::thread([this, &entry, writer = *writer] { write(entry, *writer); });
  return answer(entry);
}

Result<Json> ScriptDesk::result(const std::string& id) {
  const std::lock_guard lock(mutex_);
  if (const Entry* entry = find(id)) return answer(*entry);
  const auto kept = database_.find_script(id);
  if (!kept) return kept.error().code == Code::not_found ? unknown(id) : kept.error();
  return done(id, kept->script, kept->request);
}

Result<Json> ScriptDesk::cancel(const std::string& id) {
  const std::lock_guard lock(mutex_);
  Entry* entry = find(id);
  if (entry == nullptr) return unknown(id);
  entry->stop = true;
  return Json{{"id", id}};
}

// In a thread of its own.
void ScriptDesk::write(Entry& entry, providers::Provider& writer) {
  const std::filesystem::path folder = scratch_ / entry.id;
  std::error_code failed;
  std::filesystem::create_directories(folder, failed);
  const Error no_folder{Code::target_unwritable,
                        "cannot make the folder " + folder.string() + ": " + failed.message()};
  ScriptTools tools;
  tools.writer = &writer;
  tools.scratch = folder;
  tools.reserve = [&](const providers::Estimate& estimate) {
    return Reservation::make(database_, {.day_usd = day_budget_usd_}, writer.info().name, estimate);
  };
  tools.cancelled = [&] { return entry.stop.load(); };
  tools.deadline = providers::Clock::now() + kTimeLimit;
  Result<Script> made = failed ? Result<Script>(no_folder) : make_script(entry.brief, tools);
  std::filesystem::remove_all(folder, failed);
  const auto end = keep_result(entry, std::move(made));
  // Another daemon hears of what this one could not write.
  if (entry.follower.ends && (end || !ending_)) entry.follower.ends(entry.id, end);
}

Result<void> ScriptDesk::keep_result(Entry& entry, Result<Script> made) {
  const std::lock_guard lock(mutex_);
  entry.made = std::move(made);
  if (!*entry.made) return entry.made->error();
  if (const auto kept = keep(entry); !kept) {
    entry.made = Result<Script>(kept.error());
    return kept;
  }
  return {};
}

// A script that was told is in the record: it outlives the daemon.
Result<void> ScriptDesk::keep(const Entry& entry) {
  const Script& script = **entry.made;
  return database_.add_script(
      {entry.id, script.origin, entry.asked, to_json(script), request_from_script(script, entry.brief), 0});
}

// The oldest finished ones make room; those at work are fewer than are kept.
ScriptDesk::Entry& ScriptDesk::add(Brief brief, const Json& asked) {
  for (auto it = entries_.begin(); it != entries_.end() && entries_.size() >= kMostKept;) {
    if (!it->made) {
      ++it;
      continue;
    }
    if (it->thread.joinable()) it->thread.join();  // it has nothing left to do but to end
    it = entries_.erase(it);
  }
  Entry& entry = entries_.emplace_back();
  entry.id = storage::new_id();
  entry.brief = std::move(brief);
  entry.asked = asked;
  return entry;
}

ScriptDesk::Entry* ScriptDesk::find(const std::string& id) {
  const auto it =
      std::find_if(entries_.begin(), entries_.end(), [&](const Entry& entry) { return entry.id == id; });
  return it == entries_.end() ? nullptr : &*it;
}

int ScriptDesk::writing() const {
  return static_cast<int>(
      std::count_if(entries_.begin(), entries_.end(), [](const Entry& entry) { return !entry.made; }));
}

Result<Json> ScriptDesk::answer(const Entry& entry) {
  if (!entry.made)
    return Json{{"id", entry.id}, {"status", "writing"}, {"script", nullptr}, {"request", nullptr}};
  if (!*entry.made) return entry.made->error();
  const Script& script = **entry.made;
  return done(entry.id, to_json(script), request_from_script(script, entry.brief));
}

}  // namespace reeld::engine
