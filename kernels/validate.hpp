// The border of kernels/: plans and pictures are checked here, once, before any device computes with them.
// Which pictures exist is the device's own question.
#pragma once

#include "kernels/device.hpp"

namespace reeld::kernels {

// Errors: invalid_request, with what is out of range.
Result<void> validate_plan(const FramePlan& plan, const FrameView& out);

// Errors: invalid_request, picture_too_large.
Result<void> validate_upload(const PictureView& picture, LevelRange levels);

// The same for what is measured, which has 8 bits a channel.
Result<void> validate_measure(const PictureView& picture);

// What every device says of a picture that it does not have, or has no room for.
Error unknown_picture(PictureId picture);
Error not_enough_memory(const PictureView& picture);

}  // namespace reeld::kernels
