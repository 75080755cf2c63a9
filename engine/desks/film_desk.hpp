// Films of projects, and of assets that are there.
#pragma once

#include "engine/desks/desk.hpp"
#include "engine/project/film.hpp"

namespace reeld::engine {

class FilmDesk {
 public:
  explicit FilmDesk(const DeskTools& tools) : tools_(tools) {}
  Handlers handlers();

 private:
  Result<Film> film_of_project(const Json& params);
  Result<Json> request(const Json& params);
  Result<Json> render(const Json& params);
  Result<Json> from_assets(const Json& params);
  Result<Json> submit(const Json& params, Film film, const std::string& project_id,
                      const std::string& user_id, std::optional<storage::JobScript> script);

  const DeskTools& tools_;
};

}  // namespace reeld::engine
