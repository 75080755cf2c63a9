/* What NVIDIA's management library answers, for tests: two GPUs, or what FAKE_NVML says ("none": no driver;
   "lost": it stops answering; "hang": it never answers; "plain": no figures of processes). FAKE_NVML_PID is a
   process at work on the second GPU. Built twice, the second time without the functions of the last part. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef int Status;
enum { kSuccess = 0, kNotSupported = 3, kInsufficientSize = 7, kNoDriver = 9, kUnknown = 999 };

static int says(const char* word) {
  const char* const set = getenv("FAKE_NVML");
  return set != NULL && strcmp(set, word) == 0;
}

static char devices[2];
static int is_second(void* device) { return device == &devices[1]; }

Status nvmlInit_v2(void) { return says("none") ? kNoDriver : kSuccess; }
Status nvmlShutdown(void) { return kSuccess; }
const char* nvmlErrorString(Status status) { return status == kNoDriver ? "Driver Not Loaded" : "Unknown Error"; }
Status nvmlDeviceGetCount_v2(unsigned* count) {
  if (says("hang")) pause();
  *count = 2;
  return says("lost") ? kUnknown : kSuccess;
}
Status nvmlDeviceGetHandleByIndex_v2(unsigned index, void** device) {
  *device = &devices[index];
  return kSuccess;
}

#ifndef FAKE_NVML_IS_OLD
Status nvmlDeviceGetUtilizationRates(void* device, unsigned* percents) {
  percents[0] = is_second(device) ? 80 : 10;
  percents[1] = 5;
  return kSuccess;
}
Status nvmlDeviceGetMemoryInfo(void* device, unsigned long long* bytes) {
  bytes[0] = 8ULL << 30, bytes[1] = 6ULL << 30;
  bytes[2] = is_second(device) ? 2ULL << 30 : 1ULL << 30;
  return kSuccess;
}
Status nvmlDeviceGetEncoderUtilization(void* device, unsigned* percent, unsigned* period_us) {
  *percent = 30, *period_us = 100000;
  return is_second(device) ? kSuccess : kNotSupported;
}

static unsigned busy_pid(void) {
  const char* const set = getenv("FAKE_NVML_PID");
  return set != NULL ? (unsigned)atoi(set) : 4242;
}
struct Sample {
  unsigned pid;
  unsigned long long time_us;
  unsigned gpu, memory, encoder, decoder;
};
Status nvmlDeviceGetProcessUtilization(void* device, struct Sample* samples, unsigned* count,
                                       unsigned long long since_us) {
  if (says("plain") || !is_second(device)) return kNotSupported;
  /* As many as need more room than a first guess has, the newest of the busy process in their midst. */
  const unsigned there = 100;
  if (*count < there) {
    *count = there;
    return kInsufficientSize;
  }
  for (unsigned i = 0; i < there; ++i) {
    const struct Sample idle = {1, since_us + i, 0, 0, 0, 0};
    samples[i] = idle;
  }
  const struct Sample newest = {busy_pid(), since_us + 500, 60, 5, 25, 0}, older = {busy_pid(), since_us + 400, 1, 1, 1, 0};
  samples[50] = newest, samples[60] = older;
  *count = there;
  return kSuccess;
}
struct Process {
  unsigned pid;
  unsigned long long used_bytes;
  unsigned gpu_instance, compute_instance;
};
Status nvmlDeviceGetComputeRunningProcesses_v3(void* device, unsigned* count, struct Process* processes) {
  if (says("plain")) return kNotSupported;
  *count = 0;
  if (!is_second(device)) return kSuccess;
  const struct Process busy = {busy_pid(), 512ULL << 20, 0, 0}, hidden = {7, ~0ULL, 0, 0};
  processes[0] = busy, processes[1] = hidden;
  *count = 2;
  return kSuccess;
}
#endif
