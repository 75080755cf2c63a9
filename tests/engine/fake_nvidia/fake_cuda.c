/* NVIDIA's driver for tests, as far as libavutil's CUDA surfaces need it: two GPUs whose memory is the
   host's. It minds contexts as the real one does. FAKE_CUDA: "no_primary": the primary context cannot be had;
   "no_memory": nothing can be allocated in it. */
#define _GNU_SOURCE
#include "fake_cuda.h"

#include <ffnvcodec/dynlink_cuda.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { kNoMemory = 2, kNoDevice = 101, kInvalidContext = 201, kNotSupported = 801 };
enum { kGpus = 2, kAlignment = 512, kMostContexts = 16 };

struct Context {
  int is_primary;
};
struct Header { /* before each allocation */
  struct Header* self;
  CUcontext context;
};

static atomic_int counts[4];
static struct Context primary[kGpus] = {{1}, {1}};
static _Thread_local CUcontext current[kMostContexts];
static _Thread_local int depth;

static int says(const char* word) {
  const char* const set = getenv("FAKE_CUDA");
  return set != NULL && strcmp(set, word) == 0;
}

int fake_cuda_count(int what) {
  return counts[what];
}
void* fake_cuda_context_of(const void* address) {
  if ((uintptr_t)address % kAlignment != 0) return NULL;
  const struct Header* const header = (const struct Header*)((const char*)address - kAlignment);
  return header->self == header ? (void*)header->context : NULL;
}
void* fake_cuda_primary(void) {
  return &primary[0];
}

CUresult cuInit(unsigned flags) {
  return flags == 0 ? CUDA_SUCCESS : kNotSupported;
}
CUresult cuDeviceGetCount(int* count) {
  *count = kGpus;
  return CUDA_SUCCESS;
}
CUresult cuDeviceGet(CUdevice* device, int index) {
  *device = index;
  return index >= 0 && index < kGpus ? CUDA_SUCCESS : kNoDevice;
}
CUresult cuDeviceGetName(char* name, int size, CUdevice device) {
  (void)device;
  strncpy(name, "a stand-in", (size_t)size);
  return CUDA_SUCCESS;
}
CUresult cuDeviceComputeCapability(int* major, int* minor, CUdevice device) {
  (void)device;
  *major = 9, *minor = 0;
  return CUDA_SUCCESS;
}
CUresult cuDeviceGetAttribute(int* value, CUdevice_attribute attribute, CUdevice device) {
  (void)device;
  *value = attribute == 14 ? kAlignment : 0; /* of textures */
  return CUDA_SUCCESS;
}
CUresult cuGetErrorName(CUresult error, const char** name) {
  *name = error == kNoMemory ? "CUDA_ERROR_OUT_OF_MEMORY" : "CUDA_ERROR";
  return CUDA_SUCCESS;
}
CUresult cuGetErrorString(CUresult error, const char** text) {
  *text = error == kNoMemory ? "out of memory" : error == kNoDevice ? "invalid device ordinal" : "an error";
  return CUDA_SUCCESS;
}

/* The runtime has made it with flags of its own, so libavutil's way to it is refused, as on real machines. */
CUresult cuDevicePrimaryCtxGetState(CUdevice device, unsigned* flags, int* is_active) {
  (void)device;
  *flags = 8, *is_active = 1;
  return CUDA_SUCCESS;
}
CUresult cuDevicePrimaryCtxRetain(CUcontext* context, CUdevice device) {
  if (says("no_primary")) return kNoMemory;
  *context = (CUcontext)&primary[device];
  ++counts[kFakeCudaRetains];
  return CUDA_SUCCESS;
}
CUresult cuDevicePrimaryCtxRelease(CUdevice device) {
  (void)device;
  --counts[kFakeCudaRetains];
  return CUDA_SUCCESS;
}
CUresult cuCtxPushCurrent_v2(CUcontext context) {
  if (depth == kMostContexts || context == NULL) return kInvalidContext;
  current[depth++] = context;
  return CUDA_SUCCESS;
}
CUresult cuCtxPopCurrent_v2(CUcontext* context) {
  if (depth == 0) return kInvalidContext;
  *context = current[--depth];
  return CUDA_SUCCESS;
}
CUresult cuCtxCreate_v2(CUcontext* context, unsigned flags, CUdevice device) {
  (void)flags, (void)device;
  *context = calloc(1, sizeof(struct Context));
  return cuCtxPushCurrent_v2(*context);
}
CUresult cuCtxDestroy_v2(CUcontext context) {
  free(context);
  return CUDA_SUCCESS;
}

CUresult cuMemAlloc_v2(CUdeviceptr* address, size_t size) {
  if (depth == 0) return kInvalidContext;
  const CUcontext context = current[depth - 1];
  if (says("no_memory") && ((struct Context*)context)->is_primary) return kNoMemory;
  struct Header* header = aligned_alloc(kAlignment, (size + 2 * kAlignment - 1) / kAlignment * kAlignment);
  header->self = header, header->context = context;
  *address = (CUdeviceptr)((char*)header + kAlignment);
  ++counts[kFakeCudaAllocations];
  return CUDA_SUCCESS;
}
CUresult cuMemFree_v2(CUdeviceptr address) {
  struct Header* const header = (struct Header*)(address - kAlignment);
  if (depth == 0 || header->context != current[depth - 1]) return kInvalidContext;
  header->self = NULL;
  free(header);
  --counts[kFakeCudaAllocations];
  return CUDA_SUCCESS;
}
CUresult cuMemcpy2D_v2(const CUDA_MEMCPY2D* copy) {
  if (depth == 0) return kInvalidContext;
  const char* const from =
      copy->srcMemoryType == CU_MEMORYTYPE_HOST ? copy->srcHost : (const char*)copy->srcDevice;
  char* const to = copy->dstMemoryType == CU_MEMORYTYPE_HOST ? copy->dstHost : (char*)copy->dstDevice;
  for (size_t y = 0; y < copy->Height; ++y) {
    memcpy(to + y * copy->dstPitch, from + y * copy->srcPitch, copy->WidthInBytes);
  }
  counts[copy->dstMemoryType == CU_MEMORYTYPE_HOST ? kFakeCudaCopiesToHost : kFakeCudaCopiesToDevice] +=
      (int)copy->Height;
  return CUDA_SUCCESS;
}
CUresult cuMemcpy2DAsync_v2(const CUDA_MEMCPY2D* copy, CUstream stream) {
  (void)stream;
  return cuMemcpy2D_v2(copy);
}
CUresult cuStreamSynchronize(CUstream stream) {
  (void)stream;
  return CUDA_SUCCESS;
}

/* What has to be there for the library to be loaded, and is not called. */
#define REFUSED(name)     \
  CUresult name(void) {   \
    return kNotSupported; \
  }
REFUSED(cuCtxSetLimit)
REFUSED(cuMemAllocPitch_v2) REFUSED(cuMemAllocManaged) REFUSED(cuMemsetD8Async) REFUSED(cuMemcpy)
    REFUSED(cuMemcpyAsync) REFUSED(cuMemcpyHtoD_v2) REFUSED(cuMemcpyHtoDAsync_v2) REFUSED(cuMemcpyDtoH_v2)
        REFUSED(cuMemcpyDtoHAsync_v2) REFUSED(cuMemcpyDtoD_v2) REFUSED(cuMemcpyDtoDAsync_v2)
            REFUSED(cuCtxGetDevice) REFUSED(cuDevicePrimaryCtxSetFlags) REFUSED(cuDevicePrimaryCtxReset)
                REFUSED(cuStreamCreate) REFUSED(cuStreamQuery) REFUSED(cuStreamDestroy_v2)
                    REFUSED(cuStreamAddCallback) REFUSED(cuEventCreate) REFUSED(cuEventDestroy_v2)
                        REFUSED(cuEventSynchronize) REFUSED(cuEventQuery) REFUSED(cuEventRecord)
                            REFUSED(cuLaunchKernel) REFUSED(cuLinkCreate) REFUSED(cuLinkAddData)
                                REFUSED(cuLinkComplete) REFUSED(cuLinkDestroy) REFUSED(cuModuleLoadData)
                                    REFUSED(cuModuleUnload) REFUSED(cuModuleGetFunction)
                                        REFUSED(cuModuleGetGlobal) REFUSED(cuTexObjectCreate)
                                            REFUSED(cuTexObjectDestroy) REFUSED(cuGLGetDevices_v2)
                                                REFUSED(cuGraphicsGLRegisterImage)
                                                    REFUSED(cuGraphicsUnregisterResource)
                                                        REFUSED(cuGraphicsMapResources)
                                                            REFUSED(cuGraphicsUnmapResources) REFUSED(
                                                                cuGraphicsSubResourceGetMappedArray)
                                                                REFUSED(cuGraphicsResourceGetMappedPointer_v2)
                                                                    REFUSED(cuArray3DCreate_v2)
                                                                        REFUSED(cuArrayDestroy)
