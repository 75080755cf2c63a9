#include "engine/brand/styling.hpp"

#include "engine/brand/apply.hpp"
#include "storage/brands.hpp"

namespace reeld::engine {

Result<Json> styled_request(const DeskTools& tools, const std::string& brand, const Json& request) {
  const auto style = storage::Brands(tools.database).find(brand);
  if (!style) return Error{style.error().code, style.error().message, "/brand"};
  if (style->status != "ready") {
    return Error{Code::invalid_state,
                 "the brand style " + brand + " is " + style->status + " and cannot be applied", "/brand"};
  }
  Result<std::vector<std::string>> families = std::vector<std::string>();
  if (style->style_data.contains("typography_style")) families = tools.fonts.families();
  REELD_ASSIGN(Json applied,
               apply_brand(request, style->style_data, families ? *families : std::vector<std::string>()));
  if (!families) {
    applied["left"].push_back(
        {{"path", ""}, {"why", "the fonts are not known: " + families.error().message}});
  }
  return applied;
}

}  // namespace reeld::engine
