#include "engine/files.hpp"

#include <catch2/catch.hpp>
#include <cerrno>
#include <fstream>

#include "base/temporary_folder.hpp"

namespace reeld::engine {
namespace {

namespace fs = std::filesystem;

TEST_CASE("a text is written whole under its name, over what was there", "[files]") {
  const TemporaryFolder folder;
  REQUIRE(write_text(folder.path() / "a.txt", "first"));
  REQUIRE(write_text(folder.path() / "a.txt", "second"));
  CHECK(*read_text(folder.path() / "a.txt") == "second");
  CHECK(folder_size(folder.path()) == 6);  // no temporary file is left
}

TEST_CASE("what cannot be written leaves what was there", "[files]") {
  const TemporaryFolder folder;
  const auto nowhere = write_text(folder.path() / "no" / "a.txt", "text");
  REQUIRE_FALSE(nowhere);
  CHECK(nowhere.error().code == Code::target_unwritable);
  // A folder under the target's name cannot be replaced by a file.
  fs::create_directories(folder.path() / "b.txt" / "full");
  CHECK_FALSE(write_text(folder.path() / "b.txt", "text"));
  CHECK(fs::is_directory(folder.path() / "b.txt"));
  CHECK_FALSE(fs::exists(folder.path() / "b.txt.tmp"));
}

TEST_CASE("a missing file and an unreadable one differ", "[files]") {
  const TemporaryFolder folder;
  CHECK(read_text(folder.path() / "none").error().code == Code::file_missing);
  CHECK(read_text(folder.path()).error().code == Code::file_unreadable);
}

TEST_CASE("every errno for a lack of room is a full disk", "[files]") {
  for (const int number : {ENOSPC, EDQUOT, EFBIG}) {
    CHECK(file_error(number, "x", Code::target_unwritable).code == Code::disk_full);
  }
  CHECK(file_error(EACCES, "x", Code::target_unwritable).code == Code::target_unwritable);
}

TEST_CASE("errors travel as JSON and come back", "[files]") {
  const Error error{Code::picture_invalid, "broken", "/scenes/1/picture"};
  CHECK(error_from_json(to_json(error)) == error);
  CHECK(error_from_json(nlohmann::json(5)).code == Code::internal);
  CHECK(error_from_json({{"code", 3}, {"message", "words"}}) == Error{Code::internal, "words", ""});
}

}  // namespace
}  // namespace reeld::engine
