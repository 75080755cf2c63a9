#include "engine/export.hpp"

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <vector>

#include "engine/files.hpp"

namespace reeld::engine {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

constexpr int kPage = 500;

std::string text_of(const Json& value) {
  return value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

// The rows of a list's answer: its one array.
const Json& rows_of(const Json& page) {
  return *std::find_if(page.begin(), page.end(), [](const Json& value) { return value.is_array(); });
}

class Writer {
 public:
  Writer(const fs::path& file, bool csv) : out_(file, std::ios::binary | std::ios::trunc), csv_(csv) {
    if (!csv_) out_ << '[';
  }

  void add(const Json& row) {
    if (csv_) {
      if (rows_ == 0) head(row);
      line([&](const std::string& column) { return row.contains(column) ? csv_field(row[column]) : ""; });
    } else {
      out_ << (rows_ == 0 ? "\n" : ",\n") << text_of(row);
    }
    ++rows_;
  }

  bool close() {
    if (!csv_) out_ << (rows_ == 0 ? "]\n" : "\n]\n");
    out_.close();
    return static_cast<bool>(out_);
  }

  explicit operator bool() const { return static_cast<bool>(out_); }
  std::int64_t rows() const { return rows_; }

 private:
  void head(const Json& row) {
    for (const auto& [name, value] : row.items()) columns_.push_back(name);
    std::ranges::stable_partition(columns_, [](const std::string& name) { return name == "id"; });
    line([](const std::string& column) { return csv_field(column); });
  }

  template <class Field>
  void line(Field field) {
    for (std::size_t i = 0; i < columns_.size(); ++i) out_ << (i == 0 ? "" : ",") << field(columns_[i]);
    out_ << "\r\n";
  }

  std::ofstream out_;
  const bool csv_;
  std::vector<std::string> columns_;
  std::int64_t rows_ = 0;
};

Result<void> write_rows(const Handler& list, const Export& wanted, Writer& writer,
                        const std::atomic<bool>& stop) {
  Json params = wanted.params;
  params["limit"] = kPage;
  while (true) {
    if (stop) return Error{Code::cancelled, "the export was stopped"};
    REELD_ASSIGN(const Json page, list(params));
    errno = 0;
    for (const Json& row : rows_of(page)) writer.add(row);
    if (!writer) return file_error(errno, "cannot write " + wanted.target.string(), Code::target_unwritable);
    if (page.at("next").is_null()) return {};
    params["cursor"] = page.at("next");
  }
}

}  // namespace

std::string csv_field(const Json& value) {
  if (value.is_null()) return "";
  const std::string text = value.is_string() ? value.get<std::string>() : text_of(value);
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
  return quoted + "\"";
}

Result<Exported> write_export(const Handler& list, const Export& wanted, const std::atomic<bool>& stop) {
  std::error_code error;
  if (fs::exists(wanted.target, error)) {
    return Error{Code::target_unwritable, wanted.target.string() + " is there already: name another file",
                 "/target"};
  }
  const fs::path part = wanted.target.parent_path() / ("." + wanted.target.filename().string() + ".part");
  errno = 0;
  Writer writer(part, wanted.format == "csv");
  if (!writer) {
    Error no_file =
        file_error(errno, "cannot write to " + wanted.target.parent_path().string(), Code::target_unwritable);
    no_file.path = "/target";
    return no_file;
  }
  Result<void> written = write_rows(list, wanted, writer, stop);
  errno = 0;
  if (written && !writer.close()) {
    written = file_error(errno, "cannot write " + wanted.target.string(), Code::target_unwritable);
  }
  const auto bytes = static_cast<std::int64_t>(fs::file_size(part, error));
  if (written) written = publish_file(part, wanted.target);
  fs::remove(part, error);
  if (!written) return written.error();
  return Exported{writer.rows(), bytes};
}

}  // namespace reeld::engine
