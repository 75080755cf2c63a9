#include "tests/ipc/protocol_page.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace reeld::test {
namespace {

const std::filesystem::path kFolder = REELD_SOURCE_DIR "/docs/protocol";

struct Place {
  std::string file;
  int line = 0;
  std::string text() const { return file + ":" + std::to_string(line); }
};

[[noreturn]] void fail(const Place& place, const std::string& what) {
  throw std::runtime_error(place.text() + ": " + what);
}

void add(ProtocolPage& page, const std::string& label, const Place& place, const Json& json) {
  const bool waits = !page.exchanges.empty() && page.exchanges.back().reply.is_null();
  if (waits != label.starts_with("Reply")) fail(place, "a request and its reply do not stand together");
  if (label.starts_with("Request")) {
    page.exchanges.push_back({place.text() + ": " + label, json, nullptr});
  } else if (label.starts_with("Reply")) {
    page.exchanges.back().reply = json;
  } else if (label.starts_with("Event")) {
    page.events.push_back(json);
  } else {
    fail(place, "the block has no label: " + label);
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

void read_file(ProtocolPage& page, const std::filesystem::path& file) {
  std::ifstream in(file);
  if (!in) throw std::runtime_error("there is no page " + file.string());
  std::string label, block;
  bool inside = false;
  Place place{file.filename().string()};
  for (std::string line; std::getline(in, line);) {
    ++place.line;
    page.text += line + "\n";
    if (!inside && line == "```json") {
      inside = true;
      block.clear();
    } else if (inside && line == "```") {
      inside = false;
      const Json json = Json::parse(block, nullptr, false);
      if (json.is_discarded()) fail(place, "the block above is no JSON");
      add(page, label, place, json);
    } else if (inside) {
      block += line + "\n";
    } else if (!line.empty()) {
      label = line;
    }
  }
  if (!page.exchanges.empty() && page.exchanges.back().reply.is_null()) fail(place, "a request has no reply");
}

}  // namespace

ProtocolPage read_protocol_page() {
  std::vector<std::filesystem::path> files = {kFolder / "../protocol.md"};
  for (const auto& file : std::filesystem::directory_iterator(kFolder)) files.push_back(file.path());
  std::sort(files.begin(), files.end());
  ProtocolPage page;
  for (const auto& file : files) read_file(page, file);
  return page;
}

ProtocolPage read_protocol_page(const std::string& name) {
  ProtocolPage page;
  read_file(page, kFolder / name);
  return page;
}

std::string shape_difference(const Json& documented, const Json& actual, const std::set<std::string>& open) {
  return difference(documented, actual, "", open);
}

}  // namespace reeld::test
