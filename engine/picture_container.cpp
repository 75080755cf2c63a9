#include "engine/picture_container.hpp"

#include <libexif/exif-data.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <string_view>
#include <vector>

namespace reeld::engine {
namespace {

using Bytes = std::span<const std::uint8_t>;
using namespace std::string_view_literals;

struct ExifDeleter {
  void operator()(ExifData* data) const { exif_data_unref(data); }
};

bool begins(Bytes bytes, std::size_t at, std::string_view text) {
  return bytes.size() >= at + text.size() && std::memcmp(bytes.data() + at, text.data(), text.size()) == 0;
}

std::uint32_t big_endian(Bytes b) {
  return std::uint32_t{b[0]} << 24 | std::uint32_t{b[1]} << 16 | std::uint32_t{b[2]} << 8 | b[3];
}

std::uint32_t little_endian(Bytes b) {
  return std::uint32_t{b[3]} << 24 | std::uint32_t{b[2]} << 16 | std::uint32_t{b[1]} << 8 | b[0];
}

// PNG: after the signature, chunks of length, type, data and checksum.
std::optional<Bytes> png_chunk(Bytes bytes, std::string_view type) {
  constexpr std::size_t kSignature = 8, kAround = 12;
  for (std::size_t at = kSignature; at + kAround <= bytes.size();) {
    const std::size_t size = big_endian(bytes.subspan(at, 4));
    if (size > bytes.size() - at - kAround) return std::nullopt;
    if (begins(bytes, at + 4, type)) return bytes.subspan(at + 8, size);
    at += kAround + size;
  }
  return std::nullopt;
}

// RIFF: after "RIFF", size and "WEBP", chunks of type, length and data, padded to an even length.
std::optional<Bytes> webp_chunk(Bytes bytes, std::string_view type) {
  constexpr std::size_t kHeader = 12, kBefore = 8;
  for (std::size_t at = kHeader; at + kBefore <= bytes.size();) {
    const std::size_t size = little_endian(bytes.subspan(at + 4, 4));
    if (size > bytes.size() - at - kBefore) return std::nullopt;
    if (begins(bytes, at, type)) return bytes.subspan(at + kBefore, size);
    at += kBefore + size + size % 2;
  }
  return std::nullopt;
}

// `bytes`: a JPEG, or what follows the words "Exif" in one.
int orientation_in(Bytes bytes) {
  const std::unique_ptr<ExifData, ExifDeleter> data(
      exif_data_new_from_data(bytes.data(), static_cast<unsigned>(bytes.size())));
  ExifEntry* entry = data ? exif_content_get_entry(data->ifd[EXIF_IFD_0], EXIF_TAG_ORIENTATION) : nullptr;
  if (entry == nullptr || entry->size < 2) return 1;
  const int value = exif_get_short(entry->data, exif_data_get_byte_order(data.get()));
  return value >= 1 && value <= 8 ? value : 1;
}

// PNG and most WebP files leave out the introduction that JPEG gives the same data, and libexif wants.
int orientation_of_chunk(std::optional<Bytes> chunk) {
  constexpr std::string_view kIntroduction = "Exif\0\0"sv;
  if (!chunk) return 1;
  if (begins(*chunk, 0, kIntroduction)) return orientation_in(*chunk);
  std::vector<std::uint8_t> introduced(kIntroduction.begin(), kIntroduction.end());
  introduced.insert(introduced.end(), chunk->begin(), chunk->end());
  return orientation_in(introduced);
}

}  // namespace

PictureKind picture_kind(Bytes bytes) {
  const auto starts = [&](std::string_view text) { return begins(bytes, 0, text); };
  if (starts("\xff\xd8"sv)) return PictureKind::jpeg;
  if (starts("\x89PNG\r\n\x1a\n"sv)) return PictureKind::png;
  if (starts("RIFF"sv) && begins(bytes, 8, "WEBP"sv)) return PictureKind::webp;
  // The last is BigTIFF.
  if (starts("II*\0"sv) || starts("MM\0*"sv) || starts("II+\0"sv)) return PictureKind::tiff;
  if (starts("BM"sv)) return PictureKind::bmp;
  // In its file format, or as a bare code stream.
  if (starts("\0\0\0\x0cjP  "sv) || starts("\xff\x4f\xff\x51"sv)) return PictureKind::jpeg2000;
  if (bytes.size() > 2 && bytes[0] == 'P' && bytes[1] >= '1' && bytes[1] <= '6' &&
      " \t\r\n"sv.find(static_cast<char>(bytes[2])) != std::string_view::npos) {
    return PictureKind::pnm;
  }
  return PictureKind::unknown;
}

std::string why_unknown(Bytes bytes) {
  std::string is = "it is none of the kinds";
  if (begins(bytes, 0, "GIF8"sv)) is = "it is a GIF, not one of the kinds";
  if (begins(bytes, 4, "ftyp"sv)) is = "it is an AVIF, HEIC or video file, not one of the kinds";
  return is + " read here: JPEG, PNG, WebP, TIFF, BMP, JPEG 2000, PNM";
}

std::optional<std::string> truncation(PictureKind kind, Bytes bytes) {
  if (kind == PictureKind::png && !png_chunk(bytes, "IEND"sv)) return "a PNG without its end";
  if (kind == PictureKind::webp && std::uint64_t{little_endian(bytes.subspan(4, 4))} + 8 > bytes.size())
    return "a WebP shorter than it says";
  return std::nullopt;
}

int exif_orientation(PictureKind kind, Bytes bytes) {
  switch (kind) {
    case PictureKind::jpeg:
      return orientation_in(bytes);
    case PictureKind::png:
      return orientation_of_chunk(png_chunk(bytes, "eXIf"sv));
    case PictureKind::webp:
      return orientation_of_chunk(webp_chunk(bytes, "EXIF"sv));
    default:
      return 1;
  }
}

}  // namespace reeld::engine
