#include "engine/plan_reader.hpp"

#include <algorithm>
#include <cmath>

namespace reeld::engine {

PlanReader::PlanReader(const Json& json, std::string path, std::optional<Error>& fault)
    : json_(&json), path_(std::move(path)), fault_(&fault) {}

void PlanReader::fail(const std::string& why) const {
  if (!*fault_) *fault_ = Error{Code::invalid_request, "the plan is broken at " + path_ + ": " + why, path_};
}

const Json& PlanReader::at(const char* name) const {
  static const Json kNothing;
  if (has(name)) return (*json_)[name];
  return kNothing;
}

PlanReader PlanReader::child(const char* name) const {
  PlanReader result(at(name), path_ + "/" + name, *fault_);
  if (!result.json_->is_object()) result.fail("an object is needed");
  return result;
}

std::vector<PlanReader> PlanReader::items(const char* name, std::size_t most) const {
  const Json& list = at(name);
  std::vector<PlanReader> result;
  const std::string path = path_ + "/" + name;
  if (!list.is_array() || list.size() > most) {
    PlanReader(list, path, *fault_).fail("a list of at most " + std::to_string(most) + " is needed");
    return result;
  }
  for (std::size_t i = 0; i < list.size(); ++i) {
    result.emplace_back(list[i], path + "/" + std::to_string(i), *fault_);
  }
  return result;
}

std::int64_t PlanReader::integer(const char* name, std::int64_t low, std::int64_t high) const {
  const Json& value = at(name);
  // Above the range of int64 only unsigned ones can be; they would turn negative.
  const bool fits =
      value.is_number_integer() &&
      (!value.is_number_unsigned() ||
       value.get<std::uint64_t>() <= static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()));
  const std::int64_t number = fits ? value.get<std::int64_t>() : 0;
  if (fits && number >= low && number <= high) return number;
  fail(std::string(name) + " must be a whole number from " + std::to_string(low) + " to " +
       std::to_string(high));
  return low;
}

double PlanReader::number(const char* name, double limit) const {
  const Json& value = at(name);
  const double number = value.is_number() ? value.get<double>() : std::nan("");
  if (std::isfinite(number) && std::abs(number) <= limit) return number;
  fail(std::string(name) + " must be a finite number of a sensible size");
  return 0;
}

std::string PlanReader::text(const char* name) const {
  const Json& value = at(name);
  if (value.is_string()) return value.get<std::string>();
  fail(std::string(name) + " must be a text");
  return "";
}

bool PlanReader::flag(const char* name) const {
  const Json& value = at(name);
  if (value.is_boolean()) return value.get<bool>();
  fail(std::string(name) + " must be true or false");
  return false;
}

Color8 PlanReader::color(const char* name) const {
  const Json& value = at(name);
  const auto is_byte = [](const Json& part) {
    return part.is_number_integer() && part.get<double>() >= 0 && part.get<double>() <= 255;
  };
  if (value.is_array() && value.size() == 4 && std::all_of(value.begin(), value.end(), is_byte)) {
    return {value[0].get<std::uint8_t>(), value[1].get<std::uint8_t>(), value[2].get<std::uint8_t>(),
            value[3].get<std::uint8_t>()};
  }
  fail(std::string(name) + " must be four numbers from 0 to 255");
  return {};
}

int PlanReader::choice(const char* name, std::span<const std::string_view> names) const {
  const std::string found = text(name);
  const auto it = std::find(names.begin(), names.end(), found);
  if (it != names.end()) return static_cast<int>(it - names.begin());
  fail(std::string(name) + " is not one of those known");
  return 0;
}

}  // namespace reeld::engine
