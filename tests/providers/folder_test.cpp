#include <fstream>
#include <set>

#include "providers/builtin.hpp"
#include "providers/local/folder_pick.hpp"
#include "tests/providers/provider_helpers.hpp"

namespace reeld::providers {
namespace {

using nlohmann::json;

// pictures/ with page1, page2, page10, two folders of more pictures, a sound and what is none of these.
struct Album {
  TempDir dir;
  std::filesystem::path folder = dir.path() / "pictures";
  std::unique_ptr<Provider> provider = folder_provider({dir.path() / "pictures"});

  Album() {
    for (const char* name :
         {"page10.png", "Page2.jpg", "page1.png", "sea/wide-beach.jpg", "sea/red_boat.webp", "wood/fox.jpg",
          "tune.mp3", "notes.pdf", ".hidden.png", ".cache/old.png"}) {
      write(name, "x");
    }
  }

  void write(const std::string& name, const std::string& text) const {
    std::filesystem::create_directories((folder / name).parent_path());
    std::ofstream(folder / name) << text;
  }

  Result<Delivery> fetch(const json& params, int scene = 0, Capability capability = Capability::picture,
                         std::uint64_t seed = 1) const {
    Wish wish;
    wish.capability = capability;
    wish.params = params;
    wish.base_dir = dir.path();
    wish.index = scene;
    wish.seed = seed;
    return first_of(provider->fetch(wish, dir.path(), [] { return false; }));
  }

  std::string picked(const json& params, int scene = 0, std::uint64_t seed = 1) const {
    const auto made = fetch(params, scene, Capability::picture, seed);
    return made ? made->file.lexically_relative(folder).string()
                : std::string(code_name(made.error().code)) + " " + made.error().path;
  }
};

TEST_CASE("what a folder cannot give is refused with the field at fault") {
  const Album album;
  CHECK(album.picked(json::object()) == "invalid_request /folder");
  CHECK(album.picked({{"folder", "pictures"}, {"pick", "best"}}) == "invalid_request /pick");
  CHECK(album.picked({{"folder", "pictures"}, {"pick", "tags"}}) == "invalid_request /tags");
  CHECK(album.picked({{"folder", "pictures"}, {"pick", "order"}, {"tags", {"sea"}}}) ==
        "invalid_request /tags");
  CHECK(album.picked({{"folder", "pictures"}, {"tags", {"--"}}}) == "invalid_request /tags");
  CHECK(album.picked({{"folder", "pictures"}, {"tag", {"sea"}}}) == "unknown_field /tag");
  CHECK(album.picked({{"folder", "pictures/none"}}) == "file_missing /folder");
  CHECK(album.picked({{"folder", "pictures/page1.png"}}) == "file_unreadable /folder");
  CHECK(album.picked({{"folder", ".."}}) == "path_not_allowed /folder");
  std::filesystem::create_directory(album.folder / "empty");
  CHECK(album.picked({{"folder", "pictures/empty"}}) == "file_missing /folder");
}

TEST_CASE("in order: as a person counts, scene by scene, and from the start again") {
  const Album album;
  const std::vector<std::string> order = {"page1.png",         "Page2.jpg",          "page10.png",
                                          "sea/red_boat.webp", "sea/wide-beach.jpg", "wood/fox.jpg"};
  for (int scene = 0; scene < 12; ++scene)
    CHECK(album.picked({{"folder", "pictures"}}, scene) == order[static_cast<std::size_t>(scene) % 6]);
  const auto made = album.fetch({{"folder", "pictures"}}, 3);
  REQUIRE(made);
  CHECK(made->borrowed);
  CHECK(made->media_type == "image/webp");
  CHECK(made->source_type == "USER_UPLOADED");
  CHECK(made->provenance.metadata["file"] == "sea/red_boat.webp");
  CHECK(made->provenance.metadata["why"] == "by order");
  CHECK(made->provenance.metadata["file_count"] == 6);
}

TEST_CASE("a sound is asked of the same folder, beside the engine's own fields") {
  const Album album;
  const auto made =
      album.fetch({{"folder", "pictures"}, {"volume_db", -3}, {"fade", 1}}, -1, Capability::sound);
  REQUIRE(made);
  CHECK(made->file.filename() == "tune.mp3");
}

TEST_CASE("by seed: the same again for the same seed, all of them, and none twice running") {
  const Album album;
  const json params = {{"folder", "pictures"}, {"pick", "seed"}};
  std::set<std::string> rounds;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    std::string before, row;
    std::set<std::string> seen;
    for (int scene = 0; scene < 6; ++scene) {
      const std::string one = album.picked(params, scene, seed);
      CHECK(one != before);
      CHECK(one == album.picked(params, scene, seed));
      seen.insert(before = one);
      row += one + " ";
    }
    CHECK(seen.size() == 6);
    rounds.insert(row);
  }
  CHECK(rounds.size() > 10);
  json with_seed = params;
  with_seed["seed"] = 7U;
  CHECK(album.picked(with_seed, 2, 1) == album.picked(params, 2, 7));
}

TEST_CASE("a shuffled row repeats nothing at the joints of its rounds, for any count") {
  for (std::size_t count = 1; count <= 7; ++count) {
    for (std::uint64_t seed = 0; seed < 50; ++seed) {
      std::size_t before = count;
      for (std::size_t round = 0; round < 6; ++round) {
        std::set<std::size_t> seen;
        for (std::size_t i = 0; i < count; ++i) {
          const std::size_t one = shuffled_pick(seed, round * count + i, count);
          CAPTURE(count, seed, round, i);
          REQUIRE(one < count);
          if (count > 1) REQUIRE(one != before);
          seen.insert(before = one);
        }
        REQUIRE(seen.size() == count);
      }
    }
  }
}

TEST_CASE("by tags: words of names and folders, of tags.json and of a text beside the file") {
  const Album album;
  const auto tagged = [&](const json& tags, int scene = 0) {
    return album.picked({{"folder", "pictures"}, {"tags", tags}}, scene);
  };
  CHECK(tagged({"Beach"}) == "sea/wide-beach.jpg");
  CHECK(tagged({"red boat", "forest"}) == "sea/red_boat.webp");
  // Two hold the word, so scenes take turns.
  CHECK(tagged({"sea"}, 0) == "sea/red_boat.webp");
  CHECK(tagged({"sea"}, 1) == "sea/wide-beach.jpg");
  CHECK(tagged({"sea"}, 2) == "sea/red_boat.webp");
  CHECK(tagged({"forest"}) == "file_missing /tags");
  album.write("tags.json", R"({"page10.png": ["Forest", "autumn light"]})");
  CHECK(tagged({"forest"}) == "page10.png");
  CHECK(tagged({"light"}) == "page10.png");
  album.write("wood/fox.txt", "An animal in the forest,\nin autumn light.");
  CHECK(tagged({"forest", "animal"}) == "wood/fox.jpg");
  const auto made = album.fetch({{"folder", "pictures"}, {"tags", {"forest", "animal", "blue"}}});
  REQUIRE(made);
  CHECK(made->provenance.metadata["why"] == "tagged forest, animal");
}

TEST_CASE("where no tag fits, the tags that are there are told, and order stands in only where asked") {
  const Album album;
  const auto none = album.fetch({{"folder", "pictures"}, {"tags", {"moon"}}});
  REQUIRE_FALSE(none);
  for (const char* word : {"moon", "beach", "sea", "fox", "otherwise"})
    CHECK(none.error().message.find(word) != std::string::npos);
  const auto made = album.fetch({{"folder", "pictures"}, {"tags", {"moon"}}, {"otherwise", "order"}}, 1);
  REQUIRE(made);
  CHECK(made->file.filename() == "Page2.jpg");
  CHECK(made->provenance.metadata["why"] == "by order, for no file is tagged moon");
}

TEST_CASE("a tags.json that is none is said, not passed over") {
  const Album album;
  for (const char* text : {"{", "[]", R"({"page1.png": "sea"})", R"({"page1.png": [1]})"}) {
    album.write("tags.json", text);
    CHECK(album.picked({{"folder", "pictures"}, {"tags", {"sea"}}}) == "file_unreadable /folder");
  }
}

TEST_CASE("a link out of the folder leads nowhere") {
  const Album album;
  std::ofstream(album.dir.path() / "secret.png") << "x";
  std::filesystem::create_directory(album.folder / "linked");
  std::filesystem::create_symlink("../../secret.png", album.folder / "linked/out.png");
  CHECK(album.picked({{"folder", "pictures/linked"}}) == "path_not_allowed /folder");
}

TEST_CASE("natural order") {
  CHECK(natural_less("a2", "a10"));
  CHECK(natural_less("A2", "a10"));
  CHECK_FALSE(natural_less("a10", "a2"));
  CHECK(natural_less("a02", "a10"));
  CHECK(natural_less("a", "a1"));
  CHECK_FALSE(natural_less("a1", "a1"));
  CHECK((natural_less("a1", "A1") != natural_less("A1", "a1")));
  CHECK((natural_less("a01", "a1") != natural_less("a1", "a01")));
  CHECK(natural_less("x99999999999999999999998", "x99999999999999999999999"));
}

}  // namespace
}  // namespace reeld::providers
