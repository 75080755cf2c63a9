// Films as jobs: asked for, followed, looked at, stopped.
#include <memory>
#include <string>

#include "apps/reelctl/commands.hpp"
#include "apps/reelctl/filters.hpp"
#include "apps/reelctl/job_words.hpp"
#include "apps/reelctl/paging.hpp"
#include "apps/reelctl/progress.hpp"

namespace reeld::reelctl {
namespace {

struct RequestOptions {
  std::string file, out, key;
  Json output = Json::object();  // fields that stand above the request's own
  Json more = Json::object();    // script and brand, where they are given
  bool dry_run = false;
};

struct ListOptions {
  Json filters;
  PageOptions page;
};

Result<Json> submit(const Console& console, const RequestOptions& options) {
  REELD_ASSIGN(Json request, read_request(options.file));
  if (!options.output.empty() && request.is_object() &&
      (!request.contains("output") || request["output"].is_object())) {
    request["output"].update(options.output);
  }
  return console.client.submit(request, absolute(options.out), base_of(options.file), options.key,
                               options.more);
}

int run_render(const Console& console, const RequestOptions& options) {
  const auto submitted = submit(console, options);
  if (!submitted) return console.fail(submitted.error());
  return follow(console, submitted->at("job").at("id").get<std::string>());
}

// What it would cost, and nothing else.
int run_estimate(const Console& console, const RequestOptions& options) {
  const auto request = read_request(options.file);
  if (!request) return console.fail(request.error());
  Json params = {{"request", *request}, {"base_dir", base_of(options.file)}};
  if (options.more.contains("brand")) params["brand"] = options.more["brand"];
  return console.answer(console.client.call("estimate", params), estimate_report);
}

int run_submit(const Console& console, const RequestOptions& options) {
  if (options.dry_run) return run_estimate(console, options);
  if (options.out.empty())
    return console.fail({Code::invalid_request, "submit needs -o FILE, the finished film, or --dry-run"});
  return console.answer(submit(console, options),
                        [](const Json& r) { return r["job"]["id"].get<std::string>() + "\n"; });
}

int run_list(const Console& console, const ListOptions& options) {
  const auto reply = console.client.call("list", with_page(options.filters, options.page));
  return answer_page(console, reply, [](const Json& page) {
    const std::string lines = job_lines(page.at("jobs"));
    return lines.empty() ? "no jobs\n" : lines;
  });
}

// The film is required of render alone: submit may be a dry run.
void add_request_options(CLI::App& command, RequestOptions& options, bool film_required) {
  command.add_option("FILE", options.file, "the request, as JSON; - reads standard input")->required();
  command.add_option("-o,--output", options.out, "the finished film")->required(film_required);
  command.add_option_function<std::string>(
      "--device", [&options](const std::string& device) { options.output["device"] = device; },
      "auto, cpu, cuda or vulkan; stands above the request's");
  command.add_option_function<int>(
      "--bit-depth", [&options](int bits) { options.output["bit_depth"] = bits; },
      "of a coded sample, 8 or 10; stands above the request's");
  command.add_option("--key", options.key, "idempotency key: a repeated submit gives the first one's job");
  const auto add = [&](const char* name, const char* help) {
    command.add_option_function<std::string>(
        std::string("--") + name, [&options, name](const std::string& id) { options.more[name] = id; }, help);
  };
  add("brand", "the id of a brand's style, put upon the request");
  add("script", "the id of the script that the request was made of, to be kept with the job");
}

void add_job_option(CLI::App& command, std::string& job) {
  command.add_option("JOB", job, "the job's id")->required();
}

// A command that asks a method about a job.
void add_job_method(CommandLine& line, const std::string& name, const std::string& method,
                    const std::string& help, std::string (*words)(const Json& job)) {
  const auto job = std::make_shared<std::string>();
  add_job_option(line.add(line.root(), name, help,
                          [=](const Console& console) {
                            return console.answer(console.client.call(method, {{"job", *job}}),
                                                  [&](const Json& reply) { return words(reply.at("job")); });
                          }),
                 *job);
}

}  // namespace

void add_job_commands(CommandLine& line) {
  const auto render = std::make_shared<RequestOptions>();
  add_request_options(line.add(line.root(), "render",
                               "submit a request, follow it, and print where the film is and what it cost",
                               [render](const Console& console) { return run_render(console, *render); }),
                      *render, true);

  const auto submit = std::make_shared<RequestOptions>();
  CLI::App& submitting = line.add(line.root(), "submit", "submit a request and print the job's id",
                                  [submit](const Console& console) { return run_submit(console, *submit); });
  add_request_options(submitting, *submit, false);
  submitting.add_flag("--dry-run", submit->dry_run, "only say what it would cost at providers");

  const auto watched = std::make_shared<std::string>();
  add_job_option(line.add(line.root(), "watch", "follow a job to its end",
                          [watched](const Console& console) { return follow(console, *watched); }),
                 *watched);

  add_job_method(line, "status", "status", "one line on a job", job_line);
  add_job_method(line, "show", "show", "all about a job", job_report);
  add_job_method(line, "cancel", "cancel", "stop a job and remove what it made", job_line);
  add_job_method(line, "retry", "retry", "take a failed or cancelled job up again", job_line);

  const auto list = std::make_shared<ListOptions>();
  CLI::App& listing = line.add(line.root(), "list", "jobs, newest first unless --sort says otherwise",
                               [list](const Console& console) { return run_list(console, *list); });
  add_filter_options(listing, "list", list->filters);
  add_page_options(listing, list->page);
}

}  // namespace reeld::reelctl
