#include "apps/reelctl/provider_check.hpp"

#include <chrono>
#include <filesystem>
#include <memory>
#include <string>
#include <thread>

namespace reeld::reelctl {
namespace {

constexpr std::chrono::milliseconds kPoll{200};

struct CheckOptions {
  std::string provider;
  std::string params;  // JSON: {CAPABILITY: a small wish}; empty: the samples
};

// The daemon's last word on it, however long that takes. Errors: invalid_request, and the daemon's.
Result<Json> check_provider(ipc::Client& client, const CheckOptions& options) {
  Json params = {{"provider", options.provider}, {"base_dir", std::filesystem::current_path().string()}};
  if (!options.params.empty()) {
    params["params"] = Json::parse(options.params, nullptr, false);
    if (!params["params"].is_object()) {
      return Error{Code::invalid_request,
                   "--params must be a JSON object such as {\"picture\": {\"prompt\": \"sea\"}}", "/params"};
    }
  }
  REELD_ASSIGN(Json checked, client.call("check_provider", params));
  while (checked.value("status", "") == "checking") {
    std::this_thread::sleep_for(kPoll);
    REELD_ASSIGN(checked, client.call("check_provider_result", {{"check", checked.at("id")}}));
  }
  return checked;
}

// A line a check, and a last one on all.
std::string check_report(const Json& checked) {
  std::string report;
  std::size_t failed = 0;
  for (const Json& check : checked.at("checks")) {
    const bool passed = check.at("passed").get<bool>();
    failed += passed ? 0 : 1;
    report += (passed ? "ok    " : "FAIL  ") + check.at("name").get<std::string>() + ": " +
              check.at("detail").get<std::string>() + "\n";
  }
  const std::string all = std::to_string(checked.at("checks").size()) + " checks";
  return report + checked.at("provider").get<std::string>() + ": " +
         (failed == 0 ? all + ", all passed\n" : std::to_string(failed) + " of " + all + " failed\n");
}

int run_check(const Console& console, const CheckOptions& options) {
  const auto checked = check_provider(console.client, options);
  const int status = console.answer(checked, check_report);
  return status == 0 && !checked->at("passed").get<bool>() ? 1 : status;
}

}  // namespace

void add_provider_check(CommandLine& line, CLI::App& providers) {
  const auto options = std::make_shared<CheckOptions>();
  CLI::App& check =
      line.add(providers, "check", "ask a provider for small and for impossible things, and tell how it did",
               [options](const Console& console) { return run_check(console, *options); });
  check.add_option("NAME", options->provider, "as requests say it")->required();
  check.add_option("--params", options->params,
                   "small wishes as JSON, by capability: {\"picture\": {\"file\": \"a.jpg\"}}");
}

}  // namespace reeld::reelctl
