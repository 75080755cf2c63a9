// How fast the frame kernel is, beside what its bytes and its operations allow.
#pragma once

#include <string>
#include <vector>

#include "kernels/gpu/gpu_device.hpp"

namespace reeld::kernels {

// One row of the table. Times are milliseconds a frame.
struct KernelFigure {
  std::string name;        // "1080p crossfade"
  double kernel = 0;       // by the device's clock; where it has none, as the host saw it
  double bytes_floor = 0;  // bytes read and written at the least, by the measured copy rate
  double operations_floor =
      0;                 // multiply-adds and float operations, by the peak rates; 0 where they are not known
  double share() const;  // of the larger floor
};

// One layer, a crossfade, a crossfade with a text, at 1080p and 4K, nv12, and one layer as p010, into
// surfaces on the device.
Result<std::vector<KernelFigure>> measure_kernel(GpuBackend& memory, GpuDevice& device,
                                                 const GpuBackend::PeakRates& peaks);

// Frames a second of J2's kind, 3840x2160, rendered by three threads into surfaces on the device.
Result<double> measure_throughput(GpuBackend& memory, GpuDevice& device);

// A picture's statistics, 4032x3024: the kernel alone, its bytes read once beside the measured copy rate,
// which counts bytes read and written.
Result<KernelFigure> measure_measuring(GpuDevice& device);

}  // namespace reeld::kernels
