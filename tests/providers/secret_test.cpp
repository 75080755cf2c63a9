#include "providers/secret.hpp"

#include <fstream>
#include <type_traits>

#include "tests/providers/provider_helpers.hpp"

namespace reeld::providers {
namespace {

TEST_CASE("a key file is read only where nobody else can read it") {
  const TempDir dir;
  const auto file = dir.path() / "key";
  std::ofstream(file) << "s3cret\nsecond line\n";
  std::filesystem::permissions(file, std::filesystem::perms(0640));
  CHECK(secret_from_file(file).error().code == Code::path_not_allowed);
  std::filesystem::permissions(file, std::filesystem::perms(0600));
  CHECK(secret_from_file(file)->reveal() == "s3cret");
  CHECK(secret_from_file(dir.path()).error().code == Code::file_missing);
  CHECK(secret_from_file(dir.path() / "none").error().code == Code::file_missing);
}

TEST_CASE("a key comes out of words that quote it") {
  const Secret key("s3cret");
  CHECK(without_secret("key s3cret is bad: s3cret", key) == "key [key] is bad: [key]");
  CHECK(without_secret("as it was", Secret()) == "as it was");
  // Within what replaces it.
  CHECK(without_secret("a key: key", Secret("key")) == "a [key]: [key]");
}

TEST_CASE("a key turns into no text by itself") {
  CHECK_FALSE(std::is_convertible_v<Secret, std::string>);
  CHECK_FALSE(std::is_convertible_v<Secret, std::string_view>);
}

}  // namespace
}  // namespace reeld::providers
