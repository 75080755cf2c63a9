// What kind of file some bytes are, by how they begin: what a service says of its answer is not believed.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace reeld::providers {

// "image/png", "audio/wav", ...; empty for none that reeld reads. The first 64 bytes are enough.
std::string sniffed_media_type(std::string_view bytes);

// ".png" for "image/png"; empty for an unknown type.
std::string extension_of(std::string_view media_type);

// What a file's name says: "image/jpeg" for "a.JPG"; empty for an unknown extension.
std::string media_type_of_name(const std::filesystem::path& name);

}  // namespace reeld::providers
