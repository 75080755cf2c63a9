// A request: what a client asks for, as typed values. Made from JSON by parse_request, after the JSON Schema
// (engine/request.schema.json) and the rules beyond it held. See docs/request.md for the fields in words.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <nlohmann/json.hpp>

#include "base/rational.hpp"
#include "base/result.hpp"
#include "engine/score/quality.hpp"

namespace reeld::engine {

using Json = nlohmann::json;

inline constexpr int kRequestVersion = 1;
inline constexpr int kMaxScenes = 5000;

// sRGB-encoded, 0..255, straight alpha. Written "#rrggbb" or "#rrggbbaa".
struct Color8 {
  std::uint8_t r = 0, g = 0, b = 0, a = 255;
  bool operator==(const Color8&) const = default;
};

struct OutputSpec {
  int width = 1920, height = 1080;  // resolved from size or aspect preset
  Rational fps{30, 1};
  std::string codec = "h264";       // h264, hevc, av1
  std::string encoder = "auto";     // or one encoder's name, whose absence is then an error
  std::string device = "auto";      // auto, cpu, cuda, vulkan
  std::string preset = "veryfast";  // x264's names, mapped for other encoders
  int crf = 23;                     // 0 (lossless where the encoder can) .. 51, av1: 63
  int bit_depth = 8;                // of a coded sample: 8 or 10
  std::string container = "mp4";    // mp4, mov, mkv
  Color8 background{0, 0, 0, 255};
};

// How true to its frames the film must be: the encoder's number is searched for it, in place of crf.
struct QualityTarget {
  std::string metric;   // ssim, ms_ssim, psnr
  double at_least = 0;  // psnr in dB
};

// Fractions of the (oriented) picture.
struct FractionRect {
  double x = 0, y = 0, w = 1, h = 1;
};

enum class Fit : std::uint8_t {
  fill,
  fit
};  // fill: cover the frame, cut what is over; fit: show all, background around
enum class Easing : std::uint8_t { linear, ease_in, ease_out, ease_in_out };

// From rectangle to rectangle, or a named move, or "auto" (chosen by seed and scene number).
struct MotionSpec {
  std::string move = "none";  // none, rects, auto, zoom-in, zoom-out, pan-left, pan-right, pan-up, pan-down
  FractionRect from{}, to{};  // for move == rects
  double amount = 0.15;       // named moves: how far; zoom 1 -> 1 + amount, or a pan of that fraction
  std::optional<int> number = {};  // auto: as for the scene of this number; absent: the scene's own
  Easing easing = Easing::linear;
  Fit fit = Fit::fill;
};

struct Outline {
  Color8 color{0, 0, 0, 255};
  double width = 3;
};
struct Shadow {
  Color8 color{0, 0, 0, 200};
  double dx = 2, dy = 2, blur = 6;
};
struct Box {
  Color8 color{0, 0, 0, 190};
  double padding = 16, radius = 8;
};

// Lengths in output pixels, times in seconds from the scene's start.
struct TextSpec {
  std::string text;  // UTF-8, may hold line breaks
  std::string position =
      "bottom";  // top-left, top, top-right, left, center, right, bottom-left, bottom, bottom-right
  std::optional<double> x{},
      y{};  // or the anchor point in fractions of the frame; `position` then says which point of the block
  double size = 48;    // font size, output pixels
  std::string font{};  // family; empty: the default sans
  int weight = 400;    // 100..1000
  bool italic = false;
  Color8 color{255, 255, 255, 255};
  std::string align = "center";  // left, center, right, justify
  double max_width = 0.9;        // fraction of the frame's width at which lines break
  double margin = 0.05;          // safe margin, fraction of the frame's smaller side
  double line_spacing = 1.0;
  std::optional<Outline> outline{};
  std::optional<Shadow> shadow{};
  std::optional<Box> box{};
  double start = 0;
  std::optional<double> end{};  // absent: the scene's end
  double fade_in = 0, fade_out = 0;
};

struct PictureSpec {
  std::string provider = "file";
  Json params;  // the object as sent; of a generated one with the request's style in it
};

struct SpeechSpec {
  std::string provider;  // where none is named: "espeak-ng" for text, else as the field that names it
  Json params;           // the object as sent
  double volume_db = 0;
  double delay = 0;  // seconds of silence before it, in the scene
};

// What is said as texts at the time it is said, in the style of `text`; its text and times are not looked at.
struct CaptionSpec {
  TextSpec text{};
  int max_characters = 60;  // of one caption
};

struct TransitionSpec {
  std::string kind = "cut";        // cut, crossfade, fade, wipe, slide
  double duration = 0;             // seconds; 0 for cut
  std::string direction = "left";  // wipe, slide
  Color8 color{0, 0, 0, 255};      // fade
  double softness = 0.05;          // wipe
  Easing easing = Easing::linear;
};

struct SceneSpec {
  PictureSpec picture;
  std::optional<double> duration;  // seconds; absent: as long as its speech (plus `pad`)
  double pad = 0.5;                // seconds after the speech, for duration "speech"
  MotionSpec motion;
  std::vector<TextSpec> text;
  std::optional<SpeechSpec> speech;
  std::optional<CaptionSpec> captions;
  std::optional<TransitionSpec> transition;  // into the next scene; the last scene's is an error
  std::optional<Color8> background;
  std::optional<std::vector<Bar>> reach = {};  // of its picture, in place of quality.pictures.reach
};

struct MusicSpec {
  std::string provider = "file";
  Json params;
  double volume_db = -18;
  double duck_db = -8;               // added under speech
  double fade_in = 0, fade_out = 0;  // seconds; "fade" sets both
  bool loop = true;
};

struct Request {
  std::string title;
  std::uint64_t seed = 0;
  OutputSpec output;
  std::optional<QualityTarget> target;  // "output": {"target"}
  std::vector<SceneSpec> scenes;
  std::optional<MusicSpec> music;
  double loudness_lufs = -14;          // EBU R128 integrated target
  bool allow_fallback = false;         // another model than the one asked for may answer
  std::optional<double> budget_usd{};  // what providers may cost; absent: no limit of the job's own
  QualitySpec quality{};
};

// The shipped JSON Schema (draft 7), as text.
std::string_view request_schema_text();

// JSON to a Request. Errors: invalid_request, unknown_field (naming the nearest known one),
// unsupported_version; each with the field's path and a sentence with the value found and what is allowed.
// Never throws.
Result<Request> parse_request(const Json& json);

}  // namespace reeld::engine
