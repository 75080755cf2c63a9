#include "ipc/specs/specs.hpp"

namespace reeld::ipc {

std::vector<MethodSpec> media_specs() {
  constexpr std::int64_t kMostDays = 36'500, kMostMegabytes = 1'000'000'000;
  return {
      {"asset_list",
       with_page({{"type", ParamType::text, false, 0, 0, {"IMAGE", "AUDIO", "VIDEO_CLIP", "TEXT_OVERLAY"}},
                  {"source_type", ParamType::text, false, 0, 0, {"GENERATED", "STOCK", "USER_UPLOADED"}},
                  {"provider", ParamType::text},
                  {"model", ParamType::text},
                  {"job", ParamType::text},
                  {"from", ParamType::text},
                  {"before", ParamType::text},
                  {"removed", ParamType::flag}})},
      {"asset_show", {{"asset", ParamType::text, true}}},
      {"video_list", with_page({{"user", ParamType::text},
                                {"project", ParamType::text},
                                {"group", ParamType::text},
                                {"resolution", ParamType::text},
                                {"format", ParamType::text},
                                {"codec", ParamType::text},
                                {"from", ParamType::text},
                                {"before", ParamType::text}})},
      {"storage_list", {}},
      {"storage_set",
       {{"storage_type", ParamType::text, true, 0, 0, {"VIDEOS", "IMAGES", "AUDIO", "TEMP", "STOCK"}},
        {"max_age_days", ParamType::integer, false, 0, kMostDays},
        {"max_size_mb", ParamType::integer, false, 0, kMostMegabytes},
        {"preserve_completed_videos", ParamType::flag},
        {"public_read", ParamType::flag},
        {"authenticated_read", ParamType::flag},
        {"admin_write", ParamType::flag}}},
      {"gc", {{"dry_run", ParamType::flag}}},
      {"fsck", {{"mend", ParamType::flag}, {"deep", ParamType::flag}}},
      {"export",
       {{"list", ParamType::text, true},
        {"target", ParamType::text, true},
        {"format", ParamType::text, false, 0, 0, {"json", "csv"}},
        {"params", ParamType::map}}},
      {"job_delete", {{"job", ParamType::text, true}}},
  };
}

}  // namespace reeld::ipc
