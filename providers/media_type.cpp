#include "providers/media_type.hpp"

#include <algorithm>
#include <array>
#include <cctype>

namespace reeld::providers {
namespace {

using std::string_view_literals::operator""sv;

struct Signature {
  std::size_t offset;
  std::string_view bytes;
  std::string_view media_type;
};

constexpr std::array kSignatures = {
    Signature{0, "\xFF\xD8\xFF"sv, "image/jpeg"},
    Signature{0, "\x89PNG\r\n\x1A\n"sv, "image/png"},
    Signature{8, "WEBPVP8"sv, "image/webp"},
    Signature{0, "GIF8"sv, "image/gif"},
    Signature{0, "BM"sv, "image/bmp"},
    Signature{0, "II*\0"sv, "image/tiff"},
    Signature{0, "MM\0*"sv, "image/tiff"},
    Signature{8, "WAVEfmt "sv, "audio/wav"},
    Signature{0, "fLaC"sv, "audio/flac"},
    Signature{0, "OggS"sv, "audio/ogg"},
    Signature{0, "ID3"sv, "audio/mpeg"},
    Signature{4, "ftypM4A"sv, "audio/mp4"},
    Signature{4, "ftypavif"sv, "image/avif"},
    Signature{4, "ftyp"sv, "video/mp4"},
    Signature{0, "\x1A\x45\xDF\xA3"sv, "video/x-matroska"},
};

constexpr std::array<std::pair<std::string_view, std::string_view>, 17> kExtensions = {
    {{"image/jpeg", ".jpg"},
     {"image/png", ".png"},
     {"image/webp", ".webp"},
     {"image/gif", ".gif"},
     {"image/bmp", ".bmp"},
     {"image/tiff", ".tiff"},
     {"image/avif", ".avif"},
     {"audio/wav", ".wav"},
     {"audio/flac", ".flac"},
     {"audio/ogg", ".ogg"},
     {"audio/mpeg", ".mp3"},
     {"audio/aac", ".aac"},
     {"audio/mp4", ".m4a"},
     {"video/mp4", ".mp4"},
     {"video/x-matroska", ".mkv"},
     {"video/webm", ".webm"},
     {"video/quicktime", ".mov"}}};

// Other spellings than the one that we write.
constexpr std::array<std::pair<std::string_view, std::string_view>, 3> kOtherExtensions = {
    {{"image/jpeg", ".jpeg"}, {"image/tiff", ".tif"}, {"audio/ogg", ".opus"}}};

// MPEG audio without a tag begins with eleven set bits; a layer of 0 is ADTS, which is AAC.
std::string_view raw_mpeg_type(std::string_view bytes) {
  if (bytes.size() < 2 || bytes[0] != '\xFF' || (bytes[1] & 0xE0) != 0xE0) return "";
  return (bytes[1] & 0x06) == 0 ? "audio/aac" : "audio/mpeg";
}

}  // namespace

std::string sniffed_media_type(std::string_view bytes) {
  for (const Signature& signature : kSignatures) {
    if (bytes.size() >= signature.offset && bytes.substr(signature.offset).starts_with(signature.bytes)) {
      return std::string(signature.media_type);
    }
  }
  return std::string(raw_mpeg_type(bytes));
}

std::string extension_of(std::string_view media_type) {
  const auto* const row =
      std::ranges::find_if(kExtensions, [&](const auto& one) { return one.first == media_type; });
  return row == kExtensions.end() ? "" : std::string(row->second);
}

std::string media_type_of_name(const std::filesystem::path& name) {
  std::string extension = name.extension().string();
  std::ranges::transform(extension, extension.begin(), [](unsigned char c) { return std::tolower(c); });
  for (const auto& [type, its] : kExtensions)
    if (its == extension) return std::string(type);
  for (const auto& [type, its] : kOtherExtensions)
    if (its == extension) return std::string(type);
  return "";
}

}  // namespace reeld::providers
