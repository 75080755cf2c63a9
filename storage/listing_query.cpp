#include "storage/listing_query.hpp"

#include <algorithm>

namespace reeld::storage {
namespace {

Error bad_cursor() {
  return {Code::invalid_request, "This cursor is of no page of this list and order; begin again without one.",
          "/cursor"};
}

void bind_key(SQLite::Statement& statement, int index, const Json& key) {
  if (key.is_string()) {
    statement.bind(index, key.get<std::string>());
  } else if (key.is_number_integer()) {
    statement.bind(index, key.get<std::int64_t>());
  } else {
    statement.bind(index, key.get<double>());
  }
}

}  // namespace

void Conditions::text(const std::string& condition, const std::string& value) {
  if (value.empty()) return;
  conditions_.push_back(condition);
  values_.emplace_back(value);
}

void Conditions::integer(const std::string& condition, const std::optional<std::int64_t>& value) {
  if (!value) return;
  conditions_.push_back(condition);
  values_.emplace_back(*value);
}

void Conditions::flag(const std::string& condition, const std::optional<bool>& value) {
  if (value) integer(condition, *value ? 1 : 0);
}

std::string Conditions::sql() const {
  std::string sql;
  for (const std::string& condition : conditions_) sql += (sql.empty() ? " WHERE " : " AND ") + condition;
  return sql;
}

int Conditions::bind(SQLite::Statement& statement) const {
  int index = 0;
  for (const Value& value : values_) {
    std::visit([&](const auto& one) { statement.bind(++index, one); }, value);
  }
  return index;
}

Result<PageQuery> PageQuery::make(const Listing& listing, const PageRequest& request) {
  PageQuery query;
  query.sort_ = request.sort;
  query.descending_ = request.descending;
  query.limit_ = std::clamp(request.limit, 1, 500);
  if (!request.sort.empty()) {
    const auto known = std::ranges::find(listing.sorts, request.sort, &Sort::name);
    if (known == listing.sorts.end()) {
      std::string names;
      for (const Sort& sort : listing.sorts) names += (names.empty() ? "" : ", ") + sort.name;
      return Error{Code::invalid_request,
                   "This list cannot be sorted by \"" + request.sort + "\", only by the time of making" +
                       (names.empty() ? "" : " or by " + names) + ".",
                   "/sort"};
    }
    query.column_ = known->column;
  }
  if (request.cursor.empty()) return query;
  const Json cursor = Json::parse(request.cursor, nullptr, false);
  const bool whole = cursor.is_array() && cursor.size() == 4 && cursor[3].is_string() &&
                     (cursor[2].is_string() || cursor[2].is_number());
  if (!whole || cursor[0] != request.sort || cursor[1] != request.descending) return bad_cursor();
  query.key_ = cursor[2];
  query.id_ = cursor[3].get<std::string>();
  return query;
}

std::string PageQuery::sql(const Listing& listing) const {
  const std::string key = column_.empty() ? "id" : column_;
  std::string sql = "SELECT " + listing.columns + ", " + key + ", id FROM " + listing.table;
  const std::string conditions = listing.conditions.sql();
  sql += conditions;
  if (!id_.empty()) {
    sql += conditions.empty() ? " WHERE " : " AND ";
    const std::string beyond = descending_ ? " < " : " > ";
    sql += column_.empty() ? "id" + beyond + "?" : "(" + key + ", id)" + beyond + "(?, ?)";
  }
  const std::string direction = descending_ ? " DESC" : " ASC";
  sql += " ORDER BY " + (column_.empty() ? "" : key + direction + ", ") + "id" + direction;
  return sql + " LIMIT " + std::to_string(limit_ + 1);
}

void PageQuery::bind(const Listing& listing, SQLite::Statement& statement) const {
  int index = listing.conditions.bind(statement);
  if (id_.empty()) return;
  if (!column_.empty()) bind_key(statement, ++index, key_);
  statement.bind(++index, id_);
}

std::string PageQuery::cursor_of(SQLite::Statement& row) const {
  const int last = row.getColumnCount() - 1;
  const SQLite::Column key = row.getColumn(last - 1);
  Json cursor = Json::array({sort_, descending_, nullptr, row.getColumn(last).getString()});
  if (key.isInteger()) {
    cursor[2] = key.getInt64();
  } else if (key.isFloat()) {
    cursor[2] = key.getDouble();
  } else {
    cursor[2] = key.getString();
  }
  return text_of(cursor);
}

std::int64_t count_of(Connection& db, const Listing& listing) {
  Statement row(db, "SELECT count(*) FROM " + listing.table + listing.conditions.sql());
  listing.conditions.bind(row);
  row.executeStep();
  return row.getColumn(0).getInt64();
}

}  // namespace reeld::storage
