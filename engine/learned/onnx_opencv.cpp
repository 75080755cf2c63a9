// Networks run by OpenCV's dnn, on CUDA where OpenCV was built with it.
#include <algorithm>
#include <mutex>
#include <opencv2/core.hpp>
#include <opencv2/core/utils/logger.hpp>
#include <opencv2/dnn.hpp>

#include "engine/files.hpp"
#include "engine/learned/onnx_model.hpp"

namespace reeld::engine {
namespace {

namespace fs = std::filesystem;

Error unfit(const fs::path& file, const cv::Exception& error) {
  return {Code::invalid_request,
          "the network " + file.string() + " is not run by " + onnx_runtime_name() + ": " + error.err};
}

class OpenCvModel : public OnnxModel {
 public:
  OpenCvModel(fs::path file, cv::dnn::Net net) : file_(std::move(file)), net_(std::move(net)) {}

  Result<std::vector<float>> run(const std::vector<float>& values, const std::vector<int>& shape) override {
    try {
      net_.setInput(cv::Mat(shape, CV_32F, const_cast<float*>(values.data())));
      const cv::Mat out = net_.forward().reshape(1, 1);
      std::vector<float> numbers;
      out.convertTo(numbers, CV_32F);
      return numbers;
    } catch (const cv::Exception& error) {
      return unfit(file_, error);
    }
  }

  // dnn has no whole numbers as inputs: it takes them as floats, exact up to 2^24.
  Result<std::vector<float>> run(const std::vector<std::int64_t>& values,
                                 const std::vector<int>& shape) override {
    return run(std::vector<float>(values.begin(), values.end()), shape);
  }

 private:
  fs::path file_;
  cv::dnn::Net net_;
};

bool has_cuda() {
  static const bool has = [] {
    const auto targets = cv::dnn::getAvailableTargets(cv::dnn::DNN_BACKEND_CUDA);
    return std::ranges::find(targets, cv::dnn::DNN_TARGET_CUDA) != targets.end();
  }();
  return has;
}

}  // namespace

Result<std::unique_ptr<OnnxModel>> open_onnx(const fs::path& file, int /*threads*/) {
  REELD_ASSIGN(const std::string bytes, read_text(file));
  // What it would log is in its exceptions, too.
  static std::once_flag quiet;
  std::call_once(quiet, [] { cv::utils::logging::setLogLevel(cv::utils::logging::LOG_LEVEL_SILENT); });
  try {
    cv::dnn::Net net = cv::dnn::readNetFromONNX(bytes.data(), bytes.size());
    if (net.empty()) return Error{Code::invalid_request, file.string() + " is an empty network"};
    if (has_cuda()) {
      net.setPreferableBackend(cv::dnn::DNN_BACKEND_CUDA);
      net.setPreferableTarget(cv::dnn::DNN_TARGET_CUDA);
    }
    return std::unique_ptr<OnnxModel>(std::make_unique<OpenCvModel>(file, std::move(net)));
  } catch (const cv::Exception& error) {
    return unfit(file, error);
  }
}

std::string onnx_runtime_name() {
  return "OpenCV " + cv::getVersionString();
}

}  // namespace reeld::engine
