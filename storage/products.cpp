// Pictures of products.
#include "storage/brands.hpp"
#include "storage/database_impl.hpp"
#include "storage/listing_query.hpp"
#include "storage/sweep.hpp"
#include "storage/users.hpp"

namespace reeld::storage {
namespace {

#define REELD_PRODUCT_COLUMNS                                                                           \
  "id, user_id, name, description, image_path, file_size_bytes, image_width, image_height, mime_type, " \
  "category, tags, created_at, status, source_path, error_code, error_message, error_path"

ProductImage product_in(SQLite::Statement& row) {
  ProductImage image;
  Columns(row) >> image.id >> image.user_id >> image.name >> image.description >> image.file >>
      image.size_bytes >> image.width >> image.height >> image.media_type >> image.category >> image.tags >>
      image.created_us >> image.status >> image.source >> image.error;
  return image;
}

Error no_such_product(const std::string& id) {
  return {Code::not_found, "There is no product image \"" + id + "\"."};
}

Result<ProductImage> found(Connection& db, const std::string& id) {
  Statement row(db, "SELECT " REELD_PRODUCT_COLUMNS " FROM product_images WHERE id = ?");
  row.bind(1, id);
  if (!row.executeStep()) return no_such_product(id);
  return product_in(row);
}

Listing listing_of(const ProductFilter& filter) {
  Listing listing{"product_images",
                  REELD_PRODUCT_COLUMNS,
                  {{"name", "name"}, {"size", "coalesce(file_size_bytes, 0)"}},
                  {}};
  listing.conditions.text("user_id = ?", filter.user_id);
  listing.conditions.text("category = ?", filter.category);
  listing.conditions.text("status = ?", filter.status);
  listing.conditions.text("EXISTS (SELECT 1 FROM json_each(tags) WHERE value = ?)", filter.tag);
  return listing;
}

}  // namespace

Result<ProductImage> Products::create(const ProductImage& image) {
  Database::Impl& impl = database_.impl();
  return impl.write_input("record a product image", [&](Connection& db) -> Result<ProductImage> {
    const std::string id = new_id();
    Statement row(db,
                  "INSERT INTO product_images (id, user_id, name, description, image_path, file_size_bytes, "
                  "image_width, image_height, mime_type, category, tags, created_at, status, source_path) "
                  "VALUES (?, ?, ?, ?, ?, nullif(?, 0), nullif(?, 0), nullif(?, 0), ?, ?, ?, ?, ?, ?)");
    bind_all(row, id, image.user_id.empty() ? std::string(kLocalUser) : image.user_id, image.name,
             or_null(image.description), or_null(image.file), image.size_bytes, image.width, image.height,
             or_null(image.media_type), or_null(image.category), image.tags, now_us(), image.status,
             or_null(image.source));
    row.exec();
    return found(db, id);
  });
}

Result<ProductImage> Products::find(const std::string& id) {
  Database::Impl& impl = database_.impl();
  return impl.read("read product image " + id, [&](Connection& db) { return found(db, id); });
}

Result<Page<ProductImage>> Products::list(const ProductFilter& filter, const PageRequest& page) {
  Database::Impl& impl = database_.impl();
  return impl.read("list product images", [&](Connection& db) {
    return page_of<ProductImage>(db, listing_of(filter), page, product_in);
  });
}

Result<std::int64_t> Products::count(const ProductFilter& filter) {
  Database::Impl& impl = database_.impl();
  return impl.read("count product images",
                   [&](Connection& db) -> Result<std::int64_t> { return count_of(db, listing_of(filter)); });
}

Result<ProductImage> Products::update(const ProductImage& image) {
  Database::Impl& impl = database_.impl();
  return impl.write_input("change product image " + image.id, [&](Connection& db) -> Result<ProductImage> {
    Statement row(db,
                  "UPDATE product_images SET name = ?, description = ?, category = ?, tags = ? WHERE id = ?");
    bind_all(row, image.name, or_null(image.description), or_null(image.category), image.tags, image.id);
    if (row.exec() == 0) return no_such_product(image.id);
    return found(db, image.id);
  });
}

Result<ProductImage> Products::finish(const ProductImage& image) {
  Database::Impl& impl = database_.impl();
  return impl.write_input(
      "record what came of product image " + image.id, [&](Connection& db) -> Result<ProductImage> {
        REELD_ASSIGN(const ProductImage before, found(db, image.id));
        if (before.status != "pending") {
          return Error{Code::invalid_state,
                       "The product image " + image.id + " is " + before.status + " already."};
        }
        Statement row(db,
                      "UPDATE product_images SET image_path = ?, file_size_bytes = nullif(?, 0), "
                      "image_width = nullif(?, 0), image_height = nullif(?, 0), mime_type = ?, "
                      "status = ?, error_code = ?, error_message = ?, error_path = ? WHERE id = ?");
        bind_all(row, or_null(image.file), image.size_bytes, image.width, image.height,
                 or_null(image.media_type), image.status);
        bind_error(row, 7, image.error);
        row.bind(10, image.id);
        row.exec();
        return found(db, image.id);
      });
}

Result<std::vector<ProductImage>> Products::pending() {
  Database::Impl& impl = database_.impl();
  return impl.read("list pending product images", [&](Connection& db) -> Result<std::vector<ProductImage>> {
    Statement rows(
        db, "SELECT " REELD_PRODUCT_COLUMNS " FROM product_images WHERE status = 'pending' ORDER BY id");
    std::vector<ProductImage> images;
    while (rows.executeStep()) images.push_back(product_in(rows));
    return images;
  });
}

Result<void> Products::remove(const std::string& id) {
  Database::Impl& impl = database_.impl();
  return impl.write("remove product image " + id, [&](Connection& db) -> Result<void> {
    Statement row(db, "DELETE FROM product_images WHERE id = ?");
    row.bind(1, id);
    if (row.exec() == 0) return no_such_product(id);
    return {};
  });
}

Result<void> Products::disown(const std::string& file) {
  Database::Impl& impl = database_.impl();
  return impl.write("give up the file " + file, [&](Connection& db) -> Result<void> {
    Statement row(db,
                  "INSERT OR IGNORE INTO files_to_remove (file_path, listed_at) SELECT ?1, ?2 "
                  "WHERE NOT EXISTS (SELECT 1 FROM product_images WHERE image_path = ?1)");
    bind_all(row, file, now_us());
    row.exec();
    return {};
  });
}

Result<void> sweep_brought(Database& database, const std::function<bool(const std::string& file)>& remove) {
  Database::Impl& impl = database.impl();
  return impl.write("forget files of styles and products", [&](Connection& db) -> Result<void> {
    Statement rows(db,
                   "SELECT file_path FROM files_to_remove WHERE file_path GLOB 'products/*' "
                   "OR file_path GLOB 'brands/*'");
    sweep_listed(db, rows, remove);
    return {};
  });
}

}  // namespace reeld::storage
