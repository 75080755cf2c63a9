#include "engine/reuse/segment_key.hpp"

#include <bit>
#include <map>
#include <type_traits>

#include "engine/asset_store.hpp"
#include "engine/timeline.hpp"

namespace reeld::engine {
namespace {

constexpr int kKeyVersion = 2;  // grows where a key's form changes

// Numbers as their bytes, one after the other.
class Bytes {
 public:
  template <class Number>
  void number(Number value) {
    static_assert(std::is_arithmetic_v<Number> || std::is_enum_v<Number>);
    bytes_.append(reinterpret_cast<const char*>(&value), sizeof value);
  }
  void text(const std::string& value) {
    number(value.size());
    bytes_ += value;
  }
  std::string hash() const { return sha256_of_text(bytes_); }

 private:
  std::string bytes_;
};

// The plan's pictures and texts as a device would number them: every content has its own number.
class Contents {
 public:
  Contents(const Plan& plan, const std::string& fonts) {
    for (const PlanAsset& picture : plan.pictures)
      uploaded_.pictures.push_back(id_of(picture.sha256 + " " + picture.file));
    for (const PlanScene& scene : plan.scenes) {
      auto& texts = uploaded_.texts.emplace_back();
      for (const PlanText& text : scene.texts) texts.push_back({id_of(drawn(text.spec) + fonts), 0, 0});
    }
  }

  const Uploaded& uploaded() const { return uploaded_; }
  const std::string& content(kernels::PictureId id) const { return contents_.at(id); }

 private:
  // When it is shown is the frames' affair.
  static std::string drawn(TextSpec spec) {
    spec.start = spec.fade_in = spec.fade_out = 0;
    spec.end.reset();
    return to_json(spec).dump();
  }

  kernels::PictureId id_of(const std::string& content) {
    const auto [at, is_new] = ids_.try_emplace(content, static_cast<kernels::PictureId>(contents_.size()));
    if (is_new) contents_.push_back(content);
    return at->second;
  }

  Uploaded uploaded_;
  std::map<std::string, kernels::PictureId> ids_;
  std::vector<std::string> contents_;
};

// Hashes frames. The bindings name every field, so that one more does not compile before it counts here.
class FrameHash {
 public:
  explicit FrameHash(const Contents& contents) : contents_(contents) {}

  void add(const kernels::FramePlan& frame) {
    const auto& [width, height, format, background, layer_count, layers, transition, overlay_count,
                 overlays] = frame;
    bytes_.number(width);
    bytes_.number(height);
    bytes_.number(format);
    add(background);
    bytes_.number(layer_count);
    for (int i = 0; i < layer_count; ++i) add(layers[static_cast<std::size_t>(i)]);
    if (layer_count > 1) add(transition);
    bytes_.number(overlay_count);
    for (int i = 0; i < overlay_count; ++i) add(overlays[static_cast<std::size_t>(i)]);
  }

  std::string hash(const std::string& coding_key) {
    bytes_.text(coding_key);
    return bytes_.hash();
  }

 private:
  void add(const kernels::Colour& colour) {
    const auto& [r, g, b] = colour;
    for (const float part : {r, g, b}) bytes_.number(part);
  }
  void add(const kernels::Layer& layer) {
    const auto& [picture, source, level] = layer;
    add_content(picture);
    const auto& [x, y, w, h] = source;
    for (const double side : {x, y, w, h}) bytes_.number(side);
    bytes_.number(level);
  }
  void add(const kernels::Overlay& overlay) {
    const auto& [picture, x, y, opacity, layer] = overlay;
    add_content(picture);
    bytes_.number(x);
    bytes_.number(y);
    bytes_.number(opacity);
    bytes_.number(layer);
  }
  void add(const kernels::Transition& transition) {
    const auto& [kind, direction, progress, softness, colour] = transition;
    bytes_.number(kind);
    bytes_.number(direction);
    bytes_.number(progress);
    bytes_.number(softness);
    add(colour);
  }

  // Written out at its first use; from then on its number within this segment stands for it.
  void add_content(kernels::PictureId id) {
    const auto [at, is_new] = seen_.try_emplace(id, seen_.size());
    bytes_.number(at->second);
    if (is_new) bytes_.text(contents_.content(id));
  }

  const Contents& contents_;
  std::map<kernels::PictureId, std::size_t> seen_;
  Bytes bytes_;
};

// Of all that is the same for every frame.
std::string coding_key(const Plan& plan, const Coding& coding) {
  const OutputSpec& o = plan.output;
  return sha256_of_text(Json{
      {"version", kKeyVersion},
      {"program", coding.program},
      {"encoder", coding.encoder},
      {"threads", coding.threads},
      {"size", {o.width, o.height}},
      {"fps", {o.fps.num, o.fps.den}},
      {"codec", o.codec},
      {"preset", o.preset},
      {"bit_depth", o.bit_depth},
      {"crf", o.crf}}.dump());
}

}  // namespace

std::vector<std::string> segment_keys(const Plan& plan, const std::vector<SegmentRange>& segments,
                                      const Coding& coding) {
  const Contents contents(plan, coding.fonts);
  const std::string coded_by = coding_key(plan, coding);
  std::vector<std::string> keys;
  for (const SegmentRange& segment : segments) {
    FrameHash hash(contents);
    for (std::int64_t i = 0; i < segment.count; ++i)
      hash.add(frame_plan(plan, segment.first + i, contents.uploaded()));
    keys.push_back(hash.hash(coded_by));
  }
  return keys;
}

std::string sound_key(const Plan& plan, const std::string& program) {
  const Json whole = to_json(plan);
  Json heard = {{"version", kKeyVersion}, {"program", program}};
  for (const char* part : {"sounds", "speech", "music", "sample_count", "loudness_lufs"})
    heard[part] = whole.value(part, Json());
  return sha256_of_text(heard.dump());
}

}  // namespace reeld::engine
