#include "engine/desks/housekeeping_desk.hpp"

#include <spdlog/spdlog.h>

#include "engine/cleanup.hpp"
#include "engine/desks/params.hpp"
#include "engine/export.hpp"
#include "engine/folder_use.hpp"
#include "engine/fsck.hpp"
#include "storage/media.hpp"

namespace reeld::engine {
namespace {

using storage::StorageRecord;

// Files of records that went are removed so often, whatever the policies say.
constexpr std::chrono::minutes kBetweenSweeps{1};

Json limit_json(const std::optional<std::int64_t>& limit) {
  return limit ? Json(*limit) : Json(nullptr);
}

Json storage_json(const StorageRecord& record) {
  return {{"id", record.id},
          {"storage_type", record.type},
          {"directory_path", record.directory},
          {"total_size_bytes", record.total_size_bytes},
          {"file_count", record.file_count},
          {"last_cleanup", record.last_cleanup_us ? Json(time_text(*record.last_cleanup_us)) : Json(nullptr)},
          {"cleanup_policy",
           {{"max_age_days", limit_json(record.policy.max_age_days)},
            {"max_size_mb", limit_json(record.policy.max_size_mb)},
            {"preserve_completed_videos", record.policy.preserve_completed_videos}}},
          {"access_permissions",
           {{"public_read", record.permissions.public_read},
            {"authenticated_read", record.permissions.authenticated_read},
            {"admin_write", record.permissions.admin_write}}}};
}

// 0 is no limit; what is not named stays as it is.
void set_limit(const Json& params, const char* name, std::optional<std::int64_t>& limit) {
  if (!params.contains(name)) return;
  const auto value = params.at(name).get<std::int64_t>();
  limit = value == 0 ? std::nullopt : std::optional(value);
}

// What the work answered, or that it is under way.
Result<Json> told(const char* at_work, const Result<AskedWork::State>& asked) {
  if (!asked) return asked.error();
  if (!asked->result) return Json{{"status", at_work}};
  Json answer = *asked->result;
  answer["status"] = "done";
  return answer;
}

}  // namespace

HousekeepingDesk::HousekeepingDesk(const DeskTools& tools)
    : tools_(tools),
      between_(std::chrono::duration_cast<Clock::duration>(
          std::chrono::duration<double, std::ratio<3600>>(tools.cleanup_hours))),
      next_cleanup_(Clock::now() + std::min<Clock::duration>(between_, kBetweenSweeps)),
      house_keeping_(std::min<Clock::duration>(between_, kBetweenSweeps),
                     std::min<Clock::duration>(between_, kBetweenSweeps),
                     [this](const std::atomic<bool>& stop) { keep_house(stop); }) {}

Handlers HousekeepingDesk::handlers(const Handlers& lists) {
  return {{"storage_list", [this](const Json&) { return storage_list(); }},
          {"storage_set", [this](const Json& p) { return storage_set(p); }},
          {"backup", [this](const Json& p) { return backup(p); }},
          {"export", [this, lists](const Json& p) { return export_list(lists, p); }},
          {"gc", [this](const Json& p) { return gc(p); }},
          {"fsck", [this](const Json& p) { return fsck(p); }},
          {"job_delete", [this](const Json& p) { return remove_job(p); }}};
}

Result<Json> HousekeepingDesk::storage_list() {
  REELD_ASSIGN(const auto records, storage::MediaStorage(tools_.database).list());
  Json rows = Json::array();
  for (const StorageRecord& record : records) rows.push_back(storage_json(with_jobs(record)));
  return Json{{"storage", rows}};
}

// The folders of jobs grow while they are at work, so they are measured when somebody asks.
StorageRecord HousekeepingDesk::with_jobs(StorageRecord record) const {
  if (record.type != "TEMP") return record;
  const FolderUse jobs = folder_use(tools_.data_dir / "jobs");
  record.total_size_bytes += jobs.bytes;
  record.file_count += jobs.files;
  return record;
}

Result<Json> HousekeepingDesk::storage_set(const Json& params) {
  storage::MediaStorage media(tools_.database);
  const auto type = params.at("storage_type").get<std::string>();
  REELD_ASSIGN(StorageRecord record, media.find(type));
  set_limit(params, "max_age_days", record.policy.max_age_days);
  set_limit(params, "max_size_mb", record.policy.max_size_mb);
  const auto set = [&](const char* name, bool& flag) { flag = params.value(name, flag); };
  set("preserve_completed_videos", record.policy.preserve_completed_videos);
  set("public_read", record.permissions.public_read);
  set("authenticated_read", record.permissions.authenticated_read);
  set("admin_write", record.permissions.admin_write);
  REELD_TRY(media.set_policy(type, record.policy));
  REELD_ASSIGN(record, media.set_permissions(type, record.permissions));
  return Json{{"storage", storage_json(with_jobs(record))}};
}

Result<Json> HousekeepingDesk::backup(const Json& params) {
  REELD_TRY(check_absolute(params, "target"));
  const auto target = params.at("target").get<std::string>();
  const auto work = [this, target](const std::atomic<bool>& stop, auto&) -> Result<Json> {
    const auto made = tools_.database.backup(target, [&] { return stop.load(); });
    if (!made) {
      spdlog::error("{}", made.error().message);
      return made.error();
    }
    spdlog::info("database copied to {} bytes={} rows={}", target, made->bytes, made->rows);
    return Json{{"target", target}, {"bytes", made->bytes}, {"rows", made->rows}};
  };
  REELD_ASSIGN(Json answer, told("copying", copies_.ask(target, work)));
  answer.update(Json{
      {"target", target}, {"bytes", answer.value("bytes", Json())}, {"rows", answer.value("rows", Json())}});
  return answer;
}

Result<Json> HousekeepingDesk::export_list(const Handlers& lists, const Json& params) {
  REELD_TRY(check_absolute(params, "target"));
  const Export wanted{params.at("list").get<std::string>(), params.value("params", Json::object()),
                      params.value("format", "json"), params.at("target").get<std::string>()};
  const auto list = lists.find(wanted.list);
  if (list == lists.end()) {
    std::string known;
    for (const auto& [name, handler] : lists) known += (known.empty() ? "" : ", ") + name;
    return Error{Code::invalid_request, "\"" + wanted.list + "\" is no list: there are " + known, "/list"};
  }
  const auto work = [handler = list->second, wanted](const std::atomic<bool>& stop, auto&) -> Result<Json> {
    REELD_ASSIGN(const Exported exported, write_export(handler, wanted, stop));
    return Json{{"rows", exported.rows}, {"bytes", exported.bytes}};
  };
  REELD_ASSIGN(Json answer, told("writing", exports_.ask(wanted.target.string(), work)));
  answer.update(Json{{"target", wanted.target.string()},
                     {"bytes", answer.value("bytes", Json())},
                     {"rows", answer.value("rows", Json())}});
  return answer;
}

Result<Json> HousekeepingDesk::gc(const Json& params) {
  const bool dry_run = params.value("dry_run", false);
  const auto work = [this, dry_run](const std::atomic<bool>& stop, auto&) -> Result<Json> {
    REELD_ASSIGN(const auto files,
                 clean_up(tools_.database, tools_.data_dir, storage::now_us(), dry_run, stop));
    return to_json(files, dry_run);
  };
  return told("cleaning", checks_.ask(dry_run ? "gc --dry-run" : "gc", work));
}

Result<Json> HousekeepingDesk::fsck(const Json& params) {
  const FsckOptions options{params.value("mend", false), params.value("deep", false)};
  const auto work = [this, options](const std::atomic<bool>& stop, auto&) -> Result<Json> {
    REELD_ASSIGN(const auto findings, check_files(tools_.database, tools_.data_dir, options, stop));
    return to_json(findings);
  };
  const std::string key =
      std::string("fsck") + (options.mend ? " --mend" : "") + (options.deep ? " --deep" : "");
  return told("checking", checks_.ask(key, work));
}

// The film stays where its user wanted it.
Result<Json> HousekeepingDesk::remove_job(const Json& params) {
  REELD_ASSIGN(const auto job, tools_.database.find_job(params.at("job").get<std::string>()));
  REELD_TRY(tools_.database.remove_job(job.id));
  remove_job_files(tools_.data_dir, job);
  return Json{{"id", job.id}};
}

void HousekeepingDesk::keep_house(const std::atomic<bool>& stop) {
  const bool whole = Clock::now() >= next_cleanup_;
  const auto cleaned = whole ? clean_up(tools_.database, tools_.data_dir, storage::now_us(), false, stop)
                             : sweep_files(tools_.database, tools_.data_dir);
  if (whole) next_cleanup_ = Clock::now() + between_;
  if (!cleaned) spdlog::error("cleanup failed: {}", cleaned.error().message);
  if (cleaned && !cleaned->empty()) spdlog::info("cleaned up {} files", cleaned->size());
}

}  // namespace reeld::engine
