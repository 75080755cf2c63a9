#include "providers/wishes.hpp"

#include <cmath>

#include "providers/fields.hpp"

namespace reeld::providers {
namespace {

constexpr std::size_t kMaxPromptBytes = 32000;
constexpr std::size_t kMaxSpokenBytes = 100000;
constexpr std::size_t kMaxNameBytes = 200;
constexpr std::size_t kMaxReferences = 8;
constexpr int kMaxCount = 8;
constexpr int kMinSide = 64, kMaxSide = 8192;
constexpr int kDefaultSide = 1024;

// "16:9" as two numbers; {0, 0} for what is none.
std::pair<int, int> aspect_of(const std::string& text) {
  const auto colon = text.find(':');
  const auto digits = [](const std::string& part) {
    return !part.empty() && part.size() <= 3 && part.find_first_not_of("0123456789") == std::string::npos;
  };
  if (colon == std::string::npos || !digits(text.substr(0, colon)) || !digits(text.substr(colon + 1)))
    return {0, 0};
  return {std::stoi(text.substr(0, colon)), std::stoi(text.substr(colon + 1))};
}

// What is asked for, else the frame's size, else a square.
void settle_size(Fields& fields, const Wish& wish, PictureWish& picture) {
  const int width = fields.integer("width", 0, kMinSide, kMaxSide);
  const int height = fields.integer("height", 0, kMinSide, kMaxSide);
  const std::string aspect = fields.text("aspect", "", 7);
  if ((width == 0) != (height == 0))
    fields.fail(width == 0 ? "width" : "height", "is needed beside the other one");
  if (!aspect.empty() && width != 0)
    fields.fail("aspect", "says again what width and height say; give one of the two");
  picture.width = width != 0 ? width : wish.width != 0 ? wish.width : kDefaultSide;
  picture.height = height != 0 ? height : wish.height != 0 ? wish.height : kDefaultSide;
  if (aspect.empty()) return;
  const auto [x, y] = aspect_of(aspect);
  if (x == 0 || y == 0 || x > 20 * y || y > 20 * x) {
    fields.fail("aspect", "is \"" + aspect + "\": it must be two numbers such as \"16:9\"");
    return;
  }
  const double area = static_cast<double>(picture.width) * picture.height;
  picture.width = static_cast<int>(std::lround(std::sqrt(area * x / y)));
  picture.height = static_cast<int>(std::lround(std::sqrt(area * y / x)));
}

}  // namespace

Result<PictureWish> picture_wish(const Wish& wish) {
  Fields fields(wish.params, {"provider", "prompt", "negative_prompt", "style", "model", "seed", "count",
                              "aspect", "width", "height", "references", "options"});
  PictureWish picture;
  picture.prompt = fields.needed_text("prompt", kMaxPromptBytes);
  const std::string style = fields.text("style", "", kMaxPromptBytes);
  if (!style.empty()) picture.prompt += "\n" + style;
  picture.negative_prompt = fields.text("negative_prompt", "", kMaxPromptBytes);
  picture.model = fields.text("model", "", kMaxNameBytes);
  picture.seed = fields.seed("seed");
  picture.count = fields.integer("count", 1, 1, kMaxCount);
  for (const std::string& file : fields.texts("references", kMaxReferences)) {
    picture.references.push_back({(wish.base_dir / file).lexically_normal()});
  }
  picture.options = fields.object("options");
  settle_size(fields, wish, picture);
  REELD_TRY(fields.result());
  return picture;
}

Result<SpeechWish> speech_wish(const Wish& wish) {
  // volume_db and delay are the engine's.
  Fields fields(wish.params, {"provider", "text", "voice", "model", "speed", "pitch", "language", "seed",
                              "options", "volume_db", "delay"});
  SpeechWish speech;
  speech.text = fields.needed_text("text", kMaxSpokenBytes);
  speech.voice = fields.text("voice", "", kMaxNameBytes);
  speech.model = fields.text("model", "", kMaxNameBytes);
  speech.language = fields.text("language", "", 35);
  speech.speed = fields.number("speed", 1, 0.25, 4);
  speech.pitch = fields.number("pitch", 1, 0, 2);
  speech.seed = fields.seed("seed");
  speech.options = fields.object("options");
  REELD_TRY(fields.result());
  return speech;
}

Result<ScriptWish> script_wish(const Wish& wish) {
  Fields fields(wish.params, {"provider", "messages", "schema", "model", "temperature", "max_output_tokens",
                              "seed", "options"});
  ScriptWish script;
  script.model = fields.text("model", "", kMaxNameBytes);
  script.temperature = fields.optional_number("temperature", 0, 2);
  script.max_output_tokens = fields.integer("max_output_tokens", script.max_output_tokens, 1, 1 << 20);
  script.seed = fields.seed("seed");
  script.options = fields.object("options");
  if (wish.params.is_object() && wish.params.contains("schema")) script.schema = fields.object("schema");
  const auto messages = wish.params.is_object() ? wish.params.find("messages") : wish.params.end();
  if (messages == wish.params.end() || !messages->is_array() || messages->empty()) {
    fields.fail("messages", "must be a list of at least one message");
  } else {
    for (std::size_t i = 0; i < messages->size(); ++i) {
      Fields message((*messages)[i], {"role", "text"}, "/messages/" + std::to_string(i));
      script.messages.push_back({message.choice("role", "user", {"system", "user", "assistant"}),
                                 message.needed_text("text", 1 << 20)});
      REELD_TRY(message.result());
    }
  }
  REELD_TRY(fields.result());
  return script;
}

}  // namespace reeld::providers
