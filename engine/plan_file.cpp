#include "engine/plan_file.hpp"

#include "engine/files.hpp"

namespace reeld::engine {

Result<Plan> read_plan(const std::filesystem::path& file) {
  REELD_ASSIGN(const std::string text, read_text(file));
  return plan_from_json(Json::parse(text, nullptr, false));
}

}  // namespace reeld::engine
