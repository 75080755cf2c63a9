#include "providers/plugin/messages.hpp"

#include <algorithm>
#include <array>
#include <fstream>

#include "providers/fields.hpp"
#include "providers/media_type.hpp"
#include "providers/services/picture_bytes.hpp"
#include "providers/wishes.hpp"

namespace reeld::providers {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr std::size_t kMaxDeliveries = 8;
constexpr std::size_t kMaxWords = 100000;
constexpr std::size_t kMaxScriptBytes = 4 << 20;
constexpr std::size_t kMaxPictureBytes = 256 << 20;
constexpr std::uint64_t kSeedMask = (std::uint64_t{1} << 53) - 1;  // what JSON's readers hold exactly
constexpr std::int64_t kMaxRetryAfterMs = 24 * 3600 * 1000;

// Errors that a plugin may answer with, and whether another try may do better.
struct ServiceError {
  Code code;
  Remedy remedy;
};
constexpr std::array kServiceErrors = {ServiceError{Code::invalid_request, Remedy::none},
                                       ServiceError{Code::unknown_field, Remedy::none},
                                       ServiceError{Code::provider_failed, Remedy::other_model},
                                       ServiceError{Code::provider_refused, Remedy::other_model},
                                       ServiceError{Code::provider_unreachable, Remedy::later},
                                       ServiceError{Code::provider_unavailable, Remedy::later},
                                       ServiceError{Code::rate_limited, Remedy::later},
                                       ServiceError{Code::quota_exceeded, Remedy::other_model},
                                       ServiceError{Code::key_invalid, Remedy::none},
                                       ServiceError{Code::model_unavailable, Remedy::other_model},
                                       ServiceError{Code::response_malformed, Remedy::other_model},
                                       ServiceError{Code::response_media_type, Remedy::other_model},
                                       ServiceError{Code::response_truncated, Remedy::later},
                                       ServiceError{Code::address_not_allowed, Remedy::none},
                                       ServiceError{Code::picture_invalid, Remedy::other_model},
                                       ServiceError{Code::audio_invalid, Remedy::other_model},
                                       ServiceError{Code::file_missing, Remedy::none},
                                       ServiceError{Code::limit_exceeded, Remedy::none},
                                       ServiceError{Code::timed_out, Remedy::later},
                                       ServiceError{Code::cancelled, Remedy::none}};

// The first wrong field, as an answer that is not of the documented form.
Result<void> as_documented(const Fields& fields) {
  if (const auto result = fields.result(); !result) {
    return Error{Code::response_malformed, "the plugin's answer is not as documented: " +
                                               result.error().path + " " + result.error().message};
  }
  return {};
}

bool same_text(const std::string& a, const std::string& b) {
  // In the time of the longer one, so that it tells nothing of how much was right.
  std::size_t difference = a.size() ^ b.size();
  for (std::size_t i = 0; i < std::max(a.size(), b.size()); ++i)
    difference |= static_cast<std::size_t>((i < a.size() ? a[i] : 0) ^ (i < b.size() ? b[i] : 0));
  return difference == 0;
}

json seed_json(const std::optional<std::uint64_t>& seed) {
  return seed ? json(*seed) : json(nullptr);
}

Result<json> picture_fields(const Wish& wish) {
  REELD_ASSIGN(const PictureWish picture, picture_wish(wish));
  json references = json::array();
  for (const Reference& reference : picture.references) references.push_back(reference.file.string());
  const std::uint64_t open_seed = (wish.seed + static_cast<std::uint64_t>(wish.index)) & kSeedMask;
  return json{{"prompt", picture.prompt},
              {"negative_prompt", picture.negative_prompt},
              {"width", picture.width},
              {"height", picture.height},
              {"seed", picture.seed.value_or(open_seed)},
              {"count", picture.count},
              {"references", std::move(references)},
              {"options", picture.options}};
}

Result<json> speech_fields(const Wish& wish) {
  REELD_ASSIGN(const SpeechWish speech, speech_wish(wish));
  return json{{"text", speech.text},      {"voice", speech.voice}, {"language", speech.language},
              {"speed", speech.speed},    {"pitch", speech.pitch}, {"seed", seed_json(speech.seed)},
              {"options", speech.options}};
}

Result<json> script_fields(const Wish& wish) {
  REELD_ASSIGN(const ScriptWish script, script_wish(wish));
  json messages = json::array();
  for (const Message& message : script.messages)
    messages.push_back({{"role", message.role}, {"text", message.text}});
  return json{{"messages", std::move(messages)},
              {"schema", script.schema},
              {"temperature", script.temperature ? json(*script.temperature) : json(nullptr)},
              {"max_output_tokens", script.max_output_tokens},
              {"seed", seed_json(script.seed)},
              {"options", script.options}};
}

Result<json> sound_fields(const Wish& wish) {
  Fields fields(wish.params,
                beside_the_engines({"provider", "prompt", "model", "seconds", "seed", "options"}));
  const std::string prompt = fields.needed_text("prompt", 32000);
  const double seconds = fields.number("seconds", 10, 0.1, 3600);
  fields.text("model", "", 200);
  const auto seed = fields.seed("seed");
  const json options = fields.object("options");
  REELD_TRY(fields.result());
  return json{{"prompt", prompt}, {"seconds", seconds}, {"seed", seed_json(seed)}, {"options", options}};
}

Error malformed(const std::string& why) {
  return Error{Code::response_malformed, "the plugin's result is not as documented: " + why};
}

// The file as it is, resolved; inside `scratch`, regular, not empty.
Result<fs::path> delivered_file(const std::string& named, const fs::path& scratch) {
  std::error_code failure;
  const fs::path root = fs::canonical(scratch, failure);
  const fs::path file = failure ? fs::path() : fs::canonical(root / named, failure);
  if (failure) return malformed("it delivers \"" + named + "\", which is not there");
  const auto [end, ignored] = std::mismatch(root.begin(), root.end(), file.begin(), file.end());
  if (end != root.end()) {
    return Error{Code::path_not_allowed,
                 "the plugin delivers \"" + named + "\", which lies outside the folder it was given"};
  }
  if (!fs::is_regular_file(file, failure)) return malformed("\"" + named + "\" is no regular file");
  if (fs::file_size(file, failure) == 0 || failure) return malformed("\"" + named + "\" is empty");
  return file;
}

std::string beginning_of(const fs::path& file, std::size_t size) {
  std::string bytes(size, '\0');
  std::ifstream in(file, std::ios::binary);
  in.read(bytes.data(), static_cast<std::streamsize>(size));
  bytes.resize(static_cast<std::size_t>(in.gcount()));
  return bytes;
}

// What the file begins as must be what the plugin says it is, and of the kind that was asked for.
Result<std::string> media_type_in(const fs::path& file, const std::string& said, Capability capability) {
  const std::string found = sniffed_media_type(beginning_of(file, 64));
  const std::string kind = capability == Capability::picture ? "image/" : "audio/";
  if (found != said || !found.starts_with(kind)) {
    return Error{Code::response_media_type, "the plugin says that " + file.filename().string() + " is " +
                                                (said.empty() ? "nothing" : said) + "; its bytes are " +
                                                (found.empty() ? "of no known kind" : found) + ", and " +
                                                kind + "* was asked for"};
  }
  const bool has_size =
      found == "image/png" || found == "image/jpeg" || found == "image/webp" || found == "image/gif";
  if (has_size) {
    std::error_code failure;
    const auto size = fs::file_size(file, failure);
    if (failure || size > kMaxPictureBytes) return malformed("the picture has more than 256 MiB");
    REELD_TRY(picture_size(beginning_of(file, size)));
  }
  return found;
}

Result<std::vector<WordTime>> words_in(const json& one) {
  std::vector<WordTime> words;
  const auto said = one.find("words");
  if (said == one.end()) return words;
  if (!said->is_array() || said->size() > kMaxWords) return malformed("\"words\" must be a list");
  double last = 0;
  for (const json& word : *said) {
    Fields fields(word, {"text", "start", "end"}, "/words");
    WordTime time{fields.text("text", "", 4096), fields.number("start", 0, 0, 86400),
                  fields.number("end", 0, 0, 86400)};
    REELD_TRY(as_documented(fields));
    if (time.start_seconds < last || time.end_seconds < time.start_seconds)
      return malformed("its words are not in order");
    last = time.start_seconds;
    words.push_back(std::move(time));
  }
  return words;
}

Provenance provenance_in(Fields& fields) {
  Provenance made;
  constexpr int kMany = 1 << 30;
  made.model_used = fields.text("model", "", 200);
  made.input_tokens = fields.integer("input_tokens", 0, 0, kMany);
  made.output_tokens = fields.integer("output_tokens", 0, 0, kMany);
  made.thought_tokens = fields.integer("thought_tokens", 0, 0, kMany);
  made.cached_tokens = fields.integer("cached_tokens", 0, 0, kMany);
  made.cost_usd = fields.optional_number("cost_usd", 0, 1e6);
  made.seed = fields.seed("seed");
  made.confidence = fields.optional_number("confidence", 0, 1);
  made.metadata = fields.object("metadata");
  return made;
}

Result<Delivery> delivery_in(const json& one, const Wish& wish, const fs::path& scratch) {
  Fields fields(
      one, {"file", "media_type", "source_type", "text", "words", "model", "input_tokens", "output_tokens",
            "thought_tokens", "cached_tokens", "cost_usd", "seed", "confidence", "metadata"});
  Delivery delivery;
  const std::string file = fields.text("file", "", 4096);
  const std::string said = fields.text("media_type", "", 100);
  delivery.text = fields.text("text", "", kMaxScriptBytes);
  delivery.source_type = fields.choice("source_type", "GENERATED", {"GENERATED", "STOCK"});
  delivery.provenance = provenance_in(fields);
  REELD_TRY(as_documented(fields));
  if (wish.capability == Capability::script) {
    if (delivery.text.empty()) return malformed("a script needs \"text\"");
    const bool wants_json = wish.params.is_object() && wish.params.contains("schema");
    if (wants_json && !json::accept(delivery.text))
      return malformed("JSON was asked for, and \"text\" is none");
    return delivery;
  }
  if (file.empty()) return malformed("a delivery needs \"file\"");
  REELD_ASSIGN(delivery.file, delivered_file(file, scratch));
  REELD_ASSIGN(delivery.media_type, media_type_in(delivery.file, said, wish.capability));
  REELD_ASSIGN(delivery.words, words_in(one));
  return delivery;
}

Remedy remedy_named(const std::string& name, Remedy otherwise) {
  return name == "none"          ? Remedy::none
         : name == "other_model" ? Remedy::other_model
         : name == "later"       ? Remedy::later
                                 : otherwise;
}

}  // namespace

Result<Hello> read_hello(const json& message, const PluginManifest& manifest, const std::string& token) {
  Fields fields(message,
                {"type", "protocol", "token", "name", "version", "capabilities", "models", "limits"});
  const int protocol = fields.integer("protocol", 0, 0, 1 << 20);
  const std::string shown = fields.text("token", "", 1000);
  if (!same_text(shown, token))
    return Error{Code::key_invalid, "its hello has not the token that it was given"};
  if (protocol != kPluginProtocol) {
    return Error{Code::unsupported_version, "it speaks version " + std::to_string(protocol) +
                                                " of the protocol; this reeld speaks " +
                                                std::to_string(kPluginProtocol)};
  }
  const std::string name = fields.text("name"), version = fields.text("version");
  const auto capabilities = fields.texts("capabilities", 4);
  const json models = fields.object("models");
  Hello hello{manifest.models, fields.object("limits")};
  REELD_TRY(as_documented(fields));
  if (name != manifest.name || version != manifest.version) {
    return malformed("its hello says " + name + " " + version + ", its manifest " + manifest.name + " " +
                     manifest.version);
  }
  for (const Capability claimed : manifest.capabilities) {
    const std::string text(capability_name(claimed));
    if (std::ranges::find(capabilities, text) == capabilities.end())
      return malformed("its manifest claims " + text + ", its hello does not");
    Fields named(models, {"picture", "speech", "script", "sound"}, "/models");
    const auto names = named.texts(text.c_str(), 1000, 200);
    REELD_TRY(as_documented(named));
    if (!names.empty()) hello.models[claimed] = names;
  }
  return hello;
}

Result<json> wish_fields(const Wish& wish) {
  switch (wish.capability) {
    case Capability::picture:
      return picture_fields(wish);
    case Capability::speech:
      return speech_fields(wish);
    case Capability::script:
      return script_fields(wish);
    case Capability::sound:
      return sound_fields(wish);
  }
  return Error{Code::internal, "a capability that no plugin can have"};
}

Result<std::vector<Delivery>> read_deliveries(const json& message, const Wish& wish,
                                              const fs::path& scratch) {
  const auto said = message.find("deliveries");
  if (said == message.end() || !said->is_array() || said->empty() || said->size() > kMaxDeliveries)
    return malformed("\"deliveries\" must be a list of 1 to 8");
  std::vector<Delivery> deliveries;
  for (const json& one : *said) {
    REELD_ASSIGN(Delivery delivery, delivery_in(one, wish, scratch));
    deliveries.push_back(std::move(delivery));
  }
  return deliveries;
}

Tried read_error(const json& message, const std::string& plugin) {
  Fields fields(message, {"type", "id", "code", "message", "path", "remedy", "retry_after_ms"});
  const std::string name = fields.text("code", "provider_failed", 100);
  const std::string words = fields.text("message", "it gave no reason", 1 << 16);
  const std::string path = fields.text("path", "", 1000);
  const std::string remedy = fields.text("remedy", "", 20);
  const auto retry_after = fields.optional_number("retry_after_ms", 0, static_cast<double>(kMaxRetryAfterMs));
  const auto known =
      std::ranges::find_if(kServiceErrors, [&](const auto& one) { return code_name(one.code) == name; });
  const bool is_known = known != kServiceErrors.end();
  Tried tried{
      Error{is_known ? known->code : Code::provider_failed, "the plugin " + plugin + ": " + words, path},
      remedy_named(remedy, is_known ? known->remedy : Remedy::other_model), std::nullopt, 0};
  if (retry_after) tried.retry_after = std::chrono::milliseconds(static_cast<std::int64_t>(*retry_after));
  return tried;
}

}  // namespace reeld::providers
