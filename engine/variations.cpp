#include "engine/variations.hpp"

#include <algorithm>
#include <array>

#include "base/nearest.hpp"

namespace reeld::engine {
namespace {

constexpr std::size_t kMostLabelBytes = 100;
// A patch may copy what is there into itself, and so double it with every step.
constexpr std::size_t kMostSteps = 256, kMostCopies = 16, kMostRequestBytes = 4 << 20;

Error wrong(const std::string& path, const std::string& why) {
  return {Code::invalid_request, path + ": " + why, path};
}

Result<void> check_fields(const Json& variation, const std::string& path) {
  static const std::vector<std::string> kKnown = {"label", "changes", "patch", "prompt"};
  if (!variation.is_object()) return wrong(path, "a variation must be a map");
  for (const auto& [name, value] : variation.items()) {
    if (std::ranges::find(kKnown, name) != kKnown.end()) continue;
    return Error{Code::unknown_field,
                 path + "/" + name + ": a variation has no such field: did you mean \"" +
                     nearest_name(name, kKnown) + "\"?",
                 path + "/" + name};
  }
  return {};
}

// The words of nlohmann's exceptions begin with their name and number.
std::string words_of(const Json::exception& error) {
  const std::string text = error.what();
  const auto end = text.find("] ");
  return end == std::string::npos ? text : text.substr(end + 2);
}

Result<Json> patched(Json request, const Json& patch, const std::string& path) {
  if (!patch.is_array()) return wrong(path, "a patch must be a list of operations (RFC 6902)");
  if (patch.size() > kMostSteps) {
    return Error{Code::limit_exceeded,
                 path + ": a patch may have " + std::to_string(kMostSteps) + " operations, not " +
                     std::to_string(patch.size()),
                 path};
  }
  std::size_t copies = 0;
  for (std::size_t i = 0; i < patch.size(); ++i) {
    const std::string at = path + "/" + std::to_string(i);
    const bool copies_some = patch[i].is_object() && patch[i].value("op", Json()) == "copy";
    if (copies_some && ++copies > kMostCopies) {
      return Error{Code::limit_exceeded,
                   at + ": a patch may copy " + std::to_string(kMostCopies) + " times; write the values out",
                   at};
    }
    try {
      request = request.patch(Json::array({patch[i]}));
    } catch (const Json::exception& error) {
      return wrong(at, "the operation cannot be done: " + words_of(error));
    }
    if (copies_some &&
        request.dump(-1, ' ', false, Json::error_handler_t::replace).size() > kMostRequestBytes) {
      return Error{Code::limit_exceeded, at + ": the request becomes larger than 4 MiB", at};
    }
  }
  return request;
}

Result<Json> prompted(Json request, const Json& prompt, const std::string& path) {
  if (!prompt.is_string()) return wrong(path, "a prompt must be a string");
  const auto scenes = request.is_object() ? request.find("scenes") : request.end();
  if (scenes == request.end() || !scenes->is_array()) return wrong(path, "the request has no list of scenes");
  for (Json& scene : *scenes) {
    if (!scene.is_object()) continue;  // the schema says so in better words
    if (Json& picture = scene["picture"]; picture.is_object() || picture.is_null())
      picture["prompt"] = prompt;
  }
  return request;
}

Result<Json> changed(const std::string& comparison_type, Json request, const Json& variation,
                     const std::string& path) {
  if (const auto changes = variation.find("changes"); changes != variation.end()) {
    if (!changes->is_object()) return wrong(path + "/changes", "changes must be a map (RFC 7396)");
    request.merge_patch(*changes);
  }
  if (const auto patch = variation.find("patch"); patch != variation.end()) {
    REELD_ASSIGN(request, patched(std::move(request), *patch, path + "/patch"));
  }
  if (const auto prompt = variation.find("prompt"); prompt != variation.end()) {
    if (comparison_type != "prompt") {
      return wrong(path + "/prompt",
                   "only where prompts are compared does a variation have one; use changes");
    }
    REELD_ASSIGN(request, prompted(std::move(request), *prompt, path + "/prompt"));
  }
  return request;
}

Result<std::string> label_of(const Json& variation, const std::vector<Variation>& before,
                             const std::string& path) {
  const auto given = variation.find("label");
  const std::string at = path + "/label";
  std::string label = std::to_string(before.size() + 1);
  if (given != variation.end()) {
    if (!given->is_string()) return wrong(at, "a label must be a string");
    label = given->get<std::string>();
  }
  if (label.empty() || label.size() > kMostLabelBytes) {
    return wrong(at, "a label must have 1 to " + std::to_string(kMostLabelBytes) + " bytes");
  }
  if (std::ranges::any_of(label, [](unsigned char c) { return c < 0x20 || c == 0x7f; })) {
    return wrong(at, "a label must be one line, without control characters");
  }
  for (const Variation& other : before) {
    if (other.label == label) return wrong(at, "there are two variations \"" + label + "\"");
  }
  return label;
}

// A label as a file is called: without what a shell or another system would not take. Where nothing is left
// of it, the film's number.
std::string stem_of(const std::string& label, const std::vector<Variation>& before) {
  std::string stem;
  for (const unsigned char c : label) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c >= 0x80 || c == '_' || c == '+' || (c == '.' && !stem.empty());
    if (plain) {
      stem += static_cast<char>(c);
    } else if (!stem.empty() && !stem.ends_with('-')) {
      stem += '-';
    }
  }
  if (stem.ends_with('-')) stem.pop_back();
  if (stem.empty()) stem = std::to_string(before.size() + 1);
  const auto taken = [&](const std::string& name) {
    return std::ranges::any_of(before, [&](const Variation& other) { return other.stem == name; });
  };
  std::string unlike = stem;
  for (std::size_t n = before.size() + 1; taken(unlike); ++n) unlike = stem + "-" + std::to_string(n);
  return unlike;
}

}  // namespace

Result<std::vector<Variation>> vary(const std::string& comparison_type, const Json& request,
                                    const Json& variations) {
  std::vector<Variation> made;
  for (std::size_t i = 0; i < variations.size(); ++i) {
    const std::string path = "/variations/" + std::to_string(i);
    REELD_TRY(check_fields(variations[i], path));
    Variation variation;
    REELD_ASSIGN(variation.label, label_of(variations[i], made, path));
    variation.sent = variations[i];
    REELD_ASSIGN(variation.request, changed(comparison_type, request, variations[i], path));
    variation.stem = stem_of(variation.label, made);
    made.push_back(std::move(variation));
  }
  return made;
}

}  // namespace reeld::engine
