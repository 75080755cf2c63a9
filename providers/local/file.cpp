// The user's own files, below the allowed roots only. Nothing is opened but to see that it can be.
#include "providers/builtin.hpp"
#include "providers/fields.hpp"
#include "providers/local/allowed_roots.hpp"
#include "providers/media_type.hpp"

namespace reeld::providers {
namespace {

namespace fs = std::filesystem;

class FileProvider : public Provider {
 public:
  explicit FileProvider(const std::vector<fs::path>& roots) : roots_(roots) {}

  ProviderInfo info() const override {
    ProviderInfo info;
    info.name = info.kind = "file";
    info.capabilities = {Capability::picture, Capability::speech, Capability::sound};
    return info;
  }

  std::string fingerprint(const Wish&) const override { return ""; }

  Result<std::vector<Delivery>> fetch(const Wish& wish, const fs::path&, const Cancelled&) override {
    REELD_TRY(Fields(wish.params, beside_the_engines({"file"})).result());
    const auto name = wish.params.find("file");
    if (name == wish.params.end() || !name->is_string() || name->get_ref<const std::string&>().empty()) {
      return Error{Code::invalid_request, "The provider file needs the path of a file.", "/file"};
    }
    Delivery delivery;
    REELD_ASSIGN(delivery.file, roots_.file(wish.base_dir, name->get<std::string>(), "/file"));
    delivery.borrowed = true;
    delivery.media_type = media_type_of_name(name->get<std::string>());
    delivery.source_type = "USER_UPLOADED";
    return std::vector{std::move(delivery)};
  }

 private:
  const AllowedRoots roots_;
};

}  // namespace

std::unique_ptr<Provider> file_provider(std::vector<std::filesystem::path> allowed_roots) {
  return std::make_unique<FileProvider>(allowed_roots);
}

}  // namespace reeld::providers
