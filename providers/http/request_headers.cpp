#include "providers/http/request_headers.hpp"

#include <string.h>
#include <strings.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "base/check.hpp"

namespace reeld::providers {
namespace {

// What RFC 9110 calls a token.
constexpr std::string_view kTokenLetters =
    "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
constexpr std::array<std::string_view, 3> kWhoAsks = {"authorization", "cookie", "proxy-authorization"};

bool equal_names(std::string_view a, std::string_view b) {
  return a.size() == b.size() && ::strncasecmp(a.data(), b.data(), a.size()) == 0;
}

bool describes_body(std::string_view name) {
  return name.size() > 8 && equal_names(name.substr(0, 8), "content-");
}

bool tells_who_asks(std::string_view name) {
  return std::ranges::any_of(kWhoAsks, [&](std::string_view one) { return equal_names(name, one); });
}

bool breaks_line(std::string_view value) {
  return value.find_first_of(std::string_view("\r\n\0", 3)) != std::string_view::npos;
}

void append(HeaderList& list, const char* line) {
  curl_slist* const longer = curl_slist_append(list.get(), line);
  REELD_CHECK(longer != nullptr);
  if (list == nullptr) list.reset(longer);
}

// libcurl sends a header without a value only where its name ends in ";".
void append(HeaderList& list, const std::string& name, std::string_view prefix, std::string_view value) {
  std::string line;
  line.reserve(name.size() + prefix.size() + value.size() + 2);  // so that no copy is left behind
  line.append(name);
  if (prefix.empty() && value.empty()) {
    line.append(";");
  } else {
    line.append(": ").append(prefix).append(value);
  }
  append(list, line.c_str());
  ::explicit_bzero(line.data(), line.size());
}

}  // namespace

void WipingDeleter::operator()(curl_slist* list) const {
  for (const curl_slist* node = list; node != nullptr; node = node->next)
    ::explicit_bzero(node->data, ::strlen(node->data));
  curl_slist_free_all(list);
}

Result<HeaderList> header_list(const HttpRequest& request, const HeadersFor& wanted) {
  HeaderList list;
  // Waiting to be told to go on costs a second with servers that do not know of it.
  append(list, "Expect:");
  bool typed = false;
  for (const auto& [name, value] : request.headers) {
    if (name.empty() || name.find_first_not_of(kTokenLetters) != std::string::npos || breaks_line(value)) {
      return Error{Code::invalid_request, "the header \"" + name + "\" cannot be sent: its name or value " +
                                              "has a letter that no header has"};
    }
    if ((!wanted.first_origin && tells_who_asks(name)) || (!wanted.with_body && describes_body(name)))
      continue;
    typed = typed || equal_names(name, "content-type");
    append(list, name, "", value);
  }
  if (!typed) append(list, "Content-Type:");  // libcurl would call any body a form's
  if (wanted.first_origin && !request.secret.empty()) {
    if (request.secret_header.find_first_not_of(kTokenLetters) != std::string::npos ||
        request.secret_header.empty() || breaks_line(request.secret_prefix) ||
        breaks_line(request.secret.reveal())) {
      return Error{Code::invalid_request,
                   "the key cannot be sent as a header: it has a line's end in it, or " +
                       std::string("the header has no proper name")};
    }
    append(list, request.secret_header, request.secret_prefix, request.secret.reveal());
  }
  return list;
}

}  // namespace reeld::providers
