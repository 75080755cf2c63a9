// One neural network from an ONNX file. ONNX Runtime runs it where reeld was built with it, else OpenCV's
// dnn, which knows fewer kinds of layers: pictures' networks, few texts'. Runs in workers.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/result.hpp"

namespace reeld::engine {

class OnnxModel {
 public:
  virtual ~OnnxModel() = default;

  // One input and its first output, in memory order. Sizes of the shape are greater than 0, their product is
  // the number of values. Errors: invalid_request where the network does not take that shape.
  virtual Result<std::vector<float>> run(const std::vector<float>& values, const std::vector<int>& shape) = 0;
  virtual Result<std::vector<float>> run(const std::vector<std::int64_t>& values,
                                         const std::vector<int>& shape) = 0;
};

// threads: at least 1. Errors: file_missing, and invalid_request for a file that is no ONNX or holds layers
// that the runtime does not know; the message names the file and the runtime.
Result<std::unique_ptr<OnnxModel>> open_onnx(const std::filesystem::path& file, int threads);

// "ONNX Runtime 1.14.0", "OpenCV 4.6.0".
std::string onnx_runtime_name();

}  // namespace reeld::engine
