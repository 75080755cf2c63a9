#include "engine/desks/brand_desk.hpp"

#include "engine/brand/intake.hpp"
#include "engine/brand/style_check.hpp"
#include "engine/brand/styling.hpp"
#include "engine/brand/theme.hpp"
#include "engine/desks/events.hpp"
#include "engine/desks/params.hpp"
#include "providers/wishes.hpp"

namespace reeld::engine {
namespace {

constexpr int kDefaultColors = 5;

Json or_null(const std::string& text) {
  return text.empty() ? Json() : Json(text);
}

// Of the pictures named, or of those in a folder; each can be opened, as far as can be told from outside.
Result<Json> pictures_of(const DeskTools& tools, const Json& params) {
  if (params.contains("pictures") == params.contains("folder")) {
    return Error{Code::invalid_request, "give the pictures, or a folder of them, and not both", "/pictures"};
  }
  std::vector<std::string> files;
  if (params.contains("folder")) {
    REELD_ASSIGN(files, pictures_in(tools.roots, params.at("folder"), "/folder", kMostSamples));
  } else {
    for (std::size_t i = 0; i < params.at("pictures").size(); ++i) {
      const Json& file = params.at("pictures")[i];
      if (!file.is_string() || file.get<std::string>().empty())
        return Error{Code::invalid_request, "a picture must be named by its absolute path",
                     "/pictures/" + std::to_string(i)};
      files.push_back(file.get<std::string>());
    }
  }
  for (std::size_t i = 0; i < files.size(); ++i) {
    const std::string field = params.contains("folder") ? "/folder" : "/pictures/" + std::to_string(i);
    REELD_TRY(look_at(tools.roots, files[i], field, tools.brought, kPictureTypes));
  }
  return Json(files);
}

Result<void> check_theme_by(const DeskTools& tools, const Json& theme_by) {
  const auto provider = theme_by.find("provider");
  if (provider == theme_by.end() || !provider->is_string())
    return Error{Code::invalid_request, "theme_by needs a provider of scripts, by its name",
                 "/theme_by/provider"};
  const auto writer =
      tools.providers.registry().find(provider->get<std::string>(), providers::Capability::script);
  if (!writer) return Error{writer.error().code, writer.error().message, "/theme_by/provider"};
  const BrandFacts nothing{
      "", "", Json::array(), {{"lightness", 0}, {"contrast", 0}, {"chroma", 0}, {"warmth", 0}}, {}};
  const auto wish = providers::script_wish(theme_wish(theme_by, nothing));
  if (wish) return {};
  return Error{wish.error().code, wish.error().message, "/theme_by" + wish.error().path};
}

}  // namespace

Handlers BrandDesk::handlers() {
  return {
      {"brand_extract", [this](const Json& p) { return extract(p); }},
      {"brand_create", [this](const Json& p) { return create(p); }},
      {"brand_show", [this](const Json& p) { return show(p); }},
      {"brand_list", [this](const Json& p) { return list(p); }},
      {"brand_update", [this](const Json& p) { return update(p); }},
      {"brand_delete", [this](const Json& p) { return remove(p); }},
      {"brand_apply", [this](const Json& p) { return apply(p); }},
  };
}

Result<Json> BrandDesk::extract(const Json& params) {
  storage::BrandStyle style;
  style.name = params.at("name");
  style.description = params.value("description", "");
  style.user_id = params.value("user", "");
  REELD_ASSIGN(const Json pictures, pictures_of(tools_, params));
  const Json theme_by = params.value("theme_by", Json());
  if (!theme_by.is_null()) REELD_TRY(check_theme_by(tools_, theme_by));
  style.extraction = {
      {"pictures", pictures}, {"colors", params.value("colors", kDefaultColors)}, {"theme_by", theme_by}};
  REELD_ASSIGN(const auto recorded, extraction_.start(std::move(style)));
  return Json{{"brand", json_of(recorded)}};
}

Result<Json> BrandDesk::create(const Json& params) {
  REELD_TRY(check_style(params.at("style_data")));
  storage::BrandStyle style;
  style.name = params.at("name");
  style.description = params.value("description", "");
  style.user_id = params.value("user", "");
  style.style_data = params.at("style_data");
  REELD_ASSIGN(const auto recorded, storage::Brands(tools_.database).create(style));
  return Json{{"brand", json_of(recorded)}};
}

Result<Json> BrandDesk::show(const Json& params) {
  REELD_ASSIGN(const auto style, storage::Brands(tools_.database).find(params.at("brand")));
  return Json{{"brand", json_of(style)}};
}

Result<Json> BrandDesk::list(const Json& params) {
  const storage::BrandFilter filter{params.value("user", ""), params.value("mood", ""),
                                    params.value("visual_theme", ""), params.value("status", "")};
  storage::Brands brands(tools_.database);
  return answer_page(
      params, "brands", [&](const auto& page) { return brands.list(filter, page); },
      [&] { return brands.count(filter); }, [&](const auto& style) { return json_of(style); });
}

Result<Json> BrandDesk::update(const Json& params) {
  storage::Brands brands(tools_.database);
  REELD_ASSIGN(storage::BrandStyle style, brands.find(params.at("brand")));
  if (style.status == "pending") {
    return Error{Code::invalid_state, "the brand style " + style.id + " is being extracted; change it then",
                 "/brand"};
  }
  style.name = params.value("name", style.name);
  style.description = params.value("description", style.description);
  if (params.contains("style_data")) {
    REELD_TRY(check_style(params.at("style_data")));
    style.style_data = params.at("style_data");
  }
  REELD_ASSIGN(style, brands.update(style));
  return Json{{"brand", json_of(style)}};
}

Result<Json> BrandDesk::remove(const Json& params) {
  const std::string id = params.at("brand");
  REELD_TRY(storage::Brands(tools_.database).remove(id));
  sweep_brought_files(tools_.database, tools_.data_dir);
  return Json{{"brand", id}};
}

Result<Json> BrandDesk::apply(const Json& params) {
  return styled_request(tools_, params.at("brand"), params.at("request"));
}

Json BrandDesk::json_of(const storage::BrandStyle& style) const {
  Json samples = Json::array();
  for (const Json& file : style.sample_images)
    samples.push_back((tools_.data_dir / file.get<std::string>()).string());
  return {{"id", style.id},
          {"user", style.user_id},
          {"name", style.name},
          {"description", or_null(style.description)},
          {"status", style.status},
          {"error", error_json(style.error)},
          {"style_data", style.style_data},
          {"extraction", style.extraction},
          {"image_folder_path",
           style.image_folder.empty() ? Json() : Json((tools_.data_dir / style.image_folder).string())},
          {"sample_images", samples},
          {"created_at", time_text(style.created_us)},
          {"updated_at", time_text(style.updated_us)}};
}

}  // namespace reeld::engine
