#include "providers/services/comfyui_workflow.hpp"

#include <algorithm>
#include <fstream>

#include "base/nearest.hpp"

namespace reeld::providers {
namespace {

using nlohmann::json;

constexpr std::size_t kMaxBytes = 4 << 20;
constexpr const char* kPath = "/options/workflow";
const std::vector<std::string> kSlots = {"prompt", "negative_prompt", "seed",      "width",
                                         "height", "count",           "reference", "model"};

Error unsuitable(const std::string& what) {
  return {Code::invalid_request, "the workflow " + what, kPath};
}

// Calls `found(slot, begin, end)` for each "{{slot}}" in the text.
template <class Found>
void for_each_slot(const std::string& text, const Found& found) {
  for (auto begin = text.find("{{"); begin != std::string::npos; begin = text.find("{{", begin + 2)) {
    const auto end = text.find("}}", begin);
    if (end == std::string::npos) return;
    found(text.substr(begin + 2, end - begin - 2), begin, end + 2);
  }
}

Result<void> gather(const json& value, std::set<std::string>& slots) {
  if (value.is_string()) {
    std::string unknown;
    for_each_slot(value.get_ref<const std::string&>(), [&](const std::string& slot, auto, auto) {
      if (std::ranges::find(kSlots, slot) == kSlots.end()) unknown = slot;
      slots.insert(slot);
    });
    if (unknown.empty()) return {};
    return unsuitable("has a slot {{" + unknown + "}}: did you mean {{" + nearest_name(unknown, kSlots) +
                      "}}?");
  }
  if (!value.is_structured()) return {};
  for (const json& inner : value) REELD_TRY(gather(inner, slots));
  return {};
}

std::string filled_text(const std::string& text, const std::map<std::string, json>& values) {
  std::string out;
  std::size_t at = 0;
  for_each_slot(text, [&](const std::string& slot, std::size_t begin, std::size_t end) {
    const json& value = values.at(slot);
    out += text.substr(at, begin - at) + (value.is_string() ? value.get<std::string>() : value.dump());
    at = end;
  });
  return out + text.substr(at);
}

void fill(json& value, const std::map<std::string, json>& values) {
  if (value.is_structured()) {
    for (json& inner : value) fill(inner, values);
  } else if (value.is_string()) {
    const std::string text = value.get<std::string>();
    const bool is_slot = text.starts_with("{{") && text.find("}}") + 2 == text.size();
    value = is_slot ? values.at(text.substr(2, text.size() - 4)) : json(filled_text(text, values));
  }
}

}  // namespace

Result<ComfyWorkflow> ComfyWorkflow::read(const std::filesystem::path& file) {
  std::error_code failure;
  const auto status = std::filesystem::status(file, failure);
  if (!std::filesystem::exists(status))
    return Error{Code::file_missing, "there is no workflow at " + file.string(), kPath};
  std::ifstream in(file, std::ios::binary);
  if (!std::filesystem::is_regular_file(status) || !in)
    return Error{Code::file_unreadable, "the workflow " + file.string() + " cannot be read", kPath};
  std::string text(kMaxBytes + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(in.gcount()));
  if (text.size() > kMaxBytes) return unsuitable("is larger than 4 MB");
  return parse(text);
}

Result<ComfyWorkflow> ComfyWorkflow::parse(const std::string& text) {
  ComfyWorkflow workflow;
  workflow.graph_ = json::parse(text, nullptr, false);
  if (!workflow.graph_.is_object()) return unsuitable("is no JSON object");
  if (workflow.graph_.contains("nodes"))
    return unsuitable("is in the editor's form; save it with \"Export (API)\"");
  const auto is_node = [](const json& node) {
    return node.is_object() && node.contains("class_type") && node["class_type"].is_string();
  };
  if (workflow.graph_.empty() || !std::ranges::all_of(workflow.graph_, is_node))
    return unsuitable("must be an object of nodes, each with a class_type");
  REELD_TRY(gather(workflow.graph_, workflow.slots_));
  if (!workflow.has("prompt")) return unsuitable("has no slot {{prompt}}");
  return workflow;
}

json ComfyWorkflow::filled(const std::map<std::string, json>& values) const {
  json graph = graph_;
  fill(graph, values);
  return graph;
}

std::string ComfyWorkflow::class_of(const std::string& node) const {
  const auto found = graph_.find(node);
  return found == graph_.end() ? "" : (*found)["class_type"].get<std::string>();
}

}  // namespace reeld::providers
