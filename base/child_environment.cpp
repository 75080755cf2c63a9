#include "base/child_environment.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace reeld {
namespace {

bool may_be_a_key(std::string_view variable) {
  constexpr std::array<std::string_view, 8> kParts = {"KEY",    "TOKEN", "SECRET",     "PASSWORD",
                                                      "PASSWD", "_AUTH", "CREDENTIAL", "AUTHORIZATION"};
  const std::string_view name = variable.substr(0, variable.find('='));
  return std::ranges::any_of(
      kParts, [&](std::string_view part) { return name.find(part) != std::string_view::npos; });
}

}  // namespace

ChildEnvironment::ChildEnvironment(std::vector<std::string> more) : variables_(std::move(more)) {
  for (char** variable = environ; variable != nullptr && *variable != nullptr; ++variable) {
    if (!may_be_a_key(*variable)) variables_.emplace_back(*variable);
  }
  for (std::string& variable : variables_) pointers_.push_back(variable.data());
  pointers_.push_back(nullptr);
}

}  // namespace reeld
