// Editing sessions: edits of a film, gathered, looked at, and rendered as a new version of it.
#pragma once

#include "engine/desks/desk.hpp"
#include "engine/edit/edits.hpp"
#include "storage/edits.hpp"

namespace reeld::engine {

class EditDesk {
 public:
  explicit EditDesk(const DeskTools& tools)
      : tools_(tools), sessions_(tools.database), wish_of_(speech_wish_from(tools.database)) {}
  Handlers handlers();

 private:
  // A session with the film that it edits and what comes of that.
  struct Opened {
    storage::EditingSession session;
    storage::Job film;
    Edited edited;
  };

  Result<Json> open(const Json& params);
  Result<Json> change(const Json& params);
  Result<Json> list(const Json& params);
  Result<Json> preview(const Json& params);
  Result<Json> render(const Json& params);
  Result<Json> versions(const Json& params);
  Result<Opened> opened(const Json& params);
  Result<storage::NewJob> version_of(const Opened& opened, const std::string& target);
  Result<Json> answer(const Result<storage::EditingSession>& session);
  Json record(const storage::EditingSession& session);

  const DeskTools& tools_;
  storage::Edits sessions_;
  SpeechWish wish_of_;
};

}  // namespace reeld::engine
