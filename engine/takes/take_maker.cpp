#include "engine/takes/take_maker.hpp"

#include <spdlog/spdlog.h>

#include <filesystem>
#include <limits>

#include "engine/files.hpp"
#include "engine/records.hpp"
#include "engine/sound_length.hpp"
#include "engine/takes/take_wishes.hpp"
#include "storage/media.hpp"

namespace reeld::engine {
namespace {

namespace fs = std::filesystem;
using storage::Take;

Json text_or_null(const std::string& text) {
  return text.empty() ? Json(nullptr) : Json(text);
}

template <class T>
Json or_null(const std::optional<T>& value) {
  return value ? Json(*value) : Json(nullptr);
}

// What says why, for a log that may be read by others than the take's user: no words of theirs.
void log_end(const Take& take) {
  spdlog::info("take={} project={} {} {} {}", take.id, take.project_id, take.type, take.provider,
               take.error ? code_name(take.error->code) : take.status);
}

}  // namespace

Json take_json(const Take& take) {
  const bool heard = take.type == "AUDIO";
  return {{"id", take.id},
          {"project", take.project_id},
          {"scene", text_or_null(take.scene_id)},
          {"type", take.type},
          {"status", take.status},
          {"is_main", take.is_main},
          {"provider", take.provider},
          {"model", take.model},
          {"prompt", take.prompt},
          {"voice_id", heard ? Json(take.voice_id) : Json(nullptr)},
          {"speed", or_null(take.speed)},
          {"file", text_or_null(take.file)},
          {"duration_seconds",
           take.duration_us ? Json(static_cast<double>(*take.duration_us) / 1e6) : Json(nullptr)},
          {"asset", text_or_null(take.asset_id)},
          {"allow_fallback", take.allow_fallback},
          {"model_fallback_occurred", take.model_fallback_occurred},
          {"warnings", take.warnings},
          {"budget_usd", or_null(take.budget_usd)},
          {"error", take.error ? to_json(*take.error) : Json(nullptr)},
          {"created_at", time_text(take.created_us)},
          {"updated_at", time_text(take.updated_us)}};
}

// Room is counted here, where a whole batch gets it or none of it.
TakeMaker::TakeMaker(const DeskTools& tools)
    : tools_(tools), takes_(tools.database), background_(kAtOnce, std::numeric_limits<std::size_t>::max()) {}

Result<void> TakeMaker::start() {
  storage::PageRequest page;
  page.descending = false;
  page.limit = 500;
  do {
    REELD_ASSIGN(const auto pending, takes_.list({.status = "pending"}, page));
    for (const Take& take : pending.rows) {
      spdlog::info("take={} taken up again", take.id);
      {
        const std::lock_guard lock(mutex_);
        ++unfinished_;
      }
      enqueue(take.id);
    }
    page.cursor = pending.next;
  } while (!page.cursor.empty());
  return {};
}

Result<std::vector<Take>> TakeMaker::begin(const std::vector<Take>& wanted) {
  REELD_TRY(take_room(wanted.size()));
  auto begun = takes_.begin_all(wanted);
  if (!begun) {
    leave_room(wanted.size());
    return begun;
  }
  for (const Take& take : *begun) {
    tell(take);
    enqueue(take.id);
  }
  return begun;
}

Result<Take> TakeMaker::retry(const std::string& id) {
  REELD_TRY(take_room(1));
  auto take = takes_.retry(id);
  if (!take) {
    leave_room(1);
    return take;
  }
  tell(*take);
  enqueue(id);
  return take;
}

void TakeMaker::forget(const std::string& id) {
  const std::lock_guard lock(mutex_);
  if (at_work_.contains(id)) forgotten_.insert(id);
}

void TakeMaker::tell(const Take& take) const {
  tools_.sink({take.project_id, 0, storage::now_us(), "take", take_json(take)});
}

void TakeMaker::tell_removed(const Take& take) const {
  tools_.sink({take.project_id,
               0,
               storage::now_us(),
               "take_removed",
               {{"id", take.id},
                {"project", take.project_id},
                {"scene", take.scene_id.empty() ? Json() : Json(take.scene_id)},
                {"type", take.type}}});
}

Result<void> TakeMaker::take_room(std::size_t count) {
  if (tools_.jobs.draining())
    return Error{Code::shutting_down, "the daemon is shutting down and makes no new take"};
  const std::lock_guard lock(mutex_);
  if (unfinished_ + count > kMostUnfinished) {
    return Error{Code::busy, std::to_string(unfinished_) + " takes are unfinished, of at most " +
                                 std::to_string(kMostUnfinished) + "; try again when some are done"};
  }
  unfinished_ += count;
  return {};
}

void TakeMaker::leave_room(std::size_t count) {
  const std::lock_guard lock(mutex_);
  unfinished_ -= count;
}

void TakeMaker::enqueue(const std::string& id) {
  const auto queued = background_.run([this, id](const std::atomic<bool>& stop) { work(id, stop); });
  if (!queued) spdlog::error("take={} not queued: {}", id, queued.error().message);
}

void TakeMaker::work(const std::string& id, const std::atomic<bool>& stop) {
  const auto take = takes_.find(id);
  if (take && take->status == "pending") {
    set_at_work(id, true);
    const auto made = make(*take, stop);
    set_at_work(id, false);  // before its end is told: whoever hears of it may retry it at once
    if (made) {
      log_end(*made);
      tell(*made);
    } else if (!stop) {  // stopped with the daemon, it stays as it is, for the next start
      fail(*take, made.error());
    }
  } else if (!take && take.error().code != Code::not_found) {
    spdlog::error("take={} cannot be read: {}", id, take.error().message);
  }
  leave_room(1);
}

void TakeMaker::set_at_work(const std::string& id, bool at_work) {
  const std::lock_guard lock(mutex_);
  if (at_work) {
    at_work_.insert(id);
  } else {
    at_work_.erase(id);
    forgotten_.erase(id);
  }
}

Result<Take> TakeMaker::make(const Take& take, const std::atomic<bool>& stop) {
  const ObtainTools tools{tools_.database, tools_.providers.registry(), tools_.roots, tools_.data_dir};
  const Budget budget{.own_usd = take.budget_usd, .day_usd = tools_.day_budget_usd};
  const fs::path scratch = tools_.data_dir / "takes" / take.id;
  REELD_ASSIGN(const Obtained obtained, obtain(tools, take.provider, wish_of(take), budget, std::nullopt,
                                               scratch, [&] { return stop || is_forgotten(take.id); }));
  auto finished = finish(take, obtained, stop);
  // The take may be gone with its scene; what came for it is not kept for nobody.
  if (!finished) {
    if (is_broken_file(finished.error().code)) REELD_TRY(tools_.database.disown_asset("", obtained.asset.id));
    REELD_TRY(storage::Media(tools_.database).drop_unused_asset(obtained.asset.id));
  }
  return finished;
}

Result<Take> TakeMaker::finish(const Take& take, const Obtained& obtained, const std::atomic<bool>& stop) {
  REELD_ASSIGN(const auto duration_us, measure(take, obtained.asset, stop));
  if (!obtained.fallback.empty())
    REELD_TRY(takes_.set_fallback(take.id, {{"message", obtained.fallback}, {"path", ""}}));
  return takes_.finish(take.id, obtained.asset.id, duration_us);
}

// Also tells what is no picture or sound at all; what was measured before is not again.
Result<std::optional<std::int64_t>> TakeMaker::measure(const Take& take, const storage::Asset& asset,
                                                       const std::atomic<bool>& stop) {
  const bool heard = take.type == "AUDIO";
  if (heard ? asset.duration_us.has_value() : asset.width > 0) return asset.duration_us;
  const Json item = {{"file", asset.file}, {"path", take.provider == "file" ? "/file" : ""}};
  const Json task = {{"task", "measure"},
                     {"data_dir", tools_.data_dir.string()},
                     {"pictures", heard ? Json::array() : Json::array({item})},
                     {"sounds", heard ? Json::array({item}) : Json::array()}};
  REELD_ASSIGN(const Json found, tools_.executor.run(task, nullptr, stop).result);
  storage::Measured measured{asset.id};
  if (heard) {
    measured.duration_us =
        sound_microseconds(found.at("sounds").at(0).at("sample_count").get<std::int64_t>());
  } else {
    measured.width = found.at("pictures").at(0).at("width").get<int>();
    measured.height = found.at("pictures").at(0).at("height").get<int>();
  }
  REELD_TRY(storage::Media(tools_.database).set_measured({measured}));
  return measured.duration_us;
}

void TakeMaker::fail(const Take& take, const Error& error) {
  const auto failed = takes_.fail(take.id, error);
  if (failed) {
    log_end(*failed);
    tell(*failed);
  } else if (failed.error().code == Code::not_found) {
    spdlog::info("take={} was removed while it was made", take.id);
  } else {
    spdlog::error("take={} failed, and that could not be recorded: {}", take.id, failed.error().message);
  }
}

bool TakeMaker::is_forgotten(const std::string& id) {
  const std::lock_guard lock(mutex_);
  return forgotten_.contains(id);
}

}  // namespace reeld::engine
