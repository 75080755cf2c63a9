#include "ipc/specs/specs.hpp"

namespace reeld::ipc {

std::vector<MethodSpec> edit_specs() {
  constexpr std::int64_t kMostEdits = 1000;
  return {
      {"edit_open",
       {{"job", ParamType::text, true},
        {"user", ParamType::text},
        {"edits", ParamType::list, false, 0, kMostEdits}}},
      {"edit_change",
       {{"session", ParamType::text, true},
        {"edits", ParamType::list, true, 0, kMostEdits},
        {"mode", ParamType::text, false, 0, kMaxTextBytes, {"replace", "append"}}}},
      {"edit_show", {{"session", ParamType::text, true}}},
      {"edit_list", with_page({{"job", ParamType::text},
                               {"user", ParamType::text},
                               {"status",
                                ParamType::text,
                                false,
                                0,
                                kMaxTextBytes,
                                {"draft", "rendering", "completed", "failed"}}})},
      {"edit_delete", {{"session", ParamType::text, true}}},
      {"edit_preview", {{"session", ParamType::text, true}}, kSlow},
      {"edit_render", {{"session", ParamType::text, true}, {"target", ParamType::text, true}}},
      {"versions", {{"job", ParamType::text, true}}},
  };
}

}  // namespace reeld::ipc
