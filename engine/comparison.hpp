// Films of a group, held beside each other metric by metric. Pure, but for reading the records.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "engine/request.hpp"
#include "engine/score/catalog.hpp"
#include "storage/database.hpp"
#include "storage/groups.hpp"
#include "storage/metrics.hpp"

namespace reeld::engine {

// How films are like the first of their group: scores of this model, measured once both are completed.
inline constexpr const char* kSsimToFirst = "ssim_to_first";  // 0..1
inline constexpr const char* kPsnrToFirst = "psnr_to_first";  // dB, up to 100
inline constexpr const char* kLikenessModel = "libavfilter";

struct ComparedFilm {
  std::string label;
  Json variation;
  storage::Job job;
  std::optional<storage::Video> video;
  std::optional<storage::JobResources> resources;
  std::vector<storage::JobStage> stages;
  std::vector<storage::Metric> metrics;
};

// In the order of the group's variations. Errors: those of Database.
Result<std::vector<ComparedFilm>> films_of_group(storage::Database& database, const std::string& group_id);

// One row a metric that any of the films has: {"name", "unit", "better": "higher", "lower" or null, "model",
// "scene", "values": one a film, null where it has none, "best": the numbers of the best films from 0, none
// where all are alike, "differences": to the first film's value}. `own`: what scores by users' models mean.
Json comparison_of(const std::vector<ComparedFilm>& films, const OwnMetrics& own);

// Whether its frames can be held against the first film's; else why not, in a sentence.
std::optional<std::string> why_not_alike(const ComparedFilm& film, const ComparedFilm& first);
bool has_likeness(const ComparedFilm& film);

}  // namespace reeld::engine
