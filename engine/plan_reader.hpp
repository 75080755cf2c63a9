// Reads a plan's JSON field by field; the first fault is kept and the rest reads as defaults, so that the
// code that reads stays a list of fields. Shared by plan_json (names) and plan_from_json; on any thread.
#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "engine/plan.hpp"

namespace reeld::engine {

// In the order of their enums.
inline constexpr std::array<std::string_view, 4> kEasingNames = {"linear", "ease-in", "ease-out",
                                                                 "ease-in-out"};
inline constexpr std::array<std::string_view, 4> kDirectionNames = {"left", "right", "up", "down"};
inline constexpr std::array<std::string_view, 5> kTransitionNames = {"cut", "crossfade", "fade", "wipe",
                                                                     "slide"};

// A node of the document. Copies are cheap views: the document and `fault` outlive them.
class PlanReader {
 public:
  PlanReader(const Json& json, std::string path, std::optional<Error>& fault);

  bool has(const char* name) const { return json_->is_object() && json_->contains(name); }
  PlanReader child(const char* name) const;
  // The items of a list of at most `most`.
  std::vector<PlanReader> items(const char* name, std::size_t most) const;

  // Whole numbers from low to high; finite numbers within +-limit.
  std::int64_t integer(const char* name, std::int64_t low, std::int64_t high) const;
  double number(const char* name, double limit) const;
  std::string text(const char* name) const;
  bool flag(const char* name) const;
  Color8 color(const char* name) const;
  // The place of the text in `names`.
  int choice(const char* name, std::span<const std::string_view> names) const;

  void fail(const std::string& why) const;

 private:
  const Json& at(const char* name) const;

  const Json* json_;
  std::string path_;
  std::optional<Error>* fault_;
};

}  // namespace reeld::engine
