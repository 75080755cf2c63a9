// Users, their keys and what they prefer. Passwords go in and never come out: not in answers, logs or events.
#pragma once

#include "engine/desks/desk.hpp"
#include "storage/users.hpp"

namespace reeld::engine {

class UserDesk {
 public:
  explicit UserDesk(const DeskTools& tools) : tools_(tools) {}
  Handlers handlers();

 private:
  Result<Json> create(const Json& params);
  Result<Json> list(const Json& params);
  Result<Json> update(const Json& params);
  Result<Json> set_password(const Json& params);
  Result<Json> log_in(const Json& params);
  Result<Json> remove(const Json& params);
  Result<Json> add_key(const Json& params);
  Result<Json> remove_key(const Json& params);
  Result<Json> show_settings(const Json& params);
  Result<Json> set_settings(const Json& params);

  // Of the parameter `user`: an id, or else a name; the local user where it is not given.
  Result<storage::User> user_of(const Json& params);
  Result<Json> whole(const storage::User& user);

  const DeskTools& tools_;
};

}  // namespace reeld::engine
