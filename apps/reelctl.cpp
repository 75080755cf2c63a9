// reelctl: reeld's command line. Exit status 0 only for success; --json gives one JSON value, or one a line
// while following.
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <filesystem>
#include <iostream>
#include <iterator>
#include <string>
#include <thread>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "apps/reelctl_check.hpp"
#include "apps/reelctl_print.hpp"
#include "apps/reelctl_script.hpp"
#include "base/version.hpp"
#include "engine/files.hpp"
#include "ipc/client.hpp"
#include "ipc/endpoint.hpp"

namespace reeld {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

// Enough for a busy daemon on a slow disk; following a job has no limit.
constexpr int kTimeoutMs = 10'000;
// A daemon that was started a moment ago is waited for.
constexpr int kStartUpMs = 3'000;
constexpr auto kBackupPoll = std::chrono::milliseconds(100);

struct Options {
  std::string endpoint;
  bool json = false;
  std::string file, out, job, key, device, status;
  bool dry_run = false;
  int limit = 50;
  ScriptOptions script;
  CheckOptions check;
};

int fail(const Options& options, const Error& error) {
  if (options.json) {
    std::cout << Json{{"error", engine::to_json(error)}}.dump() << std::endl;
  } else {
    std::cerr << "reelctl: " << error_line(engine::to_json(error));
  }
  return 1;
}

// A result either as it came, or in words.
template <class Words>
int answer(const Options& options, const Result<Json>& result, Words words) {
  if (!result) return fail(options, result.error());
  if (options.json) {
    std::cout << result->dump() << std::endl;
  } else {
    std::cout << words(*result);
  }
  return 0;
}

Result<Json> read_request(const std::string& file) {
  std::string text;
  if (file == "-") {
    text.assign(std::istreambuf_iterator<char>(std::cin), {});
  } else {
    auto read = engine::read_text(file);
    if (!read) return read.error();
    text = *std::move(read);
  }
  try {
    return Json::parse(text, nullptr, true, true);
  } catch (const Json::parse_error& error) {
    return Error{Code::invalid_request, file + " is no JSON: " + error.what()};
  }
}

// The folder of the request's relative files.
std::string base_of(const Options& options) {
  const fs::path base = options.file == "-" ? fs::current_path() : fs::absolute(options.file).parent_path();
  return base.lexically_normal().string();
}

Result<Json> submit(ipc::Client& client, const Options& options) {
  REELD_ASSIGN(Json request, read_request(options.file));
  if (!options.device.empty() && request.is_object() &&
      (!request.contains("output") || request["output"].is_object())) {
    request["output"]["device"] = options.device;
  }
  return client.submit(request, fs::absolute(options.out).lexically_normal().string(), base_of(options),
                       options.key);
}

// Shows a job's events until it ends, then the finished job; 0 only where it completed.
int follow(ipc::Client& client, const Options& options, const std::string& job_id) {
  ProgressView view(::isatty(STDERR_FILENO) == 1);
  Json last;
  const auto finished = client.follow(job_id, [&](const Json& event) {
    if (options.json) {
      std::cout << event.dump() << std::endl;
    } else {
      view.show(event);
    }
    return true;
  });
  view.end();
  if (!finished) return fail(options, finished.error());
  const bool completed = finished->value("status", "") == "completed";
  if (!options.json)
    (completed ? std::cout : std::cerr) << (completed ? "" : "reelctl: ") << result_report(*finished);
  return completed ? 0 : 1;
}

// What it would cost, and nothing else.
int run_estimate(ipc::Client& client, const Options& options) {
  const auto request = read_request(options.file);
  if (!request) return fail(options, request.error());
  return answer(options, client.call("estimate", {{"request", *request}, {"base_dir", base_of(options)}}),
                estimate_report);
}

int run_submit(ipc::Client& client, const Options& options) {
  if (options.dry_run) return run_estimate(client, options);
  if (options.out.empty())
    return fail(options, {Code::invalid_request, "submit needs -o FILE, the finished film, or --dry-run"});
  return answer(options, submit(client, options),
                [](const Json& r) { return r["job"]["id"].get<std::string>() + "\n"; });
}

int run_render(ipc::Client& client, const Options& options) {
  const auto submitted = submit(client, options);
  if (!submitted) return fail(options, submitted.error());
  return follow(client, options, submitted->at("job").at("id").get<std::string>());
}

int run_list(ipc::Client& client, const Options& options) {
  Json params = {{"limit", options.limit}};
  if (!options.status.empty()) params["status"] = options.status;
  return answer(options, client.call("list", params), [](const Json& result) {
    std::string out;
    for (const Json& job : result.at("jobs")) out += job_line(job);
    return out.empty() ? "no jobs\n" : out;
  });
}

int run_stats(ipc::Client& client, const Options& options) {
  return answer(options, client.call("stats", Json::object()),
                [](const Json& r) { return r.dump(2) + "\n"; });
}

int run_health(ipc::Client& client, const Options& options) {
  return answer(options, client.call("health", Json::object()), health_report);
}

// Asks until the copy is made, however long that takes.
int run_backup(ipc::Client& client, const Options& options) {
  const Json params = {{"target", fs::absolute(options.out).lexically_normal().string()}};
  auto result = client.call("backup", params);
  while (result && result->at("status") != "done") {
    std::this_thread::sleep_for(kBackupPoll);
    result = client.call("backup", params);
  }
  return answer(options, result, [](const Json& r) {
    return r.at("target").get<std::string>() + ": " + std::to_string(r.at("bytes").get<std::int64_t>()) +
           " bytes, " + std::to_string(r.at("rows").get<std::int64_t>()) + " rows, verified\n";
  });
}

// The request goes where it is asked for, what there is to say of it to the person.
int run_script(ipc::Client& client, const Options& options) {
  const auto brief = brief_of(options.script);
  if (!brief) return fail(options, brief.error());
  const auto made = client.script(*brief);
  if (!made) return fail(options, made.error());
  const std::string request = made->at("request").dump(2) + "\n";
  if (!options.out.empty()) {
    if (const auto written = engine::write_text(options.out, request); !written)
      return fail(options, written.error());
  }
  if (options.json) {
    std::cout << made->dump() << std::endl;
  } else {
    if (options.out.empty()) std::cout << request;
    std::cerr << script_report(made->at("script"));
  }
  return 0;
}

int run_providers(ipc::Client& client, const Options& options) {
  if (options.check.provider.empty())
    return answer(options, client.call("providers", Json::object()), providers_report);
  const auto checked = check_provider(client, options.check);
  const int status = answer(options, checked, check_report);
  return status == 0 && !checked->at("passed").get<bool>() ? 1 : status;
}

int on_job(ipc::Client& client, const Options& options, const char* method,
           std::string (*words)(const Json&)) {
  return answer(options, client.call(method, {{"job", options.job}}),
                [&](const Json& r) { return words(r.at("job")); });
}

using Verb = int (*)(ipc::Client&, const Options&);

struct VerbRow {
  const char* name;
  const char* help;
  enum Takes { nothing, request, job, script, copy } takes;
  Verb run;
};

const VerbRow kVerbs[] = {
    {"render", "submit a request, follow it, and print where the film is and what it cost", VerbRow::request,
     run_render},
    {"submit", "submit a request and print the job's id", VerbRow::request, run_submit},
    {"watch", "follow a job to its end", VerbRow::job,
     [](ipc::Client& c, const Options& o) { return follow(c, o, o.job); }},
    {"status", "one line on a job", VerbRow::job,
     [](ipc::Client& c, const Options& o) { return on_job(c, o, "status", job_line); }},
    {"show", "all about a job", VerbRow::job,
     [](ipc::Client& c, const Options& o) { return on_job(c, o, "show", job_report); }},
    {"usage", "what a job cost", VerbRow::job,
     [](ipc::Client& c, const Options& o) { return on_job(c, o, "show", usage_report); }},
    {"cancel", "stop a job and remove what it made", VerbRow::job,
     [](ipc::Client& c, const Options& o) { return on_job(c, o, "cancel", job_line); }},
    {"retry", "take a failed or cancelled job up again", VerbRow::job,
     [](ipc::Client& c, const Options& o) { return on_job(c, o, "retry", job_line); }},
    {"script", "make a request from a text or a topic, to be rendered or edited first", VerbRow::script,
     run_script},
    {"backup", "copy the record of everything while the daemon goes on, and verify the copy", VerbRow::copy,
     run_backup},
    {"list", "jobs, newest first", VerbRow::nothing, run_list},
    {"devices", "where pixels can be computed and frames encoded here", VerbRow::nothing,
     [](ipc::Client& c, const Options& o) {
       return answer(o, c.call("devices", Json::object()), devices_report);
     }},
    {"providers", "who makes or finds pictures, speech and scripts here", VerbRow::nothing, run_providers},
    {"health", "how the daemon does, and the services that it asks", VerbRow::nothing, run_health},
    {"stats", "counts of jobs, assets and films", VerbRow::nothing, run_stats},
};

int run(int argc, char** argv) {
  CLI::App app{"reelctl talks to reeld, the local video rendering daemon"};
  app.set_version_flag("--version", std::string("reelctl ") + kVersion);
  app.require_subcommand(1);
  app.fallthrough();
  Options options;
  app.add_option("--endpoint", options.endpoint, "where reeld listens")->envname("REELD_ENDPOINT");
  app.add_flag("--json", options.json, "print JSON");
  const VerbRow* chosen = nullptr;
  for (const VerbRow& verb : kVerbs) {
    CLI::App* sub = app.add_subcommand(verb.name, verb.help);
    sub->callback([&chosen, &verb] { chosen = &verb; });
    if (verb.takes == VerbRow::job) sub->add_option("JOB", options.job, "the job's id")->required();
    if (verb.takes == VerbRow::request) {
      sub->add_option("FILE", options.file, "the request, as JSON; - reads standard input")->required();
      CLI::Option* out = sub->add_option("-o,--output", options.out, "the finished film");
      if (std::string(verb.name) == "submit") {
        sub->add_flag("--dry-run", options.dry_run, "only say what it would cost at providers");
      }
      out->required(std::string(verb.name) != "submit");
      sub->add_option("--device", options.device, "auto, cpu, cuda or vulkan; stands above the request's");
      sub->add_option("--key", options.key, "idempotency key: a repeated submit gives the first one's job");
    }
    if (verb.takes == VerbRow::script) {
      add_script_options(*sub, options.script);
      sub->add_option("-o,--output", options.out, "the request's file; default standard output");
    }
    if (std::string(verb.name) == "providers") add_provider_check(*sub, options.check);
    if (verb.takes == VerbRow::copy) {
      sub->add_option("-o,--output", options.out, "the copy, on the daemon's machine; not there yet")
          ->required();
    }
    if (std::string(verb.name) == "list") {
      sub->add_option("--status", options.status, "only jobs of this status");
      sub->add_option("--limit", options.limit, "at most so many")->check(CLI::Range(1, 500));
    }
  }
  CLI11_PARSE(app, argc, argv);
  const std::string endpoint = options.endpoint.empty() ? ipc::default_endpoint() : options.endpoint;
  if (const auto there = ipc::Client::connect(endpoint, kStartUpMs); !there)
    return fail(options, there.error());
  const auto client = ipc::Client::connect(endpoint, kTimeoutMs);
  if (!client) return fail(options, client.error());
  return chosen->run(**client, options);
}

}  // namespace
}  // namespace reeld

int main(int argc, char** argv) {
  return reeld::run(argc, argv);
}
