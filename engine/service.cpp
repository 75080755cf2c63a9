#include "engine/service.hpp"

#include <spdlog/spdlog.h>
#include <unistd.h>

#include <future>

#include "base/version.hpp"
#include "engine/asset_store.hpp"
#include "engine/call_sink.hpp"
#include "engine/estimate.hpp"
#include "engine/files.hpp"
#include "engine/job_folder.hpp"
#include "engine/records.hpp"

namespace reeld::engine {
namespace {

namespace fs = std::filesystem;
using storage::JobStatus;

constexpr int kEventsPerWatch = 1000;
constexpr std::chrono::seconds kDevicesTimeout{5};

// The request's own words for its title, if they are words.
std::string title_of(const Json& request) {
  const auto it = request.is_object() ? request.find("title") : request.end();
  return it != request.end() && it->is_string() ? it->get<std::string>() : "";
}

Result<void> check_absolute(const Json& params, const char* name) {
  const std::string path = params.value(name, "");
  if (path.empty() || fs::path(path).is_absolute()) return {};
  return Error{Code::invalid_request,
               std::string(name) + " is \"" + path +
                   "\": it must be an absolute path, since the daemon has a folder of its own",
               std::string("/") + name};
}

providers::ProviderSetOptions provider_options(const ServiceOptions& options, storage::Database& database) {
  providers::ProviderSetOptions set;
  set.allowed_roots = options.allowed_roots;
  set.configured = options.providers;
  set.ca_file = options.ca_file;
  set.calls = call_sink(database);
  set.plugin_dirs = options.plugin_dirs;
  set.plugins.log = [](const std::string& plugin, const std::string& line) {
    spdlog::info("plugin={} {}", plugin, line);
  };
  return set;
}

}  // namespace

Service::Service(const ServiceOptions& options, EventSink sink)
    : options_(options), sink_(std::move(sink)), roots_(options.allowed_roots) {}

Result<std::unique_ptr<Service>> Service::start(const ServiceOptions& options, EventSink sink) {
  auto service = std::unique_ptr<Service>(new Service(options, std::move(sink)));
  REELD_ASSIGN(service->database_, storage::Database::open(options.data_dir / "reeld.db"));
  REELD_ASSIGN(service->providers_,
               providers::ProviderSet::start(provider_options(options, *service->database_)));
  for (const Error& error : service->providers_->plugin_errors())
    spdlog::warn("plugin left out: {}", error.message);
  REELD_TRY(record_configs(*service->database_, *service->providers_, options.check_providers));
  service->health_ = std::make_unique<ProviderHealth>(
      *service->database_, *service->providers_,
      [s = service.get()](const Json& alert) { s->sink_(alert_event(alert)); }, options.check_providers);
  service->scripts_ = std::make_unique<ScriptDesk>(service->providers_->registry(), *service->database_,
                                                   options.data_dir / "scripts", options.day_budget_usd);
  service->checks_ =
      std::make_unique<ProviderChecks>(service->providers_->registry(), options.data_dir / "checks");
  service->backups_ = std::make_unique<BackupDesk>(*service->database_);
  REELD_ASSIGN(service->executor_,
               Executor::start({options.worker_program, options.slots, options.threads_per_slot}));
  REELD_ASSIGN(const auto unfinished, service->database_->unfinished_jobs());
  for (const storage::Job& job : unfinished) {
    spdlog::info("job={} status={} taken up again", job.id, storage::job_status_name(job.status));
    service->waiting_.push_back(job.id);
  }
  // One job more than there are slots, so that the next one fetches while the workers render.
  for (int i = 0; i < options.slots + 1; ++i)
    service->threads_.emplace_back([s = service.get()] { s->work(); });
  return service;
}

Service::~Service() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    for (auto& [id, running] : running_) running->stop = true;
  }
  wake_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

Result<Json> Service::submit(const Json& params) {
  {
    const std::lock_guard lock(mutex_);
    if (draining_) return Error{Code::shutting_down, "the daemon is shutting down and takes no new job"};
    if (static_cast<int>(waiting_.size()) >= options_.queue_limit) {
      return Error{Code::busy,
                   std::to_string(waiting_.size()) + " jobs wait already; try again when some are done"};
    }
  }
  REELD_TRY(check_absolute(params, "target"));
  REELD_TRY(check_absolute(params, "base_dir"));
  storage::NewJob wanted;
  wanted.request = params.at("request");
  wanted.target = params.at("target").get<std::string>();
  wanted.base_dir = params.value("base_dir", "/");
  wanted.idempotency_key = params.value("idempotency_key", "");
  wanted.title = title_of(wanted.request);
  wanted.request_hash = sha256_of_text(wanted.request.dump(-1, ' ', false, Json::error_handler_t::replace));
  const auto request = parse_request(wanted.request);
  if (request) {
    wanted.allow_fallback = request->allow_fallback;
    wanted.budget_usd = request->budget_usd;
  }
  REELD_ASSIGN(const auto created, database_->create_job(wanted));
  if (!request && !created.repeated) return refuse(created.job, request.error());
  if (!created.repeated) {
    spdlog::info("job={} submitted target={}", created.job.id, created.job.target);
    const std::lock_guard lock(mutex_);
    waiting_.push_back(created.job.id);
    wake_.notify_one();
  }
  return Json{{"job", brief_job(created.job, live(created.job.id))}, {"repeated", created.repeated}};
}

// A request that breaks the rules is answered with its error, and stays in the record as a failed job.
Result<Json> Service::refuse(const storage::Job& job, const Error& error) {
  spdlog::info("job={} refused: {} {}", job.id, error.path, error.message);
  REELD_TRY(database_->set_status(job.id, JobStatus::failed, error));
  return error;
}

Result<Json> Service::status(const Json& params) {
  REELD_ASSIGN(const auto job, database_->find_job(params.at("job").get<std::string>()));
  return Json{{"job", brief_job(job, live(job.id))}};
}

Result<Json> Service::list(const Json& params) {
  storage::JobFilter filter;
  filter.limit = params.value("limit", 50);
  filter.before_id = params.value("before", "");
  if (params.contains("status")) {
    const std::string name = params.at("status").get<std::string>();
    filter.status = storage::job_status_from_name(name);
    if (!filter.status) {
      return Error{
          Code::invalid_request,
          "status is \"" + name +
              "\": it must be pending, media_generation, video_composition, completed, failed or cancelled",
          "/status"};
    }
  }
  if (filter.limit < 1 || filter.limit > 500) {
    return Error{Code::invalid_request, "limit is " + std::to_string(filter.limit) + ": it must be 1 to 500",
                 "/limit"};
  }
  REELD_ASSIGN(const auto jobs, database_->list_jobs(filter));
  Json rows = Json::array();
  for (const storage::Job& job : jobs) rows.push_back(brief_job(job, live(job.id)));
  const bool more = static_cast<int>(jobs.size()) == filter.limit;
  return Json{{"jobs", rows}, {"next", more ? Json(jobs.back().id) : Json(nullptr)}};
}

Result<Json> Service::show(const Json& params) {
  REELD_ASSIGN(const auto job, database_->find_job(params.at("job").get<std::string>()));
  REELD_ASSIGN(const Json whole, whole_job(*database_, job, live(job.id)));
  return Json{{"job", whole}};
}

Result<Json> Service::cancel(const Json& params) {
  REELD_ASSIGN(auto job, database_->find_job(params.at("job").get<std::string>()));
  if (job.status == JobStatus::cancelled) return Json{{"job", brief_job(job, {})}};
  if (storage::is_final(job.status)) {
    return Error{Code::invalid_state, "the job is " + std::string(storage::job_status_name(job.status)) +
                                          " and cannot be cancelled"};
  }
  {
    const std::lock_guard lock(mutex_);
    if (const auto it = running_.find(job.id); it != running_.end()) {
      it->second->cancelled = true;
      it->second->stop = true;
      return Json{{"job", brief_job(job, it->second->progress->figures())}};
    }
    std::erase(waiting_, job.id);
  }
  record_end(job, true, Error{Code::cancelled, "cancelled before it began"});
  JobProgress progress(*database_, job.id, sink_);
  announce_end(job.id, progress);
  REELD_ASSIGN(job, database_->find_job(job.id));
  return Json{{"job", brief_job(job, {})}};
}

Result<Json> Service::retry(const Json& params) {
  const std::string id = params.at("job").get<std::string>();
  {
    const std::lock_guard lock(mutex_);
    if (draining_) return Error{Code::shutting_down, "the daemon is shutting down and takes no job up"};
    if (running_.contains(id)) return Error{Code::invalid_state, "the job is still at work"};
  }
  REELD_ASSIGN(auto job, database_->find_job(id));
  REELD_TRY(parse_request(job.request));  // what the schema refuses will not do better the second time
  REELD_TRY(database_->set_status(id, JobStatus::pending));
  JobProgress(*database_, id, sink_).tell("status", {{"status", "pending"}});
  {
    const std::lock_guard lock(mutex_);
    waiting_.push_back(id);
    wake_.notify_one();
  }
  REELD_ASSIGN(job, database_->find_job(id));
  return Json{{"job", brief_job(job, {})}};
}

Result<Json> Service::watch(const Json& params) {
  REELD_ASSIGN(const auto job, database_->find_job(params.at("job").get<std::string>()));
  REELD_ASSIGN(const auto events,
               database_->events_after(job.id, params.value("after", std::int64_t{0}), kEventsPerWatch));
  Json rows = Json::array();
  for (const storage::Event& event : events) rows.push_back(event_json(event));
  return Json{{"job", brief_job(job, live(job.id))}, {"events", rows}, {"topic", job.id}};
}

Result<Json> Service::devices(const Json&) {
  if (!devices_) {
    // A worker of its own: the pool may be busy for minutes, and a driver that is asked may never answer.
    REELD_ASSIGN(const auto worker, WorkerProcess::start(options_.worker_program));
    std::atomic<bool> too_late{false};
    auto asking = std::async(std::launch::async, [&] {
      return worker->run({{"task", "devices"}}, nullptr, too_late);
    });
    too_late = asking.wait_for(kDevicesTimeout) == std::future_status::timeout;
    const TaskOutcome asked = asking.get();
    if (too_late) return Error{Code::timed_out, "the drivers did not say within 5 s what they can do"};
    if (!asked.result) return asked.result.error();
    devices_ = *asked.result;
  }
  return *devices_;
}

Result<Json> Service::providers(const Json&) {
  Json rows = Json::array();
  for (const providers::ProviderInfo& info : providers_->registry().list())
    rows.push_back(provider_json(info));
  return Json{{"providers", rows}};
}

Result<Json> Service::estimate(const Json& params) {
  REELD_TRY(check_absolute(params, "base_dir"));
  REELD_ASSIGN(const Request request, parse_request(params.at("request")));
  return estimate_request(*database_, providers_->registry(), request, params.value("base_dir", "/"));
}

Result<Json> Service::health(const Json&) {
  REELD_ASSIGN(Json report, health_->report());
  Json workers = Json::array();
  for (const WorkerInfo& worker : executor_->workers()) {
    workers.push_back({{"pid", worker.pid}, {"state", worker.state}});
  }
  const std::lock_guard lock(mutex_);
  report.update(Json{
      {"status", draining_ ? "draining" : "ok"},
      {"version", kVersion},
      {"pid", ::getpid()},
      {"uptime_seconds", std::chrono::duration<double>(std::chrono::steady_clock::now() - started_).count()},
      {"data_dir", options_.data_dir.string()},
      {"slots", options_.slots},
      {"workers", workers}});
  return report;
}

Result<Json> Service::stats(const Json&) {
  REELD_ASSIGN(Json counts, database_->counts());
  const std::lock_guard lock(mutex_);
  counts["waiting"] = waiting_.size();
  counts["running"] = running_.size();
  return counts;
}

Result<Json> Service::backup(const Json& params) {
  REELD_TRY(check_absolute(params, "target"));
  return backups_->copy(params.at("target").get<std::string>());
}

Result<Json> Service::script(const Json& params) {
  {
    const std::lock_guard lock(mutex_);
    if (draining_) return Error{Code::shutting_down, "the daemon is shutting down and writes no new script"};
  }
  return scripts_->start(params.at("brief"));
}

Result<Json> Service::script_result(const Json& params) {
  return scripts_->result(params.at("script").get<std::string>());
}

Result<Json> Service::script_cancel(const Json& params) {
  return scripts_->cancel(params.at("script").get<std::string>());
}

Result<Json> Service::check_provider(const Json& params) {
  REELD_TRY(check_absolute(params, "base_dir"));
  return checks_->start(params);
}

Result<Json> Service::check_provider_result(const Json& params) {
  return checks_->result(params.at("check").get<std::string>());
}

void Service::drain() {
  const std::lock_guard lock(mutex_);
  draining_ = true;
}

bool Service::idle() const {
  const std::lock_guard lock(mutex_);
  return running_.empty() && announcing_ == 0;
}

void Service::work() {
  std::unique_lock lock(mutex_);
  while (true) {
    wake_.wait(lock, [&] { return stopping_ || (!draining_ && !waiting_.empty()); });
    if (stopping_) return;
    const std::string id = waiting_.front();
    waiting_.pop_front();
    auto& running = *(running_[id] = std::make_unique<Running>());
    running.progress = std::make_unique<JobProgress>(*database_, id, sink_);
    lock.unlock();
    run(id, running);
    // A job leaves the running ones before its end is told: whoever hears of it may retry it at once.
    lock.lock();
    const auto done = std::move(running_.extract(id).mapped());
    if (done->stop && !done->cancelled) continue;
    ++announcing_;
    lock.unlock();
    announce_end(id, *done->progress);
    lock.lock();
    --announcing_;
  }
}

void Service::run(const std::string& id, Running& running) {
  const auto job = database_->find_job(id);
  if (!job) {
    spdlog::error("job={} cannot be read: {}", id, job.error().message);
    return;
  }
  const JobTools tools{*database_,
                       providers_->registry(),
                       roots_,
                       *executor_,
                       options_.data_dir,
                       options_.encoder_order,
                       options_.segment_seconds,
                       options_.day_budget_usd};
  const auto result = run_job(tools, *job, *running.progress, running.stop);
  // Stopped with the daemon, it stays as it is, for the next start.
  if (running.stop && !running.cancelled && !result) return;
  record_end(*job, running.cancelled, result);
}

void Service::record_end(const storage::Job& job, bool cancelled, const Result<void>& result) {
  Result<void> recorded;
  if (!result && cancelled) {
    remove_job_files(options_.data_dir, job);
    recorded = database_->set_status(job.id, JobStatus::cancelled);
  } else if (!result) {
    spdlog::error("job={} failed code={} path={} {}", job.id, code_name(result.error().code),
                  result.error().path, result.error().message);
    std::error_code ignored;
    fs::remove(unfinished_film(job.target, job.id), ignored);
    recorded = database_->set_status(job.id, JobStatus::failed, result.error());
  }
  if (!recorded) spdlog::error("job={} end not recorded: {}", job.id, recorded.error().message);
}

void Service::announce_end(const std::string& id, JobProgress& progress) {
  const auto ended = database_->find_job(id);
  const auto whole = ended ? whole_job(*database_, *ended, {}) : Result<Json>(ended.error());
  // Subscribers wait for this event; they get it even where the database cannot be read any more.
  progress.tell("finished",
                whole ? *whole : Json{{"id", id}, {"status", "failed"}, {"error", to_json(whole.error())}});
  spdlog::info("job={} finished status={}", id, ended ? storage::job_status_name(ended->status) : "unknown");
}

LiveFigures Service::live(const std::string& job_id) const {
  const std::lock_guard lock(mutex_);
  const auto it = running_.find(job_id);
  return it == running_.end() ? LiveFigures{} : it->second->progress->figures();
}

}  // namespace reeld::engine
