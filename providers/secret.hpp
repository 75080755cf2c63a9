// A key to a service. It has no operator<<, no JSON form and no std::string conversion: reveal() is the one
// way out, and the only callers are those that put it into a request. Its memory is wiped at its end.
#pragma once

#include <filesystem>
#include <string>

#include "base/result.hpp"

namespace reeld::providers {

class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string text) : text_(std::move(text)) {}
  Secret(const Secret&) = default;
  Secret(Secret&& other) noexcept;
  Secret& operator=(Secret other) noexcept;
  ~Secret();

  bool empty() const { return text_.empty(); }
  const std::string& reveal() const { return text_; }

 private:
  std::string text_;
};

// The environment's variable; empty where it is not set.
Secret secret_from_environment(const std::string& variable);

// The file's first line. Errors: file_missing; path_not_allowed where others than its owner may read it.
Result<Secret> secret_from_file(const std::filesystem::path& file);

// `text` with every occurrence of the secret replaced: for words of a service that may quote what it was
// sent.
std::string without_secret(std::string text, const Secret& secret);

}  // namespace reeld::providers
