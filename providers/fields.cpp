#include "providers/fields.hpp"

#include <algorithm>
#include <cmath>

#include "base/nearest.hpp"

namespace reeld::providers {
namespace {

using nlohmann::json;

constexpr std::uint64_t kMaxSeed =
    (std::uint64_t{1} << 53) - 1;  // what JSON's readers elsewhere hold exactly

std::string number_text(double value) {
  return json(value == std::floor(value) ? json(static_cast<std::int64_t>(value)) : json(value)).dump();
}

}  // namespace

std::vector<std::string> beside_the_engines(std::vector<std::string> own) {
  for (const char* name :
       {"provider", "text", "volume_db", "delay", "duck_db", "fade", "fade_in", "fade_out", "loop"})
    own.emplace_back(name);
  return own;
}

Fields::Fields(const json& object, const std::vector<std::string>& known, std::string path)
    : object_(object), path_(std::move(path)) {
  if (!object.is_object()) {
    fail("", "must be an object");
    return;
  }
  for (const auto& [name, value] : object.items()) {
    if (std::ranges::find(known, name) != known.end()) continue;
    error_ =
        Error{Code::unknown_field, "no such field here: did you mean \"" + nearest_name(name, known) + "\"?",
              path_ + "/" + name};
    return;
  }
}

const json* Fields::find(const char* name) const {
  if (!object_.is_object()) return nullptr;
  const auto it = object_.find(name);
  return it == object_.end() ? nullptr : &*it;
}

void Fields::fail(const std::string& name, const std::string& message) {
  if (!error_) error_ = Error{Code::invalid_request, message, name.empty() ? path_ : path_ + "/" + name};
}

Result<void> Fields::result() const {
  if (error_) return *error_;
  return {};
}

std::string Fields::text(const char* name, const std::string& otherwise, std::size_t max_size) {
  const json* value = find(name);
  if (value == nullptr) return otherwise;
  if (!value->is_string()) {
    fail(name, "must be a text");
    return otherwise;
  }
  const auto& found = value->get_ref<const std::string&>();
  if (found.size() > max_size) {
    fail(name, "has " + std::to_string(found.size()) + " bytes; at most " + std::to_string(max_size) +
                   " are taken");
    return otherwise;
  }
  if (found.find('\0') != std::string::npos) fail(name, "cannot contain a zero byte");
  return found;
}

std::string Fields::needed_text(const char* name, std::size_t max_size) {
  std::string found = text(name, "", max_size);
  if (found.find_first_not_of(" \t\r\n") == std::string::npos) fail(name, "is needed, and cannot be empty");
  return found;
}

double Fields::number(const char* name, double otherwise, double least, double most) {
  return optional_number(name, least, most).value_or(otherwise);
}

std::optional<double> Fields::optional_number(const char* name, double least, double most) {
  const json* value = find(name);
  if (value == nullptr) return std::nullopt;
  const double found = value->is_number() ? value->get<double>() : NAN;
  if (found >= least && found <= most) return found;
  fail(name, "must be a number from " + number_text(least) + " to " + number_text(most));
  return std::nullopt;
}

bool Fields::boolean(const char* name, bool otherwise) {
  const json* value = find(name);
  if (value == nullptr) return otherwise;
  if (!value->is_boolean()) fail(name, "must be true or false");
  return value->is_boolean() ? value->get<bool>() : otherwise;
}

int Fields::integer(const char* name, int otherwise, int least, int most) {
  const json* value = find(name);
  if (value == nullptr) return otherwise;
  const double found = value->is_number_integer() ? value->get<double>() : NAN;
  if (found >= least && found <= most) return static_cast<int>(found);
  fail(name, "must be a whole number from " + std::to_string(least) + " to " + std::to_string(most));
  return otherwise;
}

std::optional<std::uint64_t> Fields::seed(const char* name) {
  const json* value = find(name);
  if (value == nullptr) return std::nullopt;
  if (value->is_number_unsigned() && value->get<std::uint64_t>() <= kMaxSeed)
    return value->get<std::uint64_t>();
  fail(name, "must be a whole number from 0 to 9007199254740991");
  return std::nullopt;
}

std::vector<std::string> Fields::texts(const char* name, std::size_t max_count, std::size_t max_size) {
  const json* value = find(name);
  if (value == nullptr) return {};
  const auto fits = [&](const json& item) {
    return item.is_string() && !item.get_ref<const std::string&>().empty() &&
           item.get_ref<const std::string&>().size() <= max_size;
  };
  if (!value->is_array() || value->size() > max_count || !std::ranges::all_of(*value, fits)) {
    fail(name, "must be a list of at most " + std::to_string(max_count) + " texts");
    return {};
  }
  return value->get<std::vector<std::string>>();
}

json Fields::object(const char* name) {
  const json* value = find(name);
  if (value == nullptr) return json::object();
  if (value->is_object()) return *value;
  fail(name, "must be an object");
  return json::object();
}

std::string Fields::choice(const char* name, const std::string& otherwise,
                           const std::vector<std::string>& allowed) {
  const std::string found = text(name, otherwise);
  if (std::ranges::find(allowed, found) != allowed.end()) return found;
  std::string names;
  for (const std::string& one : allowed) names += (names.empty() ? "\"" : ", \"") + one + "\"";
  fail(name, "is \"" + found + "\": it must be one of " + names);
  return otherwise;
}

}  // namespace reeld::providers
