// What a user brings along for films: the styles of brands and pictures of products. Errors beside those of
// every method of Database: not_found for what is not there; invalid_request for a value that the schema
// refuses; invalid_state for a colour that is not written as #RRGGBB. Any thread.
//
// What is read from files is pending until a worker has read it, and then ready, or failed with its error.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
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
  Json sample_images = Json::array();  // copies of the pictures it was made from, inside that folder
  std::int64_t sample_bytes = 0;       // of these together
  std::int64_t created_us = 0, updated_us = 0;
  std::string status = "ready";     // pending, ready, failed
  Json extraction = nullptr;        // what is extracted from what; null: the style was given
  std::optional<Error> error = {};  // of a failed one
};

struct ProductImage {
  std::string id;
  std::string user_id;      // empty when it is made: the local user
  std::string name;         // 1..200 characters
  std::string description;  // empty: none
  std::string file;         // inside the data directory; this and the next three: empty until it is ready
  std::int64_t size_bytes = 0;
  int width = 0, height = 0;
  std::string media_type;     // image/...
  std::string category;       // product-shot, lifestyle, ...; empty: none
  Json tags = Json::array();  // texts
  std::int64_t created_us = 0;
  std::string status = "ready";     // pending, ready, failed
  std::string source = {};          // where the picture was when it was added
  std::optional<Error> error = {};  // of a failed one
};

// Empty fields do not restrict.
struct BrandFilter {
  std::string user_id = {}, mood = {}, visual_theme = {}, status = {};
};
struct ProductFilter {
  std::string user_id = {}, category = {}, tag = {}, status = {};
};

class Brands {
 public:
  explicit Brands(Database& database) : database_(database) {}

  Result<BrandStyle> create(const BrandStyle& style);
  Result<BrandStyle> find(const std::string& id);
  Result<Page<BrandStyle>> list(const BrandFilter& filter, const PageRequest& page);  // sorts: name, updated
  Result<std::int64_t> count(const BrandFilter& filter);
  // Name, description, style, folder and samples.
  Result<BrandStyle> update(const BrandStyle& style);
  // What came of a pending one: style, folder, samples, status and error. invalid_state for another.
  Result<BrandStyle> finish(const BrandStyle& style);
  Result<void> set_sample_bytes(const std::string& id, std::int64_t bytes);  // as measured
  Result<std::vector<BrandStyle>> pending();                                 // oldest first
  Result<void> remove(const std::string& id);  // its samples are then to be removed: sweep_brought

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
  // What came of a pending one: file and measures, status and error. invalid_state for another.
  Result<ProductImage> finish(const ProductImage& image);
  Result<std::vector<ProductImage>> pending();  // oldest first
  Result<void> remove(const std::string& id);   // its file is then to be removed: sweep_brought
  // A file that turned out to be none of a product's is to be removed, unless another product has it.
  Result<void> disown(const std::string& file);

 private:
  Database& database_;
};

// Calls `remove` with files of styles and products that are gone, relative to the data directory; those it
// says true of are forgotten. Nothing is recorded meanwhile, so none of them is taken up under its hands.
Result<void> sweep_brought(Database& database, const std::function<bool(const std::string& file)>& remove);

}  // namespace reeld::storage
