// Messages as bytes: msgpack maps with string keys, seen as JSON values inside the program. Nothing from
// outside is trusted: sizes and depth are limited before anything is allocated for them.
#pragma once

#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "base/result.hpp"

namespace reeld::ipc {

inline constexpr int kProtocolVersion = 1;
inline constexpr std::size_t kMaxMessageBytes = 16 << 20;
inline constexpr int kMaxDepth = 64;

std::string encode(const nlohmann::json& message);

// Errors: protocol_error for what is no msgpack, too deep, too large, or has keys that are no strings. NaN
// and infinities pass: whoever reads the number judges it.
Result<nlohmann::json> decode(std::string_view bytes);

}  // namespace reeld::ipc
