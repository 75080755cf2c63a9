// Holds what house rules a compiler does not: who may include whom, and that no unfinished business is left
// lying about.
#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <string>
#include <vector>

namespace reeld {
namespace {

namespace fs = std::filesystem;

// Bottom to top: a folder includes itself and those before it.
const std::vector<std::string> kFolders = {"base",   "kernels", "wire", "storage", "providers",
                                           "engine", "ipc",     "apps", "bench"};

// Neither storage nor providers knows of the other, nor of pixels; records are not messages.
const std::vector<std::pair<std::string, std::string>> kStrangers = {{"wire", "kernels"},
                                                                     {"storage", "kernels"},
                                                                     {"storage", "wire"},
                                                                     {"providers", "kernels"},
                                                                     {"providers", "storage"}};

// kernels/ builds where only a compiler is.
const std::vector<std::string> kNotInKernels = {"nlohmann", "opencv2",   "libav",  "zmq",
                                                "sqlite",   "SQLiteCpp", "spdlog", "msgpack"};

std::vector<fs::path> sources_of(const std::string& folder) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(fs::path(REELD_SOURCE_DIR) / folder)) {
    const std::string extension = entry.path().extension().string();
    if (extension == ".cpp" || extension == ".hpp") files.push_back(entry.path());
  }
  return files;
}

std::string text_of(const fs::path& file) {
  std::ifstream in(file);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::vector<std::string> includes_of(const fs::path& file) {
  const std::string text = text_of(file);
  const std::regex include("#include [<\"]([^>\"]+)[>\"]");
  std::vector<std::string> found;
  for (std::sregex_iterator it(text.begin(), text.end(), include), end; it != end; ++it)
    found.push_back((*it)[1]);
  return found;
}

TEST_CASE("a folder includes only folders below it") {
  for (std::size_t i = 0; i < kFolders.size(); ++i) {
    const auto files = sources_of(kFolders[i]);
    REQUIRE_FALSE(files.empty());
    for (const fs::path& file : files) {
      for (const std::string& included : includes_of(file)) {
        const std::string folder = included.substr(0, included.find('/'));
        const auto at = std::find(kFolders.begin(), kFolders.end(), folder);
        INFO(file << " includes " << included);
        CHECK((at == kFolders.end() || at - kFolders.begin() <= static_cast<std::ptrdiff_t>(i)));
        CHECK(std::find(kStrangers.begin(), kStrangers.end(), std::pair{kFolders[i], folder}) ==
              kStrangers.end());
      }
    }
  }
}

TEST_CASE("kernels includes nothing but the standard library and base") {
  for (const fs::path& file : sources_of("kernels")) {
    for (const std::string& included : includes_of(file)) {
      for (const std::string& library : kNotInKernels) {
        INFO(file << " includes " << included);
        CHECK_FALSE(included.starts_with(library));
      }
    }
  }
}

TEST_CASE("files stay readable: at most 400 lines") {
  for (const std::string& folder : kFolders) {
    for (const fs::path& file : sources_of(folder)) {
      const std::string text = text_of(file);
      INFO(file);
      CHECK(std::count(text.begin(), text.end(), '\n') <= 400);
    }
  }
}

}  // namespace
}  // namespace reeld
