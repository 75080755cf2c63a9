#include "engine/picture_ahead.hpp"

#include "engine/device_choice.hpp"
#include "engine/kept_picture.hpp"
#include "engine/motion.hpp"
#include "engine/picture.hpp"
#include "engine/score/loaded_pictures.hpp"

namespace reeld::engine {
namespace {

Json to_json(const FractionRect& rect) {
  return {rect.x, rect.y, rect.w, rect.h};
}

FractionRect rect_from(const Json& json) {
  return {json.at(0).get<double>(), json.at(1).get<double>(), json.at(2).get<double>(),
          json.at(3).get<double>()};
}

// What of a scene's motion decides which level of its picture is sampled.
Json to_json(const MotionSpec& motion) {
  return {{"move", motion.move},     {"from", to_json(motion.from)},        {"to", to_json(motion.to)},
          {"amount", motion.amount}, {"number", motion.number.value_or(0)}, {"fit", motion.fit == Fit::fit}};
}

MotionSpec motion_from(const Json& json) {
  MotionSpec motion;
  motion.move = json.at("move").get<std::string>();
  motion.from = rect_from(json.at("from"));
  motion.to = rect_from(json.at("to"));
  motion.amount = json.at("amount").get<double>();
  motion.number = json.at("number").get<int>();
  motion.fit = json.at("fit").get<bool>() ? Fit::fit : Fit::fill;
  return motion;
}

}  // namespace

void PictureAhead::begin(const Request& request, const std::filesystem::path& file, bool scored) {
  loading_ = std::async(std::launch::async, [this, task = picture_ahead(request, file, scored)] {
    static_cast<void>(meter_.run(executor_, task, nullptr, cancelled_));  // only a wish
  });
}

Json picture_ahead(const Request& request, const std::filesystem::path& file, bool scored) {
  return {{"task", "picture_ahead"},
          {"first_picture", file.string()},
          {"device", request.output.device},
          {"width", request.output.width},
          {"height", request.output.height},
          {"seed", request.seed},
          {"scored", scored},
          {"motion", to_json(request.scenes.front().motion)}};
}

Result<Json> picture_ahead_task(const Json& task, const TaskProgress&) {
  const auto file = task.at("first_picture").get<std::string>();
  REELD_ASSIGN(const auto device, device_named(task.at("device").get<std::string>()));
  kept_picture().let_go();  // before the next needs memory
  kept_picture().use(device);
  REELD_ASSIGN(const ArrivingPicture picture, begin_loading(file));
  const MotionSpec motion = motion_from(task.at("motion"));
  const MotionFrame frame{task.at("width").get<int>(), task.at("height").get<int>(), picture.width(),
                          picture.height()};
  const int level = plan_motion(motion, frame, task.at("seed").get<std::uint64_t>(), *motion.number).level;
  REELD_ASSIGN(const auto id, device->upload(picture.view(), {level, level}));
  std::optional<Picture> pixels;
  if (task.at("scored").get<bool>()) {
    REELD_ASSIGN(pixels, picture.whole());
    if (pixels->bytes().size() > LoadedPictures::kMostBytes) pixels.reset();  // as nobody will take them
  }
  kept_picture().keep(file, {level, level}, id, std::move(pixels));
  return Json::object();
}

}  // namespace reeld::engine
