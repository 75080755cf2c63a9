#include <sys/stat.h>

#include <fstream>

#include "providers/builtin.hpp"
#include "tests/providers/provider_helpers.hpp"

namespace reeld::providers {
namespace {

// root/a.JPG, root/sub/, root/pipe, rootx/b.png, and links from the root outwards and inwards.
struct Files {
  TempDir dir;
  std::filesystem::path root = dir.path() / "root";

  Files() {
    std::filesystem::create_directories(root / "sub");
    std::filesystem::create_directories(dir.path() / "rootx");
    std::ofstream(root / "a.JPG") << "x";
    std::ofstream(dir.path() / "rootx/b.png") << "x";
    REQUIRE(mkfifo((root / "pipe").c_str(), 0600) == 0);
    std::filesystem::create_symlink("../rootx/b.png", root / "out.png");
    std::filesystem::create_symlink("a.JPG", root / "in.jpg");
  }

  Result<Delivery> fetch(const nlohmann::json& file) {
    const auto provider = file_provider({root.string() + "/"});
    Wish wish;
    wish.params = {{"file", file}};
    wish.base_dir = root;
    return first_of(provider->fetch(wish, dir.path(), [] { return false; }));
  }
};

TEST_CASE("a file below a root is borrowed, by relative, absolute and linked path") {
  Files files;
  const auto relative = files.fetch("sub/../a.JPG");
  REQUIRE(relative);
  CHECK(std::filesystem::equivalent(relative->file, files.root / "a.JPG"));
  CHECK(relative->borrowed);
  CHECK(relative->media_type == "image/jpeg");
  CHECK(relative->source_type == "USER_UPLOADED");
  CHECK(files.fetch((files.root / "a.JPG").string()));
  CHECK(files.fetch("in.jpg"));
}

TEST_CASE("what lies outside the roots is refused, whichever way it is reached") {
  Files files;
  for (const char* name :
       {"../rootx/b.png", "out.png", "/etc/passwd", "../nothing.png", "sub/../../rootx/b.png"}) {
    CAPTURE(name);
    const auto refused = files.fetch(name);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == Code::path_not_allowed);
    CHECK(refused.error().path == "/file");
    CHECK(refused.error().message.find(files.root.filename().string()) != std::string::npos);
  }
}

TEST_CASE("a missing file is named whole; folders, pipes and odd parameters are refused without waiting") {
  Files files;
  const auto missing = files.fetch("none.jpg");
  REQUIRE_FALSE(missing);
  CHECK(missing.error().code == Code::file_missing);
  CHECK(missing.error().message.find((files.root / "none.jpg").string()) != std::string::npos);
  CHECK(files.fetch("sub").error().code == Code::file_unreadable);
  CHECK(files.fetch("pipe").error().code == Code::file_unreadable);
  CHECK(files.fetch("a.JPG/b").error().code != Code::internal);
  CHECK(files.fetch("").error().code == Code::invalid_request);
  CHECK(files.fetch(5).error().code == Code::invalid_request);
  CHECK(files.fetch(std::string("a\0b", 3)).error().code == Code::invalid_request);
}

}  // namespace
}  // namespace reeld::providers
