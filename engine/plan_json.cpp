// The plan as JSON and back. Doubles come back exactly, since nlohmann writes the shortest text that does.
#include <span>
#include <string_view>

#include "engine/plan.hpp"
#include "engine/plan_reader.hpp"

namespace reeld::engine {
namespace {

template <class Enum>
Json name_of(std::span<const std::string_view> names, Enum value) {
  return std::string(names[static_cast<std::size_t>(value)]);
}

Json json_of(const Color8& c) {
  return Json::array({c.r, c.g, c.b, c.a});
}

Json json_of(const kernels::Rect& r) {
  return {{"x", r.x}, {"y", r.y}, {"w", r.w}, {"h", r.h}};
}

Json json_of(const PlanAsset& a) {
  return {{"sha256", a.sha256},
          {"file", a.file},
          {"width", a.width},
          {"height", a.height},
          {"sample_count", a.sample_count}};
}

Json json_of(const PlanText& t) {
  return {{"spec", to_json(t.spec)},
          {"first_frame", t.first_frame},
          {"frame_count", t.frame_count},
          {"fade_in_frames", t.fade_in_frames},
          {"fade_out_frames", t.fade_out_frames},
          {"field", t.field}};
}

Json json_of(const PlanTransition& t) {
  return {{"kind", name_of(kTransitionNames, t.kind)},
          {"direction", name_of(kDirectionNames, t.direction)},
          {"frame_count", t.frame_count},
          {"softness", t.softness},
          {"color", json_of(t.color)},
          {"easing", name_of(kEasingNames, t.easing)}};
}

Json json_of(const PlanScene& s) {
  Json texts = Json::array();
  for (const PlanText& text : s.texts) texts.push_back(json_of(text));
  return {{"first_frame", s.first_frame},
          {"frame_count", s.frame_count},
          {"picture", s.picture},
          {"motion",
           {{"from", json_of(s.motion.from)},
            {"to", json_of(s.motion.to)},
            {"easing", name_of(kEasingNames, s.motion.easing)},
            {"level", s.motion.level}}},
          {"background", json_of(s.background)},
          {"texts", texts},
          {"transition", json_of(s.transition)}};
}

Json json_of(const PlanSpeech& s) {
  return {{"sound", s.sound}, {"start", s.start}, {"length", s.length}, {"gain_db", s.gain_db}};
}

Json json_of(const PlanMusic& m) {
  return {{"sound", m.sound},     {"gain_db", m.gain_db},   {"duck_db", m.duck_db},
          {"fade_in", m.fade_in}, {"fade_out", m.fade_out}, {"loop", m.loop}};
}

template <class T>
Json list_of(const std::vector<T>& items) {
  Json list = Json::array();
  for (const T& item : items) list.push_back(json_of(item));
  return list;
}

}  // namespace

Json to_json(const TextSpec& t) {
  Json json = {{"text", t.text},
               {"position", t.position},
               {"size", t.size},
               {"font", t.font},
               {"weight", t.weight},
               {"italic", t.italic},
               {"color", json_of(t.color)},
               {"align", t.align},
               {"max_width", t.max_width},
               {"margin", t.margin},
               {"line_spacing", t.line_spacing},
               {"start", t.start},
               {"fade_in", t.fade_in},
               {"fade_out", t.fade_out}};
  if (t.x) json["x"] = *t.x;
  if (t.y) json["y"] = *t.y;
  if (t.end) json["end"] = *t.end;
  if (t.outline) json["outline"] = {{"color", json_of(t.outline->color)}, {"width", t.outline->width}};
  if (t.shadow) {
    json["shadow"] = {{"color", json_of(t.shadow->color)},
                      {"dx", t.shadow->dx},
                      {"dy", t.shadow->dy},
                      {"blur", t.shadow->blur}};
  }
  if (t.box) {
    json["box"] = {{"color", json_of(t.box->color)}, {"padding", t.box->padding}, {"radius", t.box->radius}};
  }
  return json;
}

Json to_json(const OutputSpec& o) {
  return {{"width", o.width},
          {"height", o.height},
          {"fps", {{"num", o.fps.num}, {"den", o.fps.den}}},
          {"codec", o.codec},
          {"encoder", o.encoder},
          {"device", o.device},
          {"preset", o.preset},
          {"crf", o.crf},
          {"bit_depth", o.bit_depth},
          {"container", o.container},
          {"background", json_of(o.background)}};
}

Json to_json(const Plan& plan) {
  Json json = {{"reeld_plan", kPlanVersion},
               {"title", plan.title},
               {"output", to_json(plan.output)},
               {"frame_count", plan.frame_count},
               {"sample_count", plan.sample_count},
               {"pictures", list_of(plan.pictures)},
               {"sounds", list_of(plan.sounds)},
               {"scenes", list_of(plan.scenes)},
               {"speech", list_of(plan.speech)},
               {"loudness_lufs", plan.loudness_lufs},
               {"score", plan.score}};
  if (plan.music) json["music"] = json_of(*plan.music);
  return json;
}

}  // namespace reeld::engine
