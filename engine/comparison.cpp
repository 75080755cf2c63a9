#include "engine/comparison.hpp"

#include <algorithm>
#include <functional>
#include <map>
#include <tuple>

namespace reeld::engine {
namespace {

using storage::JobStatus;

// A figure of a film; nullopt where it has none.
using Figure = std::function<std::optional<double>(const ComparedFilm&)>;

struct Measure {
  const char* name;
  const char* unit;
  const char* better;  // nullptr: neither is
  Figure figure;
};

Figure fact(const char* name) {
  return [name](const ComparedFilm& film) -> std::optional<double> {
    if (!film.video || !film.video->facts.contains(name)) return std::nullopt;
    const Json& value = film.video->facts.at(name);
    return value.is_number() ? std::optional(value.get<double>()) : std::nullopt;
  };
}

Figure resource(double storage::JobResources::*member) {
  return [member](const ComparedFilm& film) -> std::optional<double> {
    return film.resources ? std::optional((*film.resources).*member) : std::nullopt;
  };
}

// Of the last time that the job went through it.
Figure stage_seconds(const char* name) {
  return [name](const ComparedFilm& film) -> std::optional<double> {
    std::optional<double> seconds;
    for (const storage::JobStage& stage : film.stages) {
      if (stage.stage != name || !stage.completed_us || stage.error) continue;
      seconds = static_cast<double>(*stage.completed_us - stage.started_us) / 1e6;
    }
    return seconds;
  };
}

const std::vector<Measure>& measures() {
  static const std::vector<Measure> kMeasures = {
      {"size_bytes", "bytes", "lower", fact("size_bytes")},
      {"duration_seconds", "s", nullptr, fact("duration_seconds")},
      {"frame_count", "frames", nullptr, fact("frame_count")},
      {"bit_rate", "bit/s", nullptr, fact("bit_rate")},
      {"frames_per_second", "frames/s", "higher", resource(&storage::JobResources::frames_per_second)},
      {"rendering_seconds", "s", "lower", stage_seconds("rendering")},
      {"encoding_seconds", "s", "lower", stage_seconds("encoding")},
      {"wall_seconds", "s", "lower", resource(&storage::JobResources::wall_seconds)},
      {"cpu_seconds", "s", "lower", resource(&storage::JobResources::cpu_seconds)},
      {"peak_memory_mb", "MB", "lower", resource(&storage::JobResources::peak_memory_mb)},
      {"cost_usd", "USD", "lower",
       [](const ComparedFilm& film) -> std::optional<double> {
         if (film.job.status != JobStatus::completed) return std::nullopt;
         return film.job.cost_usd;
       }},
  };
  return kMeasures;
}

using Values = std::vector<std::optional<double>>;

Json best_of(const Values& values, const std::string& better) {
  std::vector<double> there;
  for (const auto& value : values) {
    if (value) there.push_back(*value);
  }
  Json best = Json::array();
  if (there.size() < 2 || better.empty()) return best;
  const auto [least, most] = std::ranges::minmax(there);
  if (least == most) return best;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (values[i] == (better == "lower" ? least : most)) best.push_back(i);
  }
  return best;
}

Json row_of(const std::string& name, const std::string& unit, const std::string& better,
            const Values& values) {
  Json shown = Json::array(), differences = Json::array();
  for (const auto& value : values) {
    shown.push_back(value ? Json(*value) : Json());
    differences.push_back(value && values.front() ? Json(*value - *values.front()) : Json());
  }
  return {{"name", name},
          {"unit", unit},
          {"better", better.empty() ? Json() : Json(better)},
          {"model", nullptr},
          {"scene", nullptr},
          {"values", std::move(shown)},
          {"best", best_of(values, better)},
          {"differences", std::move(differences)}};
}

bool any_of(const Values& values) {
  return std::ranges::any_of(values, [](const auto& value) { return value.has_value(); });
}

// Of a model that says nothing neither way is the better one.
MetricMeaning compared_meaning(const std::string& name, const OwnMetrics& own) {
  if (name == kSsimToFirst) return {.better = "higher"};
  if (name == kPsnrToFirst) return {.unit = "dB", .better = "higher"};
  return meaning_of(name, own);
}

void add_scores(const std::vector<ComparedFilm>& films, const OwnMetrics& own, Json& rows) {
  // Of the whole film first.
  using Key = std::tuple<int, std::string, std::string>;
  std::map<Key, Values> scores;
  for (std::size_t i = 0; i < films.size(); ++i) {
    for (const storage::Metric& metric : films[i].metrics) {
      Values& values = scores[{metric.scene.value_or(-1), metric.name, metric.model}];
      values.resize(films.size());
      values[i] = metric.value;
    }
  }
  for (const auto& [key, values] : scores) {
    const auto& [scene, name, model] = key;
    const MetricMeaning meaning = compared_meaning(name, own);
    Json row = row_of(name, meaning.unit, meaning.better, values);
    if (!model.empty()) row["model"] = model;
    if (scene >= 0) row["scene"] = scene;
    rows.push_back(std::move(row));
  }
}

std::int64_t whole(const ComparedFilm& film, const char* name) {
  return film.video ? film.video->facts.value(name, std::int64_t{0}) : 0;
}

}  // namespace

Result<std::vector<ComparedFilm>> films_of_group(storage::Database& database, const std::string& group_id) {
  REELD_ASSIGN(auto entries, storage::Groups(database).films(group_id));
  std::vector<ComparedFilm> films;
  for (storage::GroupFilm& entry : entries) {
    ComparedFilm film;
    REELD_ASSIGN(film.job, database.find_job(entry.job_id));
    REELD_ASSIGN(film.video, database.video(entry.job_id));
    REELD_ASSIGN(film.resources, database.resources(entry.job_id));
    REELD_ASSIGN(film.stages, database.stages(entry.job_id));
    REELD_ASSIGN(film.metrics, storage::Metrics(database).of_job(entry.job_id));
    film.label = std::move(entry.label);
    film.variation = std::move(entry.variation);
    films.push_back(std::move(film));
  }
  return films;
}

Json comparison_of(const std::vector<ComparedFilm>& films, const OwnMetrics& own) {
  Json rows = Json::array();
  for (const Measure& measure : measures()) {
    Values values;
    for (const ComparedFilm& film : films) values.push_back(measure.figure(film));
    if (any_of(values)) {
      rows.push_back(
          row_of(measure.name, measure.unit, measure.better == nullptr ? "" : measure.better, values));
    }
  }
  add_scores(films, own, rows);
  return rows;
}

std::optional<std::string> why_not_alike(const ComparedFilm& film, const ComparedFilm& first) {
  const auto is_there = [](const ComparedFilm& one) {
    return one.job.status == JobStatus::completed && one.video.has_value();
  };
  if (!is_there(film)) return "the film is " + std::string(storage::job_status_name(film.job.status));
  if (!is_there(first)) return "the first film is " + std::string(storage::job_status_name(first.job.status));
  const auto size_of = [](const ComparedFilm& one) {
    return std::to_string(whole(one, "width")) + "x" + std::to_string(whole(one, "height"));
  };
  if (size_of(film) != size_of(first)) {
    return "its frames are " + size_of(film) + ", the first film's " + size_of(first);
  }
  const std::int64_t own = whole(film, "frame_count"), others = whole(first, "frame_count");
  if (own != others) {
    return "it has " + std::to_string(own) + " frames, the first film " + std::to_string(others);
  }
  return std::nullopt;
}

bool has_likeness(const ComparedFilm& film) {
  return std::ranges::any_of(film.metrics, [](const storage::Metric& metric) {
    return metric.name == kSsimToFirst && metric.model == kLikenessModel && !metric.scene;
  });
}

}  // namespace reeld::engine
