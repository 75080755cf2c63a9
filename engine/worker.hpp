// The data process: takes tasks as JSON, one a line, on stdin; answers with events, one a line, on stdout. It
// decodes, draws, renders, encodes; whatever kills it harms no one else. Ends when stdin does.
//
//   in   {"task": "inspect", "data_dir", "pictures": [{"file", "path"}], "sounds": [{"file", "path"}],
//         "fonts": [{"family", "path"}], "output", "encoder_order"}      -> {"pictures": [{"width",
//         "height"}],
//                                                                            "sounds": [{"sample_count"}],
//                                                                            "encoder", "encoder_trials",
//                                                                            "device"}
//        {"task": "measure", "data_dir", "pictures", "sounds"}           -> {"pictures", "sounds"}, as above
//        {"task": "picture_ahead", "first_picture", "device", "width", "height", "seed", "motion", "scored"}
//        -> {}, and the worker keeps the picture on the device for a "render" that begins with it; its
//        pixels too, where that is to score it
//        {"task": "render", "data_dir", "plan", "first", "first_picture", "segments": [{"frames", "out"}],
//         "unscored": [{"picture", "out"}], "encoder", "device", "threads"} -> {"frames"}; scores of the
//        plan's pictures that are unscored lie in their files, where they were made
//        (engine/score/loaded_pictures.hpp)
//        {"task": "sound", "data_dir", "plan", "out", "scores"}          -> {"scores", "series"}, also
//        written to `scores`, and where the track was not there yet: {"loudness_lufs", "true_peak_db"}
//        {"task": "join", "data_dir", "plan", "segments", "frame_counts", "sound", "out", "poster", "device"}
//        -> {"facts": the probe; of a plan that wants them "scores" and "series" (engine/score/score.hpp)}
//        {"task": "contact_sheet", "films": [{"file", "label", "width", "height", "duration_seconds"}],
//         "columns", "out", "as"}                                        -> {"width", "height"}
//        {"task": "side_by_side", "films": [{"file", "label"}], "title", "encoder_order", "threads",
//         "scratch", "out"}             -> {"video": the probe, "columns", "rows", "encoder"}
//        {"task": "likeness", "film", "reference", "frame_count", "threads"} -> {"ssim", "psnr"}
//        {"task": "fidelity", "data_dir", "plan", "film", "device", "threads"} -> {"scores", "series"}
//        {"task": "quality_search", "data_dir", "plan", "target": {"metric", "at_least"}, "scratch",
//        "encoder",
//         "device", "threads"}          -> {"crf", "value", "reached", "tries": [{"crf", "value", "bytes"}]}
//        {"task": "devices"}                                             -> {"devices", "encoders"}
//        {"task": "gpu_use", "library"}                                  -> {"gpus": [{"gpu_percent",
//        "encoder_percent", "memory_mb", "processes": [{"pid", "gpu_percent", "encoder_percent",
//        "memory_mb"}]}]}; what is not known is null
//        {"task": "palette", "files", "most_pixels", "colors"}           -> {"colors": [{"color", "weight"}],
//                                                                            "measured"} (engine/palette.hpp)
//        {"task": "picture", "file", "most_pixels"}                      -> {"width", "height"}
//        {"task": "fonts"}                                               -> {"families"}
//        {"task": "score_pictures", "data_dir", "device", "pictures", "learned"} -> {"pictures", "learned"}
//                                                                         (engine/score/picture_task.hpp)
//   out  {"event": "progress", "done", "total"}, then
//        {"event": "done", "result", "usage"} or {"event": "failed", "error", "usage"}
#pragma once

#include <functional>

#include <nlohmann/json.hpp>

#include "base/result.hpp"

namespace reeld::engine {

// Reads tasks from `in_fd` until its end; gives the process's exit status.
int run_worker(int in_fd, int out_fd);

// One task; `progress` is called now and then with what is done of what total. Never throws.
using TaskProgress = std::function<void(double done, double total)>;
Result<nlohmann::json> do_task(const nlohmann::json& task, const TaskProgress& progress);

}  // namespace reeld::engine
