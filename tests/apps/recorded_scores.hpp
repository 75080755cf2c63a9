// The scores that a daemon recorded, read from its own database.
#pragma once

#include <catch2/catch.hpp>
#include <map>
#include <string>
#include <vector>

#include "storage/database.hpp"
#include "storage/metrics.hpp"
#include "tests/apps/daemon.hpp"

namespace reeld::test {

inline std::vector<storage::Metric> recorded_scores(const Daemon& daemon, const std::string& job) {
  const auto database = storage::Database::open(daemon.data_dir() / "reeld.db");
  REQUIRE(database);
  const auto metrics = storage::Metrics(**database).of_job(job);
  REQUIRE(metrics);
  return *metrics;
}

// Of the whole film, by name.
inline std::map<std::string, double> film_scores(const Daemon& daemon, const std::string& job) {
  std::map<std::string, double> scores;
  for (const storage::Metric& metric : recorded_scores(daemon, job)) {
    if (!metric.scene) scores[metric.name] = metric.value;
  }
  return scores;
}

}  // namespace reeld::test
