// What was measured of films: single figures, figures over time, and the pictures that were scored for their
// scenes. docs/metrics.md says what each name means. Errors beside those of every method of Database:
// invalid_request for a value that the schema refuses. Any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "storage/database.hpp"

namespace reeld::storage {

struct Metric {
  std::string id;  // given by record
  std::string job_id;
  std::optional<int> scene;  // from 0; nullopt: of the whole film
  std::string name;          // image_quality (0..100), temporal_consistency, motion_smoothness, ...
  double value = 0;
  std::string model;  // what measured it; empty: it has no name
  std::int64_t created_us = 0;
};

// Empty fields do not restrict.
struct MetricFilter {
  std::string job_id = {}, group_id = {}, name = {};
};

// One figure after the other, at even steps.
struct MetricSeries {
  std::string name;
  std::int64_t first_frame = 0;
  std::int64_t frames_each = 1;  // that a figure stands for
  std::vector<double> figures;   // finite
  bool operator==(const MetricSeries&) const = default;
};

class Metrics {
 public:
  explicit Metrics(Database& database) : database_(database) {}

  // All or nothing. A score of the same job, scene, name and model is replaced.
  Result<void> record(const std::vector<Metric>& metrics);
  Result<std::vector<Metric>> of_job(const std::string& job_id);  // the whole film's first, then by scene
  // Of the whole films of a group, the largest value first.
  Result<std::vector<Metric>> of_group(const std::string& group_id, const std::string& name);

  // sorts: value
  Result<Page<Metric>> list(const MetricFilter& filter, const PageRequest& page);
  Result<std::int64_t> count(const MetricFilter& filter);

  // All or nothing. A series of the same job and name is replaced.
  Result<void> record_series(const std::string& job_id, const std::vector<MetricSeries>& series);
  Result<std::vector<MetricSeries>> series_of_job(const std::string& job_id);  // by name

 private:
  Database& database_;
};

// A picture that was scored for a scene.
struct PictureTry {
  int scene = 0;    // from 0
  int number = 1;   // of the scene's, from 1
  int attempt = 1;  // of the job
  std::string asset_id;
  std::optional<std::uint64_t> seed;  // that it was asked with
  std::optional<double> cost_usd;     // nullopt: no price is known; 0: nobody was asked for it alone
  Json scores = Json::object();       // {name: value}
  std::string hash;                   // of what it shows, 16 hex digits; empty: none
  bool kept = false;                  // the film shows it
  std::int64_t created_us = 0;
};

class PictureTries {
 public:
  explicit PictureTries(Database& database) : database_(database) {}

  // All or nothing. A try of the same scene and number is replaced.
  Result<void> record(const std::string& job_id, const std::vector<PictureTry>& tries);
  Result<std::vector<PictureTry>> of_job(const std::string& job_id);  // by scene, then by number

  // The film shows these: each becomes its scene's "picture" among the job's assets, what was that before
  // becomes a "picture_alternative". not_found where there is no such try.
  struct Kept {
    int scene = 0, number = 1;
  };
  Result<void> keep(const std::string& job_id, const std::vector<Kept>& kept);

 private:
  Database& database_;
};

}  // namespace reeld::storage
