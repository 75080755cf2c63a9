#include "engine/learned/learned_models.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include "base/nearest.hpp"
#include "engine/request_schema_check.hpp"
#include "engine/score/job_metrics.hpp"

namespace reeld::engine {
namespace {

namespace fs = std::filesystem;

// Of the known ones: what no formula measures of a picture, and what is measured only by a user's model.
constexpr std::array<std::string_view, 4> kOfPictures = {"brisque", "niqe", "aesthetic_quality",
                                                         "text_agreement"};
constexpr std::array<std::string_view, 3> kNeedModel = {"aesthetic_quality", "subject_consistency",
                                                        "text_agreement"};

template <std::size_t n>
bool is_among(const std::array<std::string_view, n>& names, std::string_view name) {
  return std::ranges::find(names, name) != names.end();
}

bool measures(const std::vector<Manifest>& manifests, std::string_view metric) {
  return std::ranges::find(manifests, metric, &Manifest::metric) != manifests.end();
}

// Which gates may name what a model measures: known scores have their place, a user's own has both where it
// is one of each picture, for the film's is the pictures' mean.
bool may_stand(const Manifest& manifest, bool of_pictures) {
  if (const MetricKind* const kind = find_metric(manifest.metric))
    return (kind->of == MetricOf::picture) == of_pictures;
  return judges_each(manifest) || !of_pictures;
}

std::string why_absent(std::string_view metric, const fs::path& folder) {
  return "no model in " + folder.string() + " measures " + std::string(metric) +
         ": docs/metrics/learned.md tells how one is given";
}

// Every name that may stand there.
std::vector<std::string> known_names(const std::vector<Manifest>& manifests, bool of_pictures) {
  std::vector<std::string> names = metric_names(of_pictures);
  for (const Manifest& manifest : manifests) {
    if (may_stand(manifest, of_pictures) && std::ranges::find(names, manifest.metric) == names.end())
      names.push_back(manifest.metric);
  }
  return names;
}

std::string why_unknown(const std::string& metric, const std::vector<Manifest>& manifests, bool of_pictures,
                        const fs::path& folder) {
  const char* const here = of_pictures ? "pictures" : "films";
  if (measures(manifests, metric))
    return found_text(metric) + " tells how alike scenes are: it is a metric of films";
  const std::vector<std::string> known = known_names(manifests, of_pictures);
  std::string text = "there is no metric " + found_text(metric) + " of " + here + ", and no model in " +
                     folder.string() + " measures it: did you mean \"" + nearest_name(metric, known) +
                     "\"? There are";
  for (const std::string& name : known) text += (name == known.front() ? " " : ", ") + name;
  return text;
}

struct Place {
  const std::vector<Bar>& reach;
  std::string path;
  bool of_pictures;
};

std::vector<Place> places_of(const Request& request) {
  std::vector<Place> places = {{request.quality.pictures.reach, "/quality/pictures/reach", true},
                               {request.quality.film.reach, "/quality/film/reach", false}};
  for (std::size_t i = 0; i < request.scenes.size(); ++i) {
    const auto& reach = request.scenes[i].reach;
    if (reach) places.push_back({*reach, "/scenes/" + std::to_string(i) + "/reach", true});
  }
  return places;
}

Error refused(const std::string& path, const std::string& why) {
  return {Code::invalid_request, path + ": " + why, path};
}

// Of a metric that only users' models measure.
Result<void> check_in_range(const Bar& bar, const std::string& path, const MetricMeaning& meaning) {
  if (!meaning.least || !meaning.most) return {};
  if (bar.value >= *meaning.least && bar.value <= *meaning.most) return {};
  return refused(path + (bar.is_least ? "/at_least" : "/at_most"),
                 found_text(bar.value) + " is not allowed: " + bar.metric + " is " +
                     found_text(*meaning.least) + " to " + found_text(*meaning.most));
}

Result<void> check_bar(const Bar& bar, bool of_pictures, const std::string& path,
                       const std::vector<Manifest>& manifests, const fs::path& folder) {
  const std::string& metric = bar.metric;
  if (find_metric(metric) != nullptr) {
    if (!is_among(kNeedModel, metric) || measures(manifests, metric)) return {};
    return refused(path + "/metric", why_absent(metric, folder));
  }
  const bool there = std::ranges::any_of(manifests, [&](const Manifest& manifest) {
    return manifest.metric == metric && may_stand(manifest, of_pictures);
  });
  if (there) return check_in_range(bar, path, meaning_of(metric, own_metrics(manifests)));
  return refused(path + "/metric", why_unknown(metric, manifests, of_pictures, folder));
}

}  // namespace

bool asks_learned(const Request& request) {
  return std::ranges::any_of(places_of(request), [](const Place& place) {
    return place.of_pictures && std::ranges::any_of(place.reach, [](const Bar& bar) {
             return is_among(kOfPictures, bar.metric) || find_metric(bar.metric) == nullptr;
           });
  });
}

Json models_json(const fs::path& folder) {
  const Manifests manifests = read_manifests(folder);
  Json json = {{"folder", folder.string()},
               {"models", Json::array()},
               {"refused", Json::array()},
               {"absent", Json::array()}};
  const OwnMetrics own = own_metrics(manifests.usable);
  for (const Manifest& manifest : manifests.usable) {
    Json reach = Json::array();
    if (may_stand(manifest, true)) reach.push_back("pictures");
    if (may_stand(manifest, false)) reach.push_back("film");
    Json& row = json["models"].emplace_back(meaning_json(meaning_of(manifest.metric, own)));
    row.update({{"model", manifest.model},
                {"metric", manifest.metric},
                {"reach", std::move(reach)},
                {"manifest", manifest.path.string()}});
  }
  for (const Error& error : manifests.refused) json["refused"].push_back(error.message);
  for (const std::string_view metric : kNeedModel) {
    if (!measures(manifests.usable, metric))
      json["absent"].push_back({{"metric", metric}, {"why", why_absent(metric, folder)}});
  }
  return json;
}

Result<void> check_models(const Request& request, const fs::path& folder) {
  const std::vector<Place> places = places_of(request);
  if (std::ranges::all_of(places, [](const Place& place) { return place.reach.empty(); })) return {};
  const std::vector<Manifest> manifests = read_manifests(folder).usable;
  for (const Place& place : places) {
    for (std::size_t i = 0; i < place.reach.size(); ++i) {
      REELD_TRY(check_bar(place.reach[i], place.of_pictures, place.path + "/" + std::to_string(i), manifests,
                          folder));
    }
  }
  return {};
}

}  // namespace reeld::engine
