// Reads the fields of a JSON object with their types and ranges, and remembers the first that is wrong.
// Private to providers/: wishes, options, answers of services.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "base/result.hpp"

namespace reeld::providers {

// `own`, and the fields of a picture, a speech or a music that are the engine's and stand beside them.
std::vector<std::string> beside_the_engines(std::vector<std::string> own);

class Fields {
 public:
  // Every field that is none of `known` is an error that names the nearest one. `path` is put before a
  // field's name.
  Fields(const nlohmann::json& object, const std::vector<std::string>& known, std::string path = "");

  // Each gives `otherwise` where the field is absent or wrong; sizes are in bytes.
  std::string text(const char* name, const std::string& otherwise = "", std::size_t max_size = 1 << 16);
  std::string needed_text(const char* name, std::size_t max_size = 1 << 16);  // more than white space
  double number(const char* name, double otherwise, double least, double most);
  bool boolean(const char* name, bool otherwise);
  int integer(const char* name, int otherwise, int least, int most);
  std::optional<double> optional_number(const char* name, double least, double most);
  std::optional<std::uint64_t> seed(const char* name);  // 0 to 2^53 - 1
  std::vector<std::string> texts(const char* name, std::size_t max_count, std::size_t max_size = 4096);
  nlohmann::json object(const char* name);  // {} where absent
  std::string choice(const char* name, const std::string& otherwise, const std::vector<std::string>& allowed);

  void fail(const std::string& name, const std::string& message);
  Result<void> result() const;  // the first error

 private:
  const nlohmann::json* find(const char* name) const;

  const nlohmann::json& object_;
  const std::string path_;
  std::optional<Error> error_;
};

}  // namespace reeld::providers
