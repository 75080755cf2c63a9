#include "engine/score/picture_task.hpp"

#include "engine/device_choice.hpp"
#include "engine/picture.hpp"
#include "engine/score/picture_scores.hpp"
#include "engine/score/score.hpp"

namespace reeld::engine {
namespace {

// Beside them a worker renders with threads of its own.
constexpr int kThreads = 2;

// The high byte of each sample: of 8 bits that were widened to 16 the very same.
Picture of_8_bits(const Picture& picture) {
  const auto count = static_cast<std::size_t>(picture.width) * static_cast<std::size_t>(picture.height) * 4;
  const auto* wide = reinterpret_cast<const std::uint16_t*>(picture.pixels.get());
  std::shared_ptr<std::uint8_t[]> bytes(new std::uint8_t[count]);
  for (std::size_t i = 0; i < count; ++i) bytes[i] = static_cast<std::uint8_t>(wide[i] >> 8);
  return {picture.width, picture.height, kernels::PictureFormat::rgba8, std::move(bytes)};
}

Result<Json> score_one(const std::filesystem::path& file, kernels::Device& device) {
  REELD_ASSIGN(Picture picture, load_picture(file));
  if (picture.format == kernels::PictureFormat::rgba16) picture = of_8_bits(picture);
  REELD_ASSIGN(const kernels::PictureStatistics found, device.measure(picture.view(), kThreads));
  Json scores = Json::object();
  for (const auto& [name, value] : named(picture_scores(found))) scores[std::string(name)] = value;
  return Json{{"scores", scores}, {"hash", hash_text(perceptual_hash(found))}};
}

}  // namespace

Result<Json> score_pictures_task(const Json& task, const TaskProgress& progress) {
  const std::filesystem::path data_dir = task.at("data_dir").get<std::string>();
  REELD_ASSIGN(const auto device, device_named(task.at("device").get<std::string>()));
  const Json& asked = task.at("pictures");
  Json pictures = Json::array();
  for (const Json& picture : asked) {
    auto scored = score_one(data_dir / picture.at("file").get<std::string>(), *device);
    if (!scored) {
      Error error = scored.error();
      error.path = picture.at("path").get<std::string>();
      return error;
    }
    pictures.push_back(*std::move(scored));
    progress(static_cast<double>(pictures.size()), static_cast<double>(asked.size()));
  }
  return Json{{"pictures", pictures}};
}

}  // namespace reeld::engine
