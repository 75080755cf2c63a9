// What stands before an encoder: the frames that are rendered for it, and how they become what it takes. One
// for all segments of a run, each of which has an encoder of its own.
//
// Software encoders take the frame itself, or planes of 10 bits. Hardware encoders take surfaces: where
// device and encoder are of one GPU's API, CUDA, frames are rendered straight into them; else they are
// uploaded.
#pragma once

#include <optional>
#include <string>

#include "base/result.hpp"
#include "engine/ffmpeg.hpp"
#include "engine/frame_source.hpp"
#include "engine/request.hpp"
#include "kernels/device.hpp"

namespace reeld::engine {

struct EncoderKind;

class EncoderInput {
 public:
  // Of an encoder, by its name, for this output; `device` is what renders, or nullptr where frames are made
  // in host memory. Errors: encoder_unavailable, path "/output/encoder".
  static Result<EncoderInput> open(const OutputSpec& output, const std::string& encoder,
                                   const kernels::Device* device);
  // The same; the error is in the library's own words alone.
  static Result<EncoderInput> open(const OutputSpec& output, const EncoderKind& kind,
                                   const kernels::Device* device);

  const EncoderKind& kind() const { return *kind_; }
  // The surfaces that a hardware encoder is opened on; a software encoder's: nullptr.
  AVBufferRef* surfaces() const { return surfaces_.get(); }
  // Why frames go through host memory, where device and encoder are of one API, and no surfaces could be made
  // for both; else empty.
  const std::string& detour() const { return detour_; }

  // What is rendered: of 8 bits yuv420p for software encoders and nv12 for hardware ones, of 10 bits p010 for
  // either.
  const FrameSource& frames() const { return frames_; }

  // The frame as the encoder takes it: itself, or its pixels in a surface, or in planes of 10 bits. From any
  // thread. Errors: internal (out of memory), limit_exceeded, device_lost.
  Result<av::FramePtr> taken(EncoderFrame frame) const;

 private:
  EncoderInput(const EncoderKind& kind, FrameSource frames) : kind_(&kind), frames_(std::move(frames)) {}

  const EncoderKind* kind_;
  FrameSource frames_;
  av::BufferPtr surfaces_;
  std::string detour_;
  std::optional<FramePool> taken_;  // what the encoder takes, where that is not the very frame
};

}  // namespace reeld::engine
