#include "engine/picture_tasks.hpp"

#include "engine/brand/colors.hpp"
#include "engine/font_families.hpp"
#include "engine/palette.hpp"

namespace reeld::engine {
namespace {

Result<Picture> load_within(const std::filesystem::path& file, std::int64_t most_pixels) {
  REELD_ASSIGN(Picture picture, load_picture(file));
  if (std::int64_t{picture.width} * picture.height <= most_pixels) return picture;
  return Error{Code::picture_too_large, "the picture " + file.string() + " has " +
                                            std::to_string(picture.width) + "x" +
                                            std::to_string(picture.height) + " pixels; at most " +
                                            std::to_string(most_pixels) + " are taken"};
}

}  // namespace

Result<Json> palette_task(const Json& task, const TaskProgress& progress) {
  const Json& files = task.at("files");
  const auto most_pixels = task.at("most_pixels").get<std::int64_t>();
  PaletteSamples samples(static_cast<int>(files.size()));
  for (std::size_t i = 0; i < files.size(); ++i) {
    const auto picture = load_within(files[i].get<std::string>(), most_pixels);
    if (!picture) {
      Error error = picture.error();
      error.path = "/pictures/" + std::to_string(i);
      return error;
    }
    samples.add(*picture);
    progress(static_cast<double>(i + 1), static_cast<double>(files.size()));
  }
  REELD_ASSIGN(const Palette palette, samples.palette(task.at("colors").get<int>()));
  Json colors = Json::array();
  for (const PaletteColor& one : palette.colors)
    colors.push_back({{"color", hex_of(one.color)}, {"weight", one.weight}});
  const ColorStatistics& measured = palette.statistics;
  return Json{{"colors", colors},
              {"measured",
               {{"lightness", measured.lightness},
                {"contrast", measured.contrast},
                {"chroma", measured.chroma},
                {"warmth", measured.warmth}}}};
}

Result<Json> picture_task(const Json& task, const TaskProgress&) {
  REELD_ASSIGN(const Picture picture,
               load_within(task.at("file").get<std::string>(), task.at("most_pixels").get<std::int64_t>()));
  return Json{{"width", picture.width}, {"height", picture.height}};
}

Result<Json> fonts_task(const Json&, const TaskProgress&) {
  return Json{{"families", installed_families()}};
}

}  // namespace reeld::engine
