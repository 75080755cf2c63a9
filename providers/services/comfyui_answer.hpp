// What ComfyUI answers, as values or as how a failure is to be taken. Private to services/.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "providers/http/json_exchange.hpp"

namespace reeld::providers {

struct ComfyFile {
  std::string node, name, folder, type;  // type: output or temp
};

// The pictures of an entry of the history: those that were saved, else those that were previewed. A Tried
// where a node failed, the work was interrupted, or there is no picture.
std::variant<std::vector<ComfyFile>, Tried> comfyui_files(const nlohmann::json& entry, const Secret& key);

// Whether the list of that name in the answer of GET /queue holds the prompt.
bool comfyui_has(const nlohmann::json& queue, const std::string& list, const std::string& prompt_id);

// A status that is no success, with what is wrong with which node. A value that is not in a node's list and
// is `model` means that there is no such model.
Tried comfyui_failure(const Exchange& exchange, const std::string& model, const Secret& key);

}  // namespace reeld::providers
