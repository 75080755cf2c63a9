// UTF-8 that is known to be valid.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string_view>

namespace reeld {

// Characters (code points), not bytes: continuation bytes are none.
inline std::size_t character_count(std::string_view text) {
  return static_cast<std::size_t>(
      std::ranges::count_if(text, [](unsigned char c) { return (c & 0xC0) != 0x80; }));
}

}  // namespace reeld
