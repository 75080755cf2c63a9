#include "engine/desks/product_desk.hpp"

#include "engine/desks/events.hpp"
#include "engine/desks/params.hpp"

namespace reeld::engine {
namespace {

constexpr std::size_t kLongestTag = 100;

Result<Json> tags_of(const Json& params, const Json& otherwise) {
  const Json tags = params.value("tags", otherwise);
  for (std::size_t i = 0; i < tags.size(); ++i) {
    const std::string tag = tags[i].is_string() ? tags[i].get<std::string>() : "";
    if (!tag.empty() && tag.size() <= kLongestTag) continue;
    return Error{Code::invalid_request,
                 "a tag must be a text of 1 to " + std::to_string(kLongestTag) + " bytes",
                 "/tags/" + std::to_string(i)};
  }
  return tags;
}

Json or_null(const std::string& text) {
  return text.empty() ? Json() : Json(text);
}

Json or_null(std::int64_t number) {
  return number == 0 ? Json() : Json(number);
}

}  // namespace

Handlers ProductDesk::handlers() {
  return {
      {"product_add", [this](const Json& p) { return add(p); }},
      {"product_show", [this](const Json& p) { return show(p); }},
      {"product_list", [this](const Json& p) { return list(p); }},
      {"product_update", [this](const Json& p) { return update(p); }},
      {"product_delete", [this](const Json& p) { return remove(p); }},
  };
}

Result<Json> ProductDesk::add(const Json& params) {
  storage::ProductImage image;
  image.source = params.at("file");
  image.name = params.at("name");
  image.description = params.value("description", "");
  image.category = params.value("category", "");
  image.user_id = params.value("user", "");
  REELD_ASSIGN(image.tags, tags_of(params, Json::array()));
  REELD_ASSIGN(const auto recorded, intake_.start(std::move(image)));
  return Json{{"product", json_of(recorded)}};
}

Result<Json> ProductDesk::show(const Json& params) {
  REELD_ASSIGN(const auto image, storage::Products(tools_.database).find(params.at("product")));
  return Json{{"product", json_of(image)}};
}

Result<Json> ProductDesk::list(const Json& params) {
  const storage::ProductFilter filter{params.value("user", ""), params.value("category", ""),
                                      params.value("tag", ""), params.value("status", "")};
  storage::Products products(tools_.database);
  return answer_page(
      params, "products", [&](const auto& page) { return products.list(filter, page); },
      [&] { return products.count(filter); }, [&](const auto& image) { return json_of(image); });
}

Result<Json> ProductDesk::update(const Json& params) {
  storage::Products products(tools_.database);
  REELD_ASSIGN(storage::ProductImage image, products.find(params.at("product")));
  image.name = params.value("name", image.name);
  image.description = params.value("description", image.description);
  image.category = params.value("category", image.category);
  REELD_ASSIGN(image.tags, tags_of(params, image.tags));
  REELD_ASSIGN(image, products.update(image));
  return Json{{"product", json_of(image)}};
}

Result<Json> ProductDesk::remove(const Json& params) {
  const std::string id = params.at("product");
  REELD_TRY(storage::Products(tools_.database).remove(id));
  sweep_brought_files(tools_.database, tools_.data_dir);
  return Json{{"product", id}};
}

Json ProductDesk::json_of(const storage::ProductImage& image) const {
  return {{"id", image.id},
          {"user", image.user_id},
          {"name", image.name},
          {"description", or_null(image.description)},
          {"status", image.status},
          {"error", error_json(image.error)},
          {"image_path", image.file.empty() ? Json() : Json((tools_.data_dir / image.file).string())},
          {"file_size_bytes", or_null(image.size_bytes)},
          {"image_width", or_null(image.width)},
          {"image_height", or_null(image.height)},
          {"mime_type", or_null(image.media_type)},
          {"category", or_null(image.category)},
          {"tags", image.tags},
          {"source_path", or_null(image.source)},
          {"created_at", time_text(image.created_us)}};
}

}  // namespace reeld::engine
