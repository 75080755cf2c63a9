// What a picture file says of itself before a pixel is decoded: its kind, whether it is whole, how the camera
// was held. Pure; the bytes are hostile.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

namespace reeld::engine {

// What is handed to a decoder. OpenCV may be built with more (GDAL, DICOM, HDR), which nobody asks for and
// which a hostile file could reach.
enum class PictureKind : std::uint8_t { unknown, jpeg, png, webp, tiff, bmp, jpeg2000, pnm };

// By its first bytes; a file's name says nothing.
PictureKind picture_kind(std::span<const std::uint8_t> bytes);

// Why a file of kind unknown is not read, as the end of a sentence.
std::string why_unknown(std::span<const std::uint8_t> bytes);

// What is missing where the container says that there is more than the bytes hold: decoders then hand out
// what there is, padded. Kinds whose decoder reports it itself give nullopt.
std::optional<std::string> truncation(PictureKind kind, std::span<const std::uint8_t> bytes);

// 1..8 as EXIF counts them; 1, upright, where nothing is said. Always 1 for TIFF, which OpenCV's decoder
// turns upright itself, and for the kinds without EXIF.
int exif_orientation(PictureKind kind, std::span<const std::uint8_t> bytes);

}  // namespace reeld::engine
