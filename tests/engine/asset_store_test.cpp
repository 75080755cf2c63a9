#include "engine/asset_store.hpp"

#include <catch2/catch.hpp>
#include <cstdlib>
#include <fstream>

#include "engine/files.hpp"

namespace reeld::engine {
namespace {

namespace fs = std::filesystem;

struct Store {
  Store() {
    std::string pattern = (fs::temp_directory_path() / "reeld-store-XXXXXX").string();
    path = ::mkdtemp(pattern.data());
  }
  ~Store() { fs::remove_all(path); }

  providers::Delivery delivery(const std::string& name, const std::string& text, bool borrowed) const {
    std::ofstream(path / name) << text;
    providers::Delivery delivery;
    delivery.file = path / name;
    delivery.borrowed = borrowed;
    return delivery;
  }

  fs::path path;
};

// SHA-256 of "abc", FIPS 180-2, appendix B.1.
constexpr const char* kAbc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

}  // namespace

TEST_CASE("an asset is kept under the hash of its content", "[asset_store]") {
  Store test;
  const AssetStore store(test.path / "data");
  const auto stored = store.put(test.delivery("a.txt", "abc", true));
  REQUIRE(stored);
  CHECK(stored->sha256 == kAbc);
  CHECK(stored->file == std::string("assets/ba/") + kAbc + ".txt");
  CHECK(stored->size_bytes == 3);
  CHECK_FALSE(stored->was_there);
  CHECK(*read_text(test.path / "data" / stored->file) == "abc");
  CHECK(sha256_of_text("abc") == kAbc);
}

TEST_CASE("what a killed daemon had half copied is removed, and nothing else", "[asset_store]") {
  Store test;
  const AssetStore store(test.path / "data");
  const auto stored = store.put(test.delivery("a.txt", "abc", true));
  REQUIRE(stored);
  std::ofstream(test.path / "data/assets/incoming/1234") << "ab";
  store.remove_unfinished();
  CHECK_FALSE(fs::exists(test.path / "data/assets/incoming/1234"));
  CHECK(*read_text(test.path / "data" / stored->file) == "abc");
  CHECK(store.put(test.delivery("b.txt", "xyz", true)));
}

TEST_CASE("an equal file is kept once, and a borrowed one stays with its owner", "[asset_store]") {
  Store test;
  const AssetStore store(test.path / "data");
  REQUIRE(store.put(test.delivery("a.txt", "abc", true)));
  const auto again = store.put(test.delivery("b.txt", "abc", false));
  REQUIRE(again);
  CHECK(again->was_there);
  CHECK(fs::exists(test.path / "a.txt"));
  CHECK_FALSE(fs::exists(test.path / "b.txt"));
  CHECK(folder_size(test.path / "data") == 3);
}

TEST_CASE("a file that went away is an error, and leaves nothing behind", "[asset_store]") {
  Store test;
  const AssetStore store(test.path / "data");
  providers::Delivery delivery;
  delivery.file = test.path / "gone.txt";
  const auto stored = store.put(delivery);
  REQUIRE_FALSE(stored);
  CHECK(stored.error().code == Code::file_unreadable);
  CHECK(folder_size(test.path / "data") == 0);
}

}  // namespace reeld::engine
