// The CUDA context in which a kernels::Device of kind cuda works, for libavutil: memory that is got through
// it is written by the device's kernels directly.
#pragma once

#include "base/result.hpp"
#include "engine/ffmpeg.hpp"

namespace reeld::engine {

// An AVHWDeviceContext on the primary context of the GPU with that number, as the CUDA runtime counts them;
// the context is held as long as this lives. Errors: device_unavailable, in the library's words alone.
Result<av::BufferPtr> primary_cuda_context(int index);

}  // namespace reeld::engine
