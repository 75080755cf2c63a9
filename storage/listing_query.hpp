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
  // created_at from `from_us` on and before `before_us`. Ids count time as well, and bound what is looked at.
  // At most once.
  void made(const std::optional<std::int64_t>& from_us, const std::optional<std::int64_t>& before_us);

  // " WHERE ... AND ...", or nothing; without `look_up_time` SQLite does not look rows up by when they were
  // made.
  std::string sql(bool look_up_time = true) const;
  int bind(SQLite::Statement& statement) const;  // gives how many values there were

  bool fixes(const std::string& column) const;  // it has the same value in all rows
  // Whether no more than `most` rows are of `made`'s time; false where it was not called.
  bool are_few_by_time(Connection& db, const std::string& table, int most) const;

 private:
  using Value = std::variant<std::int64_t, std::string>;
  struct Condition {
    std::string sql;
    Value value;
  };
  std::vector<Condition> conditions_, time_;  // time_: those of `made`, behind the others
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
  // So many rows of a time are better sorted than met in an index's order: some milliseconds' work.
  int few = 3000;
};

// Where a page begins, and how it is sorted.
class PageQuery {
 public:
  // invalid_request for an unknown sort, or a cursor that is not of this list and sort.
  static Result<PageQuery> make(const Listing& listing, const PageRequest& request);
  // `sorts_few`: the rows are found by their conditions and sorted; else they are found in their order.
  std::string sql(const Listing& listing, bool sorts_few) const;
  void bind(const Listing& listing, SQLite::Statement& statement) const;
  std::string cursor_of(SQLite::Statement& row) const;
  int limit() const { return limit_; }

 private:
  std::string sort_, column_;  // column_ empty: by id alone
  bool descending_ = true;
  int limit_ = 50;
  Json key_;        // of the last row of the page before
  std::string id_;  // likewise; empty: the first page
};

// `read` makes a record of a Columns.
template <class Row, class Read>
Result<Page<Row>> page_of(Connection& db, const Listing& listing, const PageRequest& request, Read read) {
  REELD_ASSIGN(const PageQuery query, PageQuery::make(listing, request));
  // No index serves a time's rows in another order. The few of a short time are sorted; of a long one some
  // are soon met in the order asked for.
  const bool sorts_few =
      !request.sort.empty() && listing.conditions.are_few_by_time(db, listing.table, listing.few);
  Statement rows(db, query.sql(listing, sorts_few));
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
