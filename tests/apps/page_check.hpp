// Holds a page of the protocol against a real daemon.
#pragma once

#include <functional>
#include <set>
#include <string>

#include "tests/apps/daemon.hpp"
#include "tests/ipc/protocol_page.hpp"

namespace reeld::test {

// A page's parameters with their ids, files and folders replaced by those that are here.
using ParamsOf = std::function<Json(const std::string& method, Json params)>;

// Sends every request of the page that is answered, in the page's order, and compares the shapes; the maps at
// `open` have keys that are data (protocol_page.hpp). Gives how many there were.
int check_answers(Daemon& daemon, const ProtocolPage& page, const ParamsOf& params_of,
                  const std::set<std::string>& open = {});

// Sends every request of the page that is refused, as it stands there, and compares word for word. What the
// client library cannot send wrongly, a broken envelope, is passed over.
int check_refusals(Daemon& daemon, const ProtocolPage& page);

}  // namespace reeld::test
