// Networks run by ONNX Runtime, through its C API: compiled where it is installed.
#include <onnxruntime_c_api.h>

#include "engine/files.hpp"
#include "engine/learned/onnx_model.hpp"

namespace reeld::engine {
namespace {

namespace fs = std::filesystem;

// The functions used here are there from version 1.11 on; newer libraries keep them.
constexpr std::uint32_t kApiVersion = 11;

const OrtApi* api() {
  static const OrtApi* const found = OrtGetApiBase()->GetApi(kApiVersion);
  return found;
}

// Handles of the C API, each with its own function of release.
template <class T>
using Handle = std::unique_ptr<T, void (*)(T*)>;

// Makes a handle by a function of the C API that gives it through its last parameter.
template <class T, class Make>
Result<Handle<T>> made(void (*release)(T*), const Make& make) {
  T* raw = nullptr;
  const Handle<OrtStatus> failed(make(&raw), [](OrtStatus* status) { api()->ReleaseStatus(status); });
  if (failed) return Error{Code::invalid_request, api()->GetErrorMessage(failed.get())};
  return Handle<T>(raw, release);
}

Result<void> done(OrtStatus* status) {
  const Handle<OrtStatus> failed(status, [](OrtStatus* s) { api()->ReleaseStatus(s); });
  if (failed) return Error{Code::invalid_request, api()->GetErrorMessage(failed.get())};
  return {};
}

// One for the process: it owns the runtime's logger.
Result<OrtEnv*> environment() {
  static const auto env =
      made<OrtEnv>([](OrtEnv* e) { api()->ReleaseEnv(e); },
                   [](OrtEnv** out) { return api()->CreateEnv(ORT_LOGGING_LEVEL_ERROR, "reeld", out); });
  if (!env) return env.error();
  return env->get();
}

using Name = Handle<char>;

void free_text(char* text) {
  OrtAllocator* allocator = nullptr;
  if (done(api()->GetAllocatorWithDefaultOptions(&allocator))) allocator->Free(allocator, text);
}

class OrtModel : public OnnxModel {
 public:
  OrtModel(fs::path file, Handle<OrtSession> session, Name input, Name output)
      : file_(std::move(file)),
        session_(std::move(session)),
        input_(std::move(input)),
        output_(std::move(output)) {}

  Result<std::vector<float>> run(const std::vector<float>& values, const std::vector<int>& shape) override {
    return named(
        run_with(values.data(), values.size() * sizeof(float), shape, ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT));
  }
  Result<std::vector<float>> run(const std::vector<std::int64_t>& values,
                                 const std::vector<int>& shape) override {
    return named(run_with(values.data(), values.size() * sizeof(std::int64_t), shape,
                          ONNX_TENSOR_ELEMENT_DATA_TYPE_INT64));
  }

 private:
  Result<std::vector<float>> named(Result<std::vector<float>> result) const {
    if (result) return result;
    return Error{result.error().code, "the network " + file_.string() + " is not run by " +
                                          onnx_runtime_name() + ": " + result.error().message};
  }

  Result<std::vector<float>> run_with(const void* values, std::size_t bytes, const std::vector<int>& shape,
                                      ONNXTensorElementDataType type) {
    const std::vector<std::int64_t> sizes(shape.begin(), shape.end());
    REELD_ASSIGN(const auto memory, made<OrtMemoryInfo>([](OrtMemoryInfo* m) { api()->ReleaseMemoryInfo(m); },
                                                        [](OrtMemoryInfo** out) {
                                                          return api()->CreateCpuMemoryInfo(
                                                              OrtDeviceAllocator, OrtMemTypeDefault, out);
                                                        }));
    REELD_ASSIGN(const auto input, made<OrtValue>(release_value, [&](OrtValue** out) {
                   return api()->CreateTensorWithDataAsOrtValue(memory.get(), const_cast<void*>(values),
                                                                bytes, sizes.data(), sizes.size(), type, out);
                 }));
    const char* input_name = input_.get();
    const char* output_name = output_.get();
    const OrtValue* inputs[] = {input.get()};
    REELD_ASSIGN(const auto output, made<OrtValue>(release_value, [&](OrtValue** out) {
                   return api()->Run(session_.get(), nullptr, &input_name, inputs, 1, &output_name, 1, out);
                 }));
    return numbers_of(output.get());
  }

  static void release_value(OrtValue* value) { api()->ReleaseValue(value); }

  static Result<std::vector<float>> numbers_of(OrtValue* value) {
    REELD_ASSIGN(
        const auto info,
        made<OrtTensorTypeAndShapeInfo>(
            [](OrtTensorTypeAndShapeInfo* i) { api()->ReleaseTensorTypeAndShapeInfo(i); },
            [&](OrtTensorTypeAndShapeInfo** out) { return api()->GetTensorTypeAndShape(value, out); }));
    ONNXTensorElementDataType type = ONNX_TENSOR_ELEMENT_DATA_TYPE_UNDEFINED;
    std::size_t count = 0;
    REELD_TRY(done(api()->GetTensorElementType(info.get(), &type)));
    REELD_TRY(done(api()->GetTensorShapeElementCount(info.get(), &count)));
    if (type != ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT) {
      return Error{Code::invalid_request, "its output is not of 32-bit floats"};
    }
    float* numbers = nullptr;
    REELD_TRY(done(api()->GetTensorMutableData(value, reinterpret_cast<void**>(&numbers))));
    return std::vector<float>(numbers, numbers + count);
  }

  fs::path file_;
  Handle<OrtSession> session_;
  Name input_, output_;
};

Result<std::unique_ptr<OnnxModel>> open(const fs::path& file, const std::string& bytes, int threads) {
  REELD_ASSIGN(OrtEnv* const env, environment());
  REELD_ASSIGN(
      const auto options,
      made<OrtSessionOptions>([](OrtSessionOptions* o) { api()->ReleaseSessionOptions(o); },
                              [](OrtSessionOptions** out) { return api()->CreateSessionOptions(out); }));
  REELD_TRY(done(api()->SetIntraOpNumThreads(options.get(), threads)));
  REELD_ASSIGN(auto session, made<OrtSession>([](OrtSession* s) { api()->ReleaseSession(s); },
                                              [&](OrtSession** out) {
                                                return api()->CreateSessionFromArray(
                                                    env, bytes.data(), bytes.size(), options.get(), out);
                                              }));
  OrtAllocator* allocator = nullptr;
  REELD_TRY(done(api()->GetAllocatorWithDefaultOptions(&allocator)));
  REELD_ASSIGN(Name input, made<char>(free_text, [&](char** out) {
                 return api()->SessionGetInputName(session.get(), 0, allocator, out);
               }));
  REELD_ASSIGN(Name output, made<char>(free_text, [&](char** out) {
                 return api()->SessionGetOutputName(session.get(), 0, allocator, out);
               }));
  return std::unique_ptr<OnnxModel>(
      std::make_unique<OrtModel>(file, std::move(session), std::move(input), std::move(output)));
}

}  // namespace

Result<std::unique_ptr<OnnxModel>> open_onnx(const fs::path& file, int threads) {
  REELD_ASSIGN(const std::string bytes, read_text(file));
  if (!api()) {
    return Error{Code::invalid_request, onnx_runtime_name() + " is too old: 1.11 or newer is needed"};
  }
  auto model = open(file, bytes, threads);
  if (model) return model;
  return Error{Code::invalid_request, "the network " + file.string() + " is not run by " +
                                          onnx_runtime_name() + ": " + model.error().message};
}

std::string onnx_runtime_name() {
  return std::string("ONNX Runtime ") + OrtGetApiBase()->GetVersionString();
}

}  // namespace reeld::engine
