// multipart/form-data (RFC 7578): fields and files as one body. Private to services/.
#pragma once

#include <string>
#include <string_view>

namespace reeld::providers {

class Multipart {
 public:
  Multipart();
  // Names and file names are ours, never a user's: they are not quoted.
  void add_field(std::string_view name, std::string_view value);
  void add_file(std::string_view name, std::string_view file_name, std::string_view media_type,
                std::string_view bytes);
  std::string content_type() const { return "multipart/form-data; boundary=" + boundary_; }
  std::string body() const { return body_ + "--" + boundary_ + "--\r\n"; }

 private:
  const std::string boundary_;
  std::string body_;
};

}  // namespace reeld::providers
