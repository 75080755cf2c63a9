#include "bench/reelbench/ladder.hpp"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>
#include <vector>

#include "base/check.hpp"
#include "bench/reelbench/degradations.hpp"
#include "engine/score/picture_scores.hpp"
#include "kernels/device.hpp"

namespace reeld::bench {
namespace {

namespace fs = std::filesystem;

struct Ladder {
  const char* name;
  const char* unit;
  const char* score;
  int direction;  // of the score with the harm
  cv::Mat (*harmed)(const cv::Mat& picture, double harm);
  std::vector<double> harms;
  // image_quality falls from step to step; else only from the first to the last, for a dark photograph gains
  // by light, and a bright one by the lack of it.
  bool quality_falls;
};

const std::vector<Ladder>& ladders() {
  static const std::vector<Ladder> all = {
      {"blur", "sigma, pixels", "sharpness_laplacian", -1, blurred, {0, 0.5, 1, 1.5, 2, 3, 4, 6}, true},
      {"blur, by its gradient",
       "sigma, pixels",
       "sharpness_tenengrad",
       -1,
       blurred,
       {0, 0.5, 1, 1.5, 2, 3, 4, 6},
       true},
      {"noise", "deviation, levels", "noise", 1, noisy, {0, 2, 4, 8, 12, 16, 24, 32}, true},
      {"JPEG", "100 - quality", "blockiness", 1, coded, {5, 15, 30, 50, 70, 80, 90, 95}, true},
      {"bands", "levels a step", "banding", 1, quantised, {1, 2, 4, 6, 8, 12, 16}, true},
      {"underexposure",
       "stops less",
       "exposure",
       -1,
       [](const cv::Mat& picture, double harm) { return exposed(picture, -harm); },
       {0, 0.5, 1, 1.5, 2, 2.5, 3, 4},
       false},
      {"overexposure", "stops more", "exposure", 1, exposed, {0, 0.5, 1, 1.5, 2, 2.5, 3, 4}, false},
  };
  return all;
}

Result<cv::Mat> read_scaled(const fs::path& file, int longest_side) {
  cv::Mat picture = cv::imread(file.string(), cv::IMREAD_COLOR);
  if (picture.empty()) return Error{Code::picture_invalid, "the picture cannot be read", file.string()};
  const double scale = static_cast<double>(longest_side) / std::max(picture.cols, picture.rows);
  if (scale < 1) cv::resize(picture, picture, {}, scale, scale, cv::INTER_AREA);
  return picture;
}

Result<engine::PictureScores> scores_of(kernels::Device& device, const cv::Mat& bgr) {
  cv::Mat rgba;
  cv::cvtColor(bgr, rgba, cv::COLOR_BGR2RGBA);
  REELD_ASSIGN(const auto found, device.measure({rgba.data, rgba.cols, rgba.rows, rgba.step}, 2));
  return engine::picture_scores(found);
}

double value_of(const engine::PictureScores& scores, std::string_view name) {
  for (const auto& [each, value] : engine::named(scores)) {
    if (each == name) return value;
  }
  REELD_CHECK(false);
  return 0;
}

Result<Json> climb(kernels::Device& device, const Ladder& ladder, const cv::Mat& picture) {
  std::vector<double> values, qualities;
  for (const double harm : ladder.harms) {
    REELD_ASSIGN(const engine::PictureScores scores, scores_of(device, ladder.harmed(picture, harm)));
    values.push_back(value_of(scores, ladder.score));
    qualities.push_back(scores.image_quality);
  }
  return Json{{"values", values},
              {"qualities", qualities},
              {"correlation", ladder.direction * rank_correlation(ladder.harms, values)},
              {"quality_correlation", -rank_correlation(ladder.harms, qualities)}};
}

std::vector<double> ranks_of(const std::vector<double>& values) {
  std::vector<double> ranks;
  for (const double value : values) {
    const auto below = std::count_if(values.begin(), values.end(), [&](double v) { return v < value; });
    const auto equal = std::count(values.begin(), values.end(), value);
    ranks.push_back(static_cast<double>(below) + static_cast<double>(equal - 1) / 2);
  }
  return ranks;
}

}  // namespace

double rank_correlation(const std::vector<double>& a, const std::vector<double>& b) {
  const std::vector<double> x = ranks_of(a);
  const std::vector<double> y = ranks_of(b);
  const double middle = (static_cast<double>(a.size()) - 1) / 2;
  double xy = 0;
  double xx = 0;
  double yy = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    xy += (x[i] - middle) * (y[i] - middle);
    xx += (x[i] - middle) * (x[i] - middle);
    yy += (y[i] - middle) * (y[i] - middle);
  }
  return xx > 0 && yy > 0 ? xy / std::sqrt(xx * yy) : 0;
}

Result<Json> run_ladder_bench(const LadderBench& bench) {
  REELD_ASSIGN(const auto files, photographs_in(bench.pictures));
  REELD_ASSIGN(const auto device, kernels::open_device(kernels::DeviceKind::cpu));
  Json report = new_report("ladder", {{"pictures", bench.pictures}, {"longest_side", bench.longest_side}});
  for (const Ladder& ladder : ladders()) {
    report["ladders"].push_back({{"name", ladder.name},
                                 {"unit", ladder.unit},
                                 {"score", ladder.score},
                                 {"harms", ladder.harms},
                                 {"quality_falls", ladder.quality_falls},
                                 {"pictures", Json::array()}});
  }
  for (const fs::path& file : files) {
    REELD_ASSIGN(const cv::Mat picture, read_scaled(file, bench.longest_side));
    for (std::size_t i = 0; i < ladders().size(); ++i) {
      REELD_ASSIGN(Json steps, climb(*device, ladders()[i], picture));
      steps["name"] = file.stem().string();
      report["ladders"][i]["pictures"].push_back(std::move(steps));
    }
  }
  return report;
}

std::string ladder_table(const Json& report) {
  std::string out = fmt::format("{:<24}{:<22}{:>10}{:>10}  {}\n", "", "score", "lowest", "quality", "worst");
  for (const Json& ladder : report.at("ladders")) {
    double lowest = 2;
    double quality = 2;
    std::string worst;
    for (const Json& picture : ladder.at("pictures")) {
      quality = std::min(quality, picture.at("quality_correlation").get<double>());
      if (picture.at("correlation").get<double>() < lowest) {
        lowest = picture.at("correlation").get<double>();
        worst = picture.at("name").get<std::string>();
      }
    }
    out += fmt::format("{:<24}{:<22}{:>10.3f}{:>10.3f}  {}\n", ladder.at("name").get<std::string>(),
                       ladder.at("score").get<std::string>(), lowest, quality, worst);
  }
  return out;
}

}  // namespace reeld::bench
