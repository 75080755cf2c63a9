// The headers of one request as libcurl takes them. A secret is in them and nowhere else, and wiped with
// them.
#pragma once

#include <curl/curl.h>

#include <memory>

#include "providers/http/http_client.hpp"

namespace reeld::providers {

struct WipingDeleter {
  void operator()(curl_slist* list) const;
};
using HeaderList = std::unique_ptr<curl_slist, WipingDeleter>;

// What a redirect changes.
struct HeadersFor {
  bool first_origin = true;  // otherwise without the secret and other headers that tell who asks
  bool with_body = false;    // otherwise without the headers that describe one
};

// Errors: invalid_request for a name or value that would break the header, without quoting the value.
Result<HeaderList> header_list(const HttpRequest& request, const HeadersFor& wanted);

}  // namespace reeld::providers
