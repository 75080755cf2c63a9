#include "engine/service.hpp"

#include <spdlog/spdlog.h>
#include <unistd.h>

#include <future>

#include "base/version.hpp"
#include "engine/asset_store.hpp"
#include "engine/call_sink.hpp"
#include "engine/desks/params.hpp"
#include "engine/files.hpp"
#include "engine/project/scripting.hpp"
#include "engine/records.hpp"
#include "engine/trash.hpp"

namespace reeld::engine {
namespace {

constexpr std::chrono::seconds kDevicesTimeout{5};

// The user's, and where pictures of products are kept, so that requests can name them.
std::vector<std::filesystem::path> readable_roots(const ServiceOptions& options) {
  auto roots = options.allowed_roots;
  roots.push_back(options.data_dir / "products");
  return roots;
}

providers::ProviderSetOptions provider_options(const ServiceOptions& options, storage::Database& database) {
  providers::ProviderSetOptions set;
  set.allowed_roots = readable_roots(options);
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
    : options_(options),
      sink_(std::move(sink)),
      roots_(readable_roots(options)),
      disk_(options.kept_free_mb * 1'000'000),
      fonts_(options.worker_program) {}

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
  REELD_TRY(settle_project_scripts(*service->database_));
  service->rotation_ = std::make_unique<EventRotation>(*service->database_, options.events);
  service->scripts_ = std::make_unique<ScriptDesk>(service->providers_->registry(), *service->database_,
                                                   options.data_dir / "scripts", options.day_budget_usd);
  service->checks_ =
      std::make_unique<ProviderChecks>(service->providers_->registry(), options.data_dir / "checks");
  REELD_ASSIGN(service->executor_,
               Executor::start({options.worker_program, options.slots, options.threads_per_slot}));
  service->gpus_ = std::make_unique<GpuWatch>(options.worker_program);
  service->segments_ = std::make_unique<SegmentCache>(*service->database_, options.data_dir,
                                                      options.segment_cache_mb * 1'000'000);
  empty_trash(options.data_dir);
  for (const char* folder : {"assets", "products"}) AssetStore(options.data_dir, folder).remove_unfinished();
  if (auto tidied = service->segments_->tidy(); !tidied)
    spdlog::warn("segments not looked through: {}", tidied.error().message);
  service->jobs_ = std::make_unique<JobQueue>(service->job_tools(), options.queue_limit, service->sink_);
  service->desks_ = std::make_unique<Desks>(DeskTools{
      *service->database_, *service->providers_, service->roots_, *service->executor_, *service->jobs_,
      *service->scripts_, options.data_dir, service->models_dir(), options.encoder_order,
      options.day_budget_usd, options.cleanup_hours, service->sink_, options.brought, service->fonts_});
  REELD_TRY(service->jobs_->start());
  REELD_TRY(service->desks_->start());
  return service;
}

Service::~Service() = default;

JobTools Service::job_tools() {
  return {*database_,
          providers_->registry(),
          roots_,
          *executor_,
          disk_,
          *gpus_,
          options_.data_dir,
          models_dir(),
          options_.encoder_order,
          options_.segment_seconds,
          options_.day_budget_usd,
          *segments_};
}

std::filesystem::path Service::models_dir() const {
  return options_.models_dir.empty() ? options_.data_dir / "models" : options_.models_dir;
}

Handlers Service::handlers(const ParamsCheck& check) {
  Handlers handlers = {
      {"devices", [this](const Json&) { return devices(); }},
      {"providers", [this](const Json&) { return providers(); }},
      {"health", [this](const Json&) { return health(); }},
      {"stats", [this](const Json&) { return stats(); }},
      {"script", [this](const Json& p) { return script(p); }},
      {"script_result",
       [this](const Json& p) { return scripts_->result(p.at("script").get<std::string>()); }},
      {"script_cancel",
       [this](const Json& p) { return scripts_->cancel(p.at("script").get<std::string>()); }},
      {"check_provider", [this](const Json& p) { return check_provider(p); }},
      {"check_provider_result",
       [this](const Json& p) { return checks_->result(p.at("check").get<std::string>()); }},
  };
  handlers.merge(desks_->handlers(check));
  return handlers;
}

Result<Json> Service::devices() {
  const std::lock_guard lock(devices_mutex_);
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

Result<Json> Service::providers() {
  Json rows = Json::array();
  for (const providers::ProviderInfo& info : providers_->registry().list())
    rows.push_back(provider_json(info));
  return Json{{"providers", rows}};
}

Result<Json> Service::health() {
  // Who asks how the daemon does gets an answer also where its record gives none.
  const auto recorded = health_->report();
  Json report = recorded ? *recorded : Json{{"providers", Json::array()}, {"alerts", Json::array()}};
  const std::optional<Error> trouble = recorded ? database_->trouble() : recorded.error();
  Json workers = Json::array();
  for (const WorkerInfo& worker : executor_->workers()) {
    workers.push_back({{"pid", worker.pid}, {"state", worker.state}});
  }
  report.update(Json{
      {"status", jobs_->draining() ? "draining" : "ok"},
      {"version", kVersion},
      {"pid", ::getpid()},
      {"uptime_seconds", std::chrono::duration<double>(std::chrono::steady_clock::now() - started_).count()},
      {"data_dir", options_.data_dir.string()},
      {"database",
       {{"version", database_->schema_version()}, {"error", trouble ? to_json(*trouble) : Json()}}},
      {"slots", options_.slots},
      {"workers", workers}});
  return report;
}

Result<Json> Service::stats() {
  REELD_ASSIGN(Json counts, database_->counts());
  const auto [waiting, running] = jobs_->counts();
  counts["waiting"] = waiting;
  counts["running"] = running;
  return counts;
}

Result<Json> Service::script(const Json& params) {
  if (jobs_->draining())
    return Error{Code::shutting_down, "the daemon is shutting down and writes no new script"};
  return scripts_->start(params.at("brief"));
}

Result<Json> Service::check_provider(const Json& params) {
  REELD_TRY(check_absolute(params, "base_dir"));
  return checks_->start(params);
}

}  // namespace reeld::engine
