// Segments that are kept: whole or not at all, within their limit, and never from under a job.
#include "engine/reuse/segment_cache.hpp"

#include <catch2/catch.hpp>
#include <fstream>

#include "base/temporary_folder.hpp"
#include "engine/asset_store.hpp"
#include "engine/files.hpp"

namespace reeld::engine {
namespace {

namespace fs = std::filesystem;

struct Kept {
  explicit Kept(std::int64_t limit_bytes = 1000) : cache(*database, folder.path(), limit_bytes) {}

  std::unique_ptr<storage::Database> open() {
    auto opened = storage::Database::open(folder.path() / "reeld.db");
    REQUIRE(opened);
    return *std::move(opened);
  }
  // A job's file of so many bytes, all of them `letter`, under the key that the letter has.
  KeyedFile file(char letter, std::size_t size = 300) {
    const KeyedFile made{key(letter), folder.path() / (std::string("made-") + letter), 50};
    std::ofstream(made.file) << std::string(size, letter);
    return made;
  }
  static std::string key(char letter) { return sha256_of_text(std::string(1, letter)); }
  fs::path kept_file(char letter) {
    return folder.path() / "segments" / key(letter).substr(0, 2) / (key(letter) + ".mp4");
  }
  // Whether a job gets it, and then has the very bytes.
  bool has(char letter, std::int64_t frames = 50) {
    const fs::path wanted = folder.path() / "job" / "segments" / "0-50.mp4";
    fs::remove(wanted);
    const auto taken = cache.take({{key(letter), wanted, frames}});
    REQUIRE(taken);
    CHECK(fs::exists(wanted) == taken->at(0));
    if (taken->at(0)) CHECK(*read_text(wanted) == std::string(fs::file_size(wanted), letter));
    return taken->at(0);
  }

  TemporaryFolder folder;
  std::unique_ptr<storage::Database> database = open();
  SegmentCache cache;
};

TEST_CASE("what is kept can be taken, also when the job that made it is long gone", "[reuse]") {
  Kept kept;
  CHECK_FALSE(kept.has('a'));
  const KeyedFile made = kept.file('a');
  REQUIRE(kept.cache.keep({made}));
  fs::remove(made.file);
  CHECK(kept.has('a'));
  CHECK(kept.has('a'));
  CHECK_FALSE(kept.has('b'));
  CHECK_FALSE(kept.has('a', 49));  // not what it says it is
}

TEST_CASE("a kept file that was changed, cut short or removed counts as not there, and is forgotten",
          "[reuse]") {
  Kept kept;
  const auto spoil = [&](const std::function<void(const fs::path&)>& how) {
    REQUIRE(kept.cache.keep({kept.file('a')}));
    REQUIRE(kept.has('a'));
    how(kept.kept_file('a'));
    CHECK_FALSE(kept.has('a'));
    CHECK_FALSE(fs::exists(kept.kept_file('a')));
    CHECK(storage::Segments(*kept.database).keys()->empty());
  };
  spoil([](const fs::path& file) { std::fstream(file, std::ios::in | std::ios::out) << "X"; });
  spoil([](const fs::path& file) { fs::resize_file(file, 299); });
  spoil([](const fs::path& file) { fs::remove(file); });
}

TEST_CASE("the longest unused goes first where the limit is reached", "[reuse]") {
  Kept kept;  // 1000 bytes: three of 300
  for (const char letter : {'a', 'b', 'c'}) REQUIRE(kept.cache.keep({kept.file(letter)}));
  CHECK(kept.has('a'));  // used now
  REQUIRE(kept.cache.keep({kept.file('d')}));
  CHECK_FALSE(kept.has('b'));
  CHECK_FALSE(fs::exists(kept.kept_file('b')));
  CHECK(kept.has('a'));
  CHECK(kept.has('c'));
  CHECK(kept.has('d'));
  REQUIRE(kept.cache.keep({kept.file('e', 1001)}));  // larger than all that may be kept
  CHECK_FALSE(kept.has('e'));
  CHECK(kept.has('d'));
}

TEST_CASE("what a job took stays its own when the cache lets it go", "[reuse]") {
  Kept kept;
  REQUIRE(kept.cache.keep({kept.file('a', 900)}));
  const fs::path own = kept.folder.path() / "job" / "mine.mp4";
  REQUIRE(kept.cache.take({{Kept::key('a'), own, 50}})->at(0));
  REQUIRE(kept.cache.keep({kept.file('b', 900)}));
  CHECK_FALSE(fs::exists(kept.kept_file('a')));
  CHECK(*read_text(own) == std::string(900, 'a'));
}

TEST_CASE("with a limit of 0 nothing is kept", "[reuse]") {
  Kept kept(0);
  REQUIRE(kept.cache.keep({kept.file('a')}));
  CHECK_FALSE(kept.has('a'));
  CHECK_FALSE(fs::exists(kept.folder.path() / "segments"));
}

TEST_CASE("a start removes files that no row knows, and what a smaller limit leaves no room for", "[reuse]") {
  Kept kept;
  for (const char letter : {'a', 'b', 'c'}) REQUIRE(kept.cache.keep({kept.file(letter)}));
  std::ofstream(kept.folder.path() / "segments" / "left-over.mp4") << "x";
  SegmentCache smaller(*kept.database, kept.folder.path(), 600);
  REQUIRE(smaller.tidy());
  CHECK_FALSE(fs::exists(kept.folder.path() / "segments" / "left-over.mp4"));
  CHECK_FALSE(kept.has('a'));
  CHECK(kept.has('b'));
  CHECK(kept.has('c'));
}

TEST_CASE("a place that cannot be written to is no loss but of the saving", "[reuse]") {
  Kept kept;
  std::ofstream(kept.folder.path() / "segments") << "a file where the folder should be";
  CHECK(kept.cache.keep({kept.file('a')}));
  CHECK_FALSE(kept.has('a'));
  CHECK(kept.cache.tidy());
}

}  // namespace
}  // namespace reeld::engine
