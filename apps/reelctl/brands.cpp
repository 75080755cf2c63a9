// What is brought along for films: styles of brands and pictures of products.
#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "apps/reelctl/commands.hpp"
#include "apps/reelctl/paging.hpp"
#include "apps/reelctl/table.hpp"
#include "apps/reelctl/words.hpp"
#include "engine/files.hpp"

namespace reeld::reelctl {
namespace {

namespace fs = std::filesystem;

constexpr auto kPoll = std::chrono::milliseconds(50);

std::string brand_report(const Json& reply) {
  const Json& brand = reply.at("brand");
  const Json& style = brand.at("style_data");
  std::string lines = detail_line("brand", text(brand, "name")) + detail_line("id", text(brand, "id")) +
                      detail_line("status", text(brand, "status"));
  if (!brand.at("error").is_null()) lines += error_line(brand.at("error"));
  lines += detail_line("palette", joined(style.at("color_palette")));
  for (const char* name :
       {"visual_theme", "typography_style", "mood", "lighting_preference", "composition_style"}) {
    if (style.contains(name)) lines += detail_line(name, text(style, name));
  }
  if (style.contains("brand_keywords")) lines += detail_line("keywords", joined(style.at("brand_keywords")));
  return lines;
}

std::string product_report(const Json& reply) {
  const Json& product = reply.at("product");
  std::string lines = detail_line("product", text(product, "name")) + detail_line("id", text(product, "id")) +
                      detail_line("status", text(product, "status"));
  if (!product.at("error").is_null()) lines += error_line(product.at("error"));
  if (product.at("image_path").is_null()) return lines;
  return lines + detail_line("picture", text(product, "image_path")) +
         detail_line("size", std::to_string(product.value("image_width", 0)) + "x" +
                                 std::to_string(product.value("image_height", 0)) + ", " +
                                 std::to_string(product.value("file_size_bytes", std::int64_t{0})) +
                                 " bytes") +
         detail_line("tags", joined(product.at("tags")));
}

Words lines_of(const char* records) {
  return [records](const Json& page) {
    std::vector<Row> rows;
    for (const Json& one : page.at(records))
      rows.push_back({text(one, "id"), text(one, "status"), text(one, "name")});
    return table(rows);
  };
}

// Asks until the record is no longer pending; one that failed is an error.
int answer_at_end(const Console& console, Result<Json> reply, const std::string& noun, const Words& words) {
  while (reply && reply->at(noun).at("status") == "pending") {
    std::this_thread::sleep_for(kPoll);
    reply = console.client.call(noun + "_show", {{noun, reply->at(noun).at("id")}});
  }
  if (reply && reply->at(noun).at("status") == "failed")
    return console.fail(engine::error_from_json(reply->at(noun).at("error")));
  return console.answer(reply, words);
}

struct BroughtOptions {
  std::string id, name, description, folder, file, out, theme_by, category;
  std::vector<std::string> files, tags;
  int colors = 5;
  PageOptions page;
};
using Options = std::shared_ptr<BroughtOptions>;

int run_extract(const Console& console, const BroughtOptions& options) {
  Json params = {{"name", options.name}, {"description", options.description}, {"colors", options.colors}};
  const bool folder = options.files.size() == 1 && fs::is_directory(options.files[0]);
  if (folder) {
    params["folder"] = absolute(options.files[0]);
  } else {
    for (const std::string& file : options.files) params["pictures"].push_back(absolute(file));
  }
  if (!options.theme_by.empty()) params["theme_by"] = {{"provider", options.theme_by}};
  return answer_at_end(console, console.client.call("brand_extract", params), "brand", brand_report);
}

int run_create(const Console& console, const BroughtOptions& options) {
  const auto style = read_request(options.file);
  if (!style) return console.fail(style.error());
  return console.answer(console.client.call("brand_create", {{"name", options.name},
                                                             {"description", options.description},
                                                             {"style_data", *style}}),
                        brand_report);
}

int run_apply(const Console& console, const BroughtOptions& options) {
  const auto request = read_request(options.file);
  if (!request) return console.fail(request.error());
  const auto applied = console.client.call("brand_apply", {{"brand", options.id}, {"request", *request}});
  if (!applied || options.out.empty())
    return console.answer(applied, [](const Json& r) { return r.at("request").dump(2) + "\n"; });
  const auto written = engine::write_text(options.out, applied->at("request").dump(2) + "\n");
  if (!written) return console.fail(written.error());
  return console.answer(applied, [](const Json& r) {
    std::vector<Row> rows;
    for (const Json& change : r.at("changes")) rows.push_back({text(change, "path"), change.at("to").dump()});
    for (const Json& left : r.at("left")) rows.push_back({text(left, "path"), "left: " + text(left, "why")});
    return rows.empty() ? "nothing was changed\n" : table(rows);
  });
}

int run_add(const Console& console, const BroughtOptions& options) {
  const auto reply = console.client.call("product_add", {{"file", absolute(options.file)},
                                                         {"name", options.name},
                                                         {"description", options.description},
                                                         {"category", options.category},
                                                         {"tags", options.tags}});
  return answer_at_end(console, reply, "product", product_report);
}

// list, show and delete.
void add_common(CommandLine& line, CLI::App& parent, const std::string& noun, const char* records,
                std::string (*report)(const Json& reply)) {
  const auto o = std::make_shared<BroughtOptions>();
  CLI::App& list = line.add(parent, "list", "all, newest first", [=](const Console& c) {
    return answer_page(c, c.client.call(noun + "_list", with_page(Json::object(), o->page)),
                       lines_of(records));
  });
  add_page_options(list, o->page);
  CLI::App& show = line.add(parent, "show", "all about one", [=](const Console& c) {
    return c.answer(c.client.call(noun + "_show", {{noun, o->id}}), report);
  });
  CLI::App& remove = line.add(parent, "delete", "remove one", [=](const Console& c) {
    return c.answer(c.client.call(noun + "_delete", {{noun, o->id}}),
                    [=](const Json& r) { return "removed " + text(r, noun.c_str()) + "\n"; });
  });
  for (CLI::App* command : {&show, &remove}) command->add_option("id", o->id)->required();
}

void add_brand_group(CommandLine& line) {
  CLI::App& brands = *line.root().add_subcommand("brand", "styles of brands");
  const auto o = std::make_shared<BroughtOptions>();
  CLI::App& extract = line.add(brands, "extract", "make a style of example pictures",
                               [o](const Console& c) { return run_extract(c, *o); });
  extract.add_option("pictures", o->files, "files, or one folder of them")->required();
  extract.add_option("--colors", o->colors, "of the palette, at most; 2 to 12");
  extract.add_option("--theme-by", o->theme_by, "a provider of scripts that puts the style into words");
  CLI::App& create = line.add(brands, "create", "make a style of what is given",
                              [o](const Console& c) { return run_create(c, *o); });
  create.add_option("style", o->file, "JSON of the style; - reads standard input")->required();
  for (CLI::App* command : {&extract, &create}) {
    command->add_option("--name", o->name)->required();
    command->add_option("--description", o->description);
  }
  CLI::App& apply = line.add(brands, "apply", "put a style upon a request",
                             [o](const Console& c) { return run_apply(c, *o); });
  apply.add_option("id", o->id, "the style's")->required();
  apply.add_option("request", o->file, "JSON of the film; - reads standard input")->required();
  apply.add_option("-o,--output", o->out, "where the request goes; default standard output");
  add_common(line, brands, "brand", "brands", brand_report);
}

void add_product_group(CommandLine& line) {
  CLI::App& products = *line.root().add_subcommand("product", "pictures of products");
  const auto o = std::make_shared<BroughtOptions>();
  CLI::App& add = line.add(products, "add", "keep a picture, to be named in requests",
                           [o](const Console& c) { return run_add(c, *o); });
  add.add_option("file", o->file)->required();
  add.add_option("--name", o->name)->required();
  add.add_option("--description", o->description);
  add.add_option("--category", o->category);
  add.add_option("--tag", o->tags, "may be given more than once");
  add_common(line, products, "product", "products", product_report);
}

}  // namespace

void add_brand_commands(CommandLine& line) {
  add_brand_group(line);
  add_product_group(line);
}

}  // namespace reeld::reelctl
