// What takes ask of a provider: made of what a client says, what the user prefers, and the scene and project
// that they are for. Pure.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "providers/provider.hpp"
#include "storage/projects.hpp"
#include "storage/takes.hpp"
#include "storage/users.hpp"

namespace reeld::engine {

using Json = nlohmann::json;

struct TakeSubject {
  storage::Project project;
  std::optional<storage::Scene> scene;  // nullopt: of the whole project
  storage::Settings settings;           // of the project's user
};

struct TakeProviders {
  const providers::Registry& registry;
  // Services that are there by default and that nobody set up: they may not be running, and come last.
  std::set<std::string> not_set_up = {};
};

// The scene's text, spoken. `params` are those of scene_speech (docs/protocol/takes.md). Errors, with the
// path of the parameter: invalid_request, provider_unavailable.
Result<storage::Take> speech_take(const TakeSubject& subject, const Json& params,
                                  const TakeProviders& providers);

// One a variant. `params` are those of scene_picture. Errors: the same; model_unavailable where nobody says
// who makes it and no provider has that model.
Result<std::vector<storage::Take>> picture_takes(const TakeSubject& subject, const Json& params,
                                                 const TakeProviders& providers);

// A user's own file: of type IMAGE or AUDIO.
storage::Take imported_take(const TakeSubject& subject, const std::string& type, const std::string& file);

// As recorded, so that it is the same whenever the take is taken up.
providers::Wish wish_of(const storage::Take& take);

}  // namespace reeld::engine
