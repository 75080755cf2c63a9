#include "ipc/wire.hpp"

#include <msgpack.hpp>

namespace reeld::ipc {
namespace {

using Json = nlohmann::json;

// Every count is at most the message's size, as every element takes a byte: larger ones are lies.
const msgpack::unpack_limit kLimit(kMaxMessageBytes, kMaxMessageBytes, kMaxMessageBytes, kMaxMessageBytes,
                                   kMaxMessageBytes, kMaxDepth);

Error malformed(const std::string& how) {
  return Error{Code::protocol_error, "the message cannot be read as msgpack: " + how};
}

Result<Json> to_json(const msgpack::object& object);

Result<Json> array_to_json(const msgpack::object_array& array) {
  Json json = Json::array();
  for (std::uint32_t i = 0; i < array.size; ++i) {
    REELD_ASSIGN(Json item, to_json(array.ptr[i]));
    json.push_back(std::move(item));
  }
  return json;
}

Result<Json> map_to_json(const msgpack::object_map& map) {
  Json json = Json::object();
  for (std::uint32_t i = 0; i < map.size; ++i) {
    const msgpack::object& key = map.ptr[i].key;
    if (key.type != msgpack::type::STR) return malformed("a map's key is no string");
    REELD_ASSIGN(Json value, to_json(map.ptr[i].val));
    json[std::string(key.via.str.ptr, key.via.str.size)] = std::move(value);
  }
  return json;
}

// Recursion is bounded by kMaxDepth, which unpacking has checked.
Result<Json> to_json(const msgpack::object& object) {
  switch (object.type) {
    case msgpack::type::NIL:
      return Json(nullptr);
    case msgpack::type::BOOLEAN:
      return Json(object.via.boolean);
    case msgpack::type::POSITIVE_INTEGER:
      return Json(object.via.u64);
    case msgpack::type::NEGATIVE_INTEGER:
      return Json(object.via.i64);
    case msgpack::type::FLOAT32:
    case msgpack::type::FLOAT64:
      return Json(object.via.f64);
    case msgpack::type::STR:
      return Json(std::string(object.via.str.ptr, object.via.str.size));
    case msgpack::type::ARRAY:
      return array_to_json(object.via.array);
    case msgpack::type::MAP:
      return map_to_json(object.via.map);
    case msgpack::type::BIN:
    case msgpack::type::EXT:
      break;
  }
  return malformed("it holds binary or extension data, which no field takes");
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
    std::size_t used = 0;
    const msgpack::object_handle handle =
        msgpack::unpack(bytes.data(), bytes.size(), used, nullptr, nullptr, kLimit);
    if (used != bytes.size()) return malformed("bytes follow its end");
    return to_json(handle.get());
  } catch (const std::exception& error) {
    return malformed(error.what());
  }
}

}  // namespace reeld::ipc
