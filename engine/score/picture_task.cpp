#include "engine/score/picture_task.hpp"

#include <optional>

#include "engine/device_choice.hpp"
#include "engine/score/picture_judge.hpp"

namespace reeld::engine {

Result<Json> score_pictures_task(const Json& task, const TaskProgress& progress) {
  const std::filesystem::path data_dir = task.at("data_dir").get<std::string>();
  REELD_ASSIGN(const auto device, device_named(task.at("device").get<std::string>()));
  const Json& asked = task.at("pictures");
  const Json& learned = task.at("learned");
  std::optional<std::vector<std::string>> manifests;
  if (!learned.is_null()) manifests = learned.at("manifests").get<std::vector<std::string>>();
  PictureJudge judge(device, manifests);
  Json pictures = Json::array();
  for (const Json& item : asked) {
    const auto path = item.at("path").get<std::string>();
    const auto picture = load_picture(data_dir / item.at("file").get<std::string>());
    auto found = picture ? judge.look(*picture, path) : Result<Json>(picture.error());
    if (!found) {
      Error error = found.error();
      error.path = path;
      return error;
    }
    pictures.push_back(*std::move(found));
    progress(static_cast<double>(pictures.size()), static_cast<double>(asked.size()));
  }
  return Json{{"pictures", pictures},
              {"learned", learned.is_null() ? Json() : judge.learned(learned.at("scenes"))}};
}

}  // namespace reeld::engine
