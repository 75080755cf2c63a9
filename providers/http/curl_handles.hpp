// libcurl's handles, freed at their end.
#pragma once

#include <curl/curl.h>

#include <memory>

#include "base/check.hpp"

namespace reeld::providers {

struct UrlDeleter {
  void operator()(CURLU* url) const { curl_url_cleanup(url); }
};
struct EasyDeleter {
  void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
};
struct MultiDeleter {
  void operator()(CURLM* multi) const { curl_multi_cleanup(multi); }
};
using UrlHandle = std::unique_ptr<CURLU, UrlDeleter>;
using EasyHandle = std::unique_ptr<CURL, EasyDeleter>;
using MultiHandle = std::unique_ptr<CURLM, MultiDeleter>;

// Values that come from outside are checked before they get here, so only we can make it fail.
template <class T>
void set_option(const EasyHandle& easy, CURLoption option, T value) {
  REELD_CHECK(curl_easy_setopt(easy.get(), option, value) == CURLE_OK);
}

}  // namespace reeld::providers
