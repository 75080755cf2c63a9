#include "engine/score/segment_measures.hpp"

#include <array>
#include <cerrno>
#include <fstream>
#include <nlohmann/json.hpp>

#include "engine/files.hpp"

namespace reeld::engine {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

constexpr int kVersion = 1;  // grows where a measure's meaning or its place changes

// A box of ISO/IEC 14496-12: its size in all and its type, both 4 bytes, big-endian; 'uuid' boxes have 16
// bytes of a name of their own behind that.
constexpr std::size_t kHeadSize = 8, kNameSize = 16;
constexpr std::array<std::uint8_t, kNameSize> kName = {0x72, 0x65, 0x65, 0x6c, 0x64, 0x2e, 0x6d, 0x65,
                                                       0x61, 0x73, 0x75, 0x72, 0x65, 0x73, 0x00, 0x01};
constexpr std::uint64_t kMaxBytes = std::uint64_t{256} << 20;  // no segment's measures come near

std::uint64_t big_endian(const std::uint8_t* bytes, int count) {
  std::uint64_t value = 0;
  for (int i = 0; i < count; ++i) value = value << 8 | bytes[i];
  return value;
}

// Lists of figures, one a frame or pair: names once, and a figure in 5 bytes.
Json row_of(const LumaFacts& f) {
  return Json::array({static_cast<float>(f.mean), static_cast<float>(f.low), static_cast<float>(f.high),
                      static_cast<float>(f.dark_share)});
}
LumaFacts facts_of(const Json& row) {
  return {row.at(0), row.at(1), row.at(2), row.at(3)};
}

Json row_of(const PairMeasures& p) {
  Json row = Json::array({static_cast<float>(p.difference), static_cast<float>(p.correlation)});
  if (!p.compared) return row;
  for (const double figure : {p.flicker, p.expected, p.seen}) row.push_back(static_cast<float>(figure));
  if (!p.tracked) return row;
  for (const double figure : {p.error.x, p.error.y, p.error.growth})
    row.push_back(static_cast<float>(figure));
  return row;
}
PairMeasures pair_of(const Json& row) {
  PairMeasures p;
  p.difference = row.at(0);
  p.correlation = row.at(1);
  p.compared = row.size() > 2;
  if (!p.compared) return p;
  p.flicker = row.at(2);
  p.expected = row.at(3);
  p.seen = row.at(4);
  p.tracked = row.size() > 5;
  if (p.tracked) p.error = {row.at(5), row.at(6), row.at(7)};
  return p;
}

Json json_of(const EdgeFrame& frame) {
  std::vector<std::uint8_t> bytes;
  bytes.reserve(frame.reduced.size() * 2);
  for (const std::uint16_t sum : frame.reduced) {
    bytes.push_back(static_cast<std::uint8_t>(sum & 0xFF));
    bytes.push_back(static_cast<std::uint8_t>(sum >> 8));
  }
  Json texts = Json::array();
  for (const kernels::Rect& text : frame.texts) texts.push_back({text.x, text.y, text.w, text.h});
  return {{"reduced", Json::binary(std::move(bytes))}, {"texts", texts}};
}
EdgeFrame edge_of(const Json& json) {
  EdgeFrame frame;
  const auto& bytes = json.at("reduced").get_binary();
  for (std::size_t i = 0; i + 1 < bytes.size(); i += 2) {
    frame.reduced.push_back(static_cast<std::uint16_t>(bytes[i] | bytes[i + 1] << 8));
  }
  for (const Json& text : json.at("texts")) {
    frame.texts.push_back({text.at(0), text.at(1), text.at(2), text.at(3)});
  }
  return frame;
}

Error unreadable(const fs::path& file, const std::string& why) {
  return {Code::internal, "the measures of " + file.string() + " cannot be read: " + why};
}

using Bytes = std::optional<std::vector<std::uint8_t>>;

// What our box holds; nothing where there is none.
Result<Bytes> box_of(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) return file_error(errno, "cannot open " + file.string(), Code::file_missing);
  std::uint64_t at = 0;
  std::array<std::uint8_t, kHeadSize + kNameSize> head;
  while (true) {
    in.seekg(static_cast<std::streamoff>(at));
    in.read(reinterpret_cast<char*>(head.data()), head.size());
    const auto got = in.gcount();
    if (got < static_cast<std::streamsize>(kHeadSize)) return Bytes();
    in.clear();
    std::uint64_t size = big_endian(head.data(), 4);
    if (size == 1 && got >= 16) size = big_endian(head.data() + kHeadSize, 8);
    if (size < kHeadSize) return Bytes();  // 0: to the file's end
    const bool is_ours = std::equal(kName.begin(), kName.end(), head.begin() + kHeadSize) &&
                         std::equal(head.begin() + 4, head.begin() + 8, "uuid");
    if (!is_ours || got < static_cast<std::streamsize>(head.size())) {
      at += size;
      continue;
    }
    if (size > kMaxBytes || size < head.size()) return unreadable(file, "their size is wrong");
    std::vector<std::uint8_t> bytes(size - head.size());
    in.seekg(static_cast<std::streamoff>(at + head.size()));
    in.read(reinterpret_cast<char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
    if (in.gcount() != static_cast<std::streamsize>(bytes.size()))
      return unreadable(file, "they are cut short");
    return Bytes(std::move(bytes));
  }
}

}  // namespace

Result<void> append_measures(const fs::path& segment, const SegmentMeasures& measures) {
  Json json = {{"version", kVersion},
               {"frames", Json::array()},
               {"pairs", Json::array()},
               {"first", json_of(measures.first)},
               {"last", json_of(measures.last)}};
  for (const LumaFacts& frame : measures.frames) json["frames"].push_back(row_of(frame));
  for (const PairMeasures& pair : measures.pairs) json["pairs"].push_back(row_of(pair));
  const std::vector<std::uint8_t> packed = Json::to_msgpack(json);
  std::vector<std::uint8_t> box;
  const std::uint64_t size = kHeadSize + kNameSize + packed.size();
  for (int shift = 24; shift >= 0; shift -= 8) box.push_back(static_cast<std::uint8_t>(size >> shift));
  for (const char c : {'u', 'u', 'i', 'd'}) box.push_back(static_cast<std::uint8_t>(c));
  box.insert(box.end(), kName.begin(), kName.end());
  box.insert(box.end(), packed.begin(), packed.end());
  std::ofstream out(segment, std::ios::binary | std::ios::app);
  out.write(reinterpret_cast<const char*>(box.data()), static_cast<std::streamsize>(box.size()));
  out.close();
  if (!out) {
    return file_error(errno, "cannot write the measures to " + segment.string(), Code::target_unwritable);
  }
  return {};
}

Result<std::optional<SegmentMeasures>> read_measures(const fs::path& segment, std::int64_t frame_count) {
  REELD_ASSIGN(const auto bytes, box_of(segment));
  if (!bytes) return std::optional<SegmentMeasures>();
  try {
    const Json json = Json::from_msgpack(*bytes);
    if (json.at("version") != kVersion) return std::optional<SegmentMeasures>();
    SegmentMeasures measures{{}, {}, edge_of(json.at("first")), edge_of(json.at("last"))};
    for (const Json& row : json.at("frames")) measures.frames.push_back(facts_of(row));
    for (const Json& row : json.at("pairs")) measures.pairs.push_back(pair_of(row));
    if (static_cast<std::int64_t>(measures.frames.size()) != frame_count ||
        static_cast<std::int64_t>(measures.pairs.size()) != frame_count - 1) {
      return unreadable(segment, "they are of other frames");
    }
    return std::optional(std::move(measures));
  } catch (const nlohmann::json::exception& error) {
    return unreadable(segment, error.what());
  }
}

}  // namespace reeld::engine
