#include "engine/sound_wav.hpp"

#include <array>
#include <cstdint>
#include <fstream>
#include <string_view>
#include <system_error>

namespace reeld::engine::sound {
namespace {

// A writer that cannot seek back (espeak-ng --stdout, ffmpeg to a pipe) leaves 0 or about 2 or 4 GiB as the
// length, which says nothing.
constexpr std::uint32_t kUnknownLength = 0x7ff00000;

constexpr int kMaxChunks = 1000;  // before the sound; a real file has a few

struct Chunk {
  std::array<char, 4> name{};
  std::uint32_t size = 0;
  bool is(std::string_view other) const { return std::string_view(name.data(), name.size()) == other; }
};

bool read_chunk(std::ifstream& file, Chunk& chunk) {
  std::array<unsigned char, 4> size{};  // little endian
  file.read(chunk.name.data(), 4);
  file.read(reinterpret_cast<char*>(size.data()), 4);
  chunk.size = size[0] | size[1] << 8U | size[2] << 16U | static_cast<std::uint32_t>(size[3]) << 24U;
  return file.good();
}

}  // namespace

bool is_truncated_wav(const std::filesystem::path& path) {
  std::error_code error;
  const std::uintmax_t file_size = std::filesystem::file_size(path, error);
  std::ifstream file(path, std::ios::binary);
  Chunk chunk;
  std::array<char, 4> kind{};
  if (error || !read_chunk(file, chunk) || !chunk.is("RIFF") || !file.read(kind.data(), 4) ||
      std::string_view(kind.data(), kind.size()) != "WAVE") {
    return false;
  }
  for (int i = 0; i < kMaxChunks && read_chunk(file, chunk); ++i) {
    const auto begin = static_cast<std::uintmax_t>(file.tellg());
    if (chunk.is("data")) {
      return chunk.size < kUnknownLength && begin + chunk.size > file_size;
    }
    file.seekg(chunk.size + chunk.size % 2, std::ios::cur);  // chunks begin at even places
  }
  return false;
}

}  // namespace reeld::engine::sound
