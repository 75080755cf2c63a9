#include "engine/cuda_context.hpp"

extern "C" {
#include <libavutil/log.h>
#define FFNV_LOG_FUNC(context, ...) av_log(context, AV_LOG_ERROR, __VA_ARGS__)
#define FFNV_DEBUG_LOG_FUNC(context, ...)
#include <ffnvcodec/dynlink_loader.h>
// Behind it, for what it takes from CUDA's own headers.
#include <libavutil/hwcontext.h>
#include <libavutil/hwcontext_cuda.h>
}

#include <memory>
#include <string>

namespace reeld::engine {
namespace {

// A GPU's primary context, retained.
class PrimaryContext {
 public:
  static Result<std::unique_ptr<PrimaryContext>> retain(int index) {
    std::unique_ptr<PrimaryContext> made(new PrimaryContext);
    const av::LogCapture log;
    if (cuda_load_functions(&made->cuda_, nullptr) < 0) return unavailable(log.text_or(AVERROR(ENOSYS)));
    REELD_TRY(made->checked(made->cuda_->cuInit(0), "cuInit"));
    REELD_TRY(made->checked(made->cuda_->cuDeviceGet(&made->device_, index), "cuDeviceGet"));
    REELD_TRY(made->checked(made->cuda_->cuDevicePrimaryCtxRetain(&made->context_, made->device_),
                            "cuDevicePrimaryCtxRetain"));
    return made;
  }
  PrimaryContext(const PrimaryContext&) = delete;
  PrimaryContext& operator=(const PrimaryContext&) = delete;
  ~PrimaryContext() {
    if (context_ != nullptr) cuda_->cuDevicePrimaryCtxRelease(device_);
    cuda_free_functions(&cuda_);
  }
  CUcontext get() const { return context_; }

 private:
  PrimaryContext() = default;

  static Error unavailable(const std::string& why) { return {Code::device_unavailable, why}; }
  Result<void> checked(CUresult result, const std::string& what) const {
    if (result == CUDA_SUCCESS) return {};
    const char* why = nullptr;
    cuda_->cuGetErrorString(result, &why);
    return unavailable("CUDA: " + what + ": " + (why != nullptr ? why : std::to_string(result)));
  }

  CudaFunctions* cuda_ = nullptr;
  CUdevice device_ = 0;
  CUcontext context_ = nullptr;
};

}  // namespace

// Not by AV_CUDA_USE_PRIMARY_CONTEXT: that refuses a context which the CUDA runtime has made with its own
// flags.
Result<av::BufferPtr> primary_cuda_context(int index) {
  REELD_ASSIGN(auto context, PrimaryContext::retain(index));
  const av::LogCapture log;
  av::BufferPtr made(av_hwdevice_ctx_alloc(AV_HWDEVICE_TYPE_CUDA));
  if (!made) return Error{Code::device_unavailable, log.text_or(AVERROR(ENOMEM))};
  auto& device = *reinterpret_cast<AVHWDeviceContext*>(made->data);
  static_cast<AVCUDADeviceContext*>(device.hwctx)->cuda_ctx = context->get();
  device.user_opaque = context.release();
  device.free = [](AVHWDeviceContext* freed) { delete static_cast<PrimaryContext*>(freed->user_opaque); };
  if (const int error = av_hwdevice_ctx_init(made.get()); error < 0) {
    return Error{Code::device_unavailable, log.text_or(error)};
  }
  return made;
}

}  // namespace reeld::engine
