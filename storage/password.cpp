#include "storage/password.hpp"

#include <sodium.h>

#include <array>

#include "base/check.hpp"

namespace reeld::storage {
namespace {

void start_sodium() {
  static const int started = sodium_init();
  REELD_CHECK(started >= 0);
}

}  // namespace

Result<std::string> hash_password(const std::string& password) {
  start_sodium();
  if (password.size() < kMinPasswordBytes || password.size() > kMaxPasswordBytes) {
    return Error{Code::invalid_request,
                 "A password has " + std::to_string(kMinPasswordBytes) + " to " +
                     std::to_string(kMaxPasswordBytes) + " bytes, and this one has " +
                     std::to_string(password.size()) + ".",
                 "/password"};
  }
  std::array<char, crypto_pwhash_STRBYTES> hash{};
  // libsodium's measure for a login that somebody waits for: 64 MiB, twice over.
  if (crypto_pwhash_str_alg(hash.data(), password.data(), password.size(), crypto_pwhash_OPSLIMIT_INTERACTIVE,
                            crypto_pwhash_MEMLIMIT_INTERACTIVE, crypto_pwhash_ALG_ARGON2ID13) != 0) {
    return Error{Code::internal, "There is no memory to hash a password; it needs 64 MiB."};
  }
  return std::string(hash.data());
}

bool verify_password(const std::string& hash, const std::string& password) {
  start_sodium();
  return hash.size() < crypto_pwhash_STRBYTES && password.size() <= kMaxPasswordBytes &&
         crypto_pwhash_str_verify(hash.c_str(), password.data(), password.size()) == 0;
}

}  // namespace reeld::storage
