// Which encoder an output gets: the first that really opens.
#include <algorithm>

#include "engine/encoder.hpp"
#include "engine/encoder_setup.hpp"

namespace reeld::engine {
namespace {

std::string joined(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) {
    text += (text.empty() ? "" : ", ") + name;
  }
  return text;
}

// Those of `order` that are candidates; all candidates where none is.
std::vector<std::string> in_order(const std::vector<std::string>& candidates,
                                  const std::vector<std::string>& order) {
  std::vector<std::string> names;
  for (const std::string& name : order) {
    if (std::find(candidates.begin(), candidates.end(), name) != candidates.end()) {
      names.push_back(name);
    }
  }
  return order.empty() ? candidates : names;
}

Error none_opened(const OutputSpec& output, const EncoderChoice& choice) {
  std::string reasons;
  for (const EncoderTrial& trial : choice.failed) {
    reasons += (reasons.empty() ? "" : "; ") + trial.name + ": " + trial.why_not;
  }
  const std::string depth = output.bit_depth == 8 ? "" : " in " + std::to_string(output.bit_depth) + " bits";
  const std::string where = std::to_string(output.width) + "x" + std::to_string(output.height) + depth;
  if (choice.failed.empty()) {
    return {Code::encoder_unavailable,
            "The configured order of encoders names none for " + output.codec +
                ". Add one of: " + joined(encoder_candidates(output.codec)) + ".",
            "/output/encoder"};
  }
  return {Code::encoder_unavailable,
          "No " + output.codec + " encoder opens for " + where + " (" + reasons +
              "). Choose another encoder" + ", or \"auto\".",
          "/output/encoder"};
}

// Opens it; adds to `trials` where it opens, but frames do not reach it on the shortest way.
Result<void> try_encoder(const EncoderKind& kind, const OutputSpec& output, const kernels::Device* device,
                         std::vector<EncoderTrial>& trials) {
  REELD_ASSIGN(const EncoderInput input, EncoderInput::open(output, kind, device));
  REELD_TRY(open_encoder(input, output, 1));
  if (!input.detour().empty()) {
    trials.push_back({std::string(kind.name) + " on the device's own frames", input.detour()});
  }
  return {};
}

}  // namespace

std::vector<std::string> encoder_candidates(const std::string& codec) {
  std::vector<std::string> names;
  for (const EncoderKind& kind : encoder_kinds()) {
    if (codec == kind.codec) {
      names.emplace_back(kind.name);
    }
  }
  return names;
}

Result<EncoderChoice> choose_encoder(const OutputSpec& output, const std::vector<std::string>& order,
                                     const kernels::Device* device) {
  const std::vector<std::string> candidates = encoder_candidates(output.codec);
  if (candidates.empty()) {
    return Error{Code::encoder_unavailable,
                 "There is no encoder for the codec '" + output.codec + "'. Choose h264, hevc or av1.",
                 "/output/codec"};
  }
  if (output.codec == "av1" && output.container == "mov") {  // so says libavformat's muxer
    return Error{Code::invalid_request, "A mov file cannot hold av1. Choose the container mp4 or mkv.",
                 "/output/container"};
  }
  const bool any = output.encoder == "auto";
  if (!any && std::find(candidates.begin(), candidates.end(), output.encoder) == candidates.end()) {
    return Error{Code::encoder_unavailable,
                 "'" + output.encoder + "' is no encoder for " + output.codec +
                     ". Choose \"auto\" or one of: " + joined(candidates) + ".",
                 "/output/encoder"};
  }
  EncoderChoice choice;
  for (const std::string& name : any ? in_order(candidates, order) : std::vector{output.encoder}) {
    const auto opened = try_encoder(*find_encoder_kind(name), output, device, choice.failed);
    if (opened) {
      choice.name = name;
      return choice;
    }
    choice.failed.push_back({name, opened.error().message});
  }
  return none_opened(output, choice);
}

}  // namespace reeld::engine
