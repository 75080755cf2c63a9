#include "providers/base64.hpp"

#include <openssl/evp.h>

#include <algorithm>

namespace reeld::providers {

std::string base64_encoded(std::string_view bytes) {
  std::string text((bytes.size() + 2) / 3 * 4 + 1, '\0');
  const int size =
      EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                      reinterpret_cast<const unsigned char*>(bytes.data()), static_cast<int>(bytes.size()));
  text.resize(static_cast<std::size_t>(size));
  return text;
}

Result<std::string> base64_decoded(std::string_view text) {
  if (text.starts_with("data:")) text = text.substr(std::min(text.size(), text.find(',') + 1));
  std::string packed;
  packed.reserve(text.size());
  std::ranges::copy_if(text, std::back_inserter(packed),
                       [](char c) { return c != '\n' && c != '\r' && c != ' ' && c != '\t'; });
  const auto padding = packed.size() - std::min(packed.size(), packed.find_last_not_of('=') + 1);
  std::string bytes(packed.size() / 4 * 3, '\0');
  const int size =
      EVP_DecodeBlock(reinterpret_cast<unsigned char*>(bytes.data()),
                      reinterpret_cast<const unsigned char*>(packed.data()), static_cast<int>(packed.size()));
  if (packed.empty() || size < 0 || padding > 2) {
    return Error{Code::response_malformed, "a file in the answer is not Base64"};
  }
  bytes.resize(static_cast<std::size_t>(size) - padding);  // EVP counts what was padded
  return bytes;
}

}  // namespace reeld::providers
