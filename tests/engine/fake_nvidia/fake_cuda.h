/* What tests ask the stand-in for NVIDIA's driver. */
#pragma once

/* Allocations and retains of the primary context that are there; rows of planes copied, since the library was
 * loaded. */
enum FakeCudaCount { kFakeCudaAllocations, kFakeCudaRetains, kFakeCudaCopiesToHost, kFakeCudaCopiesToDevice };

#ifdef __cplusplus
extern "C" {
#endif
int fake_cuda_count(int what);
/* The context in which the allocation that begins there was made; NULL: none begins there. */
void* fake_cuda_context_of(const void* address);
/* The primary context of the first GPU. */
void* fake_cuda_primary(void);
#ifdef __cplusplus
}
#endif
