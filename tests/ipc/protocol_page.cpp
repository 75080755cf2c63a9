#include "tests/ipc/protocol_page.hpp"

#include <algorithm>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace reeld::test {
namespace {

const char* const kFile = REELD_SOURCE_DIR "/docs/protocol.md";

[[noreturn]] void fail(int line, const std::string& what) {
  throw std::runtime_error(std::string(kFile) + ":" + std::to_string(line) + ": " + what);
}

void add(ProtocolPage& page, const std::string& label, int line, const Json& json) {
  const bool waits = !page.exchanges.empty() && page.exchanges.back().reply.is_null();
  if (waits != label.starts_with("Reply")) fail(line, "a request and its reply do not stand together");
  if (label.starts_with("Request")) {
    page.exchanges.push_back({std::to_string(line) + ": " + label, json, nullptr});
  } else if (label.starts_with("Reply")) {
    page.exchanges.back().reply = json;
  } else if (label.starts_with("Event")) {
    page.events.push_back(json);
  } else {
    fail(line, "the block has no label: " + label);
  }
}

// A value's kind, as far as shapes tell kinds apart.
std::string kind_of(const Json& value) {
  return value.is_number() ? "number" : value.type_name();
}

std::string difference(const Json& documented, const Json& actual, const std::string& at,
                       const std::set<std::string>& open);

std::string map_difference(const Json& documented, const Json& actual, const std::string& at,
                           const std::set<std::string>& open) {
  if (open.contains(at)) return "";
  const auto below = [&](const std::string& key) { return std::string(at).append("/").append(key); };
  for (const auto& [key, value] : documented.items()) {
    if (!actual.contains(key)) return below(key) + " is missing";
  }
  for (const auto& [key, value] : actual.items()) {
    if (!documented.contains(key)) return below(key) + " is not documented";
    std::string found = difference(documented.at(key), value, below(key), open);
    if (!found.empty()) return found;
  }
  return "";
}

std::string array_difference(const Json& documented, const Json& actual, const std::string& at,
                             const std::set<std::string>& open) {
  if (documented.empty()) return "";
  for (const Json& item : actual) {
    std::string found;
    const bool known = std::any_of(documented.begin(), documented.end(), [&](const Json& example) {
      found = difference(example, item, at + "/*", open);
      return found.empty();
    });
    if (!known) return found;
  }
  return "";
}

std::string difference(const Json& documented, const Json& actual, const std::string& at,
                       const std::set<std::string>& open) {
  if (documented.is_null() || actual.is_null()) return "";
  if (kind_of(documented) != kind_of(actual)) {
    return at + " is documented as " + kind_of(documented) + " and is " + kind_of(actual);
  }
  if (documented.is_object()) return map_difference(documented, actual, at, open);
  if (documented.is_array()) return array_difference(documented, actual, at, open);
  return "";
}

}  // namespace

ProtocolPage read_protocol_page() {
  ProtocolPage page;
  std::ifstream in(kFile);
  std::string label, block;
  bool inside = false;
  int number = 0;
  for (std::string line; std::getline(in, line);) {
    ++number;
    page.text += line + "\n";
    if (!inside && line == "```json") {
      inside = true;
      block.clear();
    } else if (inside && line == "```") {
      inside = false;
      const Json json = Json::parse(block, nullptr, false);
      if (json.is_discarded()) fail(number, "the block above is no JSON");
      add(page, label, number, json);
    } else if (inside) {
      block += line + "\n";
    } else if (!line.empty()) {
      label = line;
    }
  }
  if (page.exchanges.empty() || page.exchanges.back().reply.is_null()) fail(number, "a request has no reply");
  return page;
}

std::string shape_difference(const Json& documented, const Json& actual, const std::set<std::string>& open) {
  return difference(documented, actual, "", open);
}

}  // namespace reeld::test
