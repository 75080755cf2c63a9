// Versions of films: edited, looked at beforehand, rendered, listed.
#include <memory>
#include <string>

#include <fmt/format.h>

#include "apps/reelctl/commands.hpp"
#include "apps/reelctl/job_words.hpp"
#include "apps/reelctl/paging.hpp"
#include "apps/reelctl/progress.hpp"
#include "apps/reelctl/table.hpp"
#include "apps/reelctl/words.hpp"

namespace reeld::reelctl {
namespace {

struct EditOptions {
  std::string job, edits, out;
};

struct ListOptions {
  std::string job, status;
  PageOptions page;
};

// A session is opened for the look, and forgotten where nothing comes of it.
Result<std::string> open(const Console& console, const EditOptions& options) {
  REELD_ASSIGN(const Json edits, read_request(options.edits));
  REELD_ASSIGN(const Json opened, console.client.call("edit_open", {{"job", options.job}, {"edits", edits}}));
  return opened.at("session").at("id").get<std::string>();
}

int run_edit(const Console& console, const EditOptions& options) {
  if (options.job.empty() || options.edits.empty() || options.out.empty())
    return console.fail({Code::invalid_request, "edit needs JOB, --edits FILE and -o FILE, the new version"});
  const auto session = open(console, options);
  if (!session) return console.fail(session.error());
  const auto begun =
      console.client.call("edit_render", {{"session", *session}, {"target", absolute(options.out)}});
  if (!begun) return console.fail(begun.error());
  return follow(console, begun->at("job").at("id").get<std::string>());
}

std::string preview_words(const Json& preview) {
  std::string out = reuse_report(preview.at("reused"));
  if (out.empty()) out = "  reused nothing\n";
  for (const Json& want : preview.at("to_fetch"))
    out += detail_line("to fetch", text(want, "path") + " from " + text(want, "provider"));
  if (!preview.at("exact").get<bool>()) out += "  frames are a guess until all is fetched\n";
  return out;
}

int run_preview(const Console& console, const EditOptions& options) {
  const auto session = open(console, options);
  if (!session) return console.fail(session.error());
  const Json named = {{"session", *session}};
  const auto preview = console.client.call("edit_preview", named);
  static_cast<void>(console.client.call("edit_delete", named));
  return console.answer(preview, preview_words);
}

Row session_row(const Json& session) {
  return {text(session, "id"),
          text(session, "status"),
          fmt::format("{} edits", session.at("edit_data").value("edits", Json::array()).size()),
          text(session, "updated_at").substr(0, 19),
          "of " + text(session, "job"),
          text(session, "edited_video_path")};
}

int run_list(const Console& console, const ListOptions& options) {
  Json params = Json::object();
  if (!options.job.empty()) params["job"] = options.job;
  if (!options.status.empty()) params["status"] = options.status;
  const auto reply = console.client.call("edit_list", with_page(params, options.page));
  return answer_page(console, reply, [](const Json& page) {
    std::vector<Row> rows;
    for (const Json& session : page.at("sessions")) rows.push_back(session_row(session));
    return rows.empty() ? "no sessions\n" : table(rows);
  });
}

std::string session_words(const Json& reply) {
  const Json& session = reply.at("session");
  std::string out = table({session_row(session)});
  for (const Json& edit : session.at("edit_data").value("edits", Json::array()))
    out += "  " + edit.dump() + "\n";
  return out;
}

std::string version_words(const Json& reply) {
  std::vector<Row> rows;
  for (const Json& version : reply.at("versions")) {
    const Json& job = version.at("job");
    const Json& reused = version.at("reused");
    rows.push_back({std::string(2 * version.at("depth").get<std::size_t>(), ' ') + text(job, "id"),
                    text(job, "status"),
                    reused.is_object() ? fmt::format("{:.0f}/{:.0f} frames reused", number(reused, "frames"),
                                                     number(reused, "frame_total"))
                                       : "",
                    text(job, "target")});
  }
  return table(rows);
}

}  // namespace

void add_edit_commands(CommandLine& line) {
  const auto edit = std::make_shared<EditOptions>();
  CLI::App& editing = line.add(line.root(), "edit", "render a new version of a finished film",
                               [edit](const Console& console) { return run_edit(console, *edit); });
  // Not required here, since the commands below have none of them.
  editing.add_option("JOB", edit->job, "the film's job");
  editing.add_option("--edits", edit->edits, "the edit list, as JSON; - reads standard input");
  editing.add_option("-o,--output", edit->out, "the new version");

  const auto preview = std::make_shared<EditOptions>();
  CLI::App& previewing =
      line.add(editing, "preview", "what a version would take from its film, and fetch",
               [preview](const Console& console) { return run_preview(console, *preview); });
  previewing.add_option("JOB", preview->job, "the film's job")->required();
  previewing.add_option("--edits", preview->edits, "the edit list, as JSON; - reads standard input")
      ->required();

  const auto list = std::make_shared<ListOptions>();
  CLI::App& listing = line.add(editing, "list", "editing sessions, newest first unless --sort says otherwise",
                               [list](const Console& console) { return run_list(console, *list); });
  listing.add_option("--job", list->job, "only sessions of this film");
  listing.add_option("--status", list->status, "draft, rendering, completed or failed");
  add_page_options(listing, list->page);

  const auto shown = std::make_shared<std::string>();
  line.add(editing, "show", "an editing session and its edits",
           [shown](const Console& console) {
             return console.answer(console.client.call("edit_show", {{"session", *shown}}), session_words);
           })
      .add_option("SESSION", *shown, "the session's id")
      ->required();

  const auto job = std::make_shared<std::string>();
  line.add(line.root(), "versions", "a film, its versions, and theirs",
           [job](const Console& console) {
             return console.answer(console.client.call("versions", {{"job", *job}}), version_words);
           })
      .add_option("JOB", *job, "any film of them")
      ->required();
}

}  // namespace reeld::reelctl
