#include "engine/takes/take_wishes.hpp"

#include <algorithm>
#include <cctype>

#include "engine/named_model.hpp"
#include "providers/wishes.hpp"

namespace reeld::engine {
namespace {

using providers::Capability;
using providers::ProviderInfo;

constexpr std::uint64_t kMaxSeed = (std::uint64_t{1} << 53) - 1;  // what a wish takes

Error refuse(const std::string& why, const std::string& path) {
  return {Code::invalid_request, why, path};
}

bool is_blank(const std::string& text) {
  return text.find_first_not_of(" \t\r\n") == std::string::npos;
}

// Those that look for what is there make nothing of words.
bool makes_things(const ProviderInfo& info) {
  return info.kind != "file" && info.kind != "folder" && info.kind != "url";
}

// Whoever can be asked now: first those that need no network, since they cost nothing.
std::vector<ProviderInfo> makers(const TakeProviders& providers, Capability capability) {
  std::vector<ProviderInfo> found;
  for (ProviderInfo& info : providers.registry.list()) {
    const bool able = std::ranges::find(info.capabilities, capability) != info.capabilities.end();
    if (able && info.why_not.empty() && makes_things(info)) found.push_back(std::move(info));
  }
  std::ranges::stable_sort(found, {}, [&](const ProviderInfo& info) {
    return providers.not_set_up.contains(info.name) ? 2 : info.offline ? 0 : 1;
  });
  return found;
}

bool has_model(const ProviderInfo& info, Capability capability, const std::string& model) {
  const auto known = info.models.find(capability);
  return known != info.models.end() && std::ranges::find(known->second, model) != known->second.end();
}

Result<std::string> named_provider(const providers::Registry& registry, Capability capability,
                                   const std::string& name) {
  const auto found = registry.find(name, capability);
  if (!found) return Error{found.error().code, found.error().message, "/provider"};
  if (makes_things((*found)->info())) return name;
  return refuse("\"" + name + "\" makes nothing of words: take_import takes a file of yours", "/provider");
}

// Of those that can be asked, the first that has the model, or the first of all where none is named.
Result<std::string> first_provider(const TakeProviders& providers, Capability capability,
                                   const std::string& model) {
  std::string names;
  for (const ProviderInfo& info : makers(providers, capability)) {
    if (model.empty() || has_model(info, capability, model)) return info.name;
    names += (names.empty() ? "" : ", ") + info.name;
  }
  if (!names.empty()) {
    return Error{Code::model_unavailable,
                 "none of the providers (" + names + ") lists the model \"" + model +
                     "\": say by provider whom to ask",
                 "/model"};
  }
  return Error{Code::provider_unavailable,
               "no provider that makes a " + std::string(providers::capability_name(capability)) +
                   " can be used; `reelctl providers` tells why",
               "/provider"};
}

// "en", "de-AT": what providers take. A front end may have written "German" into its project.
bool is_language_tag(const std::string& text) {
  const auto letters = text.substr(0, text.find('-'));
  const auto is_letter = [](unsigned char c) { return std::isalpha(c) != 0; };
  const auto is_part = [](unsigned char c) { return std::isalnum(c) != 0 || c == '-'; };
  return (letters.size() == 2 || letters.size() == 3) && std::ranges::all_of(letters, is_letter) &&
         text.size() <= 35 && text.back() != '-' && std::ranges::all_of(text, is_part);
}

std::string language_of(const TakeSubject& subject, const Json& params) {
  if (params.contains("language")) return params.at("language").get<std::string>();
  for (const std::string& language : {subject.project.language, subject.settings.default_language}) {
    if (is_language_tag(language)) return language;
  }
  return "";
}

void put(Json& target, const char* name, const std::string& value) {
  if (!value.empty()) target[name] = value;
}

void copy_params(Json& target, const Json& params, std::initializer_list<const char*> names) {
  for (const char* name : names) {
    if (params.contains(name)) target[name] = params.at(name);
  }
}

storage::Take take_for(const TakeSubject& subject, const std::string& type) {
  storage::Take take;
  take.project_id = subject.project.id;
  if (subject.scene) take.scene_id = subject.scene->id;
  take.type = type;
  return take;
}

void add_line(std::string& text, const std::string& line) {
  if (!is_blank(line)) text += (text.empty() ? "" : "\n") + line;
}

// The words given outright stand alone; else those of the scene, how it is to look, and what it is a part of.
std::string picture_prompt(const TakeSubject& subject, const Json& params) {
  std::string prompt = params.value("prompt", "");
  const bool outright = params.contains("prompt");
  if (!outright && subject.scene) add_line(prompt, subject.scene->text);
  add_line(prompt, params.value("style", outright ? "" : subject.settings.default_image_style));
  if (outright || is_blank(prompt)) return prompt;  // what it is a part of is no subject
  if (!subject.project.category.empty()) add_line(prompt, "Category: " + subject.project.category);
  if (!subject.project.tone.empty()) add_line(prompt, "Tone: " + subject.project.tone);
  return prompt;
}

// Who draws, and by which model. What the user prefers holds where nobody says otherwise, and where it is the
// provider asked for that has it.
Result<NamedModel> painter_of(const TakeSubject& subject, const Json& params,
                              const TakeProviders& providers) {
  const auto asked = [&] {
    return named_provider(providers.registry, Capability::picture, params.at("provider").get<std::string>());
  };
  if (params.contains("model")) {
    const auto model = params.at("model").get<std::string>();
    REELD_ASSIGN(const std::string provider, params.contains("provider")
                                                 ? asked()
                                                 : first_provider(providers, Capability::picture, model));
    return NamedModel{provider, model};
  }
  const std::string& preferred = subject.settings.image_model;
  const auto named =
      preferred.empty() ? std::nullopt
                        : named_model(makers(providers, Capability::picture), Capability::picture, preferred);
  if (params.contains("provider")) {
    REELD_ASSIGN(const std::string provider, asked());
    return named && named->provider == provider ? *named : NamedModel{provider};
  }
  if (named) return *named;
  REELD_ASSIGN(const std::string provider, first_provider(providers, Capability::picture, preferred));
  return NamedModel{provider, preferred};
}

// Numbers that no two takes share, so that takes that are not told a seed differ from each other.
std::uint64_t seed_of(const std::string& id) {
  return id.size() < 8 ? 0 : std::stoull(id.substr(id.size() - 8), nullptr, 16);
}

}  // namespace

Result<storage::Take> speech_take(const TakeSubject& subject, const Json& params,
                                  const TakeProviders& providers) {
  if (is_blank(subject.scene->text)) {
    return refuse("scene " + std::to_string(subject.scene->position) + " has no text to be spoken", "/scene");
  }
  const storage::Settings& settings = subject.settings;
  const std::string asked = params.value("provider", settings.tts_provider);
  storage::Take take = take_for(subject, "AUDIO");
  REELD_ASSIGN(take.provider, asked.empty() ? first_provider(providers, Capability::speech, "")
                                            : named_provider(providers.registry, Capability::speech, asked));
  // A voice is a provider's: the preferred one goes with the preferred provider.
  const bool preferred = !params.contains("provider") || asked == settings.tts_provider;
  take.voice_id = params.value("voice", preferred ? settings.default_tts_voice : "");
  take.model = params.value("model", "");
  take.speed = params.value("speed", 1.0);
  take.prompt = subject.scene->text;
  take.allow_fallback = params.value("allow_fallback", false);
  take.params = {{"text", subject.scene->text}, {"speed", *take.speed}};
  put(take.params, "voice", take.voice_id);
  put(take.params, "model", take.model);
  put(take.params, "language", language_of(subject, params));
  copy_params(take.params, params, {"options"});
  REELD_TRY(providers::speech_wish(wish_of(take)));
  return take;
}

Result<std::vector<storage::Take>> picture_takes(const TakeSubject& subject, const Json& params,
                                                 const TakeProviders& providers) {
  storage::Take take = take_for(subject, "IMAGE");
  REELD_ASSIGN(const NamedModel painter, painter_of(subject, params, providers));
  take.provider = painter.provider;
  take.model = painter.model;
  take.prompt = picture_prompt(subject, params);
  if (is_blank(take.prompt)) {
    return refuse("there are no words for a picture: give a prompt or a style, or the scene a text",
                  "/prompt");
  }
  take.allow_fallback = params.value("allow_fallback", false);
  take.params = {{"prompt", take.prompt}};
  put(take.params, "model", take.model);
  copy_params(take.params, params,
              {"negative_prompt", "width", "height", "aspect", "seed", "references", "options"});
  REELD_TRY(providers::picture_wish(wish_of(take)));
  std::vector<storage::Take> takes(static_cast<std::size_t>(params.value("count", 1)), take);
  for (std::size_t i = 0; i < takes.size() && params.contains("seed"); ++i)
    takes[i].params["seed"] = (params.at("seed").get<std::uint64_t>() + i) & kMaxSeed;
  return takes;
}

storage::Take imported_take(const TakeSubject& subject, const std::string& type, const std::string& file) {
  storage::Take take = take_for(subject, type);
  take.provider = "file";
  take.params = {{"file", file}};
  if (type == "AUDIO") take.speed = 1;
  return take;
}

providers::Wish wish_of(const storage::Take& take) {
  providers::Wish wish;
  wish.capability = take.type == "IMAGE" ? Capability::picture : Capability::speech;
  wish.params = take.params;
  wish.base_dir = "/";
  wish.seed = seed_of(take.id);
  wish.allow_fallback = take.allow_fallback;
  return wish;
}

}  // namespace reeld::engine
