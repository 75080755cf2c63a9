#include "engine/sound_source.hpp"

#include "tests/engine/sound_fixture.hpp"

namespace reeld::engine::sound {
namespace {

using namespace sound_fixture;

Code code_of(const std::filesystem::path& file) {
  const auto result = inspect_sound(file);
  REQUIRE_FALSE(result);
  CHECK(result.error().message.find(file.filename().string()) != std::string::npos);
  return result.error().code;
}

void write_bytes(const std::filesystem::path& file, const std::string& bytes) {
  std::ofstream(file, std::ios::binary) << bytes;
}

// Through ffmpeg's program, at `rate`; the length may differ by what the codec cannot tell.
void convert(const std::filesystem::path& from, const std::filesystem::path& to, const std::string& options) {
  const std::string command =
      "ffmpeg -v error -y -i '" + from.string() + "' " + options + " '" + to.string() + "'";
  REQUIRE(std::system(command.c_str()) == 0);
}

TEST_CASE("inspecting counts samples after resampling", "[sound]") {
  Folder folder;
  write_wav(folder / "a.wav", 48001, sine(440, 0.5));
  CHECK(inspect_sound(folder / "a.wav")->sample_count == 48001);
  write_wav(folder / "b.wav", 44100, sine(440, 0.5), 44100);
  CHECK(inspect_sound(folder / "b.wav")->sample_count == 48000);
  write_wav(folder / "c.wav", 22050, sine(440, 0.5), 22050);
  CHECK(inspect_sound(folder / "c.wav")->sample_count == 48000);
}

TEST_CASE("the usual formats are read", "[sound]") {
  Folder folder;
  write_wav(folder / "a.wav", 96000, sine(440, 0.5));
  for (const char* name : {"a.mp3", "a.flac", "a.ogg", "a.m4a"}) {
    convert(folder / "a.wav", folder / name, "");
    const auto facts = inspect_sound(folder / name);
    INFO(name << (facts ? "" : facts.error().message));
    REQUIRE(facts);
    CHECK(std::abs(facts->sample_count - 96000) < 3000);
  }
}

TEST_CASE("mono stands on both channels at full level", "[sound]") {
  Folder folder;
  write_wav(folder / "a.wav", 100, [](std::int64_t) { return 0.5; });
  auto source = SoundSource::open(folder / "a.wav", false);
  REQUIRE(source);
  std::vector<float> block(400);
  CHECK(*source->read(block) == 100);
  CHECK(block[0] == 0.5F);
  CHECK(block[1] == 0.5F);
}

TEST_CASE("samples that are no numbers are silence", "[sound]") {
  Folder folder;
  write_wav(folder / "a.wav", 4, [](std::int64_t n) { return n == 1 ? NAN : n == 2 ? INFINITY : 0.25; });
  auto source = SoundSource::open(folder / "a.wav", false);
  std::vector<float> block(8);
  CHECK(*source->read(block) == 4);
  CHECK(block == std::vector<float>{0.25F, 0.25F, 0, 0, 0, 0, 0.25F, 0.25F});
}

TEST_CASE("what is no sound is refused", "[sound]") {
  Folder folder;
  std::string garbage(20000, '\0');
  std::uint32_t state = 7;
  for (char& c : garbage) {
    state = state * 1664525U + 1013904223U;
    c = static_cast<char>(state >> 24U);
  }
  write_bytes(folder / "garbage.wav", garbage);
  write_bytes(folder / "garbage.mp3", garbage);
  write_bytes(folder / "empty.wav", "");
  write_bytes(folder / "text.mp3", "This is a text and no sound.\n");
  write_wav(folder / "nothing.wav", 0, sine(440, 0.5));
  for (const char* name : {"garbage.wav", "garbage.mp3", "empty.wav", "text.mp3", "nothing.wav"}) {
    INFO(name);
    CHECK(code_of(folder / name) == Code::audio_invalid);
  }
  CHECK(code_of(folder / "missing.wav") == Code::file_missing);
  std::filesystem::create_directory(folder / "folder.wav");
  CHECK(code_of(folder / "folder.wav") == Code::file_unreadable);
}

TEST_CASE("a picture and a playlist are no sound", "[sound]") {
  Folder folder;
  write_wav(folder / "a.wav", 48000, sine(440, 0.5));
  write_bytes(folder / "list.m3u8", "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\na.wav\n#EXT-X-ENDLIST\n");
  CHECK(code_of(folder / "list.m3u8") == Code::audio_invalid);
  REQUIRE(std::system(("ffmpeg -v error -f lavfi -i color=red:s=16x16 -frames:v 5 '" +
                       (folder / "film.mp4").string() + "'")
                          .c_str()) == 0);
  CHECK(code_of(folder / "film.mp4") == Code::audio_invalid);
}

TEST_CASE("a truncated file is refused", "[sound]") {
  Folder folder;
  write_wav(folder / "a.wav", 96000, sine(440, 0.5));
  for (const char* name : {"a.flac", "a.m4a", "a.mp3"}) {
    convert(folder / "a.wav", folder / name, "-movflags +faststart");
  }
  for (const char* name : {"a.wav", "a.flac", "a.m4a", "a.mp3"}) {
    INFO(name);
    std::filesystem::resize_file(folder / name, std::filesystem::file_size(folder / name) / 2);
    CHECK(code_of(folder / name) == Code::audio_invalid);
  }
}

// espeak-ng --stdout cannot seek back, so its header's length is made up.
TEST_CASE("a WAV from a pipe is whole", "[sound]") {
  Folder folder;
  const std::string file = (folder / "piped.wav").string();
  REQUIRE(std::system(("espeak-ng --stdout 'one two three' > '" + file + "'").c_str()) == 0);
  const auto facts = inspect_sound(file);
  INFO((facts ? "" : facts.error().message));
  REQUIRE(facts);
  CHECK(facts->sample_count > kSampleRate / 2);
}

TEST_CASE("a loop goes on over its end", "[sound]") {
  Folder folder;
  write_wav(folder / "a.wav", 3, [](std::int64_t n) { return 0.125 * static_cast<double>(n); });
  auto source = SoundSource::open(folder / "a.wav", true);
  REQUIRE(source);
  std::vector<float> block(14);
  CHECK(*source->read(block) == 7);
  CHECK(block ==
        std::vector<float>{0, 0, 0.125F, 0.125F, 0.25F, 0.25F, 0, 0, 0.125F, 0.125F, 0.25F, 0.25F, 0, 0});
}

}  // namespace
}  // namespace reeld::engine::sound
