#include "engine/edit/trim.hpp"

#include <cmath>

namespace reeld::engine {
namespace {

// Times are kept to the microsecond, so that a difference is the number that a person would write.
double seconds(double value) {
  return std::round(value * 1e6) / 1e6;
}

std::string text_of(double value) {
  return Json(value).dump() + " s";
}

Json cut_texts(const Json& texts, double start, double duration) {
  Json left = Json::array();
  for (Json text : texts) {
    const double begin = seconds(text.value("start", 0.0) - start);
    if (begin >= duration) continue;
    if (text.contains("end")) {
      const double end = seconds(text["end"].get<double>() - start);
      if (end <= 0) continue;
      text["end"] = end;
    }
    if (start > 0) text["start"] = std::max(0.0, begin);
    left.push_back(std::move(text));
  }
  return left;
}

}  // namespace

Result<Json> cut_scene(const Json& scene, double start, std::optional<double> end) {
  const Json& duration = scene.at("duration");
  if (!end && !duration.is_number()) {
    return Error{Code::invalid_request,
                 "is missing: the scene is as long as its speech, so say where it is to end", "/end"};
  }
  const double until = end.value_or(duration.is_number() ? duration.get<double>() : 0);
  const double left = seconds(until - start);
  if (left <= 0) {
    return Error{Code::invalid_request,
                 "nothing is left of the scene from " + text_of(start) + " to " + text_of(until),
                 start > 0 ? "/start" : "/end"};
  }
  Json cut = scene;
  cut["duration"] = left;
  if (cut.contains("text")) {
    cut["text"] = cut_texts(cut["text"], start, left);
    if (cut["text"].empty()) cut.erase("text");
  }
  if (start > 0 && cut.contains("speech")) {
    const double delay = cut["speech"].value("delay", 0.0);
    if (delay < start) {
      return Error{Code::invalid_request,
                   "the speech begins at " + text_of(delay) +
                       " and cannot be cut at its beginning: start there at the latest, or take it out first",
                   "/start"};
    }
    cut["speech"]["delay"] = seconds(delay - start);
  }
  return cut;
}

}  // namespace reeld::engine
