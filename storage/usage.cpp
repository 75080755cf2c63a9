#include "storage/usage.hpp"

#include "storage/database_impl.hpp"
#include "storage/listing_query.hpp"

namespace reeld::storage {
namespace {

bool is_of_calls(UsageBy by) {
  return by == UsageBy::provider || by == UsageBy::model;
}

// What is summed up by, and what people call it.
struct Key {
  std::string key, name;
};

Key key_of(UsageBy by) {
  switch (by) {
    case UsageBy::day: {
      const std::string day = "strftime('%Y-%m-%d', j.created_at / 1000000, 'unixepoch')";
      return {day, day};
    }
    case UsageBy::user:
      return {"j.user_id", "(SELECT username FROM users WHERE id = j.user_id)"};
    case UsageBy::device:
      return {"coalesce(r.device, '')", "coalesce(r.device, '')"};
    case UsageBy::encoder:
      return {"coalesce(r.encoder, '')", "coalesce(r.encoder, '')"};
    case UsageBy::provider:
      return {"c.provider", "c.provider"};
    case UsageBy::model:
      break;
  }
  return {"c.provider || '/' || c.model", "c.provider || '/' || c.model"};
}

// `+` keeps a user's or a device's index out: a day's rows are fewer than a user's.
Conditions conditions_of(const UsageQuery& query) {
  const std::string time = is_of_calls(query.by) ? "c.started_at" : "j.created_at";
  Conditions conditions;
  conditions.integer(time + " >= ?", query.from_us);
  conditions.integer(time + " < ?", query.before_us);
  conditions.text("+j.user_id = ?", query.user_id);
  conditions.text("+r.device = ?", query.device);
  return conditions;
}

std::string sums_of_jobs(const UsageQuery& query, const Key& key) {
  return "SELECT " + key.key + ", " + key.name +
         ", count(*), coalesce(sum(j.model_requests_count), 0), coalesce(sum(j.total_tokens_used), 0), "
         "total(j.cost_usd), count(v.id), coalesce(sum(r.frames), 0), total(v.duration_us) / 1e6, "
         "total(r.generation_time_seconds), total(r.cpu_time_seconds), total(r.gpu_time_seconds), "
         "coalesce(max(r.peak_memory_mb), 0), coalesce(max(r.peak_gpu_memory_mb), 0) FROM jobs j "
         "LEFT JOIN job_resources r ON r.job_id = j.id LEFT JOIN videos v ON v.job_id = j.id" +
         conditions_of(query).sql();
}

std::string sums_of_calls(const UsageQuery& query, const Key& key) {
  return "SELECT " + key.key + ", " + key.name +
         ", count(DISTINCT c.job_id), count(*), coalesce(sum(c.input_tokens + c.output_tokens), 0), "
         "total(c.cost_usd), total(c.seconds) FROM provider_calls c" +
         (query.user_id.empty() ? "" : " JOIN jobs j ON j.id = c.job_id") +
         (query.device.empty() ? "" : " JOIN job_resources r ON r.job_id = c.job_id") +
         conditions_of(query).sql();
}

std::string sums_sql(const UsageQuery& query) {
  const Key key = key_of(query.by);
  return (is_of_calls(query.by) ? sums_of_calls(query, key) : sums_of_jobs(query, key)) +
         " GROUP BY 1 ORDER BY 1";
}

std::string total_sql(const UsageQuery& query) {
  const Key all{"''", "''"};
  return is_of_calls(query.by) ? sums_of_calls(query, all) : sums_of_jobs(query, all);
}

UsageSum sum_in(SQLite::Statement& row, UsageBy by) {
  UsageSum sum;
  Columns columns(row);
  columns >> sum.key >> sum.name >> sum.jobs >> sum.calls >> sum.tokens >> sum.cost_usd;
  if (is_of_calls(by)) {
    columns >> sum.call_seconds;
    return sum;
  }
  UsageSum::Work work;
  columns >> work.films >> work.frames >> work.film_seconds >> work.wall_seconds >> work.cpu_seconds >>
      work.gpu_seconds >> work.peak_memory_mb >> work.peak_gpu_memory_mb;
  sum.work = work;
  return sum;
}

std::int64_t samples_of(Connection& db, const std::string& job_id) {
  Statement row(db, "SELECT count(*) FROM resource_samples WHERE job_id = ?");
  bind_all(row, job_id);
  row.executeStep();
  return row.getColumn(0).getInt64();
}

void remove_every_second(Connection& db, const std::string& job_id) {
  Statement thin(db,
                 "DELETE FROM resource_samples WHERE job_id = ?1 AND sampled_at IN (SELECT sampled_at "
                 "FROM (SELECT sampled_at, row_number() OVER (ORDER BY sampled_at) AS number "
                 "FROM resource_samples WHERE job_id = ?1) WHERE number % 2 = 0)");
  bind_all(thin, job_id);
  thin.exec();
}

// The first sample after a restart counts from 0 again, and has nothing to be compared with.
void work_out_rates(std::vector<ResourceSample>& samples) {
  for (std::size_t i = 1; i < samples.size(); ++i) {
    const ResourceSample& before = samples[i - 1];
    ResourceSample& sample = samples[i];
    const double seconds = static_cast<double>(sample.time_us - before.time_us) / 1e6;
    const bool anew = sample.cpu_seconds < before.cpu_seconds || sample.frames < before.frames;
    if (anew || seconds <= 0) continue;
    sample.frames_per_second = static_cast<double>(sample.frames - before.frames) / seconds;
    sample.cpu_cores = (sample.cpu_seconds - before.cpu_seconds) / seconds;
  }
}

}  // namespace

Result<bool> UsageLog::add_sample(const std::string& job_id, const ResourceSample& sample,
                                  const std::optional<std::int64_t>& stage_estimate_us) {
  Database::Impl& impl = database_.impl();
  return impl.write("record what job " + job_id + " takes", [&](Connection& db) -> Result<bool> {
    const bool full = samples_of(db, job_id) >= kMostSamples;
    if (full) remove_every_second(db, job_id);
    Statement row(db,
                  "INSERT OR REPLACE INTO resource_samples (job_id, sampled_at, frames, cpu_seconds, "
                  "memory_mb, gpu_percent, encoder_percent, gpu_memory_mb, gpu_scope) "
                  "SELECT id, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9 FROM jobs WHERE id = ?1");
    bind_all(row, job_id, sample.time_us, sample.frames, sample.cpu_seconds, sample.memory_mb,
             sample.gpu_percent, sample.encoder_percent, sample.gpu_memory_mb, or_null(sample.gpu_scope));
    if (row.exec() == 0) return no_such_job(job_id);
    if (stage_estimate_us) {
      Statement estimate(db,
                         "UPDATE job_stages SET estimated_completion = max(started_at, ?2) WHERE id = "
                         "(SELECT max(id) FROM job_stages WHERE job_id = ?1) AND completed_at IS NULL");
      bind_all(estimate, job_id, *stage_estimate_us);
      estimate.exec();
    }
    return full;
  });
}

Result<std::vector<ResourceSample>> UsageLog::samples(const std::string& job_id) {
  Database::Impl& impl = database_.impl();
  using Answer = std::vector<ResourceSample>;
  return impl.read("read what job " + job_id + " took", [&](Connection& db) -> Result<Answer> {
    Statement rows(db,
                   "SELECT sampled_at, frames, cpu_seconds, memory_mb, gpu_percent, encoder_percent, "
                   "gpu_memory_mb, gpu_scope FROM resource_samples WHERE job_id = ? ORDER BY sampled_at");
    bind_all(rows, job_id);
    Answer samples;
    while (rows.executeStep()) {
      ResourceSample& sample = samples.emplace_back();
      Columns(rows) >> sample.time_us >> sample.frames >> sample.cpu_seconds >> sample.memory_mb >>
          sample.gpu_percent >> sample.encoder_percent >> sample.gpu_memory_mb >> sample.gpu_scope;
    }
    work_out_rates(samples);
    return samples;
  });
}

Result<UsageSums> UsageLog::sums(const UsageQuery& query) {
  Database::Impl& impl = database_.impl();
  return impl.read("add up what jobs took", [&](Connection& db) -> Result<UsageSums> {
    UsageSums sums;
    Statement rows(db, sums_sql(query));
    conditions_of(query).bind(rows);
    while (rows.executeStep()) sums.rows.push_back(sum_in(rows, query.by));
    Statement total(db, total_sql(query));
    conditions_of(query).bind(total);
    total.executeStep();
    sums.total = sum_in(total, query.by);
    return sums;
  });
}

Result<std::vector<std::string>> UsageLog::plan_of_sums(const UsageQuery& query) {
  Database::Impl& impl = database_.impl();
  using Answer = std::vector<std::string>;
  return impl.read("plan the sums of what jobs took", [&](Connection& db) -> Result<Answer> {
    Statement rows(db, "EXPLAIN QUERY PLAN " + sums_sql(query));
    conditions_of(query).bind(rows);
    Answer steps;
    while (rows.executeStep()) steps.push_back(rows.getColumn(3).getString());
    return steps;
  });
}

}  // namespace reeld::storage
