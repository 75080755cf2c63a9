#include "providers/base64.hpp"

#include <catch2/catch.hpp>

#include "providers/media_type.hpp"

namespace reeld::providers {
namespace {

// The test vectors of RFC 4648.
TEST_CASE("bytes go into Base64 and come back") {
  const std::pair<const char*, const char*> vectors[] = {{"f", "Zg=="},         {"fo", "Zm8="},
                                                         {"foo", "Zm9v"},       {"foob", "Zm9vYg=="},
                                                         {"fooba", "Zm9vYmE="}, {"foobar", "Zm9vYmFy"}};
  for (const auto& [bytes, text] : vectors) {
    CHECK(base64_encoded(bytes) == text);
    CHECK(*base64_decoded(text) == bytes);
  }
  CHECK(*base64_decoded("data:image/png;base64,Zm9v\nYmFy") == "foobar");
}

TEST_CASE("what is no Base64 is an error") {
  for (const char* text : {"", "Zm9", "Zm9v!", "====", "data:image/png;base64"}) {
    CAPTURE(text);
    CHECK(base64_decoded(text).error().code == Code::response_malformed);
  }
}

TEST_CASE("a file's kind is told by its first bytes") {
  CHECK(sniffed_media_type("\x89PNG\r\n\x1A\n....") == "image/png");
  CHECK(sniffed_media_type("\xFF\xD8\xFF\xE0") == "image/jpeg");
  CHECK(sniffed_media_type("RIFF....WEBPVP8 ") == "image/webp");
  CHECK(sniffed_media_type("RIFF....WAVEfmt ") == "audio/wav");
  CHECK(sniffed_media_type("ID3\x04") == "audio/mpeg");
  CHECK(sniffed_media_type("\xFF\xFB\x90\x64") == "audio/mpeg");
  CHECK(sniffed_media_type("\xFF\xF1\x50\x80") == "audio/aac");
  CHECK(sniffed_media_type("<!DOCTYPE html>").empty());
  CHECK(sniffed_media_type("").empty());
}

}  // namespace
}  // namespace reeld::providers
