// Pictures of products.
#include "storage/brands.hpp"
#include "storage/database_impl.hpp"
#include "storage/listing_query.hpp"
#include "storage/users.hpp"

namespace reeld::storage {
namespace {

#define REELD_PRODUCT_COLUMNS                                                                           \
  "id, user_id, name, description, image_path, file_size_bytes, image_width, image_height, mime_type, " \
  "category, tags, created_at"

ProductImage product_in(SQLite::Statement& row) {
  ProductImage image;
  Columns(row) >> image.id >> image.user_id >> image.name >> image.description >> image.file >>
      image.size_bytes >> image.width >> image.height >> image.media_type >> image.category >> image.tags >>
      image.created_us;
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
  Listing listing{
      "product_images", REELD_PRODUCT_COLUMNS, {{"name", "name"}, {"size", "file_size_bytes"}}, {}};
  listing.conditions.text("user_id = ?", filter.user_id);
  listing.conditions.text("category = ?", filter.category);
  listing.conditions.text("EXISTS (SELECT 1 FROM json_each(tags) WHERE value = ?)", filter.tag);
  return listing;
}

}  // namespace

Result<ProductImage> Products::create(const ProductImage& image) {
  Database::Impl& impl = database_.impl();
  return impl.write_input("record a product image", [&](Connection& db) -> Result<ProductImage> {
    const std::string id = new_id();
    Statement row(db, "INSERT INTO product_images (" REELD_PRODUCT_COLUMNS
                      ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
    bind_all(row, id, image.user_id.empty() ? std::string(kLocalUser) : image.user_id, image.name,
             or_null(image.description), image.file, image.size_bytes, image.width, image.height,
             image.media_type, or_null(image.category), image.tags, now_us());
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

Result<void> Products::remove(const std::string& id) {
  Database::Impl& impl = database_.impl();
  return impl.write("remove product image " + id, [&](Connection& db) -> Result<void> {
    Statement row(db, "DELETE FROM product_images WHERE id = ?");
    row.bind(1, id);
    if (row.exec() == 0) return no_such_product(id);
    return {};
  });
}

}  // namespace reeld::storage
