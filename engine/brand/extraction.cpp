#include "engine/brand/extraction.hpp"

#include <spdlog/spdlog.h>

#include <cmath>

#include "engine/brand/brought_file.hpp"
#include "engine/brand/look.hpp"
#include "engine/brand/theme.hpp"
#include "engine/desks/events.hpp"
#include "engine/files.hpp"
#include "engine/reservation.hpp"
#include "providers/media_type.hpp"

namespace reeld::engine {
namespace {

namespace fs = std::filesystem;

constexpr std::chrono::minutes kThemeLimit{5};

std::string folder_of(const std::string& id) {
  return "brands/" + id;
}

double rounded(double value) {
  return std::round(value * 10000) / 10000;
}

// What the worker found, as a style has it.
Json style_of(const Json& found) {
  Json style = {{"color_palette", Json::array()}, {"color_weights", Json::array()}};
  for (const Json& one : found.at("colors")) {
    style["color_palette"].push_back(one.at("color"));
    style["color_weights"].push_back(rounded(one.at("weight").get<double>()));
  }
  ColorStatistics measured;
  const Json& figures = found.at("measured");
  measured.lightness = rounded(figures.at("lightness").get<double>());
  measured.contrast = rounded(figures.at("contrast").get<double>());
  measured.chroma = rounded(figures.at("chroma").get<double>());
  measured.warmth = rounded(figures.at("warmth").get<double>());
  style["measured"] = {{"lightness", measured.lightness},
                       {"contrast", measured.contrast},
                       {"chroma", measured.chroma},
                       {"warmth", measured.warmth}};
  style["mood"] = mood_words(measured);
  style["lighting_preference"] = lighting_words(measured);
  return style;
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size()))
    text.replace(at, from.size(), to);
  return text;
}

}  // namespace

Result<void> BrandExtraction::resume() {
  storage::Brands brands(tools_.database);
  REELD_ASSIGN(const auto pending, brands.pending());
  for (const storage::BrandStyle& style : pending) {
    REELD_TRY(background_.run([this, id = style.id](const std::atomic<bool>& stop) { run(id, stop); }));
  }
  std::error_code failure;
  for (fs::directory_iterator it(tools_.data_dir / "brands", failure), end; !failure && it != end;
       it.increment(failure)) {
    const auto known = brands.find(it->path().filename().string());
    std::error_code ignored;
    if (!known && known.error().code == Code::not_found) fs::remove_all(it->path(), ignored);
  }
  return {};
}

Result<storage::BrandStyle> BrandExtraction::start(storage::BrandStyle style) {
  style.status = "pending";
  storage::Brands brands(tools_.database);
  REELD_ASSIGN(const storage::BrandStyle recorded, brands.create(style));
  const auto queued =
      background_.run([this, id = recorded.id](const std::atomic<bool>& stop) { run(id, stop); });
  if (queued) return recorded;
  REELD_TRY(brands.remove(recorded.id));
  return queued.error();
}

void BrandExtraction::run(const std::string& id, const std::atomic<bool>& stop) {
  storage::Brands brands(tools_.database);
  auto style = brands.find(id);
  if (!style) return;  // removed before its turn came
  const auto done = extract(*style, stop);
  if (!done && stop) return;  // the next start begins anew
  style->status = done ? "ready" : "failed";
  if (!done) {
    style->error = done.error();
    style->style_data = {{"color_palette", Json::array()}};
    style->image_folder = "";
    style->sample_images = Json::array();
    style->sample_bytes = 0;
    spdlog::info("brand={} failed code={} {}", id, code_name(done.error().code), done.error().message);
  }
  const auto recorded = brands.finish(*style);
  std::error_code ignored;
  if (!done || !recorded) fs::remove_all(tools_.data_dir / folder_of(id), ignored);
  if (recorded) {
    tell_status(tools_.sink, id, style->status, style->error);
  } else if (recorded.error().code != Code::not_found) {
    spdlog::error("brand={} end not recorded: {}", id, recorded.error().message);
  }
}

Result<void> BrandExtraction::extract(storage::BrandStyle& style, const std::atomic<bool>& stop) {
  REELD_ASSIGN(style.sample_images, copies_of(style));
  style.image_folder = folder_of(style.id);
  style.sample_bytes = folder_size(tools_.data_dir / style.image_folder);
  const Json& pictures = style.extraction.at("pictures");
  Json files = Json::array();
  for (const Json& file : style.sample_images)
    files.push_back((tools_.data_dir / file.get<std::string>()).string());
  const auto outcome = tools_.executor.run({{"task", "palette"},
                                            {"files", files},
                                            {"colors", style.extraction.at("colors")},
                                            {"most_pixels", tools_.brought.most_pixels}},
                                           nullptr, stop);
  if (!outcome.result) {
    // The user knows his own file, not our copy of it.
    Error error = outcome.result.error();
    for (std::size_t i = 0; i < files.size(); ++i)
      error.message = replaced(error.message, files[i].get<std::string>(), pictures[i].get<std::string>());
    return error;
  }
  style.style_data = style_of(*outcome.result);
  if (style.extraction.value("theme_by", Json()).is_null()) return {};
  REELD_ASSIGN(const Json theme, theme_of(style, *outcome.result, stop));
  style.style_data.update(theme);
  return {};
}

// The brand's own copies, so that its style can be understood when the user's files are gone.
Result<Json> BrandExtraction::copies_of(const storage::BrandStyle& style) const {
  const fs::path folder = tools_.data_dir / folder_of(style.id);
  std::error_code failure;
  fs::remove_all(folder, failure);
  fs::create_directories(folder, failure);
  if (failure) return file_error(failure.value(), "cannot make " + folder.string(), Code::target_unwritable);
  const Json& pictures = style.extraction.at("pictures");
  Json copies = Json::array();
  for (std::size_t i = 0; i < pictures.size(); ++i) {
    const std::string field = "/pictures/" + std::to_string(i);
    REELD_ASSIGN(const BroughtFile brought,
                 look_at(tools_.roots, pictures[i].get<std::string>(), field, tools_.brought, kPictureTypes));
    const std::string number = std::to_string(i + 1);
    const std::string name =
        (number.size() < 2 ? "0" : "") + number + providers::extension_of(brought.media_type);
    const fs::path unfinished = folder / (name + ".partial");
    if (!fs::copy_file(brought.file, unfinished, failure)) {
      return file_error(failure.value(), "cannot copy " + brought.file.string() + " into the data directory",
                        Code::target_unwritable);
    }
    REELD_TRY(publish_file(unfinished, folder / name));
    copies.push_back(folder_of(style.id) + "/" + name);
  }
  return copies;
}

Result<Json> BrandExtraction::theme_of(const storage::BrandStyle& style, const Json& found,
                                       const std::atomic<bool>& stop) {
  const Json& theme_by = style.extraction.at("theme_by");
  const std::string provider = theme_by.at("provider").get<std::string>();
  const auto writer = tools_.providers.registry().find(provider, providers::Capability::script);
  if (!writer) return Error{writer.error().code, writer.error().message, "/theme_by/provider"};
  BrandFacts facts{style.name, style.description, found.at("colors"), found.at("measured"), {}};
  for (const Json& file : style.extraction.at("pictures"))
    facts.files.push_back(fs::path(file.get<std::string>()).filename().string());
  ScriptTools tools;
  tools.writer = *writer;
  tools.scratch = tools_.data_dir / folder_of(style.id) / "scratch";
  tools.reserve = [&](const providers::Estimate& estimate) {
    return Reservation::make(tools_.database, {.day_usd = tools_.day_budget_usd}, provider, estimate);
  };
  tools.cancelled = [&] { return stop.load(); };
  tools.deadline = providers::Clock::now() + kThemeLimit;
  std::error_code failure;
  fs::create_directories(tools.scratch, failure);
  auto theme = ask_for_theme(theme_by, facts, tools);
  fs::remove_all(tools.scratch, failure);
  if (theme) return theme;
  Error error = theme.error();
  error.path = "/theme_by" + error.path;
  return error;
}

}  // namespace reeld::engine
