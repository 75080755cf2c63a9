#include <catch2/catch.hpp>

#include "base/temporary_folder.hpp"
#include "engine/export.hpp"
#include "engine/files.hpp"

namespace reeld::engine {
namespace {

using Json = nlohmann::json;

// Pages of two rows, as a list of the protocol gives them.
Handler list_of(const Json& rows) {
  return [rows](const Json& params) -> Result<Json> {
    const std::size_t from = params.contains("cursor") ? std::stoul(params["cursor"].get<std::string>()) : 0;
    Json page = {{"rows", Json::array()}, {"next", nullptr}, {"count", nullptr}};
    for (std::size_t i = from; i < std::min(from + 2, rows.size()); ++i) page["rows"].push_back(rows[i]);
    if (from + 2 < rows.size()) page["next"] = std::to_string(from + 2);
    return page;
  };
}

const std::atomic<bool> kGoOn{false};

std::string exported(const Json& rows, const std::string& format) {
  const TemporaryFolder folder;
  const auto target = folder.path() / "rows";
  const auto made = write_export(list_of(rows), {"list", Json::object(), format, target}, kGoOn);
  REQUIRE(made);
  CHECK(made->rows == static_cast<std::int64_t>(rows.size()));
  const std::string text = *read_text(target);
  CHECK(made->bytes == static_cast<std::int64_t>(text.size()));
  return text;
}

TEST_CASE("a list of more than one page is written whole as JSON") {
  const Json rows = {{{"id", "a"}}, {{"id", "b"}}, {{"id", "c"}}};
  CHECK(Json::parse(exported(rows, "json")) == rows);
  CHECK(Json::parse(exported(Json::array(), "json")) == Json::array());
}

TEST_CASE("as CSV a row has its fields in the first row's order, with the id first") {
  const Json rows = {{{"cost", 1.5}, {"id", "a"}, {"title", "sea, \"calm\""}, {"tags", {"x", "y"}}},
                     {{"cost", nullptr}, {"id", "b"}, {"title", "two\nlines"}, {"tags", Json::array()}}};
  CHECK(exported(rows, "csv") ==
        "id,cost,tags,title\r\n"
        "a,1.5,\"[\"\"x\"\",\"\"y\"\"]\",\"sea, \"\"calm\"\"\"\r\n"
        "b,,[],\"two\nlines\"\r\n");
  CHECK(exported(Json::array(), "csv").empty());
}

TEST_CASE("nothing is written over a file that is there, and nothing half-made stays") {
  const TemporaryFolder folder;
  const auto target = folder.path() / "rows.json";
  REQUIRE(write_text(target, "mine"));
  const Handler list = list_of(Json::array());
  const auto there = write_export(list, {"list", Json::object(), "json", target}, kGoOn);
  REQUIRE_FALSE(there);
  CHECK(there.error().code == Code::target_unwritable);
  CHECK(*read_text(target) == "mine");
  const auto nowhere =
      write_export(list, {"list", Json::object(), "json", folder.path() / "no" / "rows.json"}, kGoOn);
  REQUIRE_FALSE(nowhere);
  CHECK(nowhere.error().code == Code::target_unwritable);
  const Handler broken = [](const Json&) -> Result<Json> { return Error{Code::database_failed, "page 7"}; };
  const auto failed =
      write_export(broken, {"list", Json::object(), "csv", folder.path() / "other.csv"}, kGoOn);
  REQUIRE_FALSE(failed);
  CHECK(failed.error().message == "page 7");
  CHECK(std::distance(std::filesystem::directory_iterator(folder.path()), {}) == 1);
}

}  // namespace
}  // namespace reeld::engine
