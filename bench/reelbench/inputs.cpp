#include "bench/reelbench/inputs.hpp"

#include <chrono>
#include <cstdio>
#include <string>

#include "bench/reelbench/standard_job.hpp"
#include "providers/local/subprocess.hpp"

namespace reeld::bench {
namespace {

namespace fs = std::filesystem;

constexpr std::chrono::minutes kLimit{10};

bool all_there(const fs::path& folder) {
  std::error_code ignored;
  for (int i = 0; i < kStandardScenes; ++i) {
    if (!fs::exists(folder / ("picture" + std::to_string(i) + ".jpg"), ignored)) return false;
  }
  return fs::exists(folder / "voice-21.wav", ignored);
}

}  // namespace

fs::path default_inputs() {
  return fs::path(REELD_BINARY_DIR) / "bench-inputs";
}

Result<void> make_inputs(const fs::path& folder) {
  if (all_there(folder)) return {};
  std::fprintf(stderr, "making the inputs in %s\n", folder.c_str());
  const std::string script = std::string(REELD_SOURCE_DIR) + "/bench/make_inputs.py";
  REELD_ASSIGN(const auto finished, providers::run_program({script, folder.string()}, "", kLimit, {}));
  if (finished.exit_code == 0) return {};
  return Error{Code::provider_failed, script + " ended with exit status " +
                                          std::to_string(finished.exit_code) + ": " + finished.err};
}

}  // namespace reeld::bench
