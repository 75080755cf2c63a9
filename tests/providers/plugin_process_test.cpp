// A plugin through its life: started, asked, told to stop, killed, started again.
#include <signal.h>

#include <atomic>
#include <future>

#include "tests/providers/plugin_fixture.hpp"

namespace reeld::providers {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

bool holds(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST_CASE("a plugin that does not get as far as its welcome says why") {
  struct Bad {
    std::string program, words;
  };
  const std::vector<Bad> all = {
      {"print('no licence here'); sys.exit(3)",
       "ended with status 3; the last it printed was: no licence here"},
      {"time.sleep(60)", "did not say hello within 1000 ms"},
      {"hello(token='0' * 64); time.sleep(60)", "has not the token"},
      {"hello(protocol=2); time.sleep(60)", "speaks version 2"},
      {"hello(name='other'); time.sleep(60)", "says other 1"},
      {"hello(version='2'); time.sleep(60)", "says test 2"},
      {"hello(capabilities=['speech']); time.sleep(60)", "claims picture"},
      {"hello(surprise=1); time.sleep(60)", "/surprise"},
      {"send(type='pong'); time.sleep(60)", "said pong before its hello"},
      {"send(kind='hello'); time.sleep(60)", "\"type\""},
      {"socket.send(b'\\xc1'); time.sleep(60)", "msgpack"},
      {"socket.send_multipart([b'a', b'b']); time.sleep(60)", "one frame"},
  };
  for (const Bad& bad : all) {
    CAPTURE(bad.program);
    PluginFixture plugin;
    plugin.start(bad.program, "[limits]\nstart_seconds = 1\n");
    const Tried tried = plugin.ask();
    const Error error = PluginFixture::error(tried);
    CHECK(error.code == Code::provider_unavailable);
    CHECK(tried.remedy == Remedy::later);
    CAPTURE(error.message);
    CHECK(holds(error.message, "the plugin test "));
    CHECK(holds(error.message, bad.words));
  }
}

TEST_CASE("a program that cannot be run is an error with the system's word for it") {
  PluginFixture plugin;
  plugin.start(kMannered);
  write_file(plugin.folder / "run", "#!/nowhere/interpreter\n", 0755);
  const Error error = plugin.error();
  CHECK(error.code == Code::provider_unavailable);
  CHECK(holds(error.message, "No such file or directory"));
}

TEST_CASE("a wish is handed on with every field, and what is made comes back") {
  PluginFixture plugin;
  plugin.start(std::string(kMannered) + R"(
for request in requests():
    deliver(request, model="m", seed=request["wish"]["seed"], confidence=0.5, output_tokens=7,
            metadata={"wish": request["wish"], "capability": request["capability"],
                      "left": request["deadline_ms"], "cwd": os.getcwd()})
)");
  Wish wish = plugin.wish({{"prompt", "sea"}, {"style", "ink"}, {"width", 320}, {"height", 200}});
  wish.seed = 40;
  wish.index = 2;
  const Tried tried = plugin.ask(wish);
  if (!tried.result) FAIL(tried.result.error().message);
  REQUIRE(tried.result->size() == 1);
  const Delivery& made = tried.result->front();
  CHECK(made.media_type == "image/png");
  CHECK(made.source_type == "GENERATED");
  CHECK_FALSE(made.borrowed);
  CHECK(std::filesystem::file_size(made.file) > 50);
  CHECK(made.file.string().starts_with(plugin.scratch.string()));
  CHECK(made.provenance.model_used == "m");
  CHECK(made.provenance.seed == 42);
  CHECK(made.provenance.confidence == 0.5);
  CHECK(made.provenance.output_tokens == 7);
  const auto& told = made.provenance.metadata;
  CHECK(told["capability"] == "picture");
  CHECK(told["cwd"] == plugin.folder.string());
  CHECK(told["left"] > 1000);
  CHECK(told["wish"] == nlohmann::json{{"prompt", "sea\nink"},
                                       {"negative_prompt", ""},
                                       {"width", 320},
                                       {"height", 200},
                                       {"seed", 42},
                                       {"count", 1},
                                       {"references", nlohmann::json::array()},
                                       {"options", nlohmann::json::object()}});
}

TEST_CASE("wishes that are wrong never reach the plugin") {
  PluginFixture plugin;
  plugin.start("sys.exit(1)");
  CHECK(plugin.error({{"promt", "sea"}}).code == Code::unknown_field);
  CHECK(plugin.error({{"prompt", 7}}).path == "/prompt");
  Wish speech = plugin.wish({{"text", "hello"}});
  speech.capability = Capability::speech;
  CHECK(plugin.service->validate(speech).error().code == Code::provider_unavailable);
  CHECK(plugin.log().empty());
}

TEST_CASE("a plugin that dies at work fails that request alone") {
  PluginFixture plugin;
  plugin.start(std::string(kMannered) + R"(
for request in requests():
    if request["wish"]["prompt"] == "die":
        print("out of memory", file=sys.stderr, flush=True)
        os.kill(os.getpid(), signal.SIGKILL)
    deliver(request)
)");
  CHECK(plugin.ask().result);
  const Tried tried = plugin.ask({{"prompt", "die"}});
  const Error error = PluginFixture::error(tried);
  CHECK(error.code == Code::provider_failed);
  CHECK(tried.remedy == Remedy::later);
  CHECK(holds(error.message, "killed by signal 9"));
  CHECK(holds(error.message, "out of memory"));
  CHECK(plugin.ask().result);
  CHECK(holds(plugin.log(), "out of memory"));
}

TEST_CASE("a plugin that hangs is killed") {
  PluginFixture plugin;
  plugin.start(std::string(kMannered) + R"(
for request in requests():
    if request["wish"]["prompt"] == "hang":
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        time.sleep(60)
    deliver(request)
)",
               "[limits]\nsilent_seconds = 1\n");
  const auto start = Clock::now();
  const Error error = plugin.error({{"prompt", "hang"}});
  CHECK(error.code == Code::provider_failed);
  CHECK(holds(error.message, "it hangs"));
  CHECK(Clock::now() - start < seconds(15));
  CHECK(plugin.ask().result);
}

TEST_CASE("a cancel is told to the plugin, and one that does not listen is killed") {
  for (const bool listens : {true, false}) {
    CAPTURE(listens);
    PluginFixture plugin;
    plugin.start(std::string(kMannered) + "listens = " + (listens ? "True" : "False") + R"(
for message in requests():
    if message["type"] == "cancel" and listens:
        send(type="error", id=message["id"], code="cancelled", message="stopped")
    elif message["type"] == "request" and message["wish"]["prompt"] == "quick":
        deliver(message)
    elif message["type"] == "request":
        print("at work", flush=True)
)",
                 "[limits]\ncancel_seconds = 0.5\n");
    REQUIRE(plugin.ask({{"prompt", "quick"}}).result);
    const auto start = Clock::now();
    const auto cancelled = [&] { return Clock::now() - start > milliseconds(200); };
    CHECK(PluginFixture::error(plugin.ask(plugin.wish(), cancelled)).code == Code::cancelled);
    CHECK(Clock::now() - start < seconds(10));
    CHECK(holds(plugin.log(), "did not stop within 500 ms") == !listens);

    Wish late = plugin.wish();
    late.deadline = Clock::now() + milliseconds(1500);
    CHECK(PluginFixture::error(plugin.ask(late)).code == Code::timed_out);
    late.deadline = Clock::now() - seconds(1);
    CHECK(PluginFixture::error(plugin.ask(late)).code == Code::timed_out);
    CHECK(plugin.ask({{"prompt", "quick"}}).result);
  }
}

TEST_CASE("requests at once are as many as the manifest says") {
  PluginFixture plugin;
  plugin.start(std::string(kMannered) + R"(
held = []
for message in requests():
    held.append(message)
    # Answered by twos: where only one came at a time, none would be.
    if len(held) == 2:
        for request in reversed(held): deliver(request, metadata={"at_once": len(held)})
        held = []
)",
               "[limits]\nparallel = 2\n");
  std::vector<std::future<Tried>> all;
  for (int i = 0; i < 6; ++i) all.push_back(std::async(std::launch::async, [&] { return plugin.ask(); }));
  for (auto& one : all) CHECK(one.get().result);
}

TEST_CASE("files that are not as said are refused, each with its reason") {
  PluginFixture plugin;
  plugin.start(std::string(kMannered) + R"(
for request in requests():
    scratch, what = request["scratch"], request["wish"]["prompt"]
    def result(*deliveries): send(type="result", id=request["id"], deliveries=list(deliveries))
    def said(file, media_type="image/png"): return dict(file=file, media_type=media_type)
    if what == "outside": result(said("/etc/hostname"))
    elif what == "above": result(said("../../plugins/test/plugin.toml"))
    elif what == "link":
        os.symlink("/etc/hostname", scratch + "/p.png"); result(said("p.png"))
    elif what == "pipe":
        os.mkfifo(scratch + "/p.png"); result(said("p.png"))
    elif what == "folder": os.mkdir(scratch + "/p.png"); result(said("p.png"))
    elif what == "gone": result(said("p.png"))
    elif what == "empty": deliver(request, data=b"")
    elif what == "text": deliver(request, data=b"I am sorry, but no.")
    elif what == "jpeg": deliver(request, media_type="image/jpeg")
    elif what == "sound": deliver(request, data=b"RIFF\x24\0\0\0WAVEfmt " + bytes(40), media_type="audio/wav")
    elif what == "cut": deliver(request, data=png()[:-20])
    elif what == "none": result()
    elif what == "many": result(*[said("p.png")] * 9)
    elif what == "no list": send(type="result", id=request["id"], deliveries="p.png")
    elif what == "field": deliver(request, colour="red")
    elif what == "type": deliver(request, seed="seven")
    else: deliver(request)
)");
  const std::vector<std::pair<std::string, Code>> all = {
      {"outside", Code::path_not_allowed},  {"above", Code::path_not_allowed},
      {"link", Code::path_not_allowed},     {"pipe", Code::response_malformed},
      {"folder", Code::response_malformed}, {"gone", Code::response_malformed},
      {"empty", Code::response_malformed},  {"text", Code::response_media_type},
      {"jpeg", Code::response_media_type},  {"sound", Code::response_media_type},
      {"cut", Code::response_truncated},    {"none", Code::response_malformed},
      {"many", Code::response_malformed},   {"no list", Code::response_malformed},
      {"field", Code::response_malformed},  {"type", Code::response_malformed}};
  for (const auto& [what, code] : all) {
    CAPTURE(what);
    CHECK(code_name(plugin.error({{"prompt", what}}).code) == code_name(code));
  }
  CHECK(plugin.ask().result);
  // What was refused leaves nothing behind.
  CHECK(std::distance(std::filesystem::directory_iterator(plugin.scratch), {}) == 1);
}

TEST_CASE("a plugin's own errors keep their code, words, path and remedy") {
  PluginFixture plugin;
  plugin.start(std::string(kMannered) + R"(
for request in requests():
    send(type="error", id=request["id"], **request["wish"]["options"])
)");
  const auto answer = [&](const nlohmann::json& options) {
    return plugin.ask({{"prompt", "x"}, {"options", options}});
  };
  const Tried refused = answer({{"code", "provider_refused"}, {"message", "No blood."}, {"path", "/prompt"}});
  CHECK(PluginFixture::error(refused) ==
        Error{Code::provider_refused, "the plugin test: No blood.", "/prompt"});
  CHECK(refused.remedy == Remedy::other_model);
  const Tried later = answer({{"code", "rate_limited"}, {"message", "m"}, {"retry_after_ms", 1500}});
  CHECK(later.remedy == Remedy::later);
  CHECK(later.retry_after == milliseconds(1500));
  const Tried own = answer({{"code", "purple"}, {"message", "m"}, {"remedy", "none"}});
  CHECK(PluginFixture::error(own).code == Code::provider_failed);
  CHECK(own.remedy == Remedy::none);
}

TEST_CASE("messages that break the protocol end the process") {
  struct Bad {
    std::string program, words;
  };
  const std::vector<Bad> all = {
      {"while True: send(type='progress', id=1, done=0.5)", "2000 messages in a second"},
      {"socket.send(msgpack.packb('x' * (17 << 20))); time.sleep(60)", "connection broke"},
      {"send(type='sing'); time.sleep(60)", "\"sing\""},
      {"socket.send(msgpack.packb({'type': 'result', 'bytes': b'123'})); time.sleep(60)", "binary"},
  };
  for (const Bad& bad : all) {
    CAPTURE(bad.program);
    PluginFixture plugin;
    plugin.start(std::string(kMannered) + "for request in requests():\n    " + bad.program,
                 "[limits]\nsilent_seconds = 3\n");
    const Error error = plugin.error();
    CHECK(error.code == Code::provider_failed);
    CAPTURE(error.message);
    CHECK(holds(error.message, bad.words));
  }
}

TEST_CASE("a plugin that dies too often is left alone for a while, and then tried again") {
  PluginFixture plugin;
  plugin.options.restart = {milliseconds(5), seconds(2), milliseconds(2500), 3};
  plugin.start("if not os.path.exists('mended'): sys.exit(5)\n" + std::string(kMannered) +
               "for request in requests(): deliver(request)\n");
  for (int i = 0; i < 3; ++i) CHECK(plugin.error().code == Code::provider_unavailable);
  CHECK(holds(plugin.service->info().why_not, "ended 3 times within 2000 ms"));
  const Tried refused = plugin.ask();
  CHECK(holds(PluginFixture::error(refused).message, "status 5"));
  CHECK(refused.remedy == Remedy::later);
  REQUIRE(refused.retry_after);
  CHECK(*refused.retry_after <= milliseconds(2500));
  CHECK_FALSE(plugin.service->probe(nullptr).result);
  write_file(plugin.folder / "mended", "");
  std::this_thread::sleep_for(milliseconds(2600));
  CHECK(plugin.service->info().why_not.empty());
  CHECK(plugin.ask().result);
}

TEST_CASE("a probe starts it and hears of it") {
  PluginFixture plugin;
  plugin.start(
      "hello(models={'picture': ['a', 'b']}, limits={'max_side': 512})\nfor request in requests(): pass\n");
  CHECK(plugin.service->info().models.empty());
  CHECK(plugin.service->probe(nullptr).result);
  CHECK(plugin.service->info().models.at(Capability::picture) == std::vector<std::string>{"a", "b"});
  CHECK(plugin.service->info().limits["max_side"] == 512);
}

TEST_CASE("its end ends the process, with all that it started") {
  PluginFixture plugin;
  plugin.start(std::string(kMannered) + R"(
child = os.fork()
if child == 0:
    time.sleep(120); os._exit(0)
for request in requests(): deliver(request, metadata={"pids": [os.getpid(), child]})
)");
  const Tried tried = plugin.ask();
  REQUIRE(tried.result);
  const auto pids = tried.result->front().provenance.metadata["pids"].get<std::vector<pid_t>>();
  plugin.service.reset();
  // The grandchild is reaped by whoever reaps orphans here: a zombie has no command line any more.
  for (const pid_t pid : pids) {
    CAPTURE(pid);
    std::string command;
    for (int i = 0; i < 100; ++i) {
      std::ifstream in("/proc/" + std::to_string(pid) + "/cmdline");
      command.assign(std::istreambuf_iterator<char>(in), {});
      if (command.empty()) break;
      std::this_thread::sleep_for(milliseconds(20));
    }
    CHECK(command.empty());
  }
  // Nor is there anything left of its sockets.
  for (const auto& entry : std::filesystem::directory_iterator(plugin.dir.path()))
    CHECK_FALSE(entry.path().filename().string().starts_with("reeld-plugin"));
}

}  // namespace
}  // namespace reeld::providers
