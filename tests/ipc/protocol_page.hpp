// docs/protocol.md and the pages below docs/protocol/ as a test reads them, as one: a block of JSON whose
// label line begins with "Request" goes with the one labelled "Reply" that follows; "Event" labels an event
// as it is sent.
#pragma once

#include <set>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

namespace reeld::test {

using Json = nlohmann::json;

struct Exchange {
  std::string label;  // of the request, with its place, for messages
  Json request, reply;
};

struct ProtocolPage {
  std::string text;
  std::vector<Exchange> exchanges;
  std::vector<Json> events;
};

// Throws std::runtime_error, with the line, where the page is not made as above.
ProtocolPage read_protocol_page();                         // all pages
ProtocolPage read_protocol_page(const std::string& name);  // that one, of docs/protocol/

// The first place where `actual` has other keys or types than `documented`; empty where there is none. A null
// on either side stands for any value, a number for every number, and each item of an array must be like one
// of those documented. The maps at `open` have keys that are data, or that another field decides: JSON
// pointers, with * for an array's items ("/result/events/*/body").
std::string shape_difference(const Json& documented, const Json& actual,
                             const std::set<std::string>& open = {});

}  // namespace reeld::test
