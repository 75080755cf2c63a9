#include "engine/desks/usage_desk.hpp"

#include <algorithm>
#include <iterator>

#include "engine/desks/params.hpp"
#include "engine/records.hpp"
#include "storage/usage.hpp"
#include "storage/users.hpp"

namespace reeld::engine {
namespace {

// Sums without a beginning go back so far.
constexpr std::int64_t kUsualRangeUs = std::int64_t{30} * 86400 * 1'000'000;

Json or_null(const std::optional<double>& value) {
  return value ? Json(*value) : Json(nullptr);
}

Json text_or_null(const std::string& text) {
  return text.empty() ? Json(nullptr) : Json(text);
}

Json sample_json(const storage::ResourceSample& sample) {
  return {{"time", time_text(sample.time_us)},
          {"frames", sample.frames},
          {"frames_per_second", or_null(sample.frames_per_second)},
          {"cpu_seconds", sample.cpu_seconds},
          {"cpu_cores", or_null(sample.cpu_cores)},
          {"memory_mb", sample.memory_mb},
          {"gpu_percent", or_null(sample.gpu_percent)},
          {"encoder_percent", or_null(sample.encoder_percent)},
          {"gpu_memory_mb", or_null(sample.gpu_memory_mb)},
          {"gpu_scope", text_or_null(sample.gpu_scope)}};
}

Json sum_json(const storage::UsageSum& sum) {
  Json json = {{"jobs", sum.jobs},
               {"calls", sum.calls},
               {"call_seconds", or_null(sum.call_seconds)},
               {"tokens", sum.tokens},
               {"cost_usd", sum.cost_usd}};
  const storage::UsageSum::Work work = sum.work.value_or(storage::UsageSum::Work{});
  const auto figure = [&](auto value) { return sum.work ? Json(value) : Json(nullptr); };
  json.update({{"films", figure(work.films)},
               {"frames", figure(work.frames)},
               {"film_seconds", figure(work.film_seconds)},
               {"wall_seconds", figure(work.wall_seconds)},
               {"cpu_seconds", figure(work.cpu_seconds)},
               {"gpu_seconds", figure(work.gpu_seconds)},
               {"peak_memory_mb", figure(work.peak_memory_mb)},
               {"peak_gpu_memory_mb", figure(work.peak_gpu_memory_mb)}});
  return json;
}

Result<storage::UsageQuery> query_of(const Json& params) {
  storage::UsageQuery query;
  const auto by = std::ranges::find(storage::kUsageByNames, params.value("by", "day"));
  query.by = static_cast<storage::UsageBy>(std::distance(std::begin(storage::kUsageByNames), by));
  REELD_ASSIGN(const auto from, time_param(params, "from"));
  REELD_ASSIGN(const auto before, time_param(params, "before"));
  query.before_us = before.value_or(storage::now_us());
  query.from_us = from.value_or(query.before_us - kUsualRangeUs);
  if (query.from_us > query.before_us) {
    return Error{Code::invalid_request,
                 "from is " + time_text(query.from_us) + " and before " + time_text(query.before_us) +
                     ": a range of time begins before it ends",
                 "/from"};
  }
  query.user_id = params.value("user", "");
  query.device = params.value("device", "");
  return query;
}

}  // namespace

Handlers UsageDesk::handlers() {
  return {
      {"usage_job", [this](const Json& p) { return job(p); }},
      {"usage_sum", [this](const Json& p) { return sum(p); }},
  };
}

Result<Json> UsageDesk::job(const Json& params) {
  REELD_ASSIGN(const auto job, tools_.database.find_job(params.at("job").get<std::string>()));
  REELD_ASSIGN(const auto resources, tools_.database.resources(job.id));
  REELD_ASSIGN(const auto stages, tools_.database.stages(job.id));
  REELD_ASSIGN(const auto samples, storage::UsageLog(tools_.database).samples(job.id));
  Json answer = {{"job", brief_job(job, tools_.jobs.live(job.id))},
                 {"resources", resources ? resources_json(*resources) : Json(nullptr)},
                 {"stages", Json::array()},
                 {"samples", Json::array()}};
  for (const auto& stage : stages) answer["stages"].push_back(stage_json(stage));
  for (const auto& sample : samples) answer["samples"].push_back(sample_json(sample));
  return answer;
}

Result<Json> UsageDesk::sum(const Json& params) {
  REELD_ASSIGN(const auto query, query_of(params));
  // A slip in an id would look like nothing used.
  if (!query.user_id.empty()) REELD_TRY(storage::Users(tools_.database).find(query.user_id));
  REELD_ASSIGN(const auto sums, storage::UsageLog(tools_.database).sums(query));
  Json rows = Json::array();
  for (const storage::UsageSum& sum : sums.rows) {
    Json row = sum_json(sum);
    row.update({{"key", text_or_null(sum.key)}, {"name", text_or_null(sum.name)}});
    rows.push_back(std::move(row));
  }
  return Json{{"by", storage::kUsageByNames[static_cast<std::size_t>(query.by)]},
              {"from", time_text(query.from_us)},
              {"before", time_text(query.before_us)},
              {"rows", std::move(rows)},
              {"total", sum_json(sums.total)}};
}

}  // namespace reeld::engine
