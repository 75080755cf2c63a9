// All desks, as one.
#pragma once

#include "engine/desks/film_desk.hpp"
#include "engine/desks/job_desk.hpp"
#include "engine/desks/project_desk.hpp"
#include "engine/desks/scene_desk.hpp"

namespace reeld::engine {

class Desks {
 public:
  explicit Desks(const DeskTools& tools) : tools_(tools) {}
  Handlers handlers();

 private:
  const DeskTools tools_;
  JobDesk jobs_{tools_};
  ProjectDesk projects_{tools_};
  SceneDesk scenes_{tools_};
  FilmDesk films_{tools_};
};

}  // namespace reeld::engine
