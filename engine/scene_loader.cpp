#include "engine/scene_loader.hpp"

#include <algorithm>
#include <limits>

#include "engine/picture.hpp"
#include "engine/text.hpp"

namespace reeld::engine {
namespace {

std::string scene_path(int scene) {
  return "/scenes/" + std::to_string(scene);
}

Error in_scene(Error error, int scene, const std::string& field) {
  error.path = scene_path(scene) + field + error.path;
  return error;
}

}  // namespace

SceneLoader::SceneLoader(const Plan& plan, std::filesystem::path data_dir, std::int64_t end,
                         kernels::Device& device, KeptPicture* kept, PictureLoaded picture_loaded)
    : plan_(plan),
      data_dir_(std::move(data_dir)),
      end_(end),
      device_(device),
      kept_(kept),
      picture_loaded_(std::move(picture_loaded)),
      pictures_(plan.pictures.size()),
      scenes_(plan.scenes.size()) {
  uploaded_.pictures.resize(plan.pictures.size());
  uploaded_.texts.resize(plan.scenes.size());
  for (PictureState& picture : pictures_) picture.levels = {kernels::LevelRange::kSmallest, 0};
  for (const PlanScene& scene : plan.scenes) {
    PictureState& picture = pictures_[static_cast<std::size_t>(scene.picture)];
    picture.levels.first = std::min(picture.levels.first, scene.motion.level);
    picture.levels.last = std::max(picture.levels.last, scene.motion.level);
    picture.last_frame = std::max(picture.last_frame, scene.first_frame + scene.frame_count - 1);
  }
}

SceneLoader::~SceneLoader() {
  for (const SceneState& scene : scenes_) {
    if (scene.loaded.valid()) scene.loaded.wait();
  }
  leave_kept();
  release_before(std::numeric_limits<std::int64_t>::max());
}

void SceneLoader::begin(std::int64_t frame) {
  const VisibleScenes visible = visible_scenes(plan_, frame);
  take_kept(visible);
  for (int scene = visible.first; scene < visible.first + visible.count; ++scene) start(scene);
}

Result<void> SceneLoader::load(std::int64_t frame) {
  begin(frame);
  const VisibleScenes visible = visible_scenes(plan_, frame);
  const int count = static_cast<int>(plan_.scenes.size());
  const int end = visible.first + visible.count;
  for (int scene = visible.first; scene < end; ++scene) {
    std::shared_future<Result<void>> loaded;
    {
      const std::lock_guard lock(mutex_);
      loaded = scenes_[static_cast<std::size_t>(scene)].loaded;
    }
    REELD_TRY(loaded.get());
  }
  // The one after, but not beside the first frame, which somebody waits for.
  if (first_is_taken_ && end < count && plan_.scenes[static_cast<std::size_t>(end)].first_frame < end_)
    start(end);
  return {};
}

std::string SceneLoader::file_of(std::size_t picture) const {
  return (data_dir_ / plan_.pictures[picture].file).string();
}

// Before anything is loaded: what is held and not shown now makes room.
void SceneLoader::take_kept(const VisibleScenes& shown) {
  const std::lock_guard lock(mutex_);
  if (kept_ == nullptr || took_kept_) return;
  took_kept_ = true;
  for (int scene = shown.first; scene < shown.first + shown.count; ++scene) {
    const auto index = static_cast<std::size_t>(plan_.scenes[static_cast<std::size_t>(scene)].picture);
    auto kept = kept_->take(file_of(index), pictures_[index].levels);
    if (!kept) continue;
    uploaded_.pictures[index] = kept->picture;
    if (picture_loaded_ && kept->pixels) picture_loaded_(index, *std::move(kept->pixels));
    std::promise<Result<void>> loaded;
    loaded.set_value({});
    pictures_[index].loaded = loaded.get_future().share();
  }
  kept_->let_go();
}

// What the frame behind the last one goes on with.
void SceneLoader::leave_kept() {
  if (kept_ == nullptr || end_ >= plan_.frame_count) return;
  const VisibleScenes shown = visible_scenes(plan_, end_ - 1);
  const int scene = shown.first + shown.count - 1;
  const auto index = static_cast<std::size_t>(plan_.scenes[static_cast<std::size_t>(scene)].picture);
  PictureState& picture = pictures_[index];
  if (picture.last_frame < end_ || !picture.loaded.valid() || picture.released || !picture.loaded.get())
    return;
  picture.released = true;
  kept_->keep(file_of(index), picture.levels, uploaded_.pictures[index]);
}

void SceneLoader::start(int scene) {
  const std::lock_guard lock(mutex_);
  SceneState& state = scenes_[static_cast<std::size_t>(scene)];
  if (state.loaded.valid()) return;
  PictureState& picture =
      pictures_[static_cast<std::size_t>(plan_.scenes[static_cast<std::size_t>(scene)].picture)];
  if (!picture.loaded.valid()) {
    picture.loaded = std::async(std::launch::async, [this, scene] { return load_picture_of(scene); }).share();
  }
  state.loaded = std::async(std::launch::async, [this, scene, loaded = picture.loaded]() -> Result<void> {
                   REELD_TRY(load_texts_of(scene));
                   return loaded.get();
                 }).share();
}

Result<void> SceneLoader::load_picture_of(int scene) {
  const auto index = static_cast<std::size_t>(plan_.scenes[static_cast<std::size_t>(scene)].picture);
  const std::lock_guard lock(loading_);
  const auto picture = begin_loading(file_of(index));
  if (!picture) return in_scene(picture.error(), scene, "/picture");
  const auto id = device_.upload(picture->view(), pictures_[index].levels);
  if (!id) return in_scene(id.error(), scene, "/picture");
  uploaded_.pictures[index] = *id;
  if (!picture_loaded_) return {};
  auto pixels = picture->whole();
  if (pixels) picture_loaded_(index, *std::move(pixels));
  return {};
}

Result<void> SceneLoader::load_texts_of(int scene) {
  const auto& texts = plan_.scenes[static_cast<std::size_t>(scene)].texts;
  auto& placed = uploaded_.texts[static_cast<std::size_t>(scene)];
  for (std::size_t i = 0; i < texts.size(); ++i) {
    const auto raster = rasterize_text(texts[i].spec, plan_.output.width, plan_.output.height);
    if (!raster) return in_scene(raster.error(), scene, texts[i].field);
    const kernels::PictureView view{raster->pixels.data(),
                                    raster->width,
                                    raster->height,
                                    static_cast<std::size_t>(raster->width) * 4,
                                    kernels::PictureFormat::rgba8,
                                    kernels::AlphaKind::premultiplied};
    const auto id = device_.upload(view, {0, 0});
    if (!id) return in_scene(id.error(), scene, texts[i].field);
    placed.push_back({*id, raster->x, raster->y, raster->width, raster->height});
  }
  return {};
}

void SceneLoader::release_before(std::int64_t frame) {
  const std::lock_guard lock(mutex_);
  first_is_taken_ = true;
  for (std::size_t i = 0; i < scenes_.size(); ++i) {
    const PlanScene& scene = plan_.scenes[i];
    if (scene.first_frame + scene.frame_count > frame) break;
    if (!scenes_[i].loaded.valid() || scenes_[i].released) continue;
    scenes_[i].released = true;
    for (const PlacedText& text : uploaded_.texts[i]) device_.release(text.picture);
    uploaded_.texts[i].clear();
  }
  for (std::size_t i = 0; i < pictures_.size(); ++i) {
    PictureState& picture = pictures_[i];
    if (picture.last_frame >= frame || !picture.loaded.valid() || picture.released) continue;
    picture.released = true;
    if (picture.loaded.get()) device_.release(uploaded_.pictures[i]);
  }
}

}  // namespace reeld::engine
