#include "providers/services/comfyui_answer.hpp"

#include <algorithm>

#include "providers/services/asking.hpp"

namespace reeld::providers {
namespace {

using nlohmann::json;

std::string with_details(const json& problem) {
  const std::string message = text_at(problem, "/message"), details = text_at(problem, "/details");
  return details.empty() ? message : message + ": " + details;
}

// "error" is a text or an object; "node_errors" tells of each node what is wrong with it.
std::string words_of(const json& body) {
  const json& error = at_pointer(body, "/error");
  std::string words = error.is_string() ? error.get<std::string>() : with_details(error);
  const json& nodes = at_pointer(body, "/node_errors");
  if (!nodes.is_object()) return words;
  for (const auto& [id, node] : nodes.items()) {
    for (const json& problem : at_pointer(node, "/errors"))
      words += "; " + text_at(node, "/class_type") + " (node " + id + "): " + with_details(problem);
  }
  return words;
}

bool lacks_model(const json& body, const std::string& model) {
  const json& nodes = at_pointer(body, "/node_errors");
  if (model.empty() || !nodes.is_object()) return false;
  const auto is_it = [&](const json& problem) {
    return text_at(problem, "/type") == "value_not_in_list" &&
           text_at(problem, "/extra_info/received_value") == model;
  };
  return std::ranges::any_of(
      nodes, [&](const json& node) { return std::ranges::any_of(at_pointer(node, "/errors"), is_it); });
}

// The messages are pairs of a name and what it tells.
std::variant<std::vector<ComfyFile>, Tried> failure_in(const json& messages, const Secret& key) {
  for (const json& message : messages) {
    const std::string name = text_at(message, "/0");
    const json& told = at_pointer(message, "/1");
    const std::string node = text_at(told, "/node_type") + " (node " + text_at(told, "/node_id") + ")";
    if (name == "execution_error") {
      return failed({Code::provider_failed, node + " failed: " +
                                                service_words(text_at(told, "/exception_type") + ": " +
                                                                  text_at(told, "/exception_message"),
                                                              key)},
                    Remedy::later, 200);
    }
    if (name == "execution_interrupted")
      return failed({Code::provider_failed, "the work was interrupted at " + node}, Remedy::later, 200);
  }
  return failed({Code::provider_failed, "the work failed, and it is not said why"}, Remedy::later, 200);
}

}  // namespace

std::variant<std::vector<ComfyFile>, Tried> comfyui_files(const json& entry, const Secret& key) {
  if (text_at(entry, "/status/status_str") == "error")
    return failure_in(at_pointer(entry, "/status/messages"), key);
  std::vector<ComfyFile> saved, previewed;
  const json& outputs = at_pointer(entry, "/outputs");
  for (auto node = outputs.begin(); outputs.is_object() && node != outputs.end(); ++node) {
    for (const json& image : at_pointer(*node, "/images")) {
      ComfyFile file{node.key(), text_at(image, "/filename"), text_at(image, "/subfolder"),
                     text_at(image, "/type")};
      if (!file.name.empty()) (file.type == "temp" ? previewed : saved).push_back(std::move(file));
    }
  }
  std::vector<ComfyFile>& files = saved.empty() ? previewed : saved;
  if (!files.empty()) return std::move(files);
  return failed({Code::response_malformed, "the workflow ended without a picture: does it save one?"},
                Remedy::none, 200);
}

bool comfyui_has(const json& queue, const std::string& list, const std::string& prompt_id) {
  const json& entries = at_pointer(queue, "/" + list);
  return entries.is_array() &&
         std::ranges::any_of(entries, [&](const json& entry) { return text_at(entry, "/1") == prompt_id; });
}

Tried comfyui_failure(const Exchange& exchange, const std::string& model, const Secret& key) {
  Tried tried = failure_of(exchange, [&](const json& body) { return service_words(words_of(body), key); });
  if (!lacks_model(exchange.body, model)) return tried;
  return failed({Code::model_unavailable, tried.result.error().message}, Remedy::other_model,
                exchange.status);
}

}  // namespace reeld::providers
