// Who does the work here: devices, encoders, providers, and how the daemon and the services do.
#include <algorithm>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "apps/reelctl/commands.hpp"
#include "apps/reelctl/provider_check.hpp"
#include "apps/reelctl/table.hpp"
#include "apps/reelctl/words.hpp"

namespace reeld::reelctl {
namespace {

// A voice list has a hundred names; the first few say what names look like.
std::string some_of(const Json& names) {
  constexpr std::size_t kShown = 6;
  Json shown = Json::array();
  for (std::size_t i = 0; i < std::min(kShown, names.size()); ++i) shown.push_back(names[i]);
  const std::size_t more = names.size() - shown.size();
  return joined(shown) + (more > 0 ? fmt::format(" and {} more (--json lists all)", more) : "");
}

std::string devices_report(const Json& reply) {
  std::vector<Row> rows;
  for (const Json& device : reply.at("devices")) {
    rows.push_back({"device", text(device, "kind"),
                    !device.value("available", false) ? "no: " + text(device, "why_not")
                    : device.value("emulated", false) ? text(device, "name") + ", emulated on the CPU"
                                                      : text(device, "name")});
  }
  for (const Json& encoder : reply.at("encoders")) {
    rows.push_back({"encoder", text(encoder, "name"), text(encoder, "codec"),
                    encoder.value("available", false) ? "yes" : "no: " + text(encoder, "why_not")});
  }
  return table(rows);
}

std::string providers_report(const Json& reply) {
  std::vector<Row> rows;
  for (const Json& provider : reply.at("providers")) {
    const std::string why_not = provider.value("why_not", "");
    rows.push_back({text(provider, "name"), joined(provider.at("capabilities")),
                    !why_not.empty()                   ? "no: " + why_not
                    : provider.value("offline", false) ? "yes, offline"
                                                       : "yes"});
    for (const auto& [capability, names] : provider.at("models").items()) {
      if (!names.empty()) rows.push_back({"", "  " + capability, some_of(names)});
    }
  }
  return table(rows);
}

// How a model did, of those that were asked.
std::string model_words(const Json& model) {
  const Json& hour = model.at("last_hour");
  const bool checked = !model.at("last_check").is_null() || !hour.is_null();
  std::string words = !model.value("available", false) ? "unavailable"
                      : checked                        ? "available"
                                                       : "not asked yet";
  if (!hour.is_null()) {
    words += fmt::format(", {} requests in the last hour, {:.0f}% answered", hour.value("calls", 0),
                         100 * hour.value("success_rate", 0.0));
    const Json& times = hour.at("response_seconds");
    if (!times.is_null())
      words += fmt::format(", half within {:.1f} s, all within {:.1f} s", times.value("p50", 0.0),
                           times.value("max", 0.0));
  }
  if (!model.value("available", false) && model.at("last_error").is_string()) {
    words += ": " + model.at("last_error").get<std::string>();
  }
  return words;
}

std::string health_report(const Json& health) {
  std::vector<Row> rows;
  for (const Json& worker : health.at("workers")) {
    rows.push_back({"worker", std::to_string(worker.value("pid", 0)), text(worker, "state")});
  }
  for (const Json& provider : health.at("providers")) {
    if (!provider.at("why_not").is_null()) continue;
    for (const Json& model : provider.at("models"))
      rows.push_back({"service", text(provider, "name"), text(model, "model"), model_words(model)});
  }
  if (const Json& error = health.at("database").at("error"); !error.is_null())
    rows.push_back({"database", text(error, "code"), text(error, "message")});
  for (const Json& alert : health.at("alerts")) {
    rows.push_back({"alert", text(alert, "kind"),
                    fmt::format("{} (since {})", text(alert, "message"), text(alert, "raised_at"))});
  }
  return fmt::format("reeld {} is {}, for {}, process {}\n", text(health, "version"), text(health, "status"),
                     seconds_text(number(health, "uptime_seconds")), health.value("pid", 0)) +
         table(rows);
}

// A command that asks the method of its name, without parameters.
CLI::App& add_question(CommandLine& line, const std::string& method, const std::string& help,
                       std::string (*words)(const Json& reply)) {
  return line.add(line.root(), method, help, [=](const Console& console) {
    return console.answer(console.client.call(method, Json::object()), words);
  });
}

}  // namespace

void add_service_commands(CommandLine& line) {
  add_question(line, "devices", "where pixels can be computed and frames encoded here", devices_report);
  CLI::App& providers = add_question(
      line, "providers", "who makes or finds pictures, speech and scripts here", providers_report);
  add_provider_check(line, providers);
  add_question(line, "health", "how the daemon does, and the services that it asks", health_report);
}

}  // namespace reeld::reelctl
