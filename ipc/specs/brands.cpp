#include "ipc/specs/specs.hpp"

namespace reeld::ipc {
namespace {

const ParamSpec kStatus = {"status", ParamType::text, false, 0, 0, {"pending", "ready", "failed"}};

}  // namespace

std::vector<MethodSpec> brand_specs() {
  return {
      {"brand_extract",
       {{"name", ParamType::text, true, 1, 800},
        {"description", ParamType::text},
        {"pictures", ParamType::list, false, 1, 64},
        {"folder", ParamType::text, false, 1},
        {"colors", ParamType::integer, false, 2, 12},
        {"theme_by", ParamType::map},
        {"user", ParamType::text}}},
      {"brand_create",
       {{"name", ParamType::text, true, 1, 800},
        {"description", ParamType::text},
        {"style_data", ParamType::map, true},
        {"user", ParamType::text}}},
      {"brand_show", {{"brand", ParamType::text, true}}},
      {"brand_list", with_page({{"user", ParamType::text},
                                {"mood", ParamType::text},
                                {"visual_theme", ParamType::text},
                                kStatus})},
      {"brand_update",
       {{"brand", ParamType::text, true},
        {"name", ParamType::text, false, 1, 800},
        {"description", ParamType::text},
        {"style_data", ParamType::map}}},
      {"brand_delete", {{"brand", ParamType::text, true}}},
      {"brand_apply", {{"brand", ParamType::text, true}, {"request", ParamType::map, true}}},
      {"product_add",
       {{"file", ParamType::text, true, 1},
        {"name", ParamType::text, true, 1, 800},
        {"description", ParamType::text},
        {"category", ParamType::text, false, 0, 400},
        {"tags", ParamType::list, false, 0, 64},
        {"user", ParamType::text}}},
      {"product_show", {{"product", ParamType::text, true}}},
      {"product_list",
       with_page(
           {{"user", ParamType::text}, {"category", ParamType::text}, {"tag", ParamType::text}, kStatus})},
      {"product_update",
       {{"product", ParamType::text, true},
        {"name", ParamType::text, false, 1, 800},
        {"description", ParamType::text},
        {"category", ParamType::text, false, 0, 400},
        {"tags", ParamType::list, false, 0, 64}}},
      {"product_delete", {{"product", ParamType::text, true}}},
  };
}

}  // namespace reeld::ipc
