// A workflow of ComfyUI's as a template: its graph in the API's form, with slots such as "{{prompt}}" in the
// place of values. Private to services/.
#pragma once

#include <filesystem>
#include <map>
#include <set>
#include <string>

#include <nlohmann/json.hpp>

#include "base/result.hpp"

namespace reeld::providers {

class ComfyWorkflow {
 public:
  // Errors, with the path "/options/workflow": file_missing, file_unreadable, invalid_request (no JSON; the
  // form of the editor in place of the API's; a slot that there is not; none for the prompt).
  static Result<ComfyWorkflow> read(const std::filesystem::path& file);
  static Result<ComfyWorkflow> parse(const std::string& text);

  bool has(const std::string& slot) const { return slots_.contains(slot); }
  // The graph with each slot replaced: a value that is nothing but a slot becomes the value itself, of its
  // type; within a longer text it becomes part of that. `values` has one for each slot that has() tells of.
  nlohmann::json filled(const std::map<std::string, nlohmann::json>& values) const;
  // "KSampler" for the node "3"; empty for none.
  std::string class_of(const std::string& node) const;

 private:
  nlohmann::json graph_;
  std::set<std::string> slots_;
};

}  // namespace reeld::providers
