// One part of a job alone, in a process of its own, so that its seconds and its memory are its own:
// `reelbench stage`, which takes its task as JSON on standard input and answers with JSON on standard output.
#pragma once

#include <atomic>
#include <filesystem>
#include <string>

#include <nlohmann/json.hpp>

#include "base/result.hpp"
#include "engine/executor.hpp"

namespace reeld::bench {

using Json = nlohmann::json;

struct StageTask {
  // keep: render and keep the frames; render: render and drop them; encode: code those kept; plain: render
  // and code; scored: the same, measured on the way, and the film's scores
  std::string stage;
  Json request;
  std::filesystem::path inputs;  // where the request's files lie
  engine::SlotLayout layout;     // segments at a time, threads for each, as in the whole job
  std::string frames;            // RawFrames::path; of plain and scored none
};

// Runs the stage in a child process. The result: {"wall_seconds", "cpu_seconds", "peak_memory_mb",
// "other_cpu_seconds", "frames"}. Errors: the stage's own; cancelled.
Result<Json> run_stage(const StageTask& task, const std::atomic<bool>& cancelled);

// The child's side; gives the exit status. The clock runs from the opened device and the made plan to the
// last frame.
int stage_main();

}  // namespace reeld::bench
