#include "engine/learned/manifest.hpp"

#include <algorithm>
#include <system_error>

#include "engine/files.hpp"
#include "engine/request_schema_check.hpp"
#include "engine/schema_explain.hpp"
#include "engine/score/catalog.hpp"

namespace reeld::engine {
namespace {

namespace fs = std::filesystem;

constexpr const char* kSchema = R"({
  "type": "object", "additionalProperties": false, "required": ["model", "metric", "file"],
  "definitions": {
    "file": {"type": "string", "minLength": 1, "maxLength": 1000},
    "side": {"type": "integer", "minimum": 8, "maximum": 4096, "x-unit": "pixels"},
    "channels": {"type": "array", "minItems": 3, "maxItems": 3, "items": {"type": "number", "minimum": -1000, "maximum": 1000}},
    "deviations": {"type": "array", "minItems": 3, "maxItems": 3, "items": {"type": "number", "exclusiveMinimum": 0, "maximum": 1000}}
  },
  "properties": {
    "model": {"type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$",
              "x-allowed": "a name of letters, digits, dots, lines and underscores"},
    "metric": {"type": "string", "pattern": "^[a-z][a-z0-9_]{0,63}$",
               "x-allowed": "a name of small letters, digits and underscores"},
    "file": {"$ref": "#/definitions/file"},
    "range": {"$ref": "#/definitions/file"},
    "input": {"type": "object", "additionalProperties": false, "required": ["width", "height"],
      "properties": {
        "width": {"$ref": "#/definitions/side"}, "height": {"$ref": "#/definitions/side"},
        "fit": {"type": "string", "enum": ["crop", "stretch", "pad"]},
        "channels": {"type": "string", "enum": ["rgb", "bgr"]},
        "mean": {"$ref": "#/definitions/channels"},
        "std": {"$ref": "#/definitions/deviations"}}},
    "output": {"type": "object", "additionalProperties": false, "required": ["meaning"],
      "properties": {
        "meaning": {"type": "string", "enum": ["score", "distribution", "embedding"]},
        "scale": {"type": "number", "minimum": -1000000, "maximum": 1000000},
        "offset": {"type": "number", "minimum": -1000000, "maximum": 1000000},
        "values": {"type": "array", "minItems": 2, "maxItems": 1000, "items": {"type": "number"}},
        "better": {"type": "string", "enum": ["higher", "lower"]},
        "unit": {"type": "string", "minLength": 1, "maxLength": 40},
        "range": {"type": "array", "minItems": 2, "maxItems": 2, "items": {"type": "number"}}}},
    "text": {"type": "object", "additionalProperties": false, "required": ["file", "vocabulary"],
      "properties": {
        "file": {"$ref": "#/definitions/file"}, "vocabulary": {"$ref": "#/definitions/file"},
        "length": {"type": "integer", "minimum": 3, "maximum": 1024, "x-unit": "tokens"}}}
  }
})";

Error refused(const std::string& path, const std::string& why) {
  return {Code::invalid_request, path + ": " + why, path};
}

constexpr const char* kBrisque = "brisque";

Result<void> check_brisque(const Json& json) {
  for (const char* field : {"input", "output", "text"}) {
    if (json.contains(field))
      return refused(std::string("/") + field, "a model with a range is BRISQUE's, which has none");
  }
  if (json.at("metric") != kBrisque) return refused("/metric", "a model with a range measures \"brisque\"");
  return {};
}

Result<void> check_output(const Json& output, bool has_text) {
  const bool is_distribution = output.at("meaning") == "distribution";
  const bool is_embedding = output.at("meaning") == "embedding";
  if (is_distribution != output.contains("values")) {
    return refused("/output/values",
                   is_distribution ? "is missing: a distribution needs the values that its numbers stand for"
                                   : "only a distribution has values");
  }
  if (has_text && !is_embedding)
    return refused("/output/meaning", "a model with a text half gives an \"embedding\"");
  if (is_embedding && (output.contains("scale") || output.contains("offset")))
    return refused("/output", "an embedding is compared, so it has neither scale nor offset");
  return {};
}

// What a network's answer is good for.
enum class Kind : std::uint8_t { number, likeness, agreement, none };

constexpr const char* kind_name(Kind kind) {
  return kind == Kind::number     ? "a \"score\" or a \"distribution\""
         : kind == Kind::likeness ? "an \"embedding\" without a text half"
                                  : "an \"embedding\" with a text half";
}

// Names that say how they are measured: VBench's (Huang and others 2024) that networks can measure of
// pictures, and reeld's.
Kind kind_of(std::string_view metric) {
  if (metric == "aesthetic_quality" || metric == "imaging_quality") return Kind::number;
  if (metric == "subject_consistency" || metric == "background_consistency") return Kind::likeness;
  if (metric == "text_agreement") return Kind::agreement;
  return Kind::none;
}

bool is_taken(const std::string& metric) {
  return find_metric(metric) != nullptr || kind_of(metric) != Kind::none || metric == "motion_smoothness" ||
         metric == "dynamic_degree";
}

Result<void> check_name(const Json& json) {
  const auto metric = json.at("metric").get<std::string>();
  if (!is_taken(metric)) return {};
  const Kind wanted = kind_of(metric);
  if (wanted == Kind::none) {
    return refused("/metric",
                   found_text(metric) + " is the name of what no network measures: choose another");
  }
  const Kind kind = json.contains("text")                            ? Kind::agreement
                    : json.at("output").at("meaning") == "embedding" ? Kind::likeness
                                                                     : Kind::number;
  if (kind == wanted) return {};
  return refused("/metric", found_text(metric) + " is measured by " + kind_name(wanted) + ", and this is " +
                                kind_name(kind) + ": choose another name");
}

constexpr const char* kMeaningFields[] = {"better", "unit", "range"};

// A known name says which way it is good, and so do VBench's.
Result<void> check_says(const std::string& metric, const Json& output) {
  for (const char* field : kMeaningFields) {
    if (output.contains(field) && is_taken(metric))
      return refused(std::string("/output/") + field,
                     "is of names of your own only, and what " + found_text(metric) + " means is known");
  }
  const auto range = output.find("range");
  if (range != output.end() && !((*range)[0].get<double>() < (*range)[1].get<double>()))
    return refused("/output/range", found_text(*range) + " is no range: the lower end stands first");
  return {};
}

// What the schema cannot say.
Result<void> check_meaning(const Json& json) {
  if (json.contains("range")) return check_brisque(json);
  for (const char* field : {"input", "output"}) {
    if (!json.contains(field))
      return refused(std::string("/") + field, "is missing: a network needs it, a BRISQUE model has a range");
  }
  REELD_TRY(check_output(json.at("output"), json.contains("text")));
  REELD_TRY(check_name(json));
  return check_says(json.at("metric").get<std::string>(), json.at("output"));
}

Result<void> check(const Json& json) {
  static const Json schema = Json::parse(kSchema);
  if (!json.is_object())
    return Error{Code::invalid_request, "is " + found_text(json) + ": it must be a JSON object", ""};
  REELD_TRY(check_values(json));
  if (const auto wrong = explain(schema, schema, json, "")) return *wrong;
  return check_meaning(json);
}

Result<fs::path> beside(const fs::path& manifest, const Json& name, const std::string& path) {
  fs::path file = manifest.parent_path() / name.get<std::string>();
  std::error_code error;
  if (fs::is_regular_file(file, error)) return file;
  return Error{Code::file_missing, path + ": there is no file " + file.string(), path};
}

PictureInput input_from(const Json& json) {
  static const std::pair<const char*, PictureInput::Fit> kFits[] = {{"crop", PictureInput::Fit::crop},
                                                                    {"stretch", PictureInput::Fit::stretch},
                                                                    {"pad", PictureInput::Fit::pad}};
  PictureInput input;
  input.width = json.at("width").get<int>();
  input.height = json.at("height").get<int>();
  const std::string fit = json.value("fit", "crop");
  for (const auto& [name, value] : kFits) {
    if (fit == name) input.fit = value;
  }
  input.is_bgr = json.value("channels", "rgb") == "bgr";
  input.mean = json.value("mean", input.mean);
  input.deviation = json.value("std", input.deviation);
  return input;
}

// VBench's names are known though reeld measures them only by such a model: of all the higher is the better.
MetricMeaning says_from(const std::string& metric, const Json& output) {
  MetricMeaning says;
  says.better = is_taken(metric) ? "higher" : output.value("better", "");
  says.unit = output.value("unit", "");
  if (const auto range = output.find("range"); range != output.end()) {
    says.least = (*range)[0].get<double>();
    says.most = (*range)[1].get<double>();
  }
  return says;
}

Result<Manifest> manifest_from(const fs::path& path, const Json& json) {
  REELD_TRY(check(json));
  Manifest manifest;
  manifest.path = path;
  manifest.model = json.at("model").get<std::string>();
  manifest.metric = json.at("metric").get<std::string>();
  REELD_ASSIGN(manifest.file, beside(path, json.at("file"), "/file"));
  if (json.contains("range")) {
    REELD_ASSIGN(manifest.range, beside(path, json.at("range"), "/range"));
    return manifest;
  }
  manifest.input = input_from(json.at("input"));
  const Json& output = json.at("output");
  manifest.meaning = output.at("meaning") == "score"          ? Meaning::score
                     : output.at("meaning") == "distribution" ? Meaning::distribution
                                                              : Meaning::embedding;
  manifest.scale = output.value("scale", 1.0);
  manifest.offset = output.value("offset", 0.0);
  manifest.values = output.value("values", std::vector<double>{});
  manifest.says = says_from(manifest.metric, output);
  if (json.contains("text")) {
    const Json& text = json.at("text");
    TextInput input;
    REELD_ASSIGN(input.file, beside(path, text.at("file"), "/text/file"));
    REELD_ASSIGN(input.vocabulary, beside(path, text.at("vocabulary"), "/text/vocabulary"));
    input.length = text.value("length", input.length);
    manifest.text = input;
  }
  return manifest;
}

// The field in which two manifests of one metric do not say the same of it; nullptr: there is none.
const char* unlike_field(const MetricMeaning& one, const MetricMeaning& other) {
  if (one.better != other.better) return "/output/better";
  if (one.unit != other.unit) return "/output/unit";
  return one.least == other.least && one.most == other.most ? nullptr : "/output/range";
}

// Why a manifest cannot stand beside those that were read before it.
std::optional<Error> clash_of(const Manifest& manifest, const std::vector<Manifest>& others) {
  const std::string which = "the model's manifest " + manifest.path.string() + ": ";
  for (const Manifest& other : others) {
    if (other.metric != manifest.metric) continue;
    if (other.model == manifest.model) {
      return Error{Code::conflict,
                   which + manifest.metric + " by " + manifest.model + " is already described by " +
                       other.path.string(),
                   "/model"};
    }
    if (const char* const field = unlike_field(manifest.says, other.says)) {
      return Error{Code::conflict,
                   which + field + ": is not what " + other.path.string() + " says of " + manifest.metric +
                       ": make them alike, or give one another metric",
                   field};
    }
  }
  return std::nullopt;
}

}  // namespace

bool judges_each(const Manifest& manifest) {
  return manifest.range || manifest.meaning != Meaning::embedding || manifest.text;
}

Result<Manifest> read_manifest(const fs::path& file) {
  REELD_ASSIGN(const std::string text, read_text(file));
  const Json json = Json::parse(text, nullptr, false);
  auto manifest =
      json.is_discarded() ? Error{Code::invalid_request, "is no JSON", ""} : manifest_from(file, json);
  if (manifest) return manifest;
  Error error = manifest.error();
  error.message = "the model's manifest " + file.string() + ": " + error.message;
  return error;
}

Manifests read_manifests(const fs::path& folder) {
  std::vector<fs::path> files;
  std::error_code error;
  for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
    if (it->path().extension() == ".json") files.push_back(it->path());
  }
  std::ranges::sort(files);
  Manifests manifests;
  for (const fs::path& file : files) {
    auto manifest = read_manifest(file);
    if (!manifest) {
      manifests.refused.push_back(manifest.error());
      continue;
    }
    if (auto clash = clash_of(*manifest, manifests.usable)) {
      manifests.refused.push_back(*std::move(clash));
      continue;
    }
    manifests.usable.push_back(*std::move(manifest));
  }
  return manifests;
}

OwnMetrics own_metrics(const std::vector<Manifest>& manifests) {
  OwnMetrics own;
  for (const Manifest& manifest : manifests) {
    if (find_metric(manifest.metric) == nullptr) own.emplace(manifest.metric, manifest.says);
  }
  return own;
}

OwnMetrics own_metrics(const fs::path& folder) {
  return own_metrics(read_manifests(folder).usable);
}

}  // namespace reeld::engine
