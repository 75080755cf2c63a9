// The manifest of a model that a user gives: a small JSON file beside the model, which says what the model
// wants to see and what its answer means. docs/metrics/learned.md tells its fields. Reads files, decodes no
// media.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "engine/score/catalog.hpp"

namespace reeld::engine {

// The statistics of natural scenes that come with reeld; another name when they are trained anew.
inline constexpr const char* kOwnScenesModel = "reeld-scenes-2";

// How a picture becomes the numbers that a model takes: resampled to width x height, each channel
// (value / 255 - mean) / deviation, planes in the order of `channels`.
struct PictureInput {
  enum class Fit : std::uint8_t {
    crop,     // the shorter side fits, the middle is taken
    stretch,  // both sides fit
    pad       // the longer side fits, the rest is black
  };
  int width = 0, height = 0;
  Fit fit = Fit::crop;
  bool is_bgr = false;
  std::array<float, 3> mean = {0, 0, 0}, deviation = {1, 1, 1};
};

// What a model's numbers mean.
enum class Meaning : std::uint8_t {
  score,         // one number is the score, after `scale` and `offset`
  distribution,  // probabilities of `values`; the score is their mean
  embedding,     // a direction: pictures are alike where their directions are
};

// The half of a text-picture model that reads texts.
struct TextInput {
  std::filesystem::path file;        // ONNX: tokens in, a direction in the pictures' space out
  std::filesystem::path vocabulary;  // merges of byte-pair encoding, CLIP's form
  int length = 77;                   // tokens that it takes, filled up with zeros
};

struct Manifest {
  std::filesystem::path path;  // the manifest itself
  std::string model;           // its name, as records give it
  std::string metric;          // what it measures: a known score of such models, or a name of the user's
  std::filesystem::path file;  // ONNX, or a BRISQUE model
  // Of a BRISQUE model in OpenCV's form, which has nothing of what follows.
  std::optional<std::filesystem::path> range = {};
  PictureInput input;
  Meaning meaning = Meaning::score;
  double scale = 1, offset = 0;        // of a score or a distribution's mean
  std::vector<double> values = {};     // of a distribution
  std::optional<TextInput> text = {};  // of an embedding: the score is how well text and picture agree
  MetricMeaning says = {};             // of a name that find_metric does not know
};

// Whether it judges each picture by itself, rather than how alike pictures are.
bool judges_each(const Manifest& manifest);

// Errors: file_missing, file_unreadable, invalid_request with the file and the field; path is the field's
// pointer within the manifest. A name of reeld's or VBench's is refused where the model is not of its kind.
Result<Manifest> read_manifest(const std::filesystem::path& file);

struct Manifests {
  std::vector<Manifest> usable;  // by file name
  // Manifests that cannot be used, with why; the message names the file.
  std::vector<Error> refused;
};

// Every *.json file of a folder; none where there is no such folder. Of two manifests of one metric and
// model, or of one metric and unlike words on its numbers, the second is refused.
Manifests read_manifests(const std::filesystem::path& folder);

// What the usable ones say of the names that only they know.
OwnMetrics own_metrics(const std::vector<Manifest>& manifests);
OwnMetrics own_metrics(const std::filesystem::path& folder);

}  // namespace reeld::engine
