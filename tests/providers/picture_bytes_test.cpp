// What comes back as bytes is not believed: what it is, that it begins, that it ends.
#include "providers/services/picture_bytes.hpp"

#include <catch2/catch.hpp>
#include <fstream>
#include <iterator>

#include "tests/providers/provider_helpers.hpp"

namespace reeld::providers {
namespace {

using namespace std::string_literals;

// 3 x 2 pixels; only what a header check reads is right.
const std::string kPng = "\x89PNG\r\n\x1A\n\0\0\0\x0DIHDR\0\0\0\x03\0\0\0\x02\x08\x02\0\0\0crc!"s +
                         "\0\0\0\0IEND\xAE\x42\x60\x82"s;
const std::string kJpeg = "\xFF\xD8\xFF\xE0\0\x04JF"s + "\xFF\xC0\0\x0B\x08\0\x02\0\x03\x01\x01\x11\0"s +
                          "\xFF\xDA\0\x02pixels\xFF\xD9"s;
const std::string kWebp = "RIFF\x16\0\0\0WEBPVP8X\x0A\0\0\0\0\0\0\0\x02\0\0\x01\0\0"s;
const std::string kGif = "GIF89a\x03\0\x02\0\0\0\0;"s;
const std::string kSamples = "\x01\0\xFF\x7F\0\x80\0\0"s;

Code code_of(const Result<Delivery>& result) {
  REQUIRE_FALSE(result);
  return result.error().code;
}

std::string content(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

TEST_CASE("bytes that are no picture are refused, with what was said and what they are") {
  const TempDir scratch;
  const auto text = picture_delivery("<html>Too many requests</html>", "image/png", scratch.path());
  CHECK(code_of(text) == Code::response_media_type);
  CHECK(text.error().message.find("image/png") != std::string::npos);
  const auto other = picture_delivery(kJpeg, "image/png", scratch.path());
  CHECK(code_of(other) == Code::response_media_type);
  CHECK(other.error().message.find("image/png") != std::string::npos);
  CHECK(other.error().message.find("image/jpeg") != std::string::npos);
  CHECK(code_of(picture_delivery("fLaC and so on", "", scratch.path())) == Code::response_media_type);
  CHECK(code_of(picture_delivery("", "image/png", scratch.path())) == Code::response_truncated);
  CHECK(std::filesystem::is_empty(scratch.path()));
}

TEST_CASE("a picture that is cut off or has no pixels is refused") {
  const TempDir scratch;
  for (const std::string& picture : {kPng, kJpeg, kWebp}) {
    for (const std::size_t size : {picture.size() - 9, picture.size() / 2}) {
      CAPTURE(picture, size);
      CHECK(code_of(picture_delivery(picture.substr(0, size), "", scratch.path())) ==
            Code::response_truncated);
    }
  }
  std::string empty = kPng;
  empty[19] = '\0';  // the width's last byte
  CHECK(code_of(picture_delivery(empty, "image/png", scratch.path())) == Code::picture_invalid);
  CHECK(code_of(picture_delivery("\xFF\xD8\xFF\xD9 and no frame"s, "", scratch.path())) ==
        Code::picture_invalid);
}

TEST_CASE("a picture's size stands in its header, whatever its kind") {
  for (const std::string& picture : {kPng, kJpeg, kWebp, kGif}) {
    CAPTURE(picture);
    const auto size = picture_size(picture);
    REQUIRE(size);
    CHECK(size->width == 3);
    CHECK(size->height == 2);
  }
}

TEST_CASE("a picture becomes a file with a name of its own") {
  const TempDir scratch;
  const auto first = picture_delivery(kPng, "image/png; charset=binary", scratch.path());
  const auto second = picture_delivery(kPng, "", scratch.path());
  const auto jpeg = picture_delivery(kJpeg, "image/jpg", scratch.path());
  REQUIRE(first);
  REQUIRE(second);
  REQUIRE(jpeg);
  CHECK(first->file != second->file);
  CHECK(first->file.parent_path() == scratch.path());
  CHECK(first->file.extension() == ".png");
  CHECK(first->media_type == "image/png");
  CHECK(first->source_type == "GENERATED");
  CHECK(content(first->file) == kPng);
  CHECK(jpeg->media_type == "image/jpeg");
  CHECK(code_of(picture_delivery(kPng, "", scratch.path() / "absent")) == Code::target_unwritable);
}

TEST_CASE("sound that is none is refused") {
  const TempDir scratch;
  CHECK(code_of(sound_delivery("no sound", "audio/mpeg", scratch.path())) == Code::response_media_type);
  CHECK(code_of(sound_delivery(kPng, "audio/wav", scratch.path())) == Code::response_media_type);
  CHECK(code_of(sound_delivery("This is a sentence.\n", "audio/L16;rate=24000", scratch.path())) ==
        Code::response_media_type);
  CHECK(code_of(sound_delivery("", "audio/pcm", scratch.path())) == Code::response_truncated);
  CHECK(code_of(sound_delivery("\x01\0\x02"s, "audio/pcm", scratch.path())) == Code::response_truncated);
  CHECK(code_of(sound_delivery(kSamples, "audio/L16;rate=7", scratch.path())) == Code::audio_invalid);
  const std::string wav = wav_of_pcm(kSamples, 24000, 1);
  CHECK(code_of(sound_delivery(wav.substr(0, wav.size() - 2), "audio/wav", scratch.path())) ==
        Code::response_truncated);
}

TEST_CASE("samples without a header become a WAV file of the rate that their type tells") {
  const TempDir scratch;
  const auto sound = sound_delivery(kSamples, "audio/L16;codec=pcm; rate=16000", scratch.path());
  REQUIRE(sound);
  CHECK(sound->media_type == "audio/wav");
  CHECK(sound->file.extension() == ".wav");
  // RIFF, size 36 + 8; fmt of 16 bytes: PCM, 1 channel, 16000 Hz, 32000 bytes a second, 2 a frame, 16 bits.
  CHECK(content(sound->file) ==
        "RIFF\x2C\0\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0\x80\x3E\0\0\0\x7D\0\0\x02\0\x10\0data\x08\0\0\0"s +
            kSamples);
  const auto usual = sound_delivery(kSamples, "audio/pcm", scratch.path(), 24000);
  REQUIRE(usual);
  CHECK(content(usual->file) == wav_of_pcm(kSamples, 24000, 1));
  const auto wav = sound_delivery(wav_of_pcm(kSamples, 48000, 2), "audio/x-wav", scratch.path());
  REQUIRE(wav);
  CHECK(content(wav->file) == wav_of_pcm(kSamples, 48000, 2));
}

}  // namespace
}  // namespace reeld::providers
