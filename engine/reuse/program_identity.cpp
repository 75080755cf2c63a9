#include "engine/reuse/program_identity.hpp"

#include <link.h>
#include <sys/stat.h>

#include <set>

#include "engine/asset_store.hpp"
#include "engine/pango.hpp"

namespace reeld::engine {
namespace {

std::string identity_of(const std::set<std::string>& files) {
  std::string text;
  for (const std::string& file : files) {
    struct stat found {};
    if (::stat(file.c_str(), &found) != 0) continue;
    text += file + " " + std::to_string(found.st_size) + " " + std::to_string(found.st_mtim.tv_sec) + "." +
            std::to_string(found.st_mtim.tv_nsec) + "\n";
  }
  return sha256_of_text(text);
}

std::set<std::string> loaded_files() {
  std::set<std::string> files;
  const auto add = [](dl_phdr_info* info, std::size_t, void* data) {
    // The program itself has no name there.
    const std::string name = info->dlpi_name;
    static_cast<std::set<std::string>*>(data)->insert(name.empty() ? "/proc/self/exe" : name);
    return 0;
  };
  ::dl_iterate_phdr(add, &files);
  return files;
}

}  // namespace

const std::string& program_identity() {
  static const std::string identity = identity_of(loaded_files());
  return identity;
}

std::string fonts_identity() {
  const FontPattern all(FcPatternCreate());
  const ObjectSet wanted(FcObjectSetBuild(FC_FILE, nullptr));
  const FontSet fonts(FcFontList(nullptr, all.get(), wanted.get()));
  std::set<std::string> files;
  for (int i = 0; fonts && i < fonts->nfont; ++i) {
    FcChar8* file = nullptr;
    if (FcPatternGetString(fonts->fonts[i], FC_FILE, 0, &file) == FcResultMatch)
      files.insert(reinterpret_cast<const char*>(file));
  }
  return identity_of(files);
}

}  // namespace reeld::engine
