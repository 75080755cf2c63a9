#include "engine/script/answer_json.hpp"

#include "engine/request_schema_check.hpp"
#include "engine/schema_explain.hpp"

namespace reeld::engine {
namespace {

// How it begins and how it ends: enough to see what kind of answer it was.
std::string excerpt(const std::string& answer) {
  constexpr std::size_t kBegin = 200, kEnd = 80;
  const bool whole = answer.size() <= kBegin + kEnd;
  const std::string text =
      whole ? answer : answer.substr(0, kBegin) + " ... " + answer.substr(answer.size() - kEnd);
  return Json(text).dump(-1, ' ', false, Json::error_handler_t::replace);
}

// What stands between ```json and ```, where the answer is wrapped so.
std::string without_fences(const std::string& answer) {
  const std::size_t open = answer.find_first_not_of(" \t\r\n");
  if (open == std::string::npos || answer.compare(open, 3, "```") != 0) return answer;
  const std::size_t begin = answer.find('\n', open);
  if (begin == std::string::npos) return answer;
  const std::size_t close = answer.rfind("```");
  return answer.substr(begin, close > begin ? close - begin : std::string::npos);
}

}  // namespace

Error malformed_answer(const std::string& what, const std::string& answer, Code code) {
  return {code, "the writer's answer " + what + "; it said " + (answer.empty() ? "nothing" : excerpt(answer)),
          ""};
}

Result<Json> json_of_answer(const std::string& answer, const Json& schema) {
  const std::string text = without_fences(answer);
  Json json;
  try {
    json = Json::parse(text);
  } catch (const Json::parse_error& error) {
    const bool cut = error.byte > text.size();
    return cut ? malformed_answer("is cut off", answer, Code::response_truncated)
               : malformed_answer("is no JSON (at byte " + std::to_string(error.byte) + ")", answer);
  }
  const auto sound = check_values(json);
  if (!sound) return malformed_answer("is not usable: " + sound.error().message, answer);
  if (const auto error = explain(schema, schema, json, ""))
    return malformed_answer("has another form: " + error->message, answer);
  return json;
}

bool is_blank(const std::string& text) {
  return text.find_first_not_of(" \t\r\n") == std::string::npos;
}

}  // namespace reeld::engine
