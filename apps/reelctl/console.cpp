#include "apps/reelctl/console.hpp"

#include <chrono>
#include <filesystem>
#include <iostream>
#include <iterator>
#include <thread>
#include <utility>

#include "apps/reelctl/words.hpp"
#include "engine/files.hpp"

namespace reeld::reelctl {

namespace fs = std::filesystem;

int Console::answer(const Result<Json>& reply, const Words& words) const {
  if (!reply) return fail(reply.error());
  if (json) {
    std::cout << reply->dump() << std::endl;
  } else {
    std::cout << words(*reply);
  }
  return 0;
}

int Console::fail(const Error& error) const {
  return reelctl::fail(json, error);
}

int fail(bool json, const Error& error) {
  if (json) {
    std::cout << Json{{"error", engine::to_json(error)}}.dump() << std::endl;
  } else {
    std::cerr << "reelctl: " << error_line(engine::to_json(error));
  }
  return 1;
}

Result<Json> read_request(const std::string& file) {
  std::string text;
  if (file == "-") {
    text.assign(std::istreambuf_iterator<char>(std::cin), {});
  } else {
    auto read = engine::read_text(file);
    if (!read) return read.error();
    text = *std::move(read);
  }
  try {
    return Json::parse(text, nullptr, true, true);
  } catch (const Json::parse_error& error) {
    return Error{Code::invalid_request, file + " is no JSON: " + error.what()};
  }
}

std::string base_of(const std::string& file) {
  const fs::path base = file == "-" ? fs::current_path() : fs::absolute(file).parent_path();
  return base.lexically_normal().string();
}

std::string absolute(const std::string& path) {
  return fs::absolute(path).lexically_normal().string();
}

Result<Json> until_done(const Console& console, const std::string& method, const Json& params,
                        const std::function<void(const Json& reply)>& meanwhile) {
  constexpr auto kPoll = std::chrono::milliseconds(100);
  auto reply = console.client.call(method, params);
  while (reply && reply->at("status") != "done") {
    meanwhile(*reply);
    std::this_thread::sleep_for(kPoll);
    reply = console.client.call(method, params);
  }
  return reply;
}

}  // namespace reeld::reelctl
