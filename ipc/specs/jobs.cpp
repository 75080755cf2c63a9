#include "ipc/specs/specs.hpp"

namespace reeld::ipc {

std::vector<MethodSpec> job_specs() {
  return {
      {"submit",
       {{"request", ParamType::map, true},
        {"target", ParamType::text, true},
        {"base_dir", ParamType::text},
        {"idempotency_key", ParamType::text, false, 1, 200},
        {"user", ParamType::text},
        {"brand", ParamType::text},
        {"session", ParamType::text, false, 1, 128},
        {"script", ParamType::text},
        {"composition_settings", ParamType::map},
        {"coherence_settings", ParamType::map}}},
      {"status", {{"job", ParamType::text, true}}},
      {"list", with_page({{"status", ParamType::text},
                          {"user", ParamType::text},
                          {"session", ParamType::text},
                          {"project", ParamType::text},
                          {"group", ParamType::text},
                          {"parent", ParamType::text},
                          {"model", ParamType::text},
                          {"from", ParamType::text},
                          {"before", ParamType::text}})},
      {"show", {{"job", ParamType::text, true}}},
      {"cancel", {{"job", ParamType::text, true}}},
      {"retry", {{"job", ParamType::text, true}}},
      {"watch", {{"job", ParamType::text, true}, {"after", ParamType::integer, false, 0, kMaxSequence}}},
      {"estimate",
       {{"request", ParamType::map, true}, {"base_dir", ParamType::text}, {"brand", ParamType::text}},
       kSlow},
  };
}

}  // namespace reeld::ipc
