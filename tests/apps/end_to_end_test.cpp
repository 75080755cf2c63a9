// The whole house: a real daemon, real workers, real files; clients in C++, Python and on the command line.
#include <signal.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <chrono>
#include <cmath>
#include <fstream>
#include <set>
#include <thread>

#include "tests/apps/daemon.hpp"

namespace reeld::test {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

// Two scenes of one second and a speech's length, at a size that renders in a moment.
Json small_request() {
  return Json::parse(R"({"reeld": 1, "title": "Two scenes",
    "output": {"width": 320, "height": 180, "fps": 25, "encoder": "libx264", "preset": "ultrafast"},
    "scenes": [
      {"picture": {"file": "one.jpg"}, "duration": 1.5, "motion": "zoom-in",
       "text": [{"text": "The first", "size": 24}], "transition": {"kind": "crossfade", "duration": 0.5}},
      {"picture": {"file": "two.jpg"}, "duration": "speech", "motion": "auto",
       "speech": {"text": "And the second.", "provider": "espeak-ng"}}],
    "music": {"file": "tune.wav", "volume_db": -18, "duck_db": -8, "fade": 0.3}})");
}

// A film that takes long enough to be interrupted: ten scenes of `seconds`, 640x360.
Json long_request(double seconds) {
  Json request = {{"reeld", 1},
                  {"output", {{"width", 640}, {"height", 360}, {"fps", 30}, {"encoder", "libx264"}}},
                  {"scenes", Json::array()}};
  for (int i = 0; i < 10; ++i) {
    request["scenes"].push_back({{"picture", {{"file", i % 2 == 0 ? "one.jpg" : "two.jpg"}}},
                                 {"duration", seconds},
                                 {"motion", "auto"}});
  }
  return request;
}

struct Stage {
  Stage() {
    write_picture(folder.path() / "one.jpg", 800, 600, 1);
    write_picture(folder.path() / "two.jpg", 1000, 500, 2);
    write_tune(folder.path() / "tune.wav", 1.3);
  }
  std::string file(const std::string& name) const { return (folder.path() / name).string(); }
  void write_json(const std::string& name, const Json& json) const { std::ofstream(file(name)) << json; }

  TemporaryFolder folder;
  Daemon daemon{folder.path() / "daemon"};
};

std::string submit(Stage& stage, const Json& request, const std::string& target,
                   const std::string& key = "") {
  const auto submitted = stage.daemon.client().submit(request, target, stage.folder.path().string(), key);
  INFO((submitted ? "" : submitted.error().path + " " + submitted.error().message));
  REQUIRE(submitted);
  return submitted->at("job").at("id").get<std::string>();
}

Json follow(Stage& stage, const std::string& job) {
  const auto finished = stage.daemon.client().follow(job, [](const Json&) { return true; });
  REQUIRE(finished);
  return *finished;
}

// The first event of the job for which `wanted` holds.
void wait_for_event(Stage& stage, const std::string& job, const std::function<bool(const Json&)>& wanted) {
  const auto followed = stage.daemon.client().follow(job, [&](const Json& event) { return !wanted(event); });
  (void)followed;  // stopped by us
}

bool is_rendering(const Json& event) {
  return event.at("type") == "progress" && event.at("body").value("frame", 0) > 0;
}

void check_film(const std::string& film, const Json& job) {
  const Json found = probe(film);
  const Json& video = found.at("streams").at(0);
  CHECK(video.at("codec_name") == "h264");
  CHECK(video.at("width") == 320);
  CHECK(video.at("height") == 180);
  CHECK(video.at("r_frame_rate") == "25/1");
  CHECK(video.at("color_space") == "bt709");
  CHECK(video.at("color_range") == "tv");
  CHECK(std::stoll(video.at("nb_read_frames").get<std::string>()) ==
        job.at("resources").at("frames").get<long long>());
  const Json& audio = found.at("streams").at(1);
  CHECK(audio.at("codec_name") == "aac");
  CHECK(audio.at("sample_rate") == "48000");
  const double video_seconds = std::stod(video.at("duration").get<std::string>());
  const double audio_seconds = std::stod(audio.at("duration").get<std::string>());
  CHECK(std::abs(video_seconds - audio_seconds) <= 1.0 / 25);
  CHECK(found.at("format").at("tags").at("title") == "Two scenes");
}

std::set<std::string> files_below(const fs::path& folder) {
  std::set<std::string> files;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file()) files.insert(fs::relative(entry.path(), folder).string());
  }
  return files;
}

TEST_CASE("a request becomes a film, with its record, its poster and what it cost") {
  Stage stage;
  const std::string film = stage.file("film.mp4");
  const Json job = follow(stage, submit(stage, small_request(), film));
  INFO(job.dump(1));
  REQUIRE(job.at("status") == "completed");
  CHECK(job.at("progress") == 100);
  check_film(film, job);
  CHECK(job.at("video").at("frame_count") == job.at("resources").at("frames"));
  CHECK(job.at("video").at("size_bytes") == fs::file_size(film));
  CHECK(fs::file_size(job.at("video").at("poster").get<std::string>()) > 1000);
  CHECK(job.at("resources").at("cpu_seconds").get<double>() > 0);
  CHECK(job.at("resources").at("peak_memory_mb").get<double>() > 1);
  CHECK(job.at("resources").at("encoder") == "libx264");
  CHECK(job.at("resources").at("device") == "cpu");
  CHECK(job.at("assets").size() == 4);
  CHECK(job.at("stages").size() == 5);
}

TEST_CASE("an equal second job finds its speech and pictures already there") {
  Stage stage;
  follow(stage, submit(stage, small_request(), stage.file("a.mp4")));
  const auto before = files_below(stage.daemon.data_dir() / "assets");
  const Json job = follow(stage, submit(stage, small_request(), stage.file("b.mp4")));
  REQUIRE(job.at("status") == "completed");
  CHECK(files_below(stage.daemon.data_dir() / "assets") == before);
  CHECK(before.size() == 4);
}

TEST_CASE("the film does not depend on how it is cut into segments' order or on the run") {
  Stage stage;
  follow(stage, submit(stage, small_request(), stage.file("a.mp4")));
  // Another daemon has nothing of it yet.
  Daemon other(stage.folder.path() / "other");
  const auto again =
      other.client().submit(small_request(), stage.file("b.mp4"), stage.folder.path().string(), "");
  REQUIRE(again);
  REQUIRE(other.client().follow(again->at("job").at("id"), [](const Json&) { return true; }));
  const auto md5 = [&](const char* name) {
    return run({"ffmpeg", "-v", "error", "-i", stage.file(name), "-map", "0:v", "-f", "md5", "-"}).output;
  };
  CHECK(md5("a.mp4").starts_with("MD5="));
  CHECK(md5("a.mp4") == md5("b.mp4"));
}

TEST_CASE("a repeated idempotency key gives the first job, and a conflict for another request") {
  Stage stage;
  const std::string first = submit(stage, small_request(), stage.file("a.mp4"), "key-1");
  CHECK(submit(stage, small_request(), stage.file("a.mp4"), "key-1") == first);
  Json other = small_request();
  other["title"] = "Another";
  const auto conflict =
      stage.daemon.client().submit(other, stage.file("a.mp4"), stage.folder.path().string(), "key-1");
  REQUIRE_FALSE(conflict);
  CHECK(conflict.error().code == Code::conflict);
}

TEST_CASE("the Python client renders the same film") {
  Stage stage;
  stage.write_json("request.json", small_request());
  const Ran ran = run({"/usr/bin/python3", std::string(REELD_SOURCE_DIR) + "/tests/apps/python_render.py",
                       stage.daemon.endpoint(), stage.file("request.json"), stage.file("film.mp4")},
                      {"PYTHONPATH=" + std::string(REELD_SOURCE_DIR) + "/ipc/python"});
  INFO(ran.errors);
  REQUIRE(ran.status == 0);
  check_film(stage.file("film.mp4"), Json::parse(ran.output));
}

TEST_CASE("reelctl renders, and says with --json one event a line, the finished job last") {
  Stage stage;
  stage.write_json("request.json", small_request());
  const std::string reelctl = program("reelctl");
  const Ran ran = run({reelctl, "--endpoint", stage.daemon.endpoint(), "--json", "render",
                       stage.file("request.json"), "-o", stage.file("film.mp4")});
  INFO(ran.errors << ran.output);
  REQUIRE(ran.status == 0);
  Json last;
  double percent = 0;
  std::istringstream lines(ran.output);
  for (std::string line; std::getline(lines, line);) {
    last = Json::parse(line);
    if (last.at("type") != "progress") continue;
    CHECK(last.at("body").at("percent").get<double>() >= percent);
    percent = last.at("body").at("percent").get<double>();
  }
  CHECK(last.at("type") == "finished");
  CHECK(last.at("body").at("status") == "completed");
  CHECK(last.at("body").at("video").at("file") == stage.file("film.mp4"));
  const std::string job = last.at("body").at("id").get<std::string>();
  const Ran usage = run({reelctl, "--endpoint", stage.daemon.endpoint(), "usage", job});
  CHECK(usage.status == 0);
  CHECK(usage.output.find("libx264") != std::string::npos);
  CHECK(run({reelctl, "--endpoint", stage.daemon.endpoint(), "show", "no-such-job"}).status == 1);
  CHECK(run({reelctl, "--endpoint", stage.daemon.endpoint(), "list"}).output.find(job) != std::string::npos);
}

TEST_CASE("a cancelled job is gone at once and leaves no file behind") {
  Stage stage;
  const auto before = files_below(stage.folder.path());
  const std::string job = submit(stage, long_request(10), stage.file("film.mp4"));
  wait_for_event(stage, job, is_rendering);
  REQUIRE(stage.daemon.client().call("cancel", {{"job", job}}));
  CHECK(follow(stage, job).at("status") == "cancelled");
  for (const std::string& file : files_below(stage.folder.path())) {
    INFO(file);
    // What stays: the record, and the pictures in the content-addressed store.
    CHECK((before.contains(file) || file.find("reeld.db") != std::string::npos ||
           file.find("/assets/") != std::string::npos));
  }
}

TEST_CASE("a killed daemon's job goes on from its finished segments") {
  Stage stage;
  const fs::path folder = stage.folder.path() / "other";
  fs::create_directories(folder);
  std::ofstream(folder / "reeld.toml") << "segment_seconds = 1\n";
  const std::vector<std::string> configured = {"--config", (folder / "reeld.toml").string()};
  std::string job;
  {
    Daemon daemon(folder, configured);
    const auto submitted =
        daemon.client().submit(long_request(3), stage.file("film.mp4"), stage.folder.path().string(), "");
    REQUIRE(submitted);
    job = submitted->at("job").at("id").get<std::string>();
    const fs::path third = daemon.data_dir() / "jobs" / job / "segments" / "60-30.mp4";
    while (!fs::exists(third)) std::this_thread::sleep_for(std::chrono::milliseconds(5));
    daemon.send(SIGKILL);
    daemon.wait();
  }
  const fs::path first = folder / "data" / "jobs" / job / "segments" / "0-30.mp4";
  REQUIRE(fs::exists(first));
  const auto made = fs::last_write_time(first);
  Daemon again(folder, configured);
  bool untouched = true;
  const auto finished = again.client().follow(job, [&](const Json&) {
    std::error_code gone;
    const auto now = fs::last_write_time(first, gone);
    untouched = untouched && (gone || now == made);
    return true;
  });
  REQUIRE(finished);
  CHECK(finished->at("status") == "completed");
  CHECK(untouched);
  CHECK(finished->at("video").at("frame_count") == 900);
}

TEST_CASE("a worker that dies is replaced, and its segment tried again") {
  Stage stage;
  const std::string job = submit(stage, long_request(2), stage.file("film.mp4"));
  wait_for_event(stage, job, is_rendering);
  const auto health = stage.daemon.client().call("health", Json::object());
  REQUIRE(health);
  REQUIRE(::kill(health->at("workers").at(0).at("pid").get<pid_t>(), SIGKILL) == 0);
  CHECK(follow(stage, job).at("status") == "completed");
}

TEST_CASE("what a job is said to cost is what the operating system says of the worker") {
  Stage stage;
  const auto worker_cpu = [&]() {
    const auto health = stage.daemon.client().call("health", Json::object());
    REQUIRE(health);
    double ticks = 0;
    for (const Json& worker : health->at("workers")) {
      std::ifstream in("/proc/" + std::to_string(worker.at("pid").get<int>()) + "/stat");
      const std::string line{std::istreambuf_iterator<char>(in), {}};
      // After the name in brackets, fields 3...: utime is the 14th field, stime the 15th.
      std::istringstream fields(line.substr(line.rfind(')') + 2));
      std::string skipped;
      double user = 0, system = 0;
      for (int i = 3; i < 14; ++i) fields >> skipped;
      fields >> user >> system;
      ticks += user + system;
    }
    return ticks / static_cast<double>(::sysconf(_SC_CLK_TCK));
  };
  // A worker still loading its libraries would be counted by one side only: the first job finds it, the
  // second is measured.
  follow(stage, submit(stage, small_request(), stage.file("first.mp4")));
  const double before = worker_cpu();
  const Json job = follow(stage, submit(stage, long_request(1), stage.file("film.mp4")));
  const double after = worker_cpu();
  // /proc counts in ticks of 10 ms, two sums for each of two workers, and a worker spends a little between
  // tasks.
  CHECK(job.at("resources").at("cpu_seconds").get<double>() ==
        Approx(after - before).epsilon(0.02).margin(0.08));
}

TEST_CASE("a job on a GPU says what it took of it, and one on the CPU that it took none") {
  Stage stage;
  const auto found = stage.daemon.client().call("devices", Json::object());
  REQUIRE(found);
  const Json& devices = found->at("devices");
  const bool has_vulkan = std::any_of(devices.begin(), devices.end(), [](const Json& device) {
    return device.at("kind") == "vulkan" && device.at("available").get<bool>();
  });
  if (!has_vulkan) {
    WARN("skipped: no Vulkan device opens here, not even an emulated one");
    return;
  }
  // The CPU's job comes second: its worker may hold the other's GPU, still open.
  for (const char* device : {"vulkan", "cpu"}) {
    Json request = small_request();
    request["output"]["device"] = device;
    const Json job = follow(stage, submit(stage, request, stage.file(std::string(device) + ".mp4")));
    INFO(job.dump(1));
    REQUIRE(job.at("status") == "completed");
    CHECK(job.at("resources").at("device") == device);
    const bool is_gpu = std::string(device) == "vulkan";
    CHECK((job.at("resources").at("gpu_seconds").get<double>() > 0) == is_gpu);
    CHECK((job.at("resources").at("peak_gpu_memory_mb").get<double>() > 0) == is_gpu);
  }
}

struct BadCase {
  const char* name;
  std::function<void(Json&, Stage&)> spoil;
  Code code;
  std::string path;
  std::string target = "film.mp4";
};

TEST_CASE("bad input gets an error with a name and a place, and harms nobody else") {
  Stage stage;
  std::ofstream(stage.file("words.jpg")) << "no picture at all";
  fs::copy_file(stage.file("one.jpg"), stage.file("cut.jpg"));
  fs::resize_file(stage.file("cut.jpg"), fs::file_size(stage.file("one.jpg")) / 2);
  const auto file_of_second = [](const char* name) {
    return [name](Json& r, Stage&) { r["scenes"][1]["picture"]["file"] = name; };
  };
  const std::vector<BadCase> cases = {
      {"missing file", file_of_second("none.jpg"), Code::file_missing, "/scenes/1/picture/file"},
      {"truncated picture", file_of_second("cut.jpg"), Code::picture_invalid, "/scenes/1/picture/file"},
      {"no picture", file_of_second("words.jpg"), Code::picture_invalid, "/scenes/1/picture/file"},
      {"no scenes", [](Json& r, Stage&) { r["scenes"] = Json::array(); }, Code::invalid_request, "/scenes"},
      {"negative duration", [](Json& r, Stage&) { r["scenes"][0]["duration"] = -1; }, Code::invalid_request,
       "/scenes/0/duration"},
      {"NaN duration", [](Json& r, Stage&) { r["scenes"][0]["duration"] = NAN; }, Code::invalid_request,
       "/scenes/0/duration"},
      {"missing font", [](Json& r, Stage&) { r["scenes"][0]["text"][0]["font"] = "No Such Font"; },
       Code::font_missing, "/scenes/0/text/0/font"},
      {"unknown codec", [](Json& r, Stage&) { r["output"]["codec"] = "mpeg17"; }, Code::invalid_request,
       "/output/codec"},
      {"absent encoder", [](Json& r, Stage&) { r["output"]["encoder"] = "h264_nvenc"; },
       Code::encoder_unavailable, "/output/encoder"},
      {"unknown field", [](Json& r, Stage&) { r["scenes"][0]["durration"] = 3; }, Code::unknown_field,
       "/scenes/0/durration"},
      {"no such voice", [](Json& r, Stage&) { r["scenes"][1]["speech"]["voice"] = "klingon-x"; },
       Code::provider_failed, "/scenes/1/speech/voice"},
      {"long transition", [](Json& r, Stage&) { r["scenes"][0]["transition"]["duration"] = 9; },
       Code::invalid_request, "/scenes/0/transition/duration"},
      {"unwritable target", [](Json&, Stage&) {}, Code::target_unwritable, "/target",
       "no/such/folder/film.mp4"},
  };
  for (const BadCase& bad : cases) {
    Json request = small_request();
    bad.spoil(request, stage);
    const auto submitted =
        stage.daemon.client().submit(request, stage.file(bad.target), stage.folder.path().string(), "");
    Error error{Code::internal, "none", ""};
    if (submitted) {
      const Json job = follow(stage, submitted->at("job").at("id").get<std::string>());
      INFO(bad.name);
      REQUIRE(job.at("status") == "failed");
      error.code = *code_from_name(job.at("error").at("code").get<std::string>());
      error.path = job.at("error").at("path").get<std::string>();
      error.message = job.at("error").at("message").get<std::string>();
    } else {
      error = submitted.error();
    }
    INFO(bad.name << ": " << code_name(error.code) << " " << error.path << ": " << error.message);
    CHECK(error.code == bad.code);
    CHECK(error.path == bad.path);
    CHECK(error.message.size() > 10);
    // The newest record is this failed job, with the same error.
    const auto listed = stage.daemon.client().call("list", {{"limit", 1}});
    REQUIRE(listed);
    CHECK(listed->at("jobs").at(0).at("status") == "failed");
    CHECK(listed->at("jobs").at(0).at("error").at("path") == bad.path);
    CHECK_FALSE(fs::exists(stage.file("film.mp4")));
  }
  CHECK(follow(stage, submit(stage, small_request(), stage.file("good.mp4"))).at("status") == "completed");
}

TEST_CASE("a failed job can be retried once its file is there") {
  Stage stage;
  Json request = small_request();
  request["scenes"][1]["picture"]["file"] = "late.jpg";
  const std::string job = submit(stage, request, stage.file("film.mp4"));
  CHECK(follow(stage, job).at("status") == "failed");
  fs::copy_file(stage.file("one.jpg"), stage.file("late.jpg"));
  REQUIRE(stage.daemon.client().call("retry", {{"job", job}}));
  const Json again = follow(stage, job);
  CHECK(again.at("status") == "completed");
  CHECK(again.at("attempt") == 2);
}

TEST_CASE("a full disk is named, and leaves the target's folder as it was") {
  Stage stage;
  const fs::path small = stage.folder.path() / "small";
  fs::create_directories(small);
  if (::mount("tmpfs", small.c_str(), "tmpfs", 0, "size=64k") != 0) {
    WARN("skipped: mounting a small tmpfs needs root");
    return;
  }
  Json request = small_request();
  request["output"]["crf"] = 1;
  const Json job = follow(stage, submit(stage, request, (small / "film.mp4").string()));
  CHECK(job.at("status") == "failed");
  CHECK(job.at("error").at("code") == "disk_full");
  CHECK(fs::is_empty(small));
  ::umount(small.c_str());
  CHECK(follow(stage, submit(stage, small_request(), stage.file("good.mp4"))).at("status") == "completed");
}

TEST_CASE("a second daemon on the same directory is refused with the first one's process") {
  Stage stage;
  const Ran second = run({program("reeld"), "--data-dir", stage.daemon.data_dir(), "--endpoint",
                          "ipc://" + stage.file("second.sock")});
  CHECK(second.status == 1);
  CHECK(second.errors.find("already_running") != std::string::npos);
  CHECK(second.errors.find(std::to_string(stage.daemon.pid())) != std::string::npos);
}

TEST_CASE("systemd is told when the daemon is ready and when it stops") {
  const TemporaryFolder folder;
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::string path = (folder.path() / "notify").string();
  path.copy(address.sun_path, sizeof address.sun_path - 1);
  const int socket = ::socket(AF_UNIX, SOCK_DGRAM, 0);
  REQUIRE(::bind(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
  ::setenv("NOTIFY_SOCKET", path.c_str(), 1);
  Daemon daemon(folder.path() / "daemon");
  ::unsetenv("NOTIFY_SOCKET");
  const auto told = [&] {
    char text[64] = {};
    REQUIRE(::recv(socket, text, sizeof text - 1, 0) > 0);
    return std::string(text);
  };
  CHECK(told() == "READY=1");
  daemon.send(SIGTERM);
  CHECK(told() == "STOPPING=1");
  CHECK(daemon.wait() == 0);
  ::close(socket);
}

TEST_CASE("SIGTERM lets the job at work finish, and takes no other") {
  Stage stage;
  const std::string job = submit(stage, long_request(1), stage.file("film.mp4"));
  wait_for_event(stage, job, is_rendering);
  stage.daemon.send(SIGTERM);
  const auto deadline = Clock::now() + std::chrono::seconds(5);
  Code refused = Code::internal;
  while (refused != Code::shutting_down && Clock::now() < deadline) {
    const auto late =
        stage.daemon.client().submit(small_request(), stage.file("b.mp4"), stage.folder.path().string(), "");
    if (!late) refused = late.error().code;
  }
  CHECK(refused == Code::shutting_down);
  CHECK(stage.daemon.wait() == 0);
  CHECK(fs::exists(stage.file("film.mp4")));
}

}  // namespace
}  // namespace reeld::test
