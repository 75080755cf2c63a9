#include "wire/codec.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <limits>

namespace reeld::wire {
namespace {

using Json = nlohmann::json;

Code code_of(const std::string& bytes) {
  const auto decoded = decode(bytes);
  REQUIRE_FALSE(decoded);
  CHECK(decoded.error().message.size() > 20);
  return decoded.error().code;
}

std::string repeated(const std::string& bytes, int times) {
  std::string all;
  for (int i = 0; i < times; ++i) all += bytes;
  return all;
}

TEST_CASE("messages come back as they went") {
  const Json message = {{"null", nullptr},
                        {"yes", true},
                        {"small", 7},
                        {"negative", -40'000},
                        {"largest", std::numeric_limits<std::uint64_t>::max()},
                        {"smallest", std::numeric_limits<std::int64_t>::min()},
                        {"half", 0.5},
                        {"third", 1.0 / 3},
                        {"text", "Grüße, 港"},
                        {"long text", std::string(70'000, 'x')},
                        {"list", {1, "two", Json::array(), Json::object()}},
                        {"", {{"nested", {{"deeper", {1, 2, 3}}}}}}};
  const auto decoded = decode(encode(message));
  REQUIRE(decoded);
  CHECK(*decoded == message);
}

TEST_CASE("the bytes are msgpack's") {
  // fixmap of 1: "v" -> 1.
  CHECK(encode({{"v", 1}}) == "\x81\xa1v\x01");
  CHECK(*decode("\x81\xa1v\x01") == Json{{"v", 1}});
  // float32 1.5 is 0x3fc00000.
  CHECK(*decode(std::string("\xca\x3f\xc0\x00\x00", 5)) == Json(1.5));
}

TEST_CASE("NaN and infinity pass, for the field's own rule to refuse") {
  const auto decoded = decode(encode({NAN, INFINITY, -INFINITY}));
  REQUIRE(decoded);
  CHECK(std::isnan(decoded->at(0).get<double>()));
  CHECK(decoded->at(1).get<double>() == INFINITY);
  CHECK(decoded->at(2).get<double>() == -INFINITY);
}

TEST_CASE("nesting is limited, however it is claimed") {
  const auto nested = [](int levels) { return repeated("\x91", levels - 1) + "\x90"; };
  CHECK(decode(nested(kMaxDepth)));
  CHECK(code_of(nested(kMaxDepth + 1)) == Code::protocol_error);
  CHECK(code_of(nested(10'000)) == Code::protocol_error);
  CHECK(code_of(repeated("\x81\xa1k", 10'000) + "\xc0") == Code::protocol_error);
  CHECK(code_of(repeated("\x91", 10'000)) == Code::protocol_error);
}

TEST_CASE("a claimed length allocates nothing") {
  const std::string most = "\xff\xff\xff\xff";
  CHECK(code_of("\xdd" + most) == Code::protocol_error);                // array of 4 Gi items
  CHECK(code_of("\xdf" + most) == Code::protocol_error);                // map
  CHECK(code_of("\xdb" + most) == Code::protocol_error);                // text
  CHECK(code_of("\xc6" + most) == Code::protocol_error);                // binary
  CHECK(code_of(repeated("\xdd" + most, 60)) == Code::protocol_error);  // arrays within arrays
  CHECK(code_of(repeated("\xdf" + most + "\xa1k", 60)) == Code::protocol_error);
}

TEST_CASE("size and number of values are limited") {
  CHECK(code_of(encode(std::string(17 << 20, 'x'))) == Code::protocol_error);
  // array32 of 5 Mi nulls: 5 MiB, within the size but too many.
  CHECK(code_of(std::string("\xdd\x00\x50\x00\x00", 5) + std::string(5 << 20, '\xc0')) ==
        Code::protocol_error);
}

TEST_CASE("what no message has is refused") {
  CHECK(code_of("") == Code::protocol_error);
  CHECK(code_of("\xc1") == Code::protocol_error);                       // msgpack never uses it
  CHECK(code_of("\x81\x01\x02") == Code::protocol_error);               // key 1
  CHECK(code_of("\x81\xc0\x02") == Code::protocol_error);               // key null
  CHECK(code_of("\x81\x90\x02") == Code::protocol_error);               // key []
  CHECK(code_of("\x82\xa1k\x01\xa1k\x02") == Code::protocol_error);     // key twice
  CHECK(code_of("\xc4\x01z") == Code::protocol_error);                  // binary
  CHECK(code_of("\xd4\x05z") == Code::protocol_error);                  // extension
  CHECK(code_of(encode({{"v", 1}}) + "\xc0") == Code::protocol_error);  // something behind its end
}

TEST_CASE("a message cut anywhere is refused") {
  const std::string whole = encode({{"v", 1}, {"id", "abc"}, {"params", {{"list", {1, 2.5, "text"}}}}});
  for (std::size_t length = 0; length < whole.size(); ++length) {
    INFO(length);
    CHECK_FALSE(decode(whole.substr(0, length)));
  }
}

TEST_CASE("what is no UTF-8 is mended where we send it") {
  CHECK(valid_utf8("Grüße, 港") == "Grüße, 港");
  CHECK(valid_utf8("a\xff"
                   "b") == "a\uFFFDb");
  CHECK(valid_utf8(std::string("a\0b", 3)) == std::string("a\0b", 3));
  Json message = {{"k\xff", {"\xff", 1, {{"inner", "\xc3"}}}}, {"nan", NAN}};
  make_utf8(message);
  CHECK(message.at("k\uFFFD") == Json{"\uFFFD", 1, {{"inner", "\uFFFD"}}});
  CHECK(std::isnan(message.at("nan").get<double>()));
}

}  // namespace
}  // namespace reeld::wire
