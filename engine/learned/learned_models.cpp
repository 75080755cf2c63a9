#include "engine/learned/learned_models.hpp"

#include <algorithm>
#include <array>

namespace reeld::engine {
namespace {

namespace fs = std::filesystem;

constexpr std::array<std::string_view, 2> kStatistics = {"brisque", "niqe"};
constexpr std::array<std::string_view, 2> kOfPictures = {"aesthetic_quality", "text_agreement"};
constexpr std::array<std::string_view, 3> kNeedModel = {"aesthetic_quality", "subject_consistency",
                                                        "text_agreement"};

bool measures(const std::vector<Manifest>& manifests, std::string_view metric) {
  return std::ranges::find(manifests, metric, &Manifest::metric) != manifests.end();
}

std::string why_absent(std::string_view metric, const fs::path& folder) {
  return "no model in " + folder.string() + " measures " + std::string(metric) +
         ": docs/metrics/learned.md tells how one is given";
}

Result<void> check_bars(const std::vector<Bar>& reach, const std::string& path,
                        const std::vector<Manifest>& manifests, const fs::path& folder) {
  for (const Bar& bar : reach) {
    if (std::ranges::find(kNeedModel, bar.metric) == kNeedModel.end() || measures(manifests, bar.metric))
      continue;
    return Error{Code::invalid_request, path + ": " + why_absent(bar.metric, folder), path};
  }
  return {};
}

}  // namespace

bool is_learned_of_pictures(std::string_view metric) {
  return std::ranges::find(kStatistics, metric) != kStatistics.end() ||
         std::ranges::find(kOfPictures, metric) != kOfPictures.end();
}

bool asks_learned(const Request& request) {
  const auto any = [](const std::vector<Bar>& reach) {
    return std::ranges::any_of(reach, [](const Bar& bar) { return is_learned_of_pictures(bar.metric); });
  };
  return any(request.quality.pictures.reach) ||
         std::ranges::any_of(request.scenes,
                             [&](const SceneSpec& scene) { return scene.reach && any(*scene.reach); });
}

Json models_json(const fs::path& folder) {
  const Manifests manifests = read_manifests(folder);
  Json json = {{"folder", folder.string()},
               {"models", Json::array()},
               {"refused", Json::array()},
               {"absent", Json::array()}};
  for (const Manifest& manifest : manifests.usable) {
    json["models"].push_back(
        {{"model", manifest.model}, {"metric", manifest.metric}, {"manifest", manifest.path.string()}});
  }
  for (const Error& error : manifests.refused) json["refused"].push_back(error.message);
  for (const std::string_view metric : kNeedModel) {
    if (!measures(manifests.usable, metric))
      json["absent"].push_back({{"metric", metric}, {"why", why_absent(metric, folder)}});
  }
  return json;
}

Result<void> check_models(const Request& request, const fs::path& folder) {
  const std::vector<Manifest> manifests = read_manifests(folder).usable;
  REELD_TRY(check_bars(request.quality.pictures.reach, "/quality/pictures/reach", manifests, folder));
  REELD_TRY(check_bars(request.quality.film.reach, "/quality/film/reach", manifests, folder));
  for (std::size_t i = 0; i < request.scenes.size(); ++i) {
    const auto& reach = request.scenes[i].reach;
    if (reach) REELD_TRY(check_bars(*reach, "/scenes/" + std::to_string(i) + "/reach", manifests, folder));
  }
  return {};
}

}  // namespace reeld::engine
