#include "storage/metrics.hpp"

#include <algorithm>
#include <cmath>

#include "storage/database_impl.hpp"
#include "storage/listing_query.hpp"

namespace reeld::storage {
namespace {

#define REELD_METRIC_COLUMNS "id, job_id, scene_number, metric_name, metric_value, model_name, created_at"
#define REELD_TRY_COLUMNS \
  "scene_number, number, attempt, asset_id, seed, cost_usd, scores, hash, kept, created_at"

Metric metric_in(SQLite::Statement& row) {
  Metric metric;
  std::optional<std::int64_t> scene;
  Columns(row) >> metric.id >> metric.job_id >> scene >> metric.name >> metric.value >> metric.model >>
      metric.created_us;
  if (scene) metric.scene = static_cast<int>(*scene);
  return metric;
}

std::vector<Metric> metrics_in(SQLite::Statement& rows) {
  std::vector<Metric> metrics;
  while (rows.executeStep()) metrics.push_back(metric_in(rows));
  return metrics;
}

Listing listing_of(const MetricFilter& filter) {
  Listing listing{"quality_metrics", REELD_METRIC_COLUMNS, {{"value", "metric_value"}}, {}};
  listing.conditions.text("job_id = ?", filter.job_id);
  listing.conditions.text("job_id IN (SELECT id FROM jobs WHERE generation_group_id = ?)", filter.group_id);
  listing.conditions.text("metric_name = ?", filter.name);
  return listing;
}

constexpr std::int64_t kNoSeed = -1;

PictureTry try_in(SQLite::Statement& row) {
  PictureTry tried;
  std::optional<std::int64_t> seed;
  Columns(row) >> tried.scene >> tried.number >> tried.attempt >> tried.asset_id >> seed >> tried.cost_usd >>
      tried.scores >> tried.hash >> tried.kept >> tried.created_us;
  if (seed) tried.seed = static_cast<std::uint64_t>(*seed);
  return tried;
}

// The roles of a scene's pictures among the assets of its job.
void show(Connection& db, const std::string& job_id, int scene, const std::string& asset_id) {
  Statement before(db,
                   "UPDATE OR REPLACE job_assets SET role = 'picture_alternative' "
                   "WHERE job_id = ? AND scene_number = ? AND role = 'picture' AND asset_id <> ?");
  bind_all(before, job_id, scene, asset_id);
  before.exec();
  Statement now(db,
                "UPDATE OR REPLACE job_assets SET role = 'picture' "
                "WHERE job_id = ? AND scene_number = ? AND role = 'picture_alternative' AND asset_id = ?");
  bind_all(now, job_id, scene, asset_id);
  now.exec();
}

Result<void> keep_one(Connection& db, const std::string& job_id, const PictureTries::Kept& kept) {
  Statement found(db,
                  "SELECT asset_id FROM picture_tries WHERE job_id = ? AND scene_number = ? AND number = ?");
  bind_all(found, job_id, kept.scene, kept.number);
  if (!found.executeStep()) {
    return Error{Code::not_found, "There is no try " + std::to_string(kept.number) +
                                      " at the picture of scene " + std::to_string(kept.scene) + "."};
  }
  const std::string asset_id = found.getColumn(0).getString();
  Statement others(db, "UPDATE picture_tries SET kept = 0 WHERE job_id = ? AND scene_number = ?");
  bind_all(others, job_id, kept.scene);
  others.exec();
  Statement one(db, "UPDATE picture_tries SET kept = 1 WHERE job_id = ? AND scene_number = ? AND number = ?");
  bind_all(one, job_id, kept.scene, kept.number);
  one.exec();
  show(db, job_id, kept.scene, asset_id);
  return {};
}

}  // namespace

Result<void> Metrics::record(const std::vector<Metric>& metrics) {
  Database::Impl& impl = database_.impl();
  return impl.write_input("record scores", [&](Connection& db) -> Result<void> {
    Statement row(db, "INSERT INTO quality_metrics (" REELD_METRIC_COLUMNS
                      ") VALUES (?, ?, ?, ?, ?, ?, ?) "
                      "ON CONFLICT (job_id, coalesce(scene_number, -1), metric_name, model_name) "
                      "DO UPDATE SET metric_value = excluded.metric_value, "
                      "created_at = excluded.created_at");
    for (const Metric& metric : metrics) {
      bind_all(row, new_id(), metric.job_id, metric.scene, metric.name, metric.value, metric.model, now_us());
      row.exec();
      row.reset();
    }
    return {};
  });
}

Result<std::vector<Metric>> Metrics::of_job(const std::string& job_id) {
  Database::Impl& impl = database_.impl();
  return impl.read("read the scores of job " + job_id, [&](Connection& db) -> Result<std::vector<Metric>> {
    Statement rows(db, "SELECT " REELD_METRIC_COLUMNS
                       " FROM quality_metrics WHERE job_id = ? "
                       "ORDER BY coalesce(scene_number, -1), metric_name, model_name");
    rows.bind(1, job_id);
    return metrics_in(rows);
  });
}

Result<std::vector<Metric>> Metrics::of_group(const std::string& group_id, const std::string& name) {
  Database::Impl& impl = database_.impl();
  return impl.read(
      "read the scores of group " + group_id, [&](Connection& db) -> Result<std::vector<Metric>> {
        Statement rows(
            db, "SELECT " REELD_METRIC_COLUMNS
                " FROM quality_metrics WHERE metric_name = ? AND scene_number IS NULL AND job_id IN "
                "(SELECT id FROM jobs WHERE generation_group_id = ?) ORDER BY metric_value DESC, job_id");
        bind_all(rows, name, group_id);
        return metrics_in(rows);
      });
}

Result<Page<Metric>> Metrics::list(const MetricFilter& filter, const PageRequest& page) {
  Database::Impl& impl = database_.impl();
  return impl.read("list scores",
                   [&](Connection& db) { return page_of<Metric>(db, listing_of(filter), page, metric_in); });
}

Result<std::int64_t> Metrics::count(const MetricFilter& filter) {
  Database::Impl& impl = database_.impl();
  return impl.read("count scores",
                   [&](Connection& db) -> Result<std::int64_t> { return count_of(db, listing_of(filter)); });
}

Result<void> Metrics::record_series(const std::string& job_id, const std::vector<MetricSeries>& series) {
  Database::Impl& impl = database_.impl();
  return impl.write_input("record scores over time", [&](Connection& db) -> Result<void> {
    Statement row(db,
                  "INSERT INTO metric_series (job_id, metric_name, first_frame, frames_each, figures, "
                  "created_at) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (job_id, metric_name) DO UPDATE SET "
                  "first_frame = excluded.first_frame, frames_each = excluded.frames_each, "
                  "figures = excluded.figures, created_at = excluded.created_at");
    for (const MetricSeries& one : series) {
      if (!std::ranges::all_of(one.figures, [](double figure) { return std::isfinite(figure); })) {
        return Error{Code::invalid_request,
                     "The series \"" + one.name + "\" has a figure that is not finite."};
      }
      bind_all(row, job_id, one.name, one.first_frame, one.frames_each, Json(one.figures), now_us());
      row.exec();
      row.reset();
    }
    return {};
  });
}

Result<std::vector<MetricSeries>> Metrics::series_of_job(const std::string& job_id) {
  Database::Impl& impl = database_.impl();
  using All = std::vector<MetricSeries>;
  return impl.read("read the scores over time of job " + job_id, [&](Connection& db) -> Result<All> {
    Statement rows(db,
                   "SELECT metric_name, first_frame, frames_each, figures FROM metric_series "
                   "WHERE job_id = ? ORDER BY metric_name");
    rows.bind(1, job_id);
    All all;
    while (rows.executeStep()) {
      MetricSeries& one = all.emplace_back();
      Json figures;
      Columns(rows) >> one.name >> one.first_frame >> one.frames_each >> figures;
      one.figures = figures.get<std::vector<double>>();
    }
    return all;
  });
}

Result<void> PictureTries::record(const std::string& job_id, const std::vector<PictureTry>& tries) {
  Database::Impl& impl = database_.impl();
  return impl.write_input("record tries at pictures", [&](Connection& db) -> Result<void> {
    Statement row(db, "INSERT OR REPLACE INTO picture_tries (job_id, " REELD_TRY_COLUMNS
                      ") VALUES (?, ?, ?, ?, ?, nullif(?, -1), ?, ?, ?, ?, ?)");
    for (const PictureTry& tried : tries) {
      const std::int64_t seed = tried.seed ? static_cast<std::int64_t>(*tried.seed) : kNoSeed;
      bind_all(row, job_id, tried.scene, tried.number, tried.attempt, tried.asset_id, seed, tried.cost_usd,
               tried.scores, tried.hash, tried.kept, now_us());
      row.exec();
      row.reset();
    }
    return {};
  });
}

Result<std::vector<PictureTry>> PictureTries::of_job(const std::string& job_id) {
  Database::Impl& impl = database_.impl();
  using Tries = std::vector<PictureTry>;
  return impl.read("read the tries at pictures of job " + job_id, [&](Connection& db) -> Result<Tries> {
    Statement rows(
        db, "SELECT " REELD_TRY_COLUMNS " FROM picture_tries WHERE job_id = ? ORDER BY scene_number, number");
    rows.bind(1, job_id);
    Tries tries;
    while (rows.executeStep()) tries.push_back(try_in(rows));
    return tries;
  });
}

Result<void> PictureTries::keep(const std::string& job_id, const std::vector<Kept>& kept) {
  Database::Impl& impl = database_.impl();
  return impl.write("keep pictures of job " + job_id, [&](Connection& db) -> Result<void> {
    for (const Kept& one : kept) REELD_TRY(keep_one(db, job_id, one));
    return {};
  });
}

}  // namespace reeld::storage
