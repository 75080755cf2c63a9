// Messages as bytes: msgpack maps with string keys, seen as JSON values inside the program. Nothing from
// outside is trusted: a count that a message claims allocates nothing before its elements are there.
#pragma once

#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "base/result.hpp"

namespace reeld::wire {

inline constexpr std::size_t kMaxMessageBytes = 16 << 20;
inline constexpr std::size_t kMaxDepth = 64;
// A value takes 16 bytes as JSON and at least one in a message: this bounds what a message can unfold into to
// 64 MiB beside its texts. A film of 5000 scenes has about a tenth of it.
inline constexpr std::size_t kMaxValues = 4 << 20;

std::string encode(const nlohmann::json& message);

// Errors: protocol_error for what is no msgpack, too deep, too large, or has keys that are no strings or
// stand twice. NaN, infinities and texts that are no UTF-8 pass: whoever reads the field judges it, and names
// it.
Result<nlohmann::json> decode(std::string_view bytes);

// The text with U+FFFD in place of what is no UTF-8; the text itself where it is.
std::string valid_utf8(const std::string& text);

// valid_utf8 for every text and key of a message that we send: msgpack's strings are UTF-8, and a reply may
// quote bytes that are not.
void make_utf8(nlohmann::json& message);

}  // namespace reeld::wire
