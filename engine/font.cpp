#include <strings.h>

#include <algorithm>
#include <vector>

#include "base/nearest.hpp"
#include "engine/font_families.hpp"
#include "engine/pango.hpp"
#include "engine/text.hpp"

namespace reeld::engine {
namespace {

// Names that Fontconfig maps to what the machine has.
constexpr const char* kGenericFamilies[] = {"sans",      "sans-serif", "serif",  "monospace",
                                            "system-ui", "cursive",    "fantasy"};

bool same_name(const std::string& a, const char* b) {
  return ::strcasecmp(a.c_str(), b) == 0;
}

// ASCII only, as strcasecmp does in the C locale.
std::string lower_case(std::string name) {
  std::transform(name.begin(), name.end(), name.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return name;
}

}  // namespace

Result<void> check_font(const std::string& family) {
  if (family.empty()) return {};
  for (const char* generic : kGenericFamilies) {
    if (same_name(family, generic)) return {};
  }
  const std::vector<std::string> families = installed_families();
  for (const std::string& installed : families) {
    if (same_name(family, installed.c_str())) return {};
  }
  // Without regard to case, as Fontconfig compares.
  std::vector<std::string> folded;
  for (const std::string& installed : families) folded.push_back(lower_case(installed));
  const std::string nearest_folded = nearest_name(lower_case(family), folded);
  const auto at = std::find(folded.begin(), folded.end(), nearest_folded);
  const std::string nearest =
      at == folded.end() ? "" : families[static_cast<std::size_t>(at - folded.begin())];
  return Error{Code::font_missing, "there is no font family \"" + family + "\" on this machine" +
                                       (nearest.empty() ? "; no font is installed"
                                                        : "; the nearest name is \"" + nearest + "\"")};
}

std::vector<std::string> installed_families() {
  const FontPattern all(FcPatternCreate());
  const ObjectSet wanted(FcObjectSetBuild(FC_FAMILY, nullptr));
  const FontSet fonts(FcFontList(nullptr, all.get(), wanted.get()));
  std::vector<std::string> families;
  for (int i = 0; fonts && i < fonts->nfont; ++i) {
    FcChar8* name = nullptr;
    for (int k = 0; FcPatternGetString(fonts->fonts[i], FC_FAMILY, k, &name) == FcResultMatch; ++k) {
      families.emplace_back(reinterpret_cast<const char*>(name));
    }
  }
  std::sort(families.begin(), families.end());
  families.erase(std::unique(families.begin(), families.end()), families.end());
  return families;
}

}  // namespace reeld::engine
