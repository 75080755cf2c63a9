#include "storage/listing_query.hpp"

#include <algorithm>
#include <cstdio>
#include <limits>

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

// created_at is taken a moment after the id, and a clock that is set back while the daemon runs leaves ids
// ahead of it: as much of either is allowed for.
constexpr std::int64_t kLaterUs = 3600LL * 1000000;
constexpr std::int64_t kAheadUs = 86400LL * 1000000;

// The smallest id of version 7 with this time.
std::string first_id_at(std::int64_t time_us) {
  const auto ms = static_cast<std::uint64_t>(std::clamp<std::int64_t>(time_us / 1000, 0, (1LL << 48) - 1));
  char text[48];
  std::snprintf(text, sizeof text, "%08x-%04x-7000-8000-000000000000", static_cast<unsigned>(ms >> 16),
                static_cast<unsigned>(ms & 0xffff));
  return text;
}

}  // namespace

void Conditions::text(const std::string& condition, const std::string& value) {
  if (!value.empty()) conditions_.push_back({condition, value});
}

void Conditions::integer(const std::string& condition, const std::optional<std::int64_t>& value) {
  if (value) conditions_.push_back({condition, *value});
}

void Conditions::flag(const std::string& condition, const std::optional<bool>& value) {
  if (value) integer(condition, *value ? 1 : 0);
}

void Conditions::made(const std::optional<std::int64_t>& from_us,
                      const std::optional<std::int64_t>& before_us) {
  // Only times that are far from an integer's ends are moved.
  constexpr std::int64_t kFar = std::numeric_limits<std::int64_t>::max() / 2;
  if (from_us) time_.push_back({"created_at >= ?", *from_us});
  if (from_us && *from_us > -kFar) time_.push_back({"id >= ?", first_id_at(*from_us - kLaterUs)});
  if (before_us) time_.push_back({"created_at < ?", *before_us});
  if (before_us && *before_us < kFar) time_.push_back({"id < ?", first_id_at(*before_us + kAheadUs)});
}

std::string Conditions::sql(bool look_up_time) const {
  std::string sql;
  const auto add = [&](const std::string& condition) {
    sql += (sql.empty() ? " WHERE " : " AND ") + condition;
  };
  for (const Condition& condition : conditions_) add(condition.sql);
  // A column behind a + is looked up by no index.
  for (const Condition& condition : time_) add((look_up_time ? "" : "+") + condition.sql);
  return sql;
}

int Conditions::bind(SQLite::Statement& statement) const {
  int index = 0;
  for (const auto* conditions : {&conditions_, &time_}) {
    for (const Condition& condition : *conditions) {
      std::visit([&](const auto& one) { statement.bind(++index, one); }, condition.value);
    }
  }
  return index;
}

bool Conditions::fixes(const std::string& column) const {
  return std::ranges::find(conditions_, column + " = ?", &Condition::sql) != conditions_.end();
}

bool Conditions::are_few_by_time(Connection& db, const std::string& table, int most) const {
  Conditions time;
  for (const Condition& condition : time_) {
    if (condition.sql.starts_with("created_at")) time.time_.push_back(condition);
  }
  if (time.time_.empty()) return false;
  Statement row(db, "SELECT count(*) FROM (SELECT 1 FROM " + table + time.sql() + " LIMIT " +
                        std::to_string(most + 1) + ")");
  time.bind(row);
  row.executeStep();
  return row.getColumn(0).getInt() <= most;
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
    if (!listing.conditions.fixes(known->column)) query.column_ = known->column;
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

std::string PageQuery::sql(const Listing& listing, bool sorts_few) const {
  const std::string key = column_.empty() ? "id" : column_;
  const std::string sort_key = (sorts_few ? "+" : "") + key;
  const std::string direction = descending_ ? " DESC" : " ASC";
  const std::string order =
      " ORDER BY " + (column_.empty() ? "" : sort_key + direction + ", ") + "id" + direction;
  std::string rows = listing.conditions.sql(column_.empty() || sorts_few);
  if (!id_.empty()) {
    rows += rows.empty() ? " WHERE " : " AND ";
    const std::string beyond = descending_ ? " < " : " > ";
    rows += column_.empty() ? "id" + beyond + "?" : "(" + sort_key + ", id)" + beyond + "(?, ?)";
  }
  rows += order + " LIMIT " + std::to_string(limit_ + 1);
  const std::string select = "SELECT " + listing.columns + ", " + key + ", id FROM " + listing.table;
  // What is sorted is sorted by its keys alone, and only a page of it is read.
  if (sorts_few) return select + " WHERE id IN (SELECT id FROM " + listing.table + rows + ")" + order;
  return select + rows;
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
