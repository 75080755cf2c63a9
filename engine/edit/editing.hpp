// A request while edits are made in it: what every edit does, one function each (engine/edit/edits.hpp).
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "engine/edit/speech_wish.hpp"
#include "engine/request.hpp"

namespace reeld::engine {

class Editing {
 public:
  Editing(Json request, SpeechWish wish_of);

  // The edit of that number. Errors: invalid_request, unknown_field; path as in edits.hpp.
  Result<void> apply(const Json& edit, std::size_t number);

  const Json& request() const { return request_; }
  const std::vector<int>& origins() const { return origins_; }
  // Where the last edit wrote into the request, and from which of its own fields.
  struct Written {
    std::string request_path, field;
  };
  const std::vector<Written>& written() const { return written_; }

 private:
  struct Kind;
  static const std::vector<Kind>& kinds();

  Result<void> check_fields(const Kind& kind, const Json& edit) const;
  Error refuse(const std::string& field, const std::string& why) const;
  // The scene that the edit names.
  Result<std::size_t> scene_of(const Json& edit) const;
  Result<std::size_t> position_of(const Json& edit, std::size_t most) const;
  Json& scenes() { return request_["scenes"]; }
  // Writes the edit's field into the scene's; null takes it out.
  void write(std::size_t scene, const char* name, const Json& value);

  Result<void> trim(const Json& edit);
  Result<void> move(const Json& edit);
  Result<void> reorder(const Json& edit);
  Result<void> remove(const Json& edit);
  Result<void> insert(const Json& edit);
  Result<void> set_text(const Json& edit);
  Result<void> set_speech(const Json& edit);
  // What is to be said in other words.
  Result<Json> without_words(std::size_t scene);
  Result<void> set_in_scene(const Json& edit, const char* name);
  Result<void> set_in_film(const Json& edit, const char* name);
  Result<void> set_output(const Json& edit);
  void take_order(const std::vector<std::size_t>& order);
  void end_without_transition();

  Json request_;
  SpeechWish wish_of_;
  std::vector<int> origins_;
  std::string path_;  // of the edit at work
  std::vector<Written> written_;
};

}  // namespace reeld::engine
