#include "providers/services/multipart.hpp"

#include <random>

namespace reeld::providers {
namespace {

// 128 random bits, which stand in no file by chance.
std::string random_boundary() {
  std::random_device random;
  std::string boundary = "reeld-";
  for (int i = 0; i < 32; ++i) boundary += "0123456789abcdef"[random() % 16];
  return boundary;
}

}  // namespace

Multipart::Multipart() : boundary_(random_boundary()) {}

void Multipart::add_field(std::string_view name, std::string_view value) {
  body_ += "--" + boundary_ + "\r\nContent-Disposition: form-data; name=\"";
  body_.append(name).append("\"\r\n\r\n").append(value).append("\r\n");
}

void Multipart::add_file(std::string_view name, std::string_view file_name, std::string_view media_type,
                         std::string_view bytes) {
  body_ += "--" + boundary_ + "\r\nContent-Disposition: form-data; name=\"";
  body_.append(name).append("\"; filename=\"").append(file_name).append("\"\r\nContent-Type: ");
  body_.append(media_type).append("\r\n\r\n").append(bytes).append("\r\n");
}

}  // namespace reeld::providers
