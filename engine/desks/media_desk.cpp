#include "engine/desks/media_desk.hpp"

#include "engine/desks/params.hpp"
#include "storage/media.hpp"

namespace reeld::engine {

Handlers MediaDesk::handlers() {
  return {{"asset_list", [this](const Json& p) { return assets(p); }},
          {"asset_show", [this](const Json& p) { return asset(p); }},
          {"video_list", [this](const Json& p) { return videos(p); }}};
}

Result<Json> MediaDesk::assets(const Json& params) {
  storage::AssetFilter filter;
  filter.type = params.value("type", "");
  filter.source_type = params.value("source_type", "");
  filter.provider = params.value("provider", "");
  filter.model = params.value("model", "");
  filter.job_id = params.value("job", "");
  REELD_ASSIGN(filter.from_us, time_param(params, "from"));
  REELD_ASSIGN(filter.before_us, time_param(params, "before"));
  if (params.contains("removed")) filter.removed = params.at("removed").get<bool>();
  storage::Media media(tools_.database);
  return answer_page(
      params, "assets", [&](const auto& page) { return media.assets(filter, page); },
      [&] { return media.count_assets(filter); }, asset_json);
}

Result<Json> MediaDesk::asset(const Json& params) {
  REELD_ASSIGN(const auto asset,
               storage::Media(tools_.database).find_asset(params.at("asset").get<std::string>()));
  return Json{{"asset", asset_json(asset)}};
}

Result<Json> MediaDesk::videos(const Json& params) {
  storage::VideoFilter filter;
  filter.user_id = params.value("user", "");
  filter.project_id = params.value("project", "");
  filter.group_id = params.value("group", "");
  filter.resolution = params.value("resolution", "");
  filter.format = params.value("format", "");
  filter.codec = params.value("codec", "");
  REELD_ASSIGN(filter.from_us, time_param(params, "from"));
  REELD_ASSIGN(filter.before_us, time_param(params, "before"));
  storage::Media media(tools_.database);
  return answer_page(
      params, "videos", [&](const auto& page) { return media.videos(filter, page); },
      [&] { return media.count_videos(filter); }, video_json);
}

}  // namespace reeld::engine
