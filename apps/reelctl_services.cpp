// How reelctl shows providers, their health and what a request would cost.
#include <fmt/format.h>

#include "apps/reelctl_print.hpp"

namespace reeld {
namespace {

using Json = nlohmann::json;

std::string joined(const Json& list) {
  std::string text;
  for (const Json& item : list) text += (text.empty() ? "" : ", ") + item.get<std::string>();
  return text;
}

// A voice list has a hundred names; the first few say what names look like.
std::string some_of(const Json& names) {
  constexpr std::size_t kShown = 6;
  Json shown = Json::array();
  for (std::size_t i = 0; i < std::min(kShown, names.size()); ++i) shown.push_back(names[i]);
  const std::size_t more = names.size() - shown.size();
  return joined(shown) + (more > 0 ? fmt::format(" and {} more (--json lists all)", more) : "");
}

std::string dollars(const Json& cost) {
  return cost.is_null() ? "unknown" : fmt::format("${:.4f}", cost.get<double>());
}

}  // namespace

std::string providers_report(const Json& result) {
  std::string out;
  for (const Json& provider : result.at("providers")) {
    const std::string why_not = provider.value("why_not", "");
    out += fmt::format("{:<12} {:<24} {}\n", provider.at("name").get<std::string>(),
                       joined(provider.at("capabilities")),
                       !why_not.empty()                   ? "no: " + why_not
                       : provider.value("offline", false) ? "yes, offline"
                                                          : "yes");
    for (const auto& [capability, names] : provider.at("models").items()) {
      if (!names.empty()) out += fmt::format("{:<12} {:<24} {}\n", "", "  " + capability, some_of(names));
    }
  }
  return out;
}

std::string health_report(const Json& health) {
  std::string out = fmt::format("reeld {} is {}, for {}, process {}\n", health.value("version", ""),
                                health.value("status", ""), seconds_text(health.value("uptime_seconds", 0.0)),
                                health.value("pid", 0));
  for (const Json& worker : health.at("workers")) {
    out += fmt::format("worker   {:<8} {}\n", worker.value("pid", 0), worker.value("state", ""));
  }
  for (const Json& provider : health.at("providers")) {
    if (!provider.at("why_not").is_null()) continue;
    for (const Json& model : provider.at("models")) {
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
      out += fmt::format("service  {:<12} {:<32} {}\n", provider.value("name", ""), model.value("model", ""),
                         words);
    }
  }
  for (const Json& alert : health.at("alerts")) {
    out += fmt::format("alert    {:<16} {} (since {})\n", alert.value("kind", ""), alert.value("message", ""),
                       alert.value("raised_at", ""));
  }
  return out;
}

std::string estimate_report(const Json& estimate) {
  std::string out;
  for (const Json& want : estimate.at("wants")) {
    out += fmt::format("{:<24} {:<12} {:<28} {}\n", want.value("path", ""), want.value("provider", ""),
                       want.value("model", ""),
                       want.value("is_there", false) ? "already here" : dollars(want.at("cost_usd")));
  }
  const Json& total = estimate.at("cost_usd");
  return out + (total.is_null()
                    ? "At least one price is not known: configure it in [providers.NAME.prices].\n"
                    : fmt::format("At most {} in all.\n", dollars(total)));
}

}  // namespace reeld
