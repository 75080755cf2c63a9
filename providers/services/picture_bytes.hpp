// Bytes that a service answered with, as a file in the scratch folder: a picture or a sound of a kind that
// reeld reads and that the service said it is, with a header, and an end where its format marks one. The
// daemon decodes nothing: what is damaged within is found by the worker that inspects it.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "providers/provider.hpp"

namespace reeld::providers {

struct PictureSize {
  int width = 0, height = 0;  // pixels
};

// By the header alone: PNG, JPEG, WebP, GIF. Errors: picture_invalid (no such header, or nothing in it),
// response_truncated (ended within the header, or before its end).
Result<PictureSize> picture_size(std::string_view bytes);

// `said_type` is the service's own word for it ("image/png", with or without parameters), empty where it said
// none. The file has a name of its own; file, media_type and source_type of the delivery are filled in.
// Errors: response_media_type (no picture, or another kind than was said, naming both), picture_invalid,
// response_truncated, target_unwritable, disk_full.
Result<Delivery> picture_delivery(std::string_view bytes, std::string_view said_type,
                                  const std::filesystem::path& scratch);

// The same for sound. Headerless samples ("audio/L16;rate=24000", "audio/pcm") become a WAV file: 16 bits,
// signed, little-endian; of the rate and the channels in the type, else of `pcm_rate_hz` and one. Errors: as
// above, with audio_invalid.
Result<Delivery> sound_delivery(std::string_view bytes, std::string_view said_type,
                                const std::filesystem::path& scratch, int pcm_rate_hz = 24000);

// Signed 16-bit little-endian samples with the header of a WAV file before them.
std::string wav_of_pcm(std::string_view samples, int rate_hz, int channel_count);

}  // namespace reeld::providers
