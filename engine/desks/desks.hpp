// All desks, as one.
#pragma once

#include "engine/desks/edit_desk.hpp"
#include "engine/desks/job_desk.hpp"

namespace reeld::engine {

class Desks {
 public:
  explicit Desks(const DeskTools& tools) : tools_(tools) {}
  Handlers handlers();

 private:
  const DeskTools tools_;
  JobDesk jobs_{tools_};
  EditDesk edits_{tools_};
};

}  // namespace reeld::engine
