#include "providers/builtin.hpp"
#include "tests/providers/service_helpers.hpp"

namespace reeld::providers {
namespace {

using nlohmann::json;

struct Url {
  test::StandIn standin{{"files"}};
  std::unique_ptr<HttpClient> http = http_client();
  ProviderConfig config = config_for("url", "", "");
  TempDir dir;

  Result<Delivery> fetch(const json& params, Capability capability = Capability::picture) {
    return first_of(url_provider(config, *http)->fetch(wish_of(capability, params), dir.path(), nullptr));
  }
  Result<Delivery> file(const std::string& name, Capability capability = Capability::picture) {
    return fetch({{"url", standin.base_url() + "/files/" + name}}, capability);
  }
  Error error(const std::string& name, Capability capability = Capability::picture) {
    const auto made = file(name, capability);
    if (made) return {};
    CHECK(made.error().path == "/url");
    return made.error();
  }
};

TEST_CASE("a picture of an address is taken for what its bytes are") {
  Url url;
  for (const auto& [name, type] : {std::pair{"picture.png", "image/png"},
                                   {"picture.jpg", "image/jpeg"},
                                   {"picture.html", "image/png"},
                                   {"unlabelled", "image/png"}}) {
    CAPTURE(name);
    const auto made = url.file(name);
    if (!made) FAIL(made.error().message);
    CHECK(made->media_type == type);
    CHECK(sniffed_media_type(bytes_of(made->file)) == type);
    CHECK(made->file.parent_path() == url.dir.path());
    CHECK(made->source_type == "STOCK");
    CHECK_FALSE(made->borrowed);
    CHECK(made->provenance.request_count == 1);
    CHECK(made->provenance.metadata["size_bytes"] == std::filesystem::file_size(made->file));
  }
}

TEST_CASE("redirects are followed, five at most, and the last address is told without its query") {
  Url url;
  const auto made = url.file("redirect?to=/files/picture.png%3Ftoken%3Dsecret");
  if (!made) FAIL(made.error().message);
  CHECK(made->provenance.metadata["url"] == url.standin.base_url() + "/files/picture.png?...");
  CHECK(made->provenance.metadata.dump().find("secret") == std::string::npos);
  CHECK(url.file("redirects/5"));
  CHECK(url.error("redirects/6").code != Code::internal);
  CHECK_FALSE(url.file("redirects/6"));
  CHECK_FALSE(url.file("circle"));
}

TEST_CASE("sounds for speech and music, and neither for the other") {
  Url url;
  const auto sound = url.file("speech.mp3", Capability::sound);
  if (!sound) FAIL(sound.error().message);
  CHECK(sound->media_type == "audio/mpeg");
  CHECK(url.file("speech.wav", Capability::speech));
  CHECK(url.error("picture.png", Capability::sound).code == Code::response_media_type);
  CHECK(url.error("picture.png", Capability::sound).message.find("gave image/png, not a sound") !=
        std::string::npos);
  CHECK(url.error("speech.wav").code == Code::response_media_type);
  const json music = {
      {"url", url.standin.base_url() + "/files/speech.wav"}, {"volume_db", -3}, {"loop", true}};
  CHECK(url.fetch(music, Capability::sound));
}

TEST_CASE("a page is not a picture, whatever it is called") {
  Url url;
  CHECK(url.error("page.html").code == Code::response_media_type);
  CHECK(url.error("page.html").message.find("text/html, a page") != std::string::npos);
  CHECK(url.error("page.png").code == Code::response_media_type);
}

TEST_CASE("what a server answers in place of a file is told apart") {
  Url url;
  const auto with_status = [&](int status) {
    url.standin.reset();
    url.standin.dial({{"fault", "status"}, {"status", status}, {"match", "picture.png"}, {"times", -1}});
    return url.error("picture.png").code;
  };
  url.config.max_retries = 1;
  url.config.retry_delay = std::chrono::milliseconds(1);
  CHECK(url.error("none.png").code == Code::file_missing);
  CHECK(with_status(410) == Code::file_missing);
  CHECK(with_status(403) == Code::file_unreadable);
  CHECK(with_status(429) == Code::rate_limited);
  CHECK(with_status(503) == Code::provider_failed);
  url.standin.reset();
  url.standin.dial({{"fault", "truncated"}, {"match", "picture.png"}, {"times", -1}});
  CHECK(url.error("picture.png").code == Code::response_truncated);
  url.standin.reset();
  url.standin.dial({{"fault", "oversized"}, {"match", "picture.png"}});
  CHECK(url.error("picture.png").code == Code::limit_exceeded);
}

TEST_CASE("a server that is overloaded is asked again, one that says no is not") {
  Url url;
  url.config.max_retries = 2;
  url.config.retry_delay = std::chrono::milliseconds(1);
  url.standin.dial({{"fault", "status"}, {"status", 503}, {"match", "picture.png"}, {"times", 2}});
  const auto made = url.file("picture.png");
  if (!made) FAIL(made.error().message);
  CHECK(made->provenance.request_count == 3);
  url.standin.reset();
  CHECK(url.error("none.png").code == Code::file_missing);
  CHECK(url.standin.count("none.png") == 1);
}

TEST_CASE("what is no address, or leads to this machine, is refused without asking") {
  Url url;
  const auto refused = [&](const json& params) {
    const auto made = url.fetch(params);
    return made ? Error{} : made.error();
  };
  CHECK(refused(json::object()).path == "/url");
  CHECK(refused({{"url", "file:///etc/passwd"}}).code == Code::invalid_request);
  CHECK(refused({{"url", "ftp://example.org/a.png"}}).path == "/url");
  const Error password = refused({{"url", "https://user:word@example.org/a.png"}});
  CHECK(password.code == Code::invalid_request);
  CHECK(password.message.find("word@") == std::string::npos);
  CHECK(refused({{"url", "https://example.org/a.png"}, {"file", "b"}}).code == Code::unknown_field);
  url.config.allow_private_addresses = false;
  CHECK(url.error("picture.png").code == Code::address_not_allowed);
  CHECK(url.standin.log().empty());
}

TEST_CASE("what lies at an address may change, so it is never served from before") {
  Url url;
  CHECK(url_provider(url.config, *url.http)
            ->fingerprint(wish_of(Capability::picture, {{"url", "https://a/b"}}))
            .empty());
}

}  // namespace
}  // namespace reeld::providers
