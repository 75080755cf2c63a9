#include "engine/score/report_pictures.hpp"

#include <opencv2/imgproc.hpp>

#include "engine/film_frame.hpp"
#include "engine/picture.hpp"

namespace reeld::engine {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

constexpr int kQuality = 82;

// RGB, 8 bits; alpha is not looked at.
cv::Mat small_picture(const Picture& picture, int longer_side) {
  const bool wide = picture.format == kernels::PictureFormat::rgba16;
  const auto bytes = picture.bytes();
  const cv::Mat whole(picture.height, picture.width, wide ? CV_16UC4 : CV_8UC4,
                      const_cast<std::uint8_t*>(bytes.data()));
  const FrameSize size = scaled_size(picture.width, picture.height, longer_side);
  cv::Mat scaled, narrow, rgb;
  cv::resize(whole, scaled, cv::Size(size.width, size.height), 0, 0, cv::INTER_AREA);
  scaled.convertTo(narrow, CV_8UC4, wide ? 1 / 257.0 : 1);
  cv::cvtColor(narrow, rgb, cv::COLOR_RGBA2RGB);
  return rgb;
}

Result<void> write_frame(const Json& task, std::size_t i, const fs::path& out) {
  const FrameSize size = scaled_size(task.at("width").get<int>(), task.at("height").get<int>(),
                                     task.at("longer_side").get<int>());
  REELD_ASSIGN(const av::FramePtr frame,
               film_frame(task.at("film").get<std::string>(), task.at("frames").at(i).get<double>(), size));
  return write_jpeg(out, frame->data[0], size.width, size.height,
                    static_cast<std::size_t>(frame->linesize[0]), kQuality);
}

Result<void> write_picture(const Json& task, std::size_t i, const fs::path& out) {
  REELD_ASSIGN(const Picture picture, load_picture(task.at("pictures").at(i).get<std::string>()));
  const cv::Mat rgb = small_picture(picture, task.at("longer_side").get<int>());
  return write_jpeg(out, rgb.data, rgb.cols, rgb.rows, rgb.step, kQuality);
}

bool is_of_the_disk(Code code) {
  return code == Code::disk_full || code == Code::target_unwritable;
}

}  // namespace

Result<Json> report_pictures_task(const Json& task, const TaskProgress& progress) {
  const fs::path out = task.at("out").get<std::string>();
  const std::size_t frames = task.at("film") == "" ? 0 : task.at("frames").size();
  const std::size_t pictures = task.at("pictures").size();
  Json made = {{"frames", Json::array()}, {"pictures", Json::array()}};
  for (std::size_t i = 0; i < frames + pictures; ++i) {
    const bool of_film = i < frames;
    const std::size_t number = of_film ? i : i - frames;
    const fs::path file = out / ((of_film ? "frame-" : "picture-") + std::to_string(number) + ".jpg");
    const auto written = of_film ? write_frame(task, number, file) : write_picture(task, number, file);
    if (written) {
      made[of_film ? "frames" : "pictures"].push_back(number);
    } else if (is_of_the_disk(written.error().code)) {
      return written.error();
    }
    progress(static_cast<double>(i + 1), static_cast<double>(frames + pictures));
  }
  return made;
}

}  // namespace reeld::engine
