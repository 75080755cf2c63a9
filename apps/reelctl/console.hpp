// What a command works with: the daemon, and how a person or a program hears the outcome.
#pragma once

#include <functional>
#include <string>

#include <nlohmann/json.hpp>

#include "base/result.hpp"
#include "ipc/client.hpp"

namespace reeld::reelctl {

using Json = nlohmann::json;

// A reply as text of whole lines.
using Words = std::function<std::string(const Json& reply)>;

struct Console {
  ipc::Client& client;
  bool json;  // --json: replies as they came, one a line

  // Both give the exit status: 0 where there is a reply.
  int answer(const Result<Json>& reply, const Words& words) const;
  int fail(const Error& error) const;
};

// Asks a method whose work is begun by the first call until its `status` is "done", however long that takes;
// `meanwhile` is given each reply before that.
Result<Json> until_done(
    const Console& console, const std::string& method, const Json& params,
    const std::function<void(const Json& reply)>& meanwhile = [](const Json&) {});

// As Console::fail, where there is no daemon to talk to.
int fail(bool json, const Error& error);

// The JSON of a file, comments allowed; "-" reads standard input. Errors: invalid_request, file_missing,
// file_unreadable.
Result<Json> read_request(const std::string& file);

// The folder that a request's relative files are in, absolute: the file's own, the current one for "-".
std::string base_of(const std::string& file);

// The daemon has a current folder of its own, so it is given whole paths.
std::string absolute(const std::string& path);

}  // namespace reeld::reelctl
