#include "wire/codec.hpp"

#include <msgpack.hpp>
#include <utility>
#include <vector>

namespace reeld::wire {
namespace {

using Json = nlohmann::json;

// Builds the JSON value while the bytes are read, and stops the reading where a limit is met. msgpack's own
// objects would take a container's claimed count at its word: six bytes could ask for gigabytes.
class Builder : public msgpack::null_visitor {
 public:
  bool visit_nil() { return place(nullptr) != nullptr; }
  bool visit_boolean(bool value) { return place(value) != nullptr; }
  bool visit_positive_integer(std::uint64_t value) { return place(value) != nullptr; }
  bool visit_negative_integer(std::int64_t value) { return place(value) != nullptr; }
  bool visit_float32(float value) { return place(value) != nullptr; }
  bool visit_float64(double value) { return place(value) != nullptr; }
  bool visit_str(const char* text, std::uint32_t size) {
    if (!in_key_) return place(std::string(text, size)) != nullptr;
    key_.assign(text, size);
    in_key_ = false;
    return true;
  }
  bool visit_bin(const char*, std::uint32_t) { return stop("it holds binary data, which no field takes"); }
  bool visit_ext(const char*, std::uint32_t) { return stop("it holds an extension, which no field takes"); }

  bool start_array(std::uint32_t) { return open(Json::array()); }
  bool end_array() { return close(); }
  bool start_map(std::uint32_t) { return open(Json::object()); }
  bool end_map() { return close(); }
  bool start_map_key() {
    in_key_ = true;
    return true;
  }

  Json take() { return std::move(root_); }
  const std::string& why_stopped() const { return why_stopped_; }

 private:
  bool stop(const std::string& why) {
    why_stopped_ = why;
    return false;
  }

  // Where the value now stands; nullptr where it may not.
  Json* place(Json value) {
    if (in_key_) {
      stop("a map's key is no string");
      return nullptr;
    }
    if (++values_ > kMaxValues) {
      stop("it holds more than " + std::to_string(kMaxValues) + " values");
      return nullptr;
    }
    if (open_.empty()) {
      root_ = std::move(value);
      return &root_;
    }
    Json& parent = *open_.back();
    if (parent.is_array()) {
      parent.push_back(std::move(value));
      return &parent.back();
    }
    const auto [it, is_new] = parent.emplace(key_, std::move(value));
    if (is_new) return &*it;
    stop("a map has the key \"" + valid_utf8(key_) + "\" twice");
    return nullptr;
  }

  bool open(Json container) {
    if (open_.size() >= kMaxDepth) {
      return stop("it is nested more than " + std::to_string(kMaxDepth) + " levels deep");
    }
    Json* const placed = place(std::move(container));
    if (placed != nullptr) open_.push_back(placed);
    return placed != nullptr;
  }

  bool close() {
    open_.pop_back();
    return true;
  }

  Json root_;
  std::vector<Json*> open_;  // from the root to the innermost; none moves while one inside it is open
  std::string key_;          // of the value that comes next, inside a map
  bool in_key_ = false;
  std::size_t values_ = 0;
  std::string why_stopped_;
};

Error malformed(const std::string& how) {
  return Error{Code::protocol_error, "the message cannot be read as msgpack: " + how};
}

}  // namespace

std::string encode(const Json& message) {
  std::string bytes;
  Json::to_msgpack(message, bytes);
  return bytes;
}

Result<Json> decode(std::string_view bytes) {
  if (bytes.size() > kMaxMessageBytes) return malformed("it is larger than 16 MiB");
  try {
    Builder builder;
    std::size_t used = 0;
    if (!msgpack::parse(bytes.data(), bytes.size(), used, builder)) {
      return malformed(builder.why_stopped().empty() ? "it is cut short or is something else"
                                                     : builder.why_stopped());
    }
    if (used != bytes.size()) return malformed("bytes follow its end");
    return builder.take();
  } catch (const std::exception& error) {
    return malformed(error.what());
  }
}

std::string valid_utf8(const std::string& text) {
  return Json::parse(Json(text).dump(-1, ' ', false, Json::error_handler_t::replace)).get<std::string>();
}

void make_utf8(Json& message) {
  if (message.is_string()) {
    message = valid_utf8(message.get_ref<const std::string&>());
  } else if (message.is_array()) {
    for (Json& item : message) make_utf8(item);
  } else if (message.is_object()) {
    Json mended = Json::object();
    for (auto it = message.begin(); it != message.end(); ++it) {
      make_utf8(it.value());
      mended[valid_utf8(it.key())] = std::move(it.value());
    }
    message = std::move(mended);
  }
}

}  // namespace reeld::wire
