// Plugins written by the test: a manifest and a Python program that speaks the protocol by hand, so that it
// can also break every rule of it.
#pragma once

#include <sys/stat.h>

#include <fstream>
#include <mutex>

#include "providers/plugin/plugin_provider.hpp"
#include "tests/providers/provider_helpers.hpp"

namespace reeld::providers {

inline constexpr const char* kPython = "#!/usr/bin/python3\n";

// What a well-behaved plugin begins with: connected as `socket`, its hello said and its welcome read.
inline constexpr const char* kPreamble = R"(
import os, signal, struct, sys, time, zlib
import msgpack, zmq
context = zmq.Context()
socket = context.socket(zmq.DEALER)
socket.linger = 1000
socket.connect(os.environ["REELD_PLUGIN_SOCKET"])
def send(**message): socket.send(msgpack.packb(message))
def receive(): return msgpack.unpackb(socket.recv())
def hello(**changes):
    send(**{**dict(type="hello", protocol=1, token=os.environ["REELD_PLUGIN_TOKEN"], name="test", version="1",
                   capabilities=["picture"]), **changes})
def png(width=8, height=8):
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    rows = b"".join(b"\0" + bytes(3 * width) for _ in range(height))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
            + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))
def deliver(request, name="p.png", data=None, media_type="image/png", **more):
    with open(os.path.join(request["scratch"], name), "wb") as file:
        file.write(png() if data is None else data)
    send(type="result", id=request["id"], deliveries=[dict(file=name, media_type=media_type, **more)])
def requests():
    while True:
        message = receive()
        if message["type"] == "ping": send(type="pong", id=message["id"])
        if message["type"] == "bye": sys.exit(0)
        if message["type"] in ("request", "cancel"): yield message
)";

inline constexpr const char* kMannered = "hello(); welcome = receive()\n";

inline void write_file(const std::filesystem::path& file, const std::string& text, mode_t mode = 0644) {
  std::filesystem::create_directories(file.parent_path());
  std::ofstream(file) << text;
  ::chmod(file.c_str(), mode);
}

// The plugin "test", and what is said about it.
struct PluginFixture {
  TempDir dir;
  std::filesystem::path folder = dir.path() / "plugins/test", scratch = dir.path() / "scratch";
  std::mutex mutex;
  std::vector<std::string> lines;
  PluginOptions options;
  std::unique_ptr<ModelService> service;

  PluginFixture() {
    std::filesystem::create_directories(folder);
    std::filesystem::create_directories(scratch);
    for (const auto& path : {dir.path() / "plugins", folder}) ::chmod(path.c_str(), 0755);
    options.log = [this](const std::string&, const std::string& line) {
      const std::lock_guard lock(mutex);
      lines.push_back(line);
    };
    options.run_dir = dir.path();
    options.restart.first_delay = std::chrono::milliseconds(10);
  }

  std::string manifest(const std::string& more = "") const {
    return "name = \"test\"\nversion = \"1\"\nprotocol = 1\nprogram = [\"./run\"]\ncapabilities = "
           "[\"picture\"]\n" +
           more;
  }

  // `more` goes into the manifest; `program` follows the preamble.
  void start(const std::string& program, const std::string& more = "") {
    write_file(folder / "plugin.toml", manifest(more));
    write_file(folder / "run", kPython + std::string(kPreamble) + program, 0755);
    const auto read = read_manifest(folder);
    if (!read) FAIL(read.error().message);
    service = plugin_service(*read, options);
  }

  Wish wish(const nlohmann::json& params = {{"prompt", "sea"}}) const {
    Wish wish;
    wish.params = params;
    wish.base_dir = dir.path();
    wish.deadline = Clock::now() + std::chrono::seconds(20);
    return wish;
  }

  Tried ask(const Wish& wish, const Cancelled& cancelled = nullptr) const {
    return service->try_model(wish, "", scratch, cancelled);
  }
  Tried ask(const nlohmann::json& params = {{"prompt", "sea"}}) const { return ask(wish(params)); }

  // What a request that has to fail is told.
  Error error(const nlohmann::json& params = {{"prompt", "sea"}}) const { return error(ask(params)); }
  static Error error(const Tried& tried) {
    if (tried.result) FAIL("a delivery where an error was due");
    return tried.result.error();
  }

  std::string log() {
    const std::lock_guard lock(mutex);
    std::string all;
    for (const std::string& line : lines) all += line + "\n";
    return all;
  }
};

}  // namespace reeld::providers
