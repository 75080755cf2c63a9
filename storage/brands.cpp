// The styles of brands.
#include "storage/brands.hpp"

#include "storage/database_impl.hpp"
#include "storage/listing_query.hpp"
#include "storage/users.hpp"

namespace reeld::storage {
namespace {

#define REELD_STYLE_COLUMNS                                                                                \
  "id, user_id, name, description, style_data, image_folder_path, sample_images, created_at, updated_at, " \
  "status, sample_bytes, extraction, error_code, error_message, error_path"

BrandStyle style_in(SQLite::Statement& row) {
  BrandStyle style;
  Columns(row) >> style.id >> style.user_id >> style.name >> style.description >> style.style_data >>
      style.image_folder >> style.sample_images >> style.created_us >> style.updated_us >> style.status >>
      style.sample_bytes >> style.extraction >> style.error;
  return style;
}

Error no_such_style(const std::string& id) {
  return {Code::not_found, "There is no brand style \"" + id + "\"."};
}

Result<BrandStyle> found(Connection& db, const std::string& id) {
  Statement row(db, "SELECT " REELD_STYLE_COLUMNS " FROM brand_styles WHERE id = ?");
  row.bind(1, id);
  if (!row.executeStep()) return no_such_style(id);
  return style_in(row);
}

Listing listing_of(const BrandFilter& filter) {
  Listing listing{"brand_styles", REELD_STYLE_COLUMNS, {{"name", "name"}, {"updated", "updated_at"}}, {}};
  listing.conditions.text("user_id = ?", filter.user_id);
  listing.conditions.text("mood = ?", filter.mood);
  listing.conditions.text("visual_theme = ?", filter.visual_theme);
  listing.conditions.text("status = ?", filter.status);
  return listing;
}

}  // namespace

Result<BrandStyle> Brands::create(const BrandStyle& style) {
  Database::Impl& impl = database_.impl();
  return impl.write_input("record a brand style", [&](Connection& db) -> Result<BrandStyle> {
    const std::string id = new_id();
    const std::int64_t now = now_us();
    Statement row(db,
                  "INSERT INTO brand_styles (id, user_id, name, description, style_data, "
                  "image_folder_path, sample_images, created_at, updated_at, status, extraction) "
                  "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, nullif(?, 'null'))");
    bind_all(row, id, style.user_id.empty() ? std::string(kLocalUser) : style.user_id, style.name,
             or_null(style.description), style.style_data, or_null(style.image_folder), style.sample_images,
             now, now, style.status, style.extraction);
    row.exec();
    return found(db, id);
  });
}

Result<BrandStyle> Brands::find(const std::string& id) {
  Database::Impl& impl = database_.impl();
  return impl.read("read brand style " + id, [&](Connection& db) { return found(db, id); });
}

Result<Page<BrandStyle>> Brands::list(const BrandFilter& filter, const PageRequest& page) {
  Database::Impl& impl = database_.impl();
  return impl.read("list brand styles", [&](Connection& db) {
    return page_of<BrandStyle>(db, listing_of(filter), page, style_in);
  });
}

Result<std::int64_t> Brands::count(const BrandFilter& filter) {
  Database::Impl& impl = database_.impl();
  return impl.read("count brand styles",
                   [&](Connection& db) -> Result<std::int64_t> { return count_of(db, listing_of(filter)); });
}

Result<BrandStyle> Brands::update(const BrandStyle& style) {
  Database::Impl& impl = database_.impl();
  return impl.write_input("change brand style " + style.id, [&](Connection& db) -> Result<BrandStyle> {
    Statement row(db,
                  "UPDATE brand_styles SET name = ?, description = ?, style_data = ?, "
                  "image_folder_path = ?, sample_images = ?, updated_at = max(created_at, ?) "
                  "WHERE id = ?");
    bind_all(row, style.name, or_null(style.description), style.style_data, or_null(style.image_folder),
             style.sample_images, now_us(), style.id);
    if (row.exec() == 0) return no_such_style(style.id);
    return found(db, style.id);
  });
}

Result<BrandStyle> Brands::finish(const BrandStyle& style) {
  Database::Impl& impl = database_.impl();
  return impl.write_input(
      "record what came of brand style " + style.id, [&](Connection& db) -> Result<BrandStyle> {
        REELD_ASSIGN(const BrandStyle before, found(db, style.id));
        if (before.status != "pending") {
          return Error{Code::invalid_state,
                       "The brand style " + style.id + " is " + before.status + " already."};
        }
        Statement row(db,
                      "UPDATE brand_styles SET style_data = ?, image_folder_path = ?, sample_images = ?, "
                      "sample_bytes = ?, status = ?, error_code = ?, error_message = ?, error_path = ?, "
                      "updated_at = max(created_at, ?) WHERE id = ?");
        bind_all(row, style.style_data, or_null(style.image_folder), style.sample_images, style.sample_bytes,
                 style.status);
        bind_error(row, 6, style.error);
        row.bind(9, now_us());
        row.bind(10, style.id);
        row.exec();
        return found(db, style.id);
      });
}

Result<void> Brands::set_sample_bytes(const std::string& id, std::int64_t bytes) {
  Database::Impl& impl = database_.impl();
  return impl.write("record the size of brand style " + id, [&](Connection& db) -> Result<void> {
    Statement row(db, "UPDATE brand_styles SET sample_bytes = ? WHERE id = ?");
    bind_all(row, bytes, id);
    if (row.exec() == 0) return no_such_style(id);
    return {};
  });
}

Result<std::vector<BrandStyle>> Brands::pending() {
  Database::Impl& impl = database_.impl();
  return impl.read("list pending brand styles", [&](Connection& db) -> Result<std::vector<BrandStyle>> {
    Statement rows(db,
                   "SELECT " REELD_STYLE_COLUMNS " FROM brand_styles WHERE status = 'pending' ORDER BY id");
    std::vector<BrandStyle> styles;
    while (rows.executeStep()) styles.push_back(style_in(rows));
    return styles;
  });
}

Result<void> Brands::remove(const std::string& id) {
  Database::Impl& impl = database_.impl();
  return impl.write("remove brand style " + id, [&](Connection& db) -> Result<void> {
    Statement row(db, "DELETE FROM brand_styles WHERE id = ?");
    row.bind(1, id);
    if (row.exec() == 0) return no_such_style(id);
    return {};
  });
}

}  // namespace reeld::storage
