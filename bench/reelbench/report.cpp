#include "bench/reelbench/report.hpp"

extern "C" {
#include <libavutil/avutil.h>
}
#include <sys/utsname.h>

#include <algorithm>
#include <ctime>
#include <map>
#include <thread>

#include "base/check.hpp"
#include "base/version.hpp"
#include "engine/files.hpp"
#include "kernels/device.hpp"

namespace reeld::bench {
namespace {

Json machine() {
  Json facts = {{"cores", std::thread::hardware_concurrency()}};
  const kernels::DeviceInfo processor = kernels::list_devices(kernels::DeviceKind::cpu).front();
  facts["processor"] = processor.name;
  facts["memory_bytes"] = processor.memory_bytes;
  utsname system{};
  ::uname(&system);
  facts["name"] = system.nodename;
  facts["system"] = std::string(system.sysname) + " " + system.release;
  return facts;
}

std::string now_utc() {
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  ::gmtime_r(&now, &parts);
  char text[32];
  std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts);
  return text;
}

}  // namespace

Json new_report(const std::string& kind, const Json& settings) {
  return {{"reelbench", kReportVersion},
          {"kind", kind},
          {"date", now_utc()},
          {"machine", machine()},
          {"versions", {{"reeld", kVersion}, {"ffmpeg", av_version_info()}, {"compiler", __VERSION__}}},
          {"settings", settings},
          {"results", Json::array()},
          {"ratios", Json::object()}};
}

void add_result(Json& report, const std::string& name, const std::vector<Json>& runs) {
  std::map<std::string, std::vector<double>> figures;
  for (const Json& run : runs) {
    for (const auto& [figure, value] : run.items()) {
      if (value.is_number()) figures[figure].push_back(value.get<double>());
    }
  }
  Json medians = Json::object();
  for (const auto& [figure, values] : figures) medians[figure] = median(values);
  report.at("results").push_back({{"name", name}, {"median", medians}, {"runs", runs}});
}

double median(std::vector<double> values) {
  REELD_CHECK(!values.empty());
  std::sort(values.begin(), values.end());
  const std::size_t middle = values.size() / 2;
  return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

Result<void> save_report(const Json& report, const std::filesystem::path& file) {
  if (file.empty()) return {};
  return engine::write_text(file, report.dump(1) + "\n");
}

Result<Json> load_report(const std::filesystem::path& file) {
  REELD_ASSIGN(const std::string text, engine::read_text(file));
  Json report = Json::parse(text, nullptr, false);
  const bool known = report.is_object() && report.value("reelbench", Json()) == kReportVersion &&
                     report.value("results", Json()).is_array();
  if (known) return report;
  return Error{Code::invalid_request, file.string() + " is no report of reelbench, version " +
                                          std::to_string(kReportVersion) + "; make one with --json"};
}

}  // namespace reeld::bench
