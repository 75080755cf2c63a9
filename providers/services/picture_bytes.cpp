#include "providers/services/picture_bytes.hpp"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "providers/media_type.hpp"

namespace reeld::providers {
namespace {

namespace fs = std::filesystem;

constexpr int kMinRateHz = 4000, kMaxRateHz = 192000;
constexpr int kBytesPerSample = 2;
// Above this a size in a WAV header means "not known yet": programs that stream write 2^31 or 2^32 - 1.
constexpr std::uint32_t kUnknownWavBytes = 0x7FFF0000;

unsigned byte_at(std::string_view bytes, std::size_t at) {
  return static_cast<unsigned char>(bytes[at]);
}
unsigned big_16(std::string_view bytes, std::size_t at) {
  return byte_at(bytes, at) << 8 | byte_at(bytes, at + 1);
}
unsigned little_16(std::string_view bytes, std::size_t at) {
  return byte_at(bytes, at + 1) << 8 | byte_at(bytes, at);
}
unsigned big_32(std::string_view bytes, std::size_t at) {
  return big_16(bytes, at) << 16 | big_16(bytes, at + 2);
}
unsigned little_32(std::string_view bytes, std::size_t at) {
  return little_16(bytes, at + 2) << 16 | little_16(bytes, at);
}

Error cut(std::string_view kind, std::size_t size) {
  return {Code::response_truncated,
          "the " + std::string(kind) + " ends before its end, after " + std::to_string(size) + " bytes"};
}

Result<PictureSize> png_size(std::string_view bytes) {
  if (bytes.size() < 33) return cut("PNG", bytes.size());
  if (bytes.substr(12, 4) != "IHDR") return Error{Code::picture_invalid, "the PNG does not begin with IHDR"};
  // The last chunk is 12 bytes; a few programs append bytes of their own.
  if (bytes.substr(bytes.size() > 4096 ? bytes.size() - 4096 : 0).find("IEND") == bytes.npos)
    return cut("PNG", bytes.size());
  return PictureSize{static_cast<int>(big_32(bytes, 16)), static_cast<int>(big_32(bytes, 20))};
}

bool is_frame_header(unsigned marker) {
  return marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
}

// From segment to segment up to the frame header.
Result<PictureSize> jpeg_size(std::string_view bytes) {
  std::size_t at = 2;
  while (at + 9 <= bytes.size()) {
    const unsigned marker = byte_at(bytes, at + 1);
    if (byte_at(bytes, at) != 0xFF || marker == 0xD9 || marker == 0xDA)
      return Error{Code::picture_invalid, "the JPEG has no frame header"};
    if (marker == 0xFF) {  // a fill byte
      ++at;
      continue;
    }
    if (is_frame_header(marker)) {
      if (bytes.substr(bytes.size() > 4096 ? bytes.size() - 4096 : 0).rfind("\xFF\xD9") == bytes.npos)
        return cut("JPEG", bytes.size());
      return PictureSize{static_cast<int>(big_16(bytes, at + 7)), static_cast<int>(big_16(bytes, at + 5))};
    }
    at += 2 + std::max(2U, big_16(bytes, at + 2));
  }
  return cut("JPEG", bytes.size());
}

Result<PictureSize> webp_size(std::string_view bytes) {
  if (bytes.size() < 30 || little_32(bytes, 4) > bytes.size() - 8) return cut("WebP", bytes.size());
  if (bytes.substr(12, 4) == "VP8X") {
    const auto side = [&](std::size_t at) {
      return static_cast<int>(little_16(bytes, at) | byte_at(bytes, at + 2) << 16) + 1;
    };
    return PictureSize{side(24), side(27)};
  }
  if (bytes.substr(12, 4) == "VP8L") {
    const unsigned bits = little_32(bytes, 21);
    return PictureSize{static_cast<int>(bits & 0x3FFF) + 1, static_cast<int>(bits >> 14 & 0x3FFF) + 1};
  }
  return PictureSize{static_cast<int>(little_16(bytes, 26) & 0x3FFF),
                     static_cast<int>(little_16(bytes, 28) & 0x3FFF)};
}

Result<PictureSize> gif_size(std::string_view bytes) {
  if (bytes.size() < 13) return cut("GIF", bytes.size());
  return PictureSize{static_cast<int>(little_16(bytes, 6)), static_cast<int>(little_16(bytes, 8))};
}

Result<PictureSize> size_in_header(std::string_view bytes) {
  const std::string type = sniffed_media_type(bytes.substr(0, 64));
  if (type == "image/png") return png_size(bytes);
  if (type == "image/jpeg") return jpeg_size(bytes);
  if (type == "image/webp") return webp_size(bytes);
  if (type == "image/gif") return gif_size(bytes);
  return Error{Code::picture_invalid, "there is no header of a picture"};
}

// "Audio/L16; rate=24000" as "audio/l16", under the name that reeld uses where a type has several.
std::string usual_type(std::string_view said) {
  std::string type(said.substr(0, said.find(';')));
  type.erase(type.find_last_not_of(" \t") + 1);
  std::ranges::transform(type, type.begin(), [](unsigned char c) { return std::tolower(c); });
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 13> kUsual = {
      {{"application/octet-stream", ""},
       {"binary/octet-stream", ""},
       {"image/jpg", "image/jpeg"},
       {"image/x-png", "image/png"},
       {"audio/mp3", "audio/mpeg"},
       {"audio/x-wav", "audio/wav"},
       {"audio/wave", "audio/wav"},
       {"audio/vnd.wave", "audio/wav"},
       {"audio/x-flac", "audio/flac"},
       {"audio/opus", "audio/ogg"},
       {"application/ogg", "audio/ogg"},
       {"audio/aacp", "audio/aac"},
       {"audio/x-m4a", "audio/mp4"}}};
  const auto* const usual = std::ranges::find_if(kUsual, [&](const auto& one) { return one.first == type; });
  return usual == kUsual.end() ? type : std::string(usual->second);
}

// A whole number of the type's parameters ("rate" in "audio/L16;rate=24000").
int parameter_of(std::string_view type, std::string_view name, int otherwise) {
  for (auto at = type.find(';'); at != type.npos; at = type.find(';', at + 1)) {
    std::string_view rest = type.substr(at + 1);
    rest.remove_prefix(std::min(rest.find_first_not_of(' '), rest.size()));
    if (!rest.starts_with(name) || rest.substr(name.size(), 1) != "=") continue;
    return std::atoi(std::string(rest.substr(name.size() + 1, 9)).c_str());
  }
  return otherwise;
}

// The kind that the bytes are, which must begin with `family` and be what was said.
Result<std::string> agreed_type(std::string_view bytes, std::string_view said_type, std::string_view family) {
  if (bytes.empty())
    return Error{Code::response_truncated,
                 "the answer holds no bytes where " + std::string(family) + "... was asked for"};
  const std::string found = sniffed_media_type(bytes.substr(0, 64)), said = usual_type(said_type);
  if (found.starts_with(family) && (said.empty() || said == found)) return found;
  const std::string is = found.empty() ? "of no kind that is known" : found;
  return Error{Code::response_media_type,
               "the answer " + (said.empty() ? "does not say what it is" : "says that it is " + said) +
                   ", and its bytes are " + is};
}

// Into a file that nobody else has.
Result<fs::path> written(const fs::path& scratch, std::string_view stem, const std::string& extension,
                         std::string_view bytes) {
  std::string name = (scratch / stem).string() + "-XXXXXX" + extension;
  const int fd = mkostemps(name.data(), static_cast<int>(extension.size()), O_CLOEXEC);
  const auto failed = [&]() {
    return Error{errno == ENOSPC || errno == EDQUOT ? Code::disk_full : Code::target_unwritable,
                 "the answer cannot be written into " + scratch.string() + ": " + std::strerror(errno)};
  };
  if (fd < 0) return failed();
  while (!bytes.empty()) {
    const ssize_t size = write(fd, bytes.data(), bytes.size());
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) {
      const Error error = failed();
      close(fd);
      unlink(name.c_str());
      return error;
    }
    bytes.remove_prefix(static_cast<std::size_t>(size));
  }
  close(fd);
  return fs::path(name);
}

Result<Delivery> delivered(std::string_view bytes, const std::string& type, std::string_view stem,
                           const fs::path& scratch) {
  REELD_ASSIGN(fs::path file, written(scratch, stem, extension_of(type), bytes));
  Delivery delivery;
  delivery.file = std::move(file);
  delivery.media_type = type;
  delivery.source_type = "GENERATED";
  return delivery;
}

// Samples sound like noise whatever they are, so only what cannot be any is refused.
Result<void> check_samples(std::string_view bytes, int rate_hz, int channel_count) {
  if (bytes.empty()) return Error{Code::response_truncated, "the answer holds no samples"};
  if (rate_hz < kMinRateHz || rate_hz > kMaxRateHz || channel_count < 1 || channel_count > 2)
    return Error{Code::audio_invalid, "the answer's samples are said to be of " + std::to_string(rate_hz) +
                                          " Hz and " + std::to_string(channel_count) + " channels"};
  const std::string_view begin = bytes.substr(0, 256);
  const auto is_printed = [](unsigned char c) { return (c >= ' ' && c < 0x7F) || c == '\n' || c == '\r'; };
  if (std::ranges::all_of(begin, is_printed))
    return Error{Code::response_media_type,
                 "the answer says that it is samples of sound, and its bytes are text"};
  if (bytes.size() % static_cast<std::size_t>(kBytesPerSample * channel_count) != 0)
    return Error{Code::response_truncated,
                 "the answer's " + std::to_string(bytes.size()) + " bytes are no whole number of samples"};
  return {};
}

}  // namespace

Result<PictureSize> picture_size(std::string_view bytes) {
  REELD_ASSIGN(const PictureSize size, size_in_header(bytes));
  if (size.width <= 0 || size.height <= 0)
    return Error{Code::picture_invalid, "the picture's header says that it has no pixels"};
  return size;
}

Result<Delivery> picture_delivery(std::string_view bytes, std::string_view said_type,
                                  const fs::path& scratch) {
  REELD_ASSIGN(const std::string type, agreed_type(bytes, said_type, "image/"));
  if (type == "image/png" || type == "image/jpeg" || type == "image/webp" || type == "image/gif")
    REELD_TRY(picture_size(bytes));
  return delivered(bytes, type, "picture", scratch);
}

std::string wav_of_pcm(std::string_view samples, int rate_hz, int channel_count) {
  const auto little = [](std::uint32_t value, int size) {
    std::string bytes;
    for (int i = 0; i < size; ++i) bytes += static_cast<char>(value >> (8 * i));
    return bytes;
  };
  const auto size = static_cast<std::uint32_t>(samples.size());
  const auto rate = static_cast<std::uint32_t>(rate_hz);
  const auto frame_bytes = static_cast<std::uint32_t>(kBytesPerSample * channel_count);
  std::string wav = "RIFF" + little(36 + size, 4) + "WAVEfmt " + little(16, 4) + little(1, 2);  // 1: PCM
  wav +=
      little(static_cast<std::uint32_t>(channel_count), 2) + little(rate, 4) + little(rate * frame_bytes, 4);
  wav += little(frame_bytes, 2) + little(8 * kBytesPerSample, 2) + "data" + little(size, 4);
  wav += samples;
  return wav;
}

Result<Delivery> sound_delivery(std::string_view bytes, std::string_view said_type, const fs::path& scratch,
                                int pcm_rate_hz) {
  const std::string said = usual_type(said_type);
  const bool is_wav = sniffed_media_type(bytes.substr(0, 64)) == "audio/wav";
  if ((said == "audio/l16" || said == "audio/pcm") && !is_wav) {
    const int rate_hz = parameter_of(said_type, "rate", pcm_rate_hz);
    const int channel_count = parameter_of(said_type, "channels", 1);
    REELD_TRY(check_samples(bytes, rate_hz, channel_count));
    return delivered(wav_of_pcm(bytes, rate_hz, channel_count), "audio/wav", "sound", scratch);
  }
  REELD_ASSIGN(const std::string type, agreed_type(bytes, is_wav ? "audio/wav" : said_type, "audio/"));
  if (is_wav && (bytes.size() <= 44 ||
                 (little_32(bytes, 4) < kUnknownWavBytes && little_32(bytes, 4) > bytes.size() - 8)))
    return cut("WAV", bytes.size());
  return delivered(bytes, type, "sound", scratch);
}

}  // namespace reeld::providers
