// reelbench: what a machine does, measured. Exit status 0 only for success.
#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <iostream>
#include <string>
#include <thread>
#include <vector>

#include <spdlog/fmt/fmt.h>
#include <CLI/CLI.hpp>

#include "base/version.hpp"
#include "bench/reelbench/compare.hpp"
#include "bench/reelbench/inputs.hpp"
#include "bench/reelbench/job.hpp"
#include "bench/reelbench/ladder.hpp"
#include "bench/reelbench/measuring.hpp"
#include "bench/reelbench/memory.hpp"
#include "bench/reelbench/micro.hpp"
#include "bench/reelbench/records.hpp"
#include "bench/reelbench/report.hpp"
#include "bench/reelbench/score_cost.hpp"
#include "bench/reelbench/stage.hpp"
#include "bench/reelbench/train_scenes.hpp"
#include "kernels/device.hpp"

namespace reeld::bench {
namespace {

namespace fs = std::filesystem;

std::atomic<bool> cancelled = false;

// Ctrl-C ends the child processes with this one.
void cancel_on_signals() {
  struct sigaction action {};
  action.sa_handler = [](int) { cancelled = true; };
  ::sigaction(SIGINT, &action, nullptr);
  ::sigaction(SIGTERM, &action, nullptr);
}

struct Options {
  std::string json_file, inputs = default_inputs();
  std::string job_name, old_report, new_report;
  JobSettings settings;
  MicroBench micro;
  RecordsBench records;
  MeasuringBench measuring;
  LadderBench ladder;
  SceneTraining scenes;
  int threads = static_cast<int>(std::thread::hardware_concurrency());
  int repetitions = 3;
};

int fail(const Error& error) {
  std::cerr << "reelbench: " << (error.path.empty() ? "" : error.path + ": ") << error.message << " ("
            << code_name(error.code) << ")\n";
  return 1;
}

// Prints the report in words and saves it whole.
int finish(const Result<Json>& report, std::string (*words)(const Json&), const Options& options) {
  if (!report) return fail(report.error());
  std::cout << words(*report);
  if (auto saved = save_report(*report, options.json_file); !saved) return fail(saved.error());
  return 0;
}

int run_devices() {
  for (const kernels::DeviceInfo& device : kernels::list_devices()) {
    const std::string what = device.name + (device.is_emulated ? " (emulated on the CPU)" : "");
    std::cout << fmt::format("{:<8}{:<3}{}\n", kernels::device_kind_name(device.kind), device.index,
                             device.why_not.empty() ? what : "no: " + device.why_not);
  }
  return 0;
}

int run_micro(const Options& options) {
  return finish(run_micro_bench(options.micro), micro_table, options);
}

// A measurement of a standard job.
int run_job(Result<Json> (*measure)(const JobBench&, const std::atomic<bool>&),
            std::string (*words)(const Json&), const Options& options) {
  const auto job = find_standard_job(options.job_name);
  if (!job) return fail(job.error());
  if (auto made = make_inputs(options.inputs); !made) return fail(made.error());
  cancel_on_signals();
  return finish(
      measure({*job, options.settings, options.threads, options.repetitions, options.inputs}, cancelled),
      words, options);
}

int run_memory(const Options& options) {
  if (auto made = make_inputs(options.inputs); !made) return fail(made.error());
  cancel_on_signals();
  MemoryBench bench;
  bench.threads = options.threads;
  bench.inputs = options.inputs;
  return finish(run_memory_bench(bench, cancelled), memory_table, options);
}

int run_records(const Options& options) {
  cancel_on_signals();
  return finish(run_records_bench(options.records, cancelled), records_table, options);
}

int run_measure(const Options& options) {
  return finish(run_measuring_bench(options.measuring), measuring_table, options);
}

int run_ladder(const Options& options) {
  const Result<Json> report = run_ladder_bench(options.ladder);
  if (!report) return fail(report.error());
  if (auto drawn = save_ladder_plot(*report, options.ladder.plot_file); !drawn) return fail(drawn.error());
  return finish(report, ladder_table, options);
}

int run_train_scenes(const Options& options) {
  return finish(train_scenes(options.scenes), training_table, options);
}

int run_compare(const Options& options) {
  const auto before = load_report(options.old_report);
  if (!before) return fail(before.error());
  const auto after = load_report(options.new_report);
  if (!after) return fail(after.error());
  std::cout << comparison_table(compare_reports(*before, *after));
  return 0;
}

// Becomes bench/peers/run, which knows its own arguments.
int run_peers(const std::vector<std::string>& rest) {
  std::string program = std::string(REELD_SOURCE_DIR) + "/bench/peers/run";
  std::vector<char*> arguments = {program.data()};
  for (const std::string& word : rest) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  ::execv(program.c_str(), arguments.data());
  return fail({Code::file_missing, "cannot run " + program + ": " + std::strerror(errno)});
}

void add_json(CLI::App& sub, Options& options) {
  sub.add_option("--json", options.json_file, "where the report is written, as JSON");
}

void add_job(CLI::App& sub, Options& options) {
  sub.add_option("JOB", options.job_name, "J1 (1920x1080 at 30) or J2 (3840x2160 at 60)")->required();
  sub.add_option("--preset", options.settings.preset, "x264's name")->capture_default_str();
  sub.add_option("--encoder", options.settings.encoder, "the encoder's name")->capture_default_str();
  sub.add_option("--device", options.settings.device, "auto, cpu, cuda or vulkan")->capture_default_str();
  sub.add_option("--repeat", options.repetitions, "rounds of its parts")
      ->check(CLI::Range(1, 100))
      ->capture_default_str();
  add_json(sub, options);
}

void add_records(CLI::App& sub, Options& options) {
  const auto many = CLI::Range(std::int64_t{1000}, std::int64_t{100'000'000});
  sub.add_option("--jobs", options.records.filling.jobs, "how many there are")
      ->check(many)
      ->capture_default_str();
  sub.add_option("--events", options.records.filling.events, "how many events and scores there are")
      ->check(many)
      ->capture_default_str();
  sub.add_option("--keep", options.records.keep, "the database, made where it is not there, and kept");
  sub.add_option("--submits", options.records.submits, "how many films are submitted, by one client and by 8")
      ->check(CLI::Range(10, 1'000'000))
      ->capture_default_str();
  sub.add_option("--pages", options.records.pages, "how many pages of each list are asked for")
      ->check(CLI::Range(2, 100'000))
      ->capture_default_str();
  add_json(sub, options);
}

void add_measure(CLI::App& sub, Options& options) {
  sub.add_option("--device", options.measuring.device, "all, cpu, cuda or vulkan")->capture_default_str();
  sub.add_option("--width", options.measuring.width, "of the picture, pixels")
      ->check(CLI::Range(1, kernels::kMaxPictureSize))
      ->capture_default_str();
  sub.add_option("--height", options.measuring.height, "of the picture, pixels")
      ->check(CLI::Range(1, kernels::kMaxPictureSize))
      ->capture_default_str();
  sub.add_option("--repeat", options.measuring.repetitions, "how often each is measured")
      ->check(CLI::Range(1, 10000))
      ->capture_default_str();
  add_json(sub, options);
}

void add_ladder(CLI::App& sub, Options& options) {
  sub.add_option("--pictures", options.ladder.pictures, "folder of photographs")->capture_default_str();
  sub.add_option("--side", options.ladder.longest_side, "they are scaled down to this, pixels")
      ->check(CLI::Range(64, 8192))
      ->capture_default_str();
  sub.add_option("--plot", options.ladder.plot_file, "where the curves are drawn, as SVG");
  add_json(sub, options);
}

void add_train_scenes(CLI::App& sub, Options& options) {
  sub.add_option("PHOTOGRAPHS", options.scenes.photographs, "a folder of .jpg files")->required();
  sub.add_option("-o,--out", options.scenes.out,
                 "where the statistics are written: engine/learned/scenes.yml")
      ->required();
  sub.add_option("--hold-out", options.scenes.held_out, "photographs that are judged, not learned from")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  add_json(sub, options);
}

void add_machine(CLI::App& sub, Options& options) {
  sub.add_option("--threads", options.threads, "cores to use")
      ->check(CLI::Range(1, 1024))
      ->capture_default_str();
  sub.add_option("--inputs", options.inputs,
                 "folder of the pictures and the voice; made where they are not there")
      ->capture_default_str();
}

int run(int argc, char** argv) {
  CLI::App app{"reelbench measures what reeld does on this machine"};
  app.set_version_flag("--version", std::string("reelbench ") + kVersion);
  app.require_subcommand(1);
  Options options;

  CLI::App* devices = app.add_subcommand("devices", "where pixels can be computed here");
  CLI::App* micro = app.add_subcommand("micro", "the steps of a frame, each alone, on one device");
  micro->add_option("--device", options.micro.device, "auto, cpu, cuda or vulkan")->capture_default_str();
  micro->add_option("--min-time", options.micro.min_seconds, "seconds for each repetition of each step")
      ->check(CLI::Range(0.001, 3600.0))
      ->capture_default_str();
  add_json(*micro, options);
  CLI::App* job = app.add_subcommand("job", "a standard job: rendering alone, encoding alone, and the whole");
  add_job(*job, options);
  add_machine(*job, options);
  CLI::App* scores =
      app.add_subcommand("scores", "what it costs that a standard job is measured while it is rendered");
  add_job(*scores, options);
  add_machine(*scores, options);
  CLI::App* memory = app.add_subcommand("memory", "peak memory: a minute, an hour, a very large picture");
  add_json(*memory, options);
  add_machine(*memory, options);
  CLI::App* records =
      app.add_subcommand("records", "the database with a million jobs: submitting, lists, events");
  add_records(*records, options);
  CLI::App* measure = app.add_subcommand("measure", "a picture's statistics, on every device");
  add_measure(*measure, options);
  CLI::App* ladder =
      app.add_subcommand("ladder", "whether scores follow photographs made worse step by step");
  add_ladder(*ladder, options);
  CLI::App* train_scenes =
      app.add_subcommand("train-scenes", "the statistics of natural scenes that pictures are judged by");
  add_train_scenes(*train_scenes, options);
  CLI::App* compare = app.add_subcommand("compare", "two reports side by side");
  compare->add_option("OLD", options.old_report, "a report")->required();
  compare->add_option("NEW", options.new_report, "another one")->required();
  CLI::App* peers = app.add_subcommand("peers", "the standard job by other tools: bench/peers/run");
  peers->prefix_command();
  peers->set_help_flag();  // --help is bench/peers/run's too
  // A part of `job`, in a process of its own; no user calls it.
  CLI::App* stage = app.add_subcommand("stage", "")->group("");
  CLI11_PARSE(app, argc, argv);

  if (devices->parsed()) return run_devices();
  if (micro->parsed()) return run_micro(options);
  if (job->parsed()) return run_job(run_job_bench, job_table, options);
  if (scores->parsed()) return run_job(run_score_bench, score_table, options);
  if (memory->parsed()) return run_memory(options);
  if (records->parsed()) return run_records(options);
  if (measure->parsed()) return run_measure(options);
  if (ladder->parsed()) return run_ladder(options);
  if (train_scenes->parsed()) return run_train_scenes(options);
  if (compare->parsed()) return run_compare(options);
  if (peers->parsed()) return run_peers(peers->remaining());
  return stage->parsed() ? stage_main() : 1;
}

}  // namespace
}  // namespace reeld::bench

int main(int argc, char** argv) {
  return reeld::bench::run(argc, argv);
}
