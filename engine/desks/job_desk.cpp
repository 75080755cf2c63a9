#include "engine/desks/job_desk.hpp"

#include "engine/brand/styling.hpp"
#include "engine/desks/params.hpp"
#include "engine/estimate.hpp"
#include "engine/learned/learned_models.hpp"
#include "engine/records.hpp"
#include "engine/script/job_script.hpp"

namespace reeld::engine {
namespace {

constexpr int kEventsPerWatch = 1000;

Result<storage::JobFilter> filter_of(const Json& params) {
  storage::JobFilter filter;
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
  filter.user_id = params.value("user", "");
  filter.session_id = params.value("session", "");
  filter.project_id = params.value("project", "");
  filter.group_id = params.value("group", "");
  filter.parent_job_id = params.value("parent", "");
  filter.model = params.value("model", "");
  REELD_ASSIGN(filter.from_us, time_param(params, "from"));
  REELD_ASSIGN(filter.before_us, time_param(params, "before"));
  return filter;
}

// In the style of the brand that `params` name, if any. A request that breaks the rules stays as it is: what
// becomes of it is said where it is handed in.
Result<Json> request_in_style(const DeskTools& tools, const Json& params) {
  const Json& request = params.at("request");
  if (!params.contains("brand") || !parse_request(request)) return request;
  REELD_ASSIGN(Json styled, styled_request(tools, params.at("brand").get<std::string>(), request));
  return styled.at("request");
}

}  // namespace

Handlers JobDesk::handlers() {
  const auto job_of = [](const Json& params) { return params.at("job").get<std::string>(); };
  return {
      {"submit", [this](const Json& p) { return submit(p); }},
      {"status",
       [this, job_of](const Json& p) -> Result<Json> {
         REELD_ASSIGN(const auto job, tools_.database.find_job(job_of(p)));
         return Json{{"job", brief(job)}};
       }},
      {"list", [this](const Json& p) { return list(p); }},
      {"show", [this](const Json& p) { return show(p); }},
      {"cancel",
       [this, job_of](const Json& p) -> Result<Json> {
         REELD_ASSIGN(const auto job, tools_.jobs.cancel(job_of(p)));
         return Json{{"job", brief(job)}};
       }},
      {"retry",
       [this, job_of](const Json& p) -> Result<Json> {
         REELD_ASSIGN(const auto job, tools_.jobs.retry(job_of(p)));
         return Json{{"job", brief_job(job, {})}};
       }},
      {"watch", [this](const Json& p) { return watch(p); }},
      {"estimate", [this](const Json& p) { return estimate(p); }},
  };
}

Result<Json> JobDesk::submit(const Json& params) {
  REELD_TRY(check_absolute(params, "target"));
  REELD_TRY(check_absolute(params, "base_dir"));
  storage::NewJob wanted;
  REELD_ASSIGN(wanted.request, request_in_style(tools_, params));
  wanted.target = params.at("target").get<std::string>();
  wanted.base_dir = params.value("base_dir", "/");
  wanted.idempotency_key = params.value("idempotency_key", "");
  wanted.user_id = params.value("user", "");
  wanted.session_id = params.value("session", "");
  if (params.contains("script")) {
    const auto script = tools_.database.find_script(params.at("script").get<std::string>());
    if (!script) return Error{script.error().code, script.error().message, "/script"};
    wanted.script = job_script(*script);
  }
  wanted.composition_settings = params.value("composition_settings", Json::object());
  if (params.contains("brand")) wanted.composition_settings["brand"] = params.at("brand");
  wanted.coherence_settings = params.value("coherence_settings", Json::object());
  REELD_ASSIGN(const auto created, tools_.jobs.submit(std::move(wanted)));
  return Json{{"job", brief(created.job)}, {"repeated", created.repeated}};
}

Result<Json> JobDesk::list(const Json& params) {
  REELD_ASSIGN(const auto filter, filter_of(params));
  return answer_page(
      params, "jobs", [&](const auto& page) { return tools_.database.page_of_jobs(filter, page); },
      [&] { return tools_.database.count_jobs(filter); }, [&](const auto& job) { return brief(job); });
}

Result<Json> JobDesk::show(const Json& params) {
  REELD_ASSIGN(const auto job, tools_.database.find_job(params.at("job").get<std::string>()));
  REELD_ASSIGN(const Json whole, whole_job(tools_.database, job, tools_.jobs.live(job.id)));
  return Json{{"job", whole}};
}

Result<Json> JobDesk::watch(const Json& params) {
  REELD_ASSIGN(const auto job, tools_.database.find_job(params.at("job").get<std::string>()));
  REELD_ASSIGN(const auto events,
               tools_.database.events_after(job.id, params.value("after", std::int64_t{0}), kEventsPerWatch));
  Json rows = Json::array();
  for (const storage::Event& event : events) rows.push_back(event_json(event));
  return Json{{"job", brief(job)}, {"events", rows}, {"topic", job.id}};
}

Result<Json> JobDesk::estimate(const Json& params) {
  REELD_TRY(check_absolute(params, "base_dir"));
  REELD_ASSIGN(const Json styled, request_in_style(tools_, params));
  REELD_ASSIGN(const Request request, parse_request(styled));
  REELD_TRY(check_models(request, tools_.models_dir));
  return estimate_request(tools_.database, tools_.providers.registry(), request,
                          params.value("base_dir", "/"), tools_.data_dir);
}

Json JobDesk::brief(const storage::Job& job) const {
  return brief_job(job, tools_.jobs.live(job.id));
}

}  // namespace reeld::engine
