#include "providers/services/openai_requests.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "providers/fields.hpp"
#include "providers/media_type.hpp"
#include "providers/services/multipart.hpp"

namespace reeld::providers {
namespace {

using nlohmann::json;

constexpr int kMaxSpokenLetters = 4096;
constexpr int kStep = 8;  // pixels: what diffusion models work in

struct Size {
  int width = 0, height = 0;
};

bool is_gpt_image(const std::string& model) {
  return model.starts_with("gpt-image") || model.starts_with("chatgpt-image");
}

// OpenAI's own models for words: o1, o3, gpt-5, ...
bool is_own_chat(const std::string& model) {
  return model.starts_with("gpt-") || model.starts_with("chatgpt-") ||
         (model.size() >= 2 && model[0] == 'o' && model[1] >= '0' && model[1] <= '9');
}

bool takes_instructions(const std::string& model) {
  return model.starts_with("gpt-");
}

// "1536x1024"; {0, 0} for anything else.
Size size_in(const std::string& text) {
  Size size;
  char end = 0;
  if (std::sscanf(text.c_str(), "%5dx%5d%c", &size.width, &size.height, &end) != 2 || size.width < 1 ||
      size.height < 1)
    return {};
  return size;
}

std::vector<std::string> usual_sizes(const std::string& model) {
  if (is_gpt_image(model)) return {"1024x1024", "1536x1024", "1024x1536"};
  if (model == "dall-e-3") return {"1024x1024", "1792x1024", "1024x1792"};
  if (model == "dall-e-2") return {"256x256", "512x512", "1024x1024"};
  return {};
}

// The shape counts ten times as much as the area: pixels can be resampled, what was cut away is gone.
std::string nearest_size(const std::vector<std::string>& sizes, int width, int height) {
  const auto distance = [&](const std::string& text) {
    const auto [w, h] = size_in(text);
    const double shape = std::log(static_cast<double>(w) * height / (static_cast<double>(h) * width));
    const double area = std::log(static_cast<double>(w) * h / (static_cast<double>(width) * height));
    return std::abs(shape) + std::abs(area) / 10;
  };
  return *std::ranges::min_element(sizes, {}, distance);
}

std::string size_for(const PictureWish& picture, const OpenAiOptions& options, const std::string& model) {
  const auto sizes = options.sizes.empty() ? usual_sizes(model) : options.sizes;
  if (!sizes.empty()) return nearest_size(sizes, picture.width, picture.height);
  const auto stepped = [](int side) { return std::to_string((side + kStep / 2) / kStep * kStep); };
  return stepped(picture.width) + "x" + stepped(picture.height);
}

json message_of(const std::string& role, const std::string& text) {
  return {{"role", role}, {"content", text}};
}

// What a strict schema is to the API: every object is closed and requires all that it may have.
bool is_strict(const json& schema) {
  if (schema.is_object() && schema.contains("properties") && schema["properties"].is_object()) {
    const json& closed = schema.value("additionalProperties", json());
    if (closed != json(false)) return false;
    const json required = schema.value("required", json::array());
    for (const auto& [name, property] : schema["properties"].items())
      if (std::find(required.begin(), required.end(), json(name)) == required.end()) return false;
  }
  return !schema.is_structured() || std::all_of(schema.begin(), schema.end(), is_strict);
}

}  // namespace

Result<OpenAiOptions> openai_options(const json& told) {
  Fields fields(
      told,
      {"sizes", "quality", "background", "output_format", "picture_answer", "send_seed", "voice", "voices",
       "instructions", "speech_format", "max_text_letters", "max_tokens_field", "reasoning_effort"},
      "/options");
  OpenAiOptions options;
  options.sizes = fields.texts("sizes", 50, 20);
  for (const std::string& size : options.sizes)
    if (size_in(size).width == 0)
      fields.fail("sizes", "has \"" + size + "\": a size is such as \"1536x1024\"");
  options.quality = fields.text("quality", "", 40);
  options.background = fields.text("background", "", 40);
  options.output_format = fields.choice("output_format", "png", {"png", "jpeg", "webp"});
  options.picture_answer = fields.choice("picture_answer", "b64_json", {"b64_json", "url", "unsaid"});
  options.send_seed = fields.boolean("send_seed", false);
  options.voice = fields.text("voice", "alloy", 200);
  options.voices = fields.texts("voices", 500, 200);
  options.instructions = fields.text("instructions", "", 4096);
  options.speech_format = fields.choice("speech_format", "wav", {"wav", "mp3", "flac", "opus", "aac", "pcm"});
  options.max_text_letters = fields.integer("max_text_letters", kMaxSpokenLetters, 1, 100000);
  options.max_tokens_field =
      fields.choice("max_tokens_field", "", {"", "max_tokens", "max_completion_tokens"});
  options.reasoning_effort = fields.text("reasoning_effort", "", 40);
  REELD_TRY(fields.result());
  return options;
}

json openai_picture_body(const PictureWish& picture, const OpenAiOptions& options, const std::string& model,
                         int count, std::optional<std::uint64_t> seed) {
  std::string prompt = picture.prompt;
  if (!picture.negative_prompt.empty()) prompt += "\nLeave out of the picture: " + picture.negative_prompt;
  json body = {
      {"model", model}, {"prompt", prompt}, {"n", count}, {"size", size_for(picture, options, model)}};
  if (!options.quality.empty()) body["quality"] = options.quality;
  if (is_gpt_image(model)) {
    body["output_format"] = options.output_format;
    if (!options.background.empty()) body["background"] = options.background;
  } else if (options.picture_answer != "unsaid") {
    body["response_format"] = options.picture_answer;
  }
  if (seed) body["seed"] = *seed;
  return body;
}

int openai_pictures_a_request(const std::string& model, const OpenAiOptions& options) {
  // With a seed each picture has one of its own.
  return model == "dall-e-3" || options.send_seed ? 1 : 8;
}

void set_edit_form(HttpRequest& request, const json& body, const std::vector<ReferenceBytes>& references) {
  Multipart form;
  for (const auto& [name, value] : body.items())
    form.add_field(name, value.is_string() ? value.get<std::string>() : value.dump());
  for (std::size_t i = 0; i < references.size(); ++i) {
    const std::string name = "reference-" + std::to_string(i) + extension_of(references[i].media_type);
    form.add_file(references.size() == 1 ? "image" : "image[]", name, references[i].media_type,
                  references[i].bytes);
  }
  request.method = "POST";
  request.headers.emplace_back("Content-Type", form.content_type());
  request.body = form.body();
}

json openai_speech_body(const SpeechWish& speech, const OpenAiOptions& options, const std::string& model) {
  json body = {{"model", model},
               {"input", speech.text},
               {"voice", speech.voice.empty() ? options.voice : speech.voice},
               {"response_format", options.speech_format}};
  if (speech.speed != 1) body["speed"] = speech.speed;
  std::string how = options.instructions;
  if (speech.pitch != 1 && takes_instructions(model))
    how += std::string(how.empty() ? "" : " ") + "Speak in a " + (speech.pitch < 1 ? "lower" : "higher") +
           " voice than usual.";
  if (!how.empty()) body["instructions"] = how;
  return body;
}

std::vector<std::string> openai_ignored(const SpeechWish& speech, const std::string& model) {
  std::vector<std::string> ignored;
  if (!speech.language.empty()) ignored.emplace_back("language");
  if (speech.pitch != 1 && !takes_instructions(model)) ignored.emplace_back("pitch");
  if (speech.seed) ignored.emplace_back("seed");
  return ignored;
}

json openai_script_body(const ScriptWish& script, const OpenAiOptions& options, const std::string& model,
                        ScriptForm form) {
  json messages = json::array();
  json body = {{"model", model}};
  if (!script.schema.is_null() && form == ScriptForm::json_schema) {
    body["response_format"] = {
        {"type", "json_schema"},
        {"json_schema",
         {{"name", "answer"}, {"schema", script.schema}, {"strict", is_strict(script.schema)}}}};
  } else if (!script.schema.is_null()) {
    body["response_format"] = {{"type", "json_object"}};
    messages.push_back(message_of("system",
                                  "Answer with one JSON object and nothing else. It satisfies this JSON "
                                  "Schema: " +
                                      script.schema.dump()));
  }
  for (const Message& message : script.messages) messages.push_back(message_of(message.role, message.text));
  body["messages"] = messages;
  const std::string usual = is_own_chat(model) ? "max_completion_tokens" : "max_tokens";
  body[options.max_tokens_field.empty() ? usual : options.max_tokens_field] = script.max_output_tokens;
  if (script.temperature) body["temperature"] = *script.temperature;
  if (script.seed) body["seed"] = *script.seed;
  if (!options.reasoning_effort.empty()) body["reasoning_effort"] = options.reasoning_effort;
  return body;
}

}  // namespace reeld::providers
