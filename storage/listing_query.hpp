// Filters and pages as SQL. Private to storage/.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "storage/database_impl.hpp"
#include "storage/listing.hpp"

namespace reeld::storage {

// What rows must fulfil, all of it. A condition has one `?`; a value that is not given does not restrict.
class Conditions {
 public:
  void text(const std::string& condition, const std::string& value);
  void integer(const std::string& condition, const std::optional<std::int64_t>& value);
  void flag(const std::string& condition, const std::optional<bool>& value);

  std::string sql() const;                       // " WHERE ... AND ...", or nothing
  int bind(SQLite::Statement& statement) const;  // gives how many values there were

 private:
  using Value = std::variant<std::int64_t, std::string>;
  std::vector<std::string> conditions_;
  std::vector<Value> values_;
};

// A sort's name for clients, and its column, which is never NULL.
struct Sort {
  std::string name, column;
};

// A list of the rows of `table`, which has an `id`.
struct Listing {
  std::string table, columns;
  std::vector<Sort> sorts;
  Conditions conditions;
};

// Where a page begins, and how it is sorted.
class PageQuery {
 public:
  // invalid_request for an unknown sort, or a cursor that is not of this list and sort.
  static Result<PageQuery> make(const Listing& listing, const PageRequest& request);
  std::string sql(const Listing& listing) const;
  void bind(const Listing& listing, SQLite::Statement& statement) const;
  std::string cursor_of(SQLite::Statement& row) const;
  int limit() const { return limit_; }

 private:
  std::string sort_, column_;  // both empty: by id
  bool descending_ = true;
  int limit_ = 50;
  Json key_;        // of the last row of the page before
  std::string id_;  // likewise; empty: the first page
};

// `read` makes a record of a Columns.
template <class Row, class Read>
Result<Page<Row>> page_of(Connection& db, const Listing& listing, const PageRequest& request, Read read) {
  REELD_ASSIGN(const PageQuery query, PageQuery::make(listing, request));
  Statement rows(db, query.sql(listing));
  query.bind(listing, rows);
  Page<Row> page;
  std::string cursor;
  // One more than asked for is read: it says whether there is a page behind.
  while (rows.executeStep()) {
    if (static_cast<int>(page.rows.size()) == query.limit()) {
      page.next = cursor;
      break;
    }
    page.rows.push_back(read(rows));
    cursor = query.cursor_of(rows);
  }
  return page;
}

std::int64_t count_of(Connection& db, const Listing& listing);

}  // namespace reeld::storage
