// Where reeld listens when nobody says otherwise.
#pragma once

#include <string>

#include "base/result.hpp"

namespace reeld::ipc {

// ipc://$XDG_RUNTIME_DIR/reeld/reeld.sock, or ipc:///tmp/reeld-UID/reeld.sock where there is no runtime
// directory.
std::string default_endpoint();

// Progress events have a socket beside that of the requests: ipc://PATH-events; tcp://HOST:PORT+1.
std::string events_endpoint_for(const std::string& endpoint);

// Makes an ipc endpoint's folder (0700) where it is not there, and refuses one that belongs to somebody else
// or that others may write to, a path that is relative or too long for a socket, and one where another
// program listens or something stands that is no socket. Other transports pass.
Result<void> prepare_endpoint(const std::string& endpoint);

// The file of an ipc endpoint; empty for other transports.
std::string socket_file(const std::string& endpoint);

}  // namespace reeld::ipc
