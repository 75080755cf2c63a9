// What a user brings along for films: the styles of brands and pictures of products. Errors beside those of
// every method of Database: not_found for what is not there; invalid_request for a value that the schema
// refuses; invalid_state for a colour that is not written as #RRGGBB. Any thread.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "storage/database.hpp"
#include "storage/listing.hpp"

namespace reeld::storage {

struct BrandStyle {
  std::string id;
  std::string user_id;      // empty when it is made: the local user
  std::string name;         // 1..200 characters
  std::string description;  // empty: none
  // {"color_palette": ["#RRGGBB"], "visual_theme", "typography_style", "mood", "lighting_preference",
  //  "composition_style", "brand_keywords": [...]}; the palette is needed
  Json style_data = {{"color_palette", Json::array()}};
  std::string image_folder;            // inside the data directory; empty: none
  Json sample_images = Json::array();  // paths of the pictures it was made from
  std::int64_t created_us = 0, updated_us = 0;
};

struct ProductImage {
  std::string id;
  std::string user_id;      // empty when it is made: the local user
  std::string name;         // 1..200 characters
  std::string description;  // empty: none
  std::string file;         // inside the data directory
  std::int64_t size_bytes = 0;
  int width = 0, height = 0;
  std::string media_type;     // image/...
  std::string category;       // product-shot, lifestyle, ...; empty: none
  Json tags = Json::array();  // texts
  std::int64_t created_us = 0;
};

// Empty fields do not restrict.
struct BrandFilter {
  std::string user_id = {}, mood = {}, visual_theme = {};
};
struct ProductFilter {
  std::string user_id = {}, category = {}, tag = {};
};

class Brands {
 public:
  explicit Brands(Database& database) : database_(database) {}

  Result<BrandStyle> create(const BrandStyle& style);
  Result<BrandStyle> find(const std::string& id);
  Result<Page<BrandStyle>> list(const BrandFilter& filter, const PageRequest& page);  // sorts: name, updated
  Result<std::int64_t> count(const BrandFilter& filter);
  Result<BrandStyle> update(const BrandStyle& style);  // all but its id, user and times
  Result<void> remove(const std::string& id);

 private:
  Database& database_;
};

class Products {
 public:
  explicit Products(Database& database) : database_(database) {}

  Result<ProductImage> create(const ProductImage& image);
  Result<ProductImage> find(const std::string& id);
  Result<Page<ProductImage>> list(const ProductFilter& filter, const PageRequest& page);  // sorts: name, size
  Result<std::int64_t> count(const ProductFilter& filter);
  Result<ProductImage> update(const ProductImage& image);  // name, description, category, tags
  Result<void> remove(const std::string& id);

 private:
  Database& database_;
};

}  // namespace reeld::storage
