#include "bench/reelbench/train_scenes.hpp"

#include <spdlog/fmt/fmt.h>

#include <array>
#include <fstream>
#include <numeric>
#include <opencv2/imgproc.hpp>
#include <span>

#include "bench/reelbench/degradations.hpp"
#include "bench/reelbench/ladder.hpp"
#include "engine/learned/natural_scenes.hpp"
#include "engine/picture_pixels.hpp"

namespace reeld::bench {
namespace {

namespace fs = std::filesystem;

// Photographs are brought to this width first: that of films, and it takes the compression out of them that
// they came with.
constexpr int kWidth = 1280;
constexpr int kFewest = 2;
constexpr std::size_t kPatches = 32;  // of each

Result<cv::Mat> load(const fs::path& file) {
  REELD_ASSIGN(const engine::Picture picture, engine::load_picture(file));
  cv::Mat rgb = engine::rgb_over_black(picture);
  const double scale = static_cast<double>(kWidth) / rgb.cols;
  cv::resize(rgb, rgb, {}, scale, scale, cv::INTER_AREA);
  return rgb;
}

cv::Mat grey_of(const cv::Mat& rgb) {
  cv::Mat grey;
  cv::cvtColor(rgb, grey, cv::COLOR_RGB2GRAY);
  return grey;
}

struct Ladder {
  const char* name;
  cv::Mat (*harmed)(const cv::Mat& picture, double harm);
  std::array<double, 6> harms;  // step by step, the last beyond use; a good picture is step 0
};

constexpr int kSteps = 6;

const std::vector<Ladder>& ladders() {
  static const std::vector<Ladder> all = {{"blur", blurred, {0.6, 1, 1.6, 2.5, 4, 6}},
                                          {"noise", noisy, {3, 6, 10, 16, 25, 40}},
                                          {"jpeg", coded, {40, 60, 75, 85, 91, 95}},
                                          {"bands", quantised, {5, 8, 13, 21, 32, 51}}};
  return all;
}

cv::Mat degraded(const Ladder& ladder, const cv::Mat& photograph, int step) {
  return step == 0 ? photograph
                   : ladder.harmed(photograph, ladder.harms.at(static_cast<std::size_t>(step - 1)));
}

double score_of(int step) {
  return 100.0 * step / kSteps;
}

struct Samples {
  cv::Mat features, scores;  // a row each
};

Result<void> add_ladders(const cv::Mat& photograph, Samples& samples) {
  for (const Ladder& ladder : ladders()) {
    for (int step = 0; step <= kSteps; ++step) {
      REELD_ASSIGN(const cv::Mat features,
                   engine::scene_features(grey_of(degraded(ladder, photograph, step))));
      samples.features.push_back(features);
      samples.scores.push_back(static_cast<float>(score_of(step)));
    }
  }
  return {};
}

engine::BrisqueModel brisque_of(const Samples& samples) {
  engine::BrisqueModel model;
  cv::Mat least, greatest;
  cv::reduce(samples.features, least, 0, cv::REDUCE_MIN);
  cv::reduce(samples.features, greatest, 0, cv::REDUCE_MAX);
  cv::vconcat(least, greatest, model.range);
  cv::Mat scaled(samples.features.size(), CV_32F);
  for (int row = 0; row < scaled.rows; ++row) {
    scaled.row(row) = -1 + 2 * (samples.features.row(row) - least) / (greatest - least);
  }
  // Those of OpenCV's own trainer for BRISQUE.
  model.svm = cv::ml::SVM::create();
  model.svm->setType(cv::ml::SVM::EPS_SVR);
  model.svm->setKernel(cv::ml::SVM::RBF);
  model.svm->setP(1);
  model.svm->setC(1024);
  model.svm->setGamma(0.05);
  model.svm->setTermCriteria({cv::TermCriteria::MAX_ITER + cv::TermCriteria::EPS, 100000, 0.001});
  model.svm->train(scaled, cv::ml::ROW_SAMPLE, samples.scores);
  return model;
}

Result<Json> judged(const fs::path& file, const engine::SceneStatistics& statistics) {
  REELD_ASSIGN(const cv::Mat photograph, load(file));
  std::vector<double> steps(kSteps + 1);
  std::iota(steps.begin(), steps.end(), 0.0);
  Json rows = Json::array();
  for (const Ladder& ladder : ladders()) {
    std::vector<double> brisque, niqe;
    for (int step = 0; step <= kSteps; ++step) {
      const cv::Mat picture = grey_of(degraded(ladder, photograph, step));
      REELD_ASSIGN(const double learned, engine::brisque(picture, statistics.brisque));
      REELD_ASSIGN(const double distance, engine::niqe(picture, statistics));
      brisque.push_back(learned);
      niqe.push_back(distance);
    }
    rows.push_back({{"photograph", file.filename().string()},
                    {"ladder", ladder.name},
                    {"brisque", brisque},
                    {"brisque_spearman", rank_correlation(brisque, steps)},
                    {"niqe", niqe},
                    {"niqe_spearman", rank_correlation(niqe, steps)}});
  }
  return rows;
}

}  // namespace

Result<Json> train_scenes(const SceneTraining& training) {
  REELD_ASSIGN(const auto files, photographs_in(training.photographs));
  const auto trained = static_cast<int>(files.size()) - training.held_out;
  if (trained < kFewest) {
    return Error{Code::invalid_request, training.photographs.string() + " has " +
                                            std::to_string(files.size()) + " .jpg files: at least " +
                                            std::to_string(kFewest) + " beside the " +
                                            std::to_string(training.held_out) + " held out are needed"};
  }
  Samples samples;
  cv::Mat patches;
  for (const fs::path& file : std::span(files).first(static_cast<std::size_t>(trained))) {
    REELD_ASSIGN(const cv::Mat photograph, load(file));
    REELD_TRY(add_ladders(photograph, samples));
    REELD_ASSIGN(const cv::Mat features, engine::patch_features(grey_of(photograph), kPatches));
    patches.push_back(features);
  }
  engine::SceneStatistics statistics;
  statistics.brisque = brisque_of(samples);
  cv::calcCovarMatrix(patches, statistics.covariance, statistics.mean,
                      cv::COVAR_NORMAL | cv::COVAR_ROWS | cv::COVAR_SCALE, CV_64F);
  std::ofstream out(training.out, std::ios::binary);
  if (!(out << engine::to_text(statistics)).flush()) {
    return Error{Code::target_unwritable, "cannot write " + training.out.string()};
  }
  Json report = {{"photographs", trained}, {"patches", patches.rows}, {"held_out", Json::array()}};
  for (const fs::path& file : std::span(files).subspan(static_cast<std::size_t>(trained))) {
    REELD_ASSIGN(const Json rows, judged(file, statistics));
    for (const Json& row : rows) report["held_out"].push_back(row);
  }
  return report;
}

std::string training_table(const Json& report) {
  std::string text = fmt::format("trained with {} photographs, {} patches; held out:\n",
                                 report["photographs"].get<int>(), report["patches"].get<int>());
  for (const Json& row : report["held_out"]) {
    text += fmt::format("{:<20}{:<9}brisque {:>6.3f} ({})  niqe {:>6.3f} ({})\n",
                        row["photograph"].get<std::string>(), row["ladder"].get<std::string>(),
                        row["brisque_spearman"].get<double>(),
                        fmt::format("{:.0f}", fmt::join(row["brisque"].get<std::vector<double>>(), " ")),
                        row["niqe_spearman"].get<double>(),
                        fmt::format("{:.1f}", fmt::join(row["niqe"].get<std::vector<double>>(), " ")));
  }
  return text;
}

}  // namespace reeld::bench
