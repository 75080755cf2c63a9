// Every field of the five documents has a home: the list of their names, the page that says where each lives,
// and the schema must agree.
#include <fstream>
#include <map>
#include <regex>
#include <set>

#include <SQLiteCpp/SQLiteCpp.h>

#include "tests/storage/storage_helpers.hpp"

namespace reeld::storage {
namespace {

std::vector<std::string> lines_of(const std::string& file) {
  std::ifstream in(std::string(REELD_SOURCE_DIR) + "/" + file);
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

std::vector<std::string> columns_in(const std::string& text) {
  static const std::regex column("`([a-z_]+\\.[a-z_]+)`");
  std::vector<std::string> found;
  for (std::sregex_iterator it(text.begin(), text.end(), column), end; it != end; ++it)
    found.push_back((*it)[1]);
  return found;
}

// "000 Entity.field" to the columns that its row names as its home.
std::map<std::string, std::vector<std::string>> homes() {
  static const std::regex section("## (\\d{3}): .*"), row("\\| (\\w+\\.[\\w.]+) \\| ([^|]*) \\|[^|]*\\|");
  std::map<std::string, std::vector<std::string>> found;
  std::string seed;
  for (const std::string& line : lines_of("docs/data-model.md")) {
    std::smatch parts;
    if (std::regex_match(line, parts, section)) seed = parts[1];
    if (std::regex_match(line, parts, row)) {
      const bool first = found.emplace(seed + " " + parts[1].str(), columns_in(parts[2])).second;
      INFO(line);
      CHECK(first);
    }
  }
  return found;
}

std::set<std::string> columns_of_schema() {
  const TempDir dir;
  const auto keeper = opened(dir / "reeld.db");
  SQLite::Database db((dir / "reeld.db").string());
  SQLite::Statement rows(db,
                         "SELECT m.name || '.' || c.name FROM sqlite_master m, pragma_table_xinfo(m.name) c "
                         "WHERE m.type IN ('table', 'view')");
  std::set<std::string> columns;
  while (rows.executeStep()) columns.insert(rows.getColumn(0).getString());
  return columns;
}

TEST_CASE("each field of the five documents has a row in the page, and each row a field") {
  std::set<std::string> fields;
  for (const std::string& line : lines_of("tests/storage/seed_fields.txt")) {
    if (!line.starts_with("#")) fields.insert(line);
  }
  REQUIRE(fields.size() > 250);
  const auto rows = homes();
  for (const std::string& field : fields) {
    INFO(field);
    CHECK(rows.contains(field));
  }
  for (const auto& [field, columns] : rows) {
    INFO(field);
    CHECK(fields.contains(field));
    CHECK_FALSE(columns.empty());
  }
}

TEST_CASE("each column that the page names is there") {
  const auto schema = columns_of_schema();
  std::size_t named = 0;
  for (const std::string& line : lines_of("docs/data-model.md")) {
    for (const std::string& column : columns_in(line)) {
      if (column == "reeld.db") continue;
      INFO(column);
      CHECK(schema.contains(column));
      ++named;
    }
  }
  CHECK(named > 250);
}

}  // namespace
}  // namespace reeld::storage
