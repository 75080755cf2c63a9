// Groups: one request and its variations, rendered side by side, compared by metric, shown together in a
// contact sheet and in one film.
#pragma once

#include <functional>
#include <vector>

#include "engine/asked_work.hpp"
#include "engine/comparison.hpp"
#include "engine/desks/desk.hpp"

namespace reeld::engine {

class GroupDesk {
 public:
  // Removes what works that a daemon's end cut short left in the data directory.
  explicit GroupDesk(const DeskTools& tools);
  Handlers handlers();

 private:
  Result<Json> create(const Json& params);
  Result<Json> show(const Json& params);
  Result<Json> list(const Json& params);
  Result<Json> remove(const Json& params);
  Result<Json> compare(const Json& params);
  Result<Json> sheet(const Json& params);
  Result<Json> side_by_side(const Json& params);

  Result<Json> brief_group(const storage::Group& group);
  Json brief_film(const ComparedFilm& film) const;
  Result<Json> whole(const storage::Group& group);

  // Films that are compared, those that are left out, and where what is made of them goes.
  struct Shown {
    std::string group, target;
    std::vector<ComparedFilm> films;
    Json left_out = Json::array();
  };
  Result<Shown> shown(const Json& params, const std::vector<std::string>& endings);
  // Has a worker make the file of `task`, which lacks "out", and tells how that does. `finish` has what the
  // worker answered, and gives what is answered for it.
  using Finish = std::function<Json(const Json& made, std::int64_t size_bytes)>;
  Result<Json> make(const std::string& what, const Shown& shown, Json task, Json unfinished, Finish finish);
  Result<Json> measure(const std::vector<ComparedFilm>& films, const std::atomic<bool>& stop,
                       std::atomic<double>& done);
  AskedWork::Ended told(const std::string& what, const std::string& group, const std::string& target) const;

  const DeskTools& tools_;
  AskedWork works_;
};

}  // namespace reeld::engine
