// A URL taken apart: http or https, without credentials. Pure.
#pragma once

#include <string>

#include "base/result.hpp"

namespace reeld::providers {

struct WebAddress {
  std::string url;     // whole and normal, without a fragment
  std::string scheme;  // "http", "https"
  std::string host;    // in lower case
  std::string port;    // always said
  // "example.com", "localhost:8188": what messages name, since paths and queries may hold secrets.
  std::string place() const;
  // Whether what is meant for one may be told to the other.
  bool same_origin(const WebAddress& other) const {
    return scheme == other.scheme && host == other.host && port == other.port;
  }
};

// Errors: invalid_request.
Result<WebAddress> web_address(const std::string& url);

// Where the header Location leads from there; relative ones too. Errors: invalid_request.
Result<WebAddress> redirected(const WebAddress& from, const std::string& location);

}  // namespace reeld::providers
