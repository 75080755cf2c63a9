#include "ipc/specs/specs.hpp"

namespace reeld::ipc {
namespace {

constexpr std::int64_t kMaxPromptBytes = 32'000;
constexpr std::int64_t kMaxNameBytes = 200;
constexpr std::int64_t kMaxBudgetUsd = 1'000'000;

// Of what is asked of providers, behind what it is for.
std::vector<ParamSpec> asked(std::vector<ParamSpec> params) {
  params.insert(params.end(), {{"provider", ParamType::text, false, 1, kMaxNameBytes},
                               {"model", ParamType::text, false, 1, kMaxNameBytes},
                               {"options", ParamType::map},
                               {"allow_fallback", ParamType::flag},
                               {"budget_usd", ParamType::number, false, 0, kMaxBudgetUsd}});
  return params;
}

std::vector<ParamSpec> speech(std::vector<ParamSpec> params) {
  params.insert(params.end(), {{"voice", ParamType::text, false, 0, kMaxNameBytes},
                               {"speed", ParamType::number, false, 0, 4},
                               {"language", ParamType::text, false, 2, 35}});
  return asked(std::move(params));
}

std::vector<ParamSpec> picture(std::vector<ParamSpec> params) {
  params.insert(params.end(), {{"prompt", ParamType::text, false, 1, kMaxPromptBytes},
                               {"style", ParamType::text, false, 0, kMaxPromptBytes},
                               {"negative_prompt", ParamType::text, false, 0, kMaxPromptBytes},
                               {"width", ParamType::integer, false, 64, 8192},
                               {"height", ParamType::integer, false, 64, 8192},
                               {"aspect", ParamType::text, false, 3, 7},
                               {"seed", ParamType::integer, false, 0, kMaxSequence - 1},
                               {"references", ParamType::list, false, 0, 8},
                               {"count", ParamType::integer, false, 1, 8}});
  return asked(std::move(params));
}

}  // namespace

std::vector<MethodSpec> take_specs() {
  return {
      {"scene_speech", speech({{"scene", ParamType::text, true}})},
      {"project_speech", speech({{"project", ParamType::text, true}, {"missing_only", ParamType::flag}})},
      {"scene_picture", picture({{"scene", ParamType::text, true}})},
      {"project_picture", picture({{"project", ParamType::text, true}})},
      {"take_show", {{"take", ParamType::text, true}}},
      {"take_list",
       with_page({{"project", ParamType::text},
                  {"scene", ParamType::text},
                  {"type", ParamType::text, false, 0, kMaxNameBytes, {"IMAGE", "AUDIO", "VIDEO_CLIP"}},
                  {"status", ParamType::text, false, 0, kMaxNameBytes, {"pending", "ready", "failed"}},
                  {"provider", ParamType::text},
                  {"model", ParamType::text},
                  {"is_main", ParamType::flag}})},
      {"take_choose", {{"take", ParamType::text, true}}},
      {"take_retry", {{"take", ParamType::text, true}}},
      {"take_delete", {{"take", ParamType::text, true}}},
      {"take_import",
       {{"scene", ParamType::text},
        {"project", ParamType::text},
        {"type", ParamType::text, true, 0, kMaxNameBytes, {"IMAGE", "AUDIO"}},
        {"file", ParamType::text, true, 1}}},
  };
}

}  // namespace reeld::ipc
