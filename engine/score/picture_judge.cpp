#include "engine/score/picture_judge.hpp"

#include <utility>

#include "engine/score/picture_scores.hpp"
#include "engine/score/score.hpp"

namespace reeld::engine {
namespace {

// Beside them a worker renders with threads of its own.
constexpr int kFormulaThreads = 2;
constexpr int kLearnedThreads = 1;

// The high byte of each sample: of 8 bits that were widened to 16 the very same.
Picture of_8_bits(const Picture& picture) {
  if (picture.format == kernels::PictureFormat::rgba8) return picture;
  const auto count = static_cast<std::size_t>(picture.width) * static_cast<std::size_t>(picture.height) * 4;
  const auto* wide = reinterpret_cast<const std::uint16_t*>(picture.pixels.get());
  std::shared_ptr<std::uint8_t[]> bytes(new std::uint8_t[count]);
  for (std::size_t i = 0; i < count; ++i) bytes[i] = static_cast<std::uint8_t>(wide[i] >> 8);
  return {picture.width, picture.height, kernels::PictureFormat::rgba8, std::move(bytes)};
}

Result<Json> by_formulas(const Picture& picture, kernels::Device& device) {
  REELD_ASSIGN(const kernels::PictureStatistics found, device.measure(picture.view(), kFormulaThreads));
  Json scores = Json::object();
  for (const auto& [name, value] : named(picture_scores(found))) scores[std::string(name)] = value;
  return Json{{"scores", scores}, {"hash", hash_text(perceptual_hash(found))}};
}

}  // namespace

PictureJudge::PictureJudge(std::shared_ptr<kernels::Device> device,
                           const std::optional<std::vector<std::string>>& manifests)
    : device_(std::move(device)) {
  if (!manifests) return;
  // The models as they are now: files may have changed since the daemon saw them.
  for (const std::string& file : *manifests) {
    auto manifest = read_manifest(file);
    if (manifest)
      manifests_.push_back(*std::move(manifest));
    else
      absent_.push_back({{"model", ""}, {"message", manifest.error().message}, {"path", ""}});
  }
  judges_.emplace(manifests_, kLearnedThreads);
}

Result<Json> PictureJudge::look(const Picture& picture, const std::string& path) {
  const Picture seen = of_8_bits(picture);
  auto found = by_formulas(seen, *device_);
  if (found && judges_) judges_->look(seen, path);
  return found;
}

Json PictureJudge::learned(const Json& scenes) const {
  if (!judges_) return nullptr;
  std::vector<ShownPicture> shown;
  for (const Json& scene : scenes)
    shown.push_back({scene.at("picture").get<std::size_t>(), scene.at("text").get<std::string>()});
  const LearnedScores learned = judges_->scores(shown);
  Json answer = to_json(learned.scores);
  answer["absent"] = absent_;
  for (const AbsentScore& score : learned.absent) {
    answer["absent"].push_back(
        {{"model", score.model}, {"message", score.why.message}, {"path", score.why.path}});
  }
  return answer;
}

}  // namespace reeld::engine
