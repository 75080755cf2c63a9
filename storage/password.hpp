// Passwords as they are kept: Argon2id by libsodium. Both take some 64 MiB and tens of milliseconds, on
// purpose: call them where nobody waits behind you. From any thread.
#pragma once

#include <string>

#include "base/result.hpp"

namespace reeld::storage {

inline constexpr std::size_t kMinPasswordBytes = 8;
inline constexpr std::size_t kMaxPasswordBytes = 1024;

// With a salt of its own, so that equal passwords do not look equal. invalid_request for one that is too
// short or too long; internal where there is no memory for it.
Result<std::string> hash_password(const std::string& password);

// False for any other password, and for a hash that is none.
bool verify_password(const std::string& hash, const std::string& password);

}  // namespace reeld::storage
