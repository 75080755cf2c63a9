#include "engine/learned/learned_scores.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <memory>
#include <numeric>
#include <opencv2/core.hpp>
#include <optional>

#include <fmt/format.h>

#include "engine/learned/natural_scenes.hpp"
#include "engine/learned/onnx_model.hpp"
#include "engine/learned/picture_input.hpp"
#include "engine/learned/text_tokens.hpp"
#include "engine/picture_pixels.hpp"

namespace reeld::engine {
namespace {

using Numbers = std::vector<float>;

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
                              const std::vector<ShownPicture>& scenes, int threads) {
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

Result<SceneValues> unbounded(const Manifest& manifest, const std::vector<Numbers>& answers,
                              const std::vector<ShownPicture>& scenes, int threads) {
  if (manifest.text) return agreement(manifest, answers, scenes, threads);
  if (manifest.meaning == Meaning::embedding) return consistency(manifest, answers);
  return plain_scores(manifest, answers);
}

// What one network's answers say of scenes: within the range that its manifest names.
Result<SceneValues> values_of(const Manifest& manifest, const std::vector<Numbers>& answers,
                              const std::vector<ShownPicture>& scenes, int threads) {
  REELD_ASSIGN(SceneValues values, unbounded(manifest, answers, scenes, threads));
  if (!manifest.says.least || !manifest.says.most) return values;
  const double least = *manifest.says.least, most = *manifest.says.most;
  // A network's floats may end a little beside the range's ends.
  const double slack = (most - least) / 1000;
  for (auto& value : values) {
    if (!value) continue;
    if (*value < least - slack || *value > most + slack) {
      return unlike(manifest, fmt::format("it gave {:.6g}, and its manifest's /output/range is {:g} to {:g}",
                                          *value, least, most));
    }
    value = std::clamp(*value, least, most);
  }
  return values;
}

// Of pictures, in the order in which scenes show them.
template <class T>
std::vector<T> by_scene(const std::vector<T>& of_pictures, const std::vector<ShownPicture>& scenes) {
  std::vector<T> shown;
  for (const ShownPicture& scene : scenes) shown.push_back(of_pictures.at(scene.picture));
  return shown;
}

}  // namespace

// One figure by one model, picture by picture.
struct LearnedJudges::Statistics {
  std::string metric, model;
  std::function<Result<double>(const cv::Mat& grey)> judge;
  std::vector<std::optional<double>> values = {};
};

// A manifest's network, what it said of the pictures so far, and why it says nothing.
struct LearnedJudges::Network {
  const Manifest& manifest;
  std::unique_ptr<OnnxModel> model = {};
  std::vector<Numbers> answers = {};
  std::optional<Error> failed = {};
};

LearnedJudges::LearnedJudges(const std::vector<Manifest>& manifests, int threads) : threads_(threads) {
  cv::setNumThreads(threads);
  // Read with the first picture, since frames may wait for whoever makes this.
  statistics_ = {
      {"brisque", kOwnScenesModel,
       [](const cv::Mat& grey) { return brisque(grey, own_scene_statistics().brisque); }},
      {"niqe", kOwnScenesModel, [](const cv::Mat& grey) { return niqe(grey, own_scene_statistics()); }}};
  for (const Manifest& manifest : manifests) {
    if (manifest.range) {
      auto model = read_brisque_model(manifest.file, *manifest.range);
      if (!model) {
        absent_.push_back(is_absent(manifest.metric, manifest.model, model.error()));
        continue;
      }
      statistics_.push_back(
          {manifest.metric, manifest.model,
           [model = *std::move(model)](const cv::Mat& grey) { return brisque(grey, model); }});
      continue;
    }
    Network& network = networks_.emplace_back(Network{manifest});
    auto model = open_onnx(manifest.file, threads);
    if (model)
      network.model = *std::move(model);
    else
      network.failed = model.error();
  }
}

LearnedJudges::~LearnedJudges() = default;

void LearnedJudges::look(const Picture& picture, const std::string& path) {
  const cv::Mat grey = grey_over_black(picture);
  for (Statistics& statistics : statistics_) {
    const auto value = statistics.judge(grey);
    statistics.values.push_back(value ? std::optional(*value) : std::nullopt);
    if (value) continue;
    AbsentScore score = is_absent(statistics.metric, statistics.model, value.error());
    score.why.path = path;
    absent_.push_back(std::move(score));
  }
  if (networks_.empty()) return;
  const cv::Mat rgb = rgb_over_black(picture);
  for (Network& network : networks_) {
    if (network.failed) continue;
    auto numbers = seen(*network.model, network.manifest, rgb);
    if (numbers)
      network.answers.push_back(*std::move(numbers));
    else
      network.failed = numbers.error();
  }
}

LearnedScores LearnedJudges::scores(const std::vector<ShownPicture>& scenes) const {
  LearnedScores result{{}, absent_};
  for (const Statistics& statistics : statistics_)
    add_by_scene(result.scores, statistics.metric, statistics.model, by_scene(statistics.values, scenes));
  for (const Network& network : networks_) {
    const Manifest& manifest = network.manifest;
    const auto values = network.failed
                            ? Result<SceneValues>(*network.failed)
                            : values_of(manifest, by_scene(network.answers, scenes), scenes, threads_);
    if (values)
      add_by_scene(result.scores, manifest.metric, manifest.model, *values);
    else
      result.absent.push_back(is_absent(manifest.metric, manifest.model, values.error()));
  }
  return result;
}

}  // namespace reeld::engine
