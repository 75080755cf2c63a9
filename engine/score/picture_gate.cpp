#include "engine/score/picture_gate.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include "engine/learned/learned_models.hpp"
#include "engine/obtain.hpp"
#include "storage/metrics.hpp"

namespace reeld::engine {
namespace {

using storage::Asset;
using storage::PictureTry;

constexpr const char* kGaveSame = "its provider gave a picture that it gave before";

const std::vector<Bar>& bars_of(const Request& request, std::size_t scene) {
  const auto& own = request.scenes[scene].reach;
  return own ? *own : request.quality.pictures.reach;
}

std::optional<std::uint64_t> seed_in(const Json& params) {
  const auto it = params.find("seed");
  return it == params.end() ? std::nullopt : std::optional(it->get<std::uint64_t>());
}

// A picture that is there and was not tried yet.
struct Came {
  Asset asset;
  std::optional<std::uint64_t> seed = {};  // that it was asked with
  std::optional<double> cost_usd = {};
  bool is_other = false;  // came beside the one that was asked for
};

// A scene on its way to a picture.
struct Scene {
  Want want;
  std::vector<Bar> reach;
  std::vector<PictureTry> tries;
  std::map<std::string, Asset> assets = {};  // of the tries, by id; those whose files are there
  std::vector<Came> came = {};               // the one that was asked for first
  std::string why_over = {};                 // why no further picture is asked for

  bool can_be_made_again() const { return want.params.contains("prompt"); }

  const PictureTry* best() const {
    std::vector<const PictureTry*> there;
    std::vector<Figures> figures;
    for (const PictureTry& tried : tries) {
      if (!assets.contains(tried.asset_id)) continue;
      there.push_back(&tried);
      figures.push_back(tried.scores.get<Figures>());
    }
    return there.empty() ? nullptr : there[best_of(reach, figures)];
  }

  std::vector<Missed> missed() const {
    const PictureTry* const tried = best();
    return missed_of(reach, tried == nullptr ? Figures{} : tried->scores.get<Figures>());
  }

  // Decided by an earlier run of the job.
  const PictureTry* kept() const {
    const auto it = std::ranges::find_if(tries, &PictureTry::kept);
    return it != tries.end() && can_be_made_again() && assets.contains(it->asset_id) ? &*it : nullptr;
  }

  int next_number() const { return tries.empty() ? 1 : tries.back().number + 1; }

  const PictureTry* tried(const std::string& asset_id) const {
    const auto it = std::ranges::find(tries, asset_id, &PictureTry::asset_id);
    return it == tries.end() ? nullptr : &*it;
  }

  bool has_come(const std::string& asset_id) const {
    return std::ranges::any_of(came, [&](const Came& one) { return one.asset.id == asset_id; });
  }
};

// What a picture of a scene is scored as.
struct Fresh {
  Scene* scene;
  Came came;

  // Tells the pictures of a scene apart.
  std::string path() const {
    const Want& want = scene->want;
    if (came.is_other) return want.path + "/others/" + came.asset.id;
    return want.path + (want.provider == "file" ? "/file" : "");
  }
};

class Gating {
 public:
  Gating(const PictureGate& gate, const Request& request)
      : gate_(gate), request_(request), tries_(gate.scorer.tools.database) {}

  Result<std::vector<Asset>> run(const FetchProgress& progress) {
    REELD_TRY(begin());
    REELD_TRY(fetch_first(progress));
    REELD_TRY(score());
    for (std::vector<Scene*> low = below(); !low.empty(); low = below()) {
      REELD_TRY(fetch_again(low));
      REELD_TRY(score());
    }
    return decide();
  }

 private:
  // What an earlier run of the job, or an earlier attempt of it, left.
  Result<void> begin() {
    const std::vector<Want> wants = picture_wants(request_);
    for (std::size_t i = 0; i < wants.size(); ++i) scenes_.push_back({wants[i], bars_of(request_, i), {}});
    REELD_ASSIGN(const auto tries, tries_.of_job(gate_.job.id));
    REELD_ASSIGN(const auto linked, gate_.scorer.tools.database.job_assets(gate_.job.id));
    for (const PictureTry& tried : tries) {
      if (static_cast<std::size_t>(tried.scene) >= scenes_.size()) continue;
      Scene& scene = scenes_[static_cast<std::size_t>(tried.scene)];
      const bool is_again = tried.attempt == gate_.job.attempt && scene.tried(tried.asset_id) != nullptr;
      if (is_again) scene.why_over = kGaveSame;
      scene.tries.push_back(tried);
      const auto used =
          std::ranges::find(linked, tried.asset_id, [](const auto& one) { return one.asset.id; });
      if (used != linked.end() && file_is_there(gate_.fetcher.data_dir, used->asset)) {
        scene.assets.emplace(tried.asset_id, used->asset);
      }
    }
    return {};
  }

  Result<void> fetch_first(const FetchProgress& progress) {
    std::vector<Scene*> wanting;
    std::vector<Want> wants;
    for (Scene& scene : scenes_) {
      // What was made of a prompt is there; the user's own file may be another one by now.
      if (scene.can_be_made_again() && !scene.reach.empty() && !scene.assets.empty()) continue;
      wanting.push_back(&scene);
      wants.push_back(scene.want);
    }
    REELD_ASSIGN(auto results, fetch_each(gate_.fetcher, request_, wants, progress));
    for (std::size_t i = 0; i < wanting.size(); ++i) {
      if (!results[i]) return results[i].error();
      take(*wanting[i], *std::move(results[i]), seed_in(wants[i].params));
    }
    return {};
  }

  Result<void> fetch_again(const std::vector<Scene*>& low) {
    std::vector<Want> wants;
    for (const Scene* scene : low) {
      Want want = scene->want;
      want.role = kOtherPicture;
      want.params["seed"] = seed_of_try(seed_in(want.params), gate_.job.id, want.scene, scene->next_number());
      want.params.erase("count");
      wants.push_back(std::move(want));
    }
    REELD_ASSIGN(auto results, fetch_each(gate_.fetcher, request_, wants, [](double) {}));
    std::optional<Error> error;
    for (std::size_t i = 0; i < low.size(); ++i) {
      if (results[i]) {
        take(*low[i], *std::move(results[i]), seed_in(wants[i].params));
      } else if (ends_tries(results[i].error().code)) {
        low[i]->why_over = results[i].error().message;
      } else if (!error) {
        error = results[i].error();
      }
    }
    // What the others got is recorded before an error ends the run.
    if (error) REELD_TRY(score());
    return error ? Result<void>(*error) : Result<void>();
  }

  // A file that the user gave is what it is now, whatever was tried before.
  static void take(Scene& scene, Fetched fetched, const std::optional<std::uint64_t>& seed) {
    if (!scene.can_be_made_again()) scene.assets.clear();
    Came came;
    came.seed = seed ? seed : fetched.asset.seed;
    came.cost_usd = fetched.reused ? std::optional(0.0) : fetched.asset.cost_usd;
    came.asset = std::move(fetched.asset);
    scene.came = {std::move(came)};
  }

  // The others of an answer of several pictures, and what a daemon that was stopped got and did not try.
  Result<void> take_others() {
    REELD_ASSIGN(const auto linked, gate_.scorer.tools.database.job_assets(gate_.job.id));
    for (const auto& used : linked) {
      if (used.role != kOtherPicture || static_cast<std::size_t>(used.scene) >= scenes_.size()) continue;
      Scene& scene = scenes_[static_cast<std::size_t>(used.scene)];
      const std::string& id = used.asset.id;
      if (scene.reach.empty() || !scene.can_be_made_again() || scene.tried(id) != nullptr ||
          scene.has_come(id) || !file_is_there(gate_.fetcher.data_dir, used.asset))
        continue;
      // The answer's first has the cost of all.
      scene.came.push_back({used.asset, used.asset.seed ? used.asset.seed : seed_in(used.asset.params),
                            used.asset.cost_usd.value_or(0), true});
    }
    return {};
  }

  // Makes tries of what came.
  Result<void> score() {
    REELD_TRY(take_others());
    std::vector<Fresh> fresh;
    std::vector<PictureTry> made;
    for (Scene& scene : scenes_) {
      if (scene.reach.empty()) continue;
      for (Came& came : std::exchange(scene.came, {})) {
        const PictureTry* const same = scene.tried(came.asset.id);
        if (same == nullptr) {
          fresh.push_back({&scene, std::move(came)});
        } else if (scene.assets.contains(came.asset.id)) {
          scene.why_over = kGaveSame;
          made.push_back(add_try(scene, came, {same->scores.get<Figures>(), same->hash}));
        } else {
          scene.assets.emplace(came.asset.id, std::move(came.asset));
        }
      }
    }
    REELD_ASSIGN(const auto scores, scores_of(fresh));
    for (std::size_t i = 0; i < fresh.size(); ++i)
      made.push_back(add_try(*fresh[i].scene, fresh[i].came, scores[i]));
    return made.empty() ? Result<void>() : tries_.record(gate_.job.id, made);
  }

  // An other that is no picture is left out of `fresh`. What came and is none is made anew by a retry.
  Result<std::vector<ScoredPicture>> scores_of(std::vector<Fresh>& fresh) {
    while (!fresh.empty()) {
      std::vector<PictureFile> files;
      for (const Fresh& one : fresh)
        files.push_back({one.came.asset.file, one.path(), one.scene->want.params.value("prompt", "")});
      auto scores = scored(files);
      if (scores) return scores;
      Error error = scores.error();
      const auto at = std::ranges::find(fresh, error.path, &Fresh::path);
      if (at == fresh.end()) return error;
      if (at->came.is_other) error.path = at->scene->want.path;
      const bool is_broken = is_broken_file(error.code) && at->scene->want.provider != "file";
      if (is_broken) REELD_TRY(gate_.scorer.tools.database.disown_asset(gate_.job.id, at->came.asset.id));
      if (!is_broken || !at->came.is_other) return error;
      fresh.erase(at);
    }
    return std::vector<ScoredPicture>();
  }

  // Of several models of one score the first counts: reeld's own, then by the manifests' names.
  Result<std::vector<ScoredPicture>> scored(const std::vector<PictureFile>& files) const {
    const Learned learned = asks_learned(request_) ? Learned::each : Learned::none;
    REELD_ASSIGN(ScoredPictures scores, gate_.scorer.scores(files, learned));
    for (const Score& score : scores.learned.scores) {
      if (score.scene)
        scores.pictures.at(static_cast<std::size_t>(*score.scene)).figures.emplace(score.name, score.value);
    }
    return std::move(scores.pictures);
  }

  const PictureTry& add_try(Scene& scene, const Came& came, const ScoredPicture& scores) {
    PictureTry tried;
    tried.scene = scene.want.scene;
    tried.number = scene.next_number();
    tried.attempt = gate_.job.attempt;
    tried.asset_id = came.asset.id;
    tried.seed = came.seed;
    tried.cost_usd = came.cost_usd;
    tried.scores = scores.figures;
    tried.hash = scores.hash;
    scene.assets.emplace(tried.asset_id, came.asset);
    return scene.tries.emplace_back(std::move(tried));
  }

  // The scenes that another picture is to be made of.
  std::vector<Scene*> below() {
    std::vector<Scene*> low;
    for (Scene& scene : scenes_) {
      const auto made = std::ranges::count(scene.tries, gate_.job.attempt, &PictureTry::attempt);
      const bool decided = scene.kept() != nullptr || !scene.why_over.empty();
      if (decided || !scene.can_be_made_again() || made >= request_.quality.pictures.tries) continue;
      if (!scene.missed().empty()) low.push_back(&scene);
    }
    return low;
  }

  std::string told(const Scene& scene, const std::vector<Missed>& missed) const {
    std::string text = "the picture of scene " + std::to_string(scene.want.scene) +
                       " does not reach what is asked: " + missed_text(missed);
    if (!scene.can_be_made_again()) return text + "; it is given, so that no other is made";
    text += scene.tries.size() == 1 ? "; 1 picture was made"
                                    : "; it is the best of " + std::to_string(scene.tries.size());
    return scene.why_over.empty() ? text : text + ", and there are no more: " + scene.why_over;
  }

  Result<std::vector<Asset>> decide() {
    std::vector<Asset> pictures;
    std::vector<storage::PictureTries::Kept> kept;
    for (Scene& scene : scenes_) {
      const PictureTry* const earlier = scene.reach.empty() ? nullptr : scene.kept();
      const PictureTry* const chosen = earlier != nullptr || scene.reach.empty() ? earlier : scene.best();
      if (chosen == nullptr) {  // nothing is asked of it
        pictures.push_back(scene.came.front().asset);
        continue;
      }
      pictures.push_back(scene.assets.at(chosen->asset_id));
      if (earlier != nullptr) continue;
      kept.push_back({chosen->scene, chosen->number});
      const auto missed = scene.missed();
      if (missed.empty()) continue;
      if (request_.quality.pictures.otherwise == Otherwise::fail) {
        return Error{Code::quality_not_reached,
                     told(scene, missed) + "; retry the job for as many tries anew, or ask for less",
                     scene.want.path};
      }
      REELD_TRY(gate_.scorer.progress.warn(told(scene, missed), scene.want.path));
    }
    REELD_TRY(tries_.keep(gate_.job.id, kept));
    return pictures;
  }

  const PictureGate& gate_;
  const Request& request_;
  storage::PictureTries tries_;
  std::vector<Scene> scenes_;
};

}  // namespace

bool gates_pictures(const Request& request) {
  for (std::size_t i = 0; i < request.scenes.size(); ++i) {
    if (!bars_of(request, i).empty()) return true;
  }
  return false;
}

Result<std::vector<Asset>> fetch_good_pictures(const PictureGate& gate, const Request& request,
                                               const FetchProgress& progress) {
  return Gating(gate, request).run(progress);
}

}  // namespace reeld::engine
