#include "engine/score/picture_task.hpp"

#include <optional>

#include "engine/device_choice.hpp"
#include "engine/learned/learned_scores.hpp"
#include "engine/picture.hpp"
#include "engine/score/picture_scores.hpp"
#include "engine/score/score.hpp"

namespace reeld::engine {
namespace {

// Beside them a worker renders with threads of its own.
constexpr int kFormulaThreads = 2;
constexpr int kLearnedThreads = 1;

// The high byte of each sample: of 8 bits that were widened to 16 the very same.
Picture of_8_bits(const Picture& picture) {
  const auto count = static_cast<std::size_t>(picture.width) * static_cast<std::size_t>(picture.height) * 4;
  const auto* wide = reinterpret_cast<const std::uint16_t*>(picture.pixels.get());
  std::shared_ptr<std::uint8_t[]> bytes(new std::uint8_t[count]);
  for (std::size_t i = 0; i < count; ++i) bytes[i] = static_cast<std::uint8_t>(wide[i] >> 8);
  return {picture.width, picture.height, kernels::PictureFormat::rgba8, std::move(bytes)};
}

Result<Picture> load(const std::filesystem::path& file) {
  REELD_ASSIGN(Picture picture, load_picture(file));
  return picture.format == kernels::PictureFormat::rgba16 ? of_8_bits(picture) : picture;
}

Result<Json> by_formulas(const Picture& picture, kernels::Device& device) {
  REELD_ASSIGN(const kernels::PictureStatistics found, device.measure(picture.view(), kFormulaThreads));
  Json scores = Json::object();
  for (const auto& [name, value] : named(picture_scores(found))) scores[std::string(name)] = value;
  return Json{{"scores", scores}, {"hash", hash_text(perceptual_hash(found))}};
}

// The models as they are now: files may have changed since the daemon saw them.
struct Models {
  std::vector<Manifest> usable;
  Json absent = Json::array();
};

Models read_models(const Json& files) {
  Models models;
  for (const Json& file : files) {
    auto manifest = read_manifest(file.get<std::string>());
    if (manifest)
      models.usable.push_back(*std::move(manifest));
    else
      models.absent.push_back({{"model", ""}, {"message", manifest.error().message}, {"path", ""}});
  }
  return models;
}

Json by_judges(const LearnedJudges& judges, const Json& scenes, Json absent) {
  std::vector<ShownPicture> shown;
  for (const Json& scene : scenes)
    shown.push_back({scene.at("picture").get<std::size_t>(), scene.at("text").get<std::string>()});
  const LearnedScores learned = judges.scores(shown);
  for (const AbsentScore& score : learned.absent)
    absent.push_back({{"model", score.model}, {"message", score.why.message}, {"path", score.why.path}});
  Json answer = to_json(learned.scores);
  answer["absent"] = std::move(absent);
  return answer;
}

}  // namespace

Result<Json> score_pictures_task(const Json& task, const TaskProgress& progress) {
  const std::filesystem::path data_dir = task.at("data_dir").get<std::string>();
  REELD_ASSIGN(const auto device, device_named(task.at("device").get<std::string>()));
  const Json& asked = task.at("pictures");
  const Json& learned = task.at("learned");
  const Models models = learned.is_null() ? Models{} : read_models(learned.at("manifests"));
  std::optional<LearnedJudges> judges;
  if (!learned.is_null()) judges.emplace(models.usable, kLearnedThreads);
  Json answer = {{"pictures", Json::array()}, {"learned", nullptr}};
  for (const Json& item : asked) {
    const auto path = item.at("path").get<std::string>();
    const auto picture = load(data_dir / item.at("file").get<std::string>());
    auto found = picture ? by_formulas(*picture, *device) : Result<Json>(picture.error());
    if (!found) {
      Error error = found.error();
      error.path = path;
      return error;
    }
    answer["pictures"].push_back(*std::move(found));
    if (judges) judges->look(*picture, path);
    progress(static_cast<double>(answer["pictures"].size()), static_cast<double>(asked.size()));
  }
  if (judges) answer["learned"] = by_judges(*judges, learned.at("scenes"), models.absent);
  return answer;
}

}  // namespace reeld::engine
