// Files: what there is, how much room it takes, what may go, and what is not as it should be.
#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>

#include "apps/reelctl/commands.hpp"
#include "apps/reelctl/filters.hpp"
#include "apps/reelctl/paging.hpp"
#include "apps/reelctl/table.hpp"
#include "apps/reelctl/words.hpp"

namespace reeld::reelctl {
namespace {

struct ListOptions {
  Json filters;
  PageOptions page;
};

struct ExportOptions {
  std::string list, out, format = "json", filters = "{}";
};

std::string megabytes(const Json& object, const char* key) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1f MB", number(object, key) / 1e6);
  return text;
}

std::string limit(const Json& policy, const char* key) {
  return policy.at(key).is_null() ? "-" : policy.at(key).dump();
}

std::string asset_lines(const Json& page) {
  std::vector<Row> rows;
  for (const Json& asset : page.at("assets")) {
    const std::string who = text(asset, "provider") + " " + text(asset, "model");
    rows.push_back({text(asset, "id"), text(asset, "type"), who, megabytes(asset, "size_bytes"),
                    asset.at("removed_at").is_null() ? text(asset, "file") : "removed"});
  }
  return rows.empty() ? "no assets\n" : table(rows);
}

std::string video_lines(const Json& page) {
  std::vector<Row> rows;
  for (const Json& video : page.at("videos")) {
    rows.push_back({text(video, "job"), text(video, "created_at").substr(0, 19),
                    seconds_text(number(video, "duration_seconds")), megabytes(video, "size_bytes"),
                    video.at("removed_at").is_null() ? text(video, "file") : "removed"});
  }
  return rows.empty() ? "no films\n" : table(rows);
}

std::string storage_lines(const Json& reply) {
  const Json records =
      reply.at("storage").is_array() ? reply.at("storage") : Json::array({reply.at("storage")});
  std::vector<Row> rows = {{"kind", "files", "size", "days", "MB", "films stay", "last cleanup"}};
  for (const Json& record : records) {
    const Json& policy = record.at("cleanup_policy");
    rows.push_back({text(record, "storage_type"), record.at("file_count").dump(),
                    megabytes(record, "total_size_bytes"), limit(policy, "max_age_days"),
                    limit(policy, "max_size_mb"),
                    policy.at("preserve_completed_videos").get<bool>() ? "yes" : "no",
                    record.at("last_cleanup").is_null() ? "-" : text(record, "last_cleanup").substr(0, 19)});
  }
  return table(rows);
}

std::string gc_lines(const Json& reply) {
  std::vector<Row> rows;
  for (const Json& file : reply.at("files"))
    rows.push_back({megabytes(file, "size_bytes"), text(file, "why"), text(file, "file")});
  const bool dry = reply.at("dry_run").get<bool>();
  return table(rows) + reply.at("file_count").dump() + " files, " + megabytes(reply, "size_bytes") +
         (dry ? " would be removed\n" : " removed\n");
}

std::string fsck_lines(const Json& reply) {
  std::vector<Row> rows;
  for (const Json& finding : reply.at("findings")) {
    rows.push_back({finding.at("mended").get<bool>() ? "mended" : "found", text(finding, "kind"),
                    text(finding, "place"), text(finding, "detail")});
  }
  if (rows.empty()) return "all is as the record says\n";
  return table(rows) + reply.at("finding_count").dump() + " found, " + reply.at("mended_count").dump() +
         " mended\n";
}

// 1 where something is left that is not as it should be.
int run_fsck(const Console& console, const Json& params) {
  const auto reply = until_done(console, "fsck", params);
  const int status = console.answer(reply, fsck_lines);
  return status == 0 && reply->at("finding_count") != reply->at("mended_count") ? 1 : status;
}

int run_export(const Console& console, const ExportOptions& options) {
  const Json filters = Json::parse(options.filters, nullptr, false);
  if (!filters.is_object()) {
    return console.fail({Code::invalid_request,
                         "--params must be a JSON object such as {\"status\": \"failed\"}", "/params"});
  }
  const Json params = {{"list", options.list},
                       {"target", absolute(options.out)},
                       {"format", options.format},
                       {"params", filters}};
  return console.answer(until_done(console, "export", params), [](const Json& r) {
    return r.at("target").get<std::string>() + ": " + r.at("rows").dump() + " rows, " + r.at("bytes").dump() +
           " bytes\n";
  });
}

void add_list(CommandLine& line, const char* name, const char* help, const char* method,
              std::string (*words)(const Json&)) {
  const auto options = std::make_shared<ListOptions>();
  CLI::App& command = line.add(line.root(), name, help, [=](const Console& console) {
    return answer_page(console, console.client.call(method, with_page(options->filters, options->page)),
                       words);
  });
  add_filter_options(command, method, options->filters);
  add_page_options(command, options->page);
}

void add_storage(CommandLine& line) {
  CLI::App& storage = *line.root().add_subcommand("storage", "how much room files take, and what may go");
  line.add(storage, "list", "files, sizes and cleanup policies by kind", [](const Console& console) {
    return console.answer(console.client.call("storage_list", Json::object()), storage_lines);
  });
  const auto params = std::make_shared<Json>();
  CLI::App& set =
      line.add(storage, "set", "change a cleanup policy; 0 is no limit", [=](const Console& console) {
        return console.answer(console.client.call("storage_set", *params), storage_lines);
      });
  *params = Json::object();
  set.add_option_function<std::string>(
         "KIND", [=](const std::string& kind) { (*params)["storage_type"] = kind; },
         "VIDEOS, IMAGES, AUDIO, TEMP or STOCK")
      ->required();
  const auto add_number = [&](const char* option, const char* key, const char* help) {
    set.add_option_function<std::int64_t>(
        option, [=](std::int64_t value) { (*params)[key] = value; }, help);
  };
  add_number("--max-age-days", "max_age_days", "what was not used for so long goes");
  add_number("--max-size-mb", "max_size_mb", "above it the least recently used goes");
  set.add_option_function<bool>(
      "--preserve-films", [=](bool value) { (*params)["preserve_completed_videos"] = value; },
      "false: finished films go too");
}

}  // namespace

void add_media_commands(CommandLine& line) {
  add_list(line, "assets", "pictures and sounds, newest first", "asset_list", asset_lines);
  add_list(line, "videos", "finished films, newest first", "video_list", video_lines);
  add_storage(line);

  const auto dry_run = std::make_shared<bool>(false);
  line.add(line.root(), "gc", "remove what the cleanup policies say",
           [=](const Console& console) {
             return console.answer(until_done(console, "gc", {{"dry_run", *dry_run}}), gc_lines);
           })
      .add_flag("--dry-run", *dry_run, "only say what would go");

  const auto mend = std::make_shared<bool>(false), deep = std::make_shared<bool>(false);
  CLI::App& fsck = line.add(line.root(), "fsck",
                            "compare the record and the files; status 1 where something is left unmended",
                            [=](const Console& console) {
                              return run_fsck(console, {{"mend", *mend}, {"deep", *deep}});
                            });
  fsck.add_flag("--mend", *mend, "mend what can be mended");
  fsck.add_flag("--deep", *deep, "read every asset and compare its hash");

  const auto options = std::make_shared<ExportOptions>();
  CLI::App& exporting = line.add(line.root(), "export", "write a list whole to a file, as JSON or CSV",
                                 [=](const Console& console) { return run_export(console, *options); });
  exporting.add_option("LIST", options->list, "the protocol's method: list, asset_list, project_list, ...")
      ->required();
  exporting.add_option("-o,--output", options->out, "the file, not there yet")->required();
  exporting.add_option("--format", options->format, "json or csv");
  exporting.add_option("--params", options->filters, "the list's filters and sort, as JSON");

  const auto job = std::make_shared<std::string>();
  line.add(line.root(), "delete", "remove a job from the record, with what only it used; its film stays",
           [=](const Console& console) {
             return console.answer(console.client.call("job_delete", {{"job", *job}}), [](const Json& r) {
               return r.at("id").get<std::string>() + " removed\n";
             });
           })
      .add_option("JOB", *job, "the job's id")
      ->required();
}

}  // namespace reeld::reelctl
