#include "engine/learned/learned_scores.hpp"

#include <algorithm>
#include <cmath>
#include <memory>
#include <numeric>
#include <opencv2/core.hpp>
#include <optional>

#include "engine/learned/natural_scenes.hpp"
#include "engine/learned/onnx_model.hpp"
#include "engine/learned/picture_input.hpp"
#include "engine/learned/text_tokens.hpp"
#include "engine/picture_pixels.hpp"

namespace reeld::engine {
namespace {

using Numbers = std::vector<float>;

// One value a scene; scenes without one are left out of the film's mean.
using SceneValues = std::vector<std::optional<double>>;

Error unlike(const Manifest& manifest, const std::string& why) {
  return {Code::invalid_request, "the network " + manifest.file.string() + ": " + why};
}

AbsentScore is_absent(const std::string& metric, const std::string& model, Error why) {
  why.message = metric + " by " + model + " is absent: " + why.message;
  return {model, std::move(why)};
}

double dot(const Numbers& one, const Numbers& other) {
  return std::inner_product(one.begin(), one.end(), other.begin(), 0.0);
}

Result<double> likeness(const Manifest& manifest, const Numbers& one, const Numbers& other) {
  if (one.size() != other.size()) {
    return unlike(manifest, "its directions have " + std::to_string(one.size()) + " and " +
                                std::to_string(other.size()) + " numbers: they cannot be compared");
  }
  const double lengths = std::sqrt(dot(one, one) * dot(other, other));
  if (!(lengths > 0) || !std::isfinite(lengths)) return unlike(manifest, "a direction has no length");
  return dot(one, other) / lengths;
}

Result<double> score_of(const Manifest& manifest, const Numbers& numbers) {
  double value = numbers.front();
  if (manifest.meaning == Meaning::distribution) {
    if (numbers.size() != manifest.values.size()) {
      return unlike(manifest, "it gives " + std::to_string(numbers.size()) + " numbers, its manifest names " +
                                  std::to_string(manifest.values.size()) + " values");
    }
    const double sum = std::accumulate(numbers.begin(), numbers.end(), 0.0);
    if (!(sum > 0)) return unlike(manifest, "its probabilities add up to nothing");
    value = std::inner_product(numbers.begin(), numbers.end(), manifest.values.begin(), 0.0) / sum;
  } else if (numbers.size() != 1) {
    return unlike(manifest, "it gives " + std::to_string(numbers.size()) + " numbers, a score is one");
  }
  return value * manifest.scale + manifest.offset;
}

Result<Numbers> seen(OnnxModel& network, const Manifest& manifest, const cv::Mat& rgb) {
  REELD_ASSIGN(Numbers numbers, network.run(network_input(rgb, manifest.input),
                                            {1, 3, manifest.input.height, manifest.input.width}));
  for (const float number : numbers) {
    if (!std::isfinite(number)) return unlike(manifest, "it gave a number that is none");
  }
  if (numbers.empty()) return unlike(manifest, "it gave nothing");
  return numbers;
}

Result<SceneValues> plain_scores(const Manifest& manifest, const std::vector<Numbers>& answers) {
  SceneValues values;
  for (const Numbers& numbers : answers) {
    REELD_ASSIGN(const double value, score_of(manifest, numbers));
    values.emplace_back(value);
  }
  return values;
}

// As VBench takes frames (Huang and others 2024, 4.1.1), taken over scenes: each but the first beside the
// first and beside the one before it.
Result<SceneValues> consistency(const Manifest& manifest, const std::vector<Numbers>& answers) {
  SceneValues values(answers.size());
  for (std::size_t i = 1; i < answers.size(); ++i) {
    REELD_ASSIGN(const double first, likeness(manifest, answers[i], answers.front()));
    REELD_ASSIGN(const double before, likeness(manifest, answers[i], answers[i - 1]));
    values[i] = (std::max(0.0, first) + std::max(0.0, before)) / 2;
  }
  return values;
}

Result<SceneValues> agreement(const Manifest& manifest, const std::vector<Numbers>& answers,
                              const std::vector<ScoredScene>& scenes, int threads) {
  const TextInput& text = *manifest.text;
  REELD_ASSIGN(const TextTokens tokens, TextTokens::read(text.vocabulary));
  REELD_ASSIGN(const auto network, open_onnx(text.file, threads));
  SceneValues values(answers.size());
  for (std::size_t i = 0; i < answers.size(); ++i) {
    if (scenes[i].text.empty()) continue;
    REELD_ASSIGN(const Numbers read,
                 network->run(tokens.encode(scenes[i].text, text.length), {1, text.length}));
    REELD_ASSIGN(const double alike, likeness(manifest, answers[i], read));
    values[i] = alike;
  }
  return values;
}

// What natural-scene statistics say of pictures: one figure by one model, scene by scene.
struct StatisticsJudge {
  std::string metric, model;
  std::function<Result<double>(const cv::Mat& rgb)> judge;
  SceneValues values = {};
};

std::vector<StatisticsJudge> statistics_judges(const std::vector<Manifest>& manifests,
                                               std::vector<AbsentScore>& absent) {
  std::vector<StatisticsJudge> judges = {
      {"brisque", kOwnScenesModel,
       [](const cv::Mat& rgb) { return brisque(rgb, own_scene_statistics().brisque); }},
      {"niqe", kOwnScenesModel, [](const cv::Mat& rgb) { return niqe(rgb, own_scene_statistics()); }}};
  for (const Manifest& manifest : manifests) {
    if (!manifest.range) continue;
    auto model = read_brisque_model(manifest.file, *manifest.range);
    if (!model) {
      absent.push_back(is_absent(manifest.metric, manifest.model, model.error()));
      continue;
    }
    judges.push_back({manifest.metric, manifest.model,
                      [model = *std::move(model)](const cv::Mat& rgb) { return brisque(rgb, model); }});
  }
  return judges;
}

void look(StatisticsJudge& judge, int scene, const cv::Mat& rgb, std::vector<AbsentScore>& absent) {
  const auto value = judge.judge(rgb);
  judge.values.push_back(value ? std::optional(*value) : std::nullopt);
  if (value) return;
  AbsentScore score = is_absent(judge.metric, judge.model, value.error());
  score.why.path = "/scenes/" + std::to_string(scene) + "/picture";
  absent.push_back(std::move(score));
}

// A manifest's network, what it said of the scenes so far, and why it says nothing.
struct Judge {
  const Manifest& manifest;
  std::unique_ptr<OnnxModel> network = {};
  std::vector<Numbers> answers = {};
  std::optional<Error> failed = {};
};

std::vector<Judge> open_all(const std::vector<Manifest>& manifests, int threads) {
  std::vector<Judge> judges;
  for (const Manifest& manifest : manifests) {
    if (manifest.range) continue;
    Judge& judge = judges.emplace_back(Judge{manifest});
    auto network = open_onnx(manifest.file, threads);
    if (network)
      judge.network = *std::move(network);
    else
      judge.failed = network.error();
  }
  return judges;
}

void look(Judge& judge, const cv::Mat& rgb) {
  if (judge.failed) return;
  auto numbers = seen(*judge.network, judge.manifest, rgb);
  if (numbers)
    judge.answers.push_back(*std::move(numbers));
  else
    judge.failed = numbers.error();
}

Result<SceneValues> values_of(const Judge& judge, const std::vector<ScoredScene>& scenes, int threads) {
  if (judge.failed) return *judge.failed;
  if (judge.manifest.text) return agreement(judge.manifest, judge.answers, scenes, threads);
  if (judge.manifest.meaning == Meaning::embedding) return consistency(judge.manifest, judge.answers);
  return plain_scores(judge.manifest, judge.answers);
}

void append(Scores& scores, const std::string& metric, const std::string& model, const SceneValues& values) {
  double sum = 0;
  int count = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (!values[i]) continue;
    scores.scores.push_back({static_cast<int>(i), metric, *values[i], model});
    sum += *values[i];
    ++count;
  }
  if (count > 0) scores.scores.push_back({std::nullopt, metric, sum / count, model});
}

}  // namespace

Result<LearnedScores> learned_scores(const std::vector<Manifest>& manifests,
                                     const std::vector<ScoredScene>& scenes, int threads,
                                     const std::function<void(double, double)>& progress) {
  cv::setNumThreads(threads);
  LearnedScores result;
  std::vector<StatisticsJudge> statistics = statistics_judges(manifests, result.absent);
  std::vector<Judge> judges = open_all(manifests, threads);
  for (std::size_t i = 0; i < scenes.size(); ++i) {
    const auto picture = load_picture(scenes[i].picture);
    if (!picture) {
      Error error = picture.error();
      error.path = "/scenes/" + std::to_string(i) + "/picture";
      return error;
    }
    const cv::Mat rgb = rgb_over_black(*picture);
    for (StatisticsJudge& judge : statistics) look(judge, static_cast<int>(i), rgb, result.absent);
    for (Judge& judge : judges) look(judge, rgb);
    progress(static_cast<double>(i + 1), static_cast<double>(scenes.size()));
  }
  for (const StatisticsJudge& judge : statistics)
    append(result.scores, judge.metric, judge.model, judge.values);
  for (const Judge& judge : judges) {
    const Manifest& manifest = judge.manifest;
    const auto values = values_of(judge, scenes, threads);
    if (values)
      append(result.scores, manifest.metric, manifest.model, *values);
    else
      result.absent.push_back(is_absent(manifest.metric, manifest.model, values.error()));
  }
  return result;
}

}  // namespace reeld::engine
