// What a WAV file's own header says of its length, which libavformat silently corrects by the file's size.
// Used when a sound is opened.
#pragma once

#include <filesystem>

namespace reeld::engine::sound {

// The file is a WAV whose header says that more sound follows than is there. False for any other file.
bool is_truncated_wav(const std::filesystem::path& file);

}  // namespace reeld::engine::sound
