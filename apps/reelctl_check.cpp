#include "apps/reelctl_check.hpp"

#include <chrono>
#include <filesystem>
#include <thread>

namespace reeld {
namespace {

using Json = nlohmann::json;

constexpr std::chrono::milliseconds kPoll{200};

}  // namespace

void add_provider_check(CLI::App& providers, CheckOptions& options) {
  CLI::App* check = providers.add_subcommand(
      "check", "ask a provider for small and for impossible things, and tell how it did");
  check->add_option("NAME", options.provider, "as requests say it")->required();
  check->add_option("--params", options.params,
                    "small wishes as JSON, by capability: {\"picture\": {\"file\": \"a.jpg\"}}");
}

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

}  // namespace reeld
