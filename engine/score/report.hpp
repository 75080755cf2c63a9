// The report on a film: one page of HTML that needs nothing beside it, neither network nor script. Pure: what
// it shows is given. Whatever comes from users is text there, never markup.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "engine/score/catalog.hpp"
#include "engine/score/score.hpp"
#include "engine/score/worst_frames.hpp"
#include "storage/metrics.hpp"

namespace reeld::engine {

struct ReportFrame {
  WorstFrame worst;
  std::string jpeg;  // the file's bytes; empty: there is no picture of it
};

struct ReportScene {
  std::string words;  // what its picture was asked for, or its file
  std::string jpeg;   // likewise
};

struct Report {
  std::string title, job, made_at;
  std::vector<std::pair<std::string, std::string>> facts;  // of the film: name, value
  std::string poster_jpeg;
  double frames_per_second = 30;
  std::vector<Score> scores;
  OwnMetrics own;  // what scores by users' models mean
  std::vector<Series> series;
  std::vector<ReportScene> scenes;
  std::vector<storage::PictureTry> tries;
  std::vector<ReportFrame> frames;
  std::vector<std::string> notes;  // sentences: what is missing, and why; the job's warnings
};

std::string report_html(const Report& report);

}  // namespace reeld::engine
