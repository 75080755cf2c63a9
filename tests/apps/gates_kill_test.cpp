// A daemon that dies between any two of its changes while pictures are made, judged and made again: no answer
// that it recorded is paid for twice, every try is there once, and the film comes out.
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <thread>

#include <SQLiteCpp/SQLiteCpp.h>

#include "tests/apps/gates_fixture.hpp"

namespace reeld::test {
namespace {

namespace fs = std::filesystem;

const fs::path kDyingDaemon = fs::path(REELD_BINARY_DIR) / "tests" / "dying_daemon.so";
constexpr double kPrice = 0.04;

// Nobody is asked before the first; there are fewer than the last until a picture is chosen.
constexpr int kFirstChange = 6, kLastChange = 80;

// Programs that are started while this is there die when they are told to.
class Dying {
 public:
  Dying() : switch_(folder_.path() / "switch") {
    ::setenv("LD_PRELOAD", kDyingDaemon.c_str(), 1);
    ::setenv("DYING_SWITCH", switch_.c_str(), 1);
  }
  ~Dying() {
    for (const char* name : {"LD_PRELOAD", "DYING_SWITCH"}) ::unsetenv(name);
  }
  void after(int changes) const { std::ofstream(switch_) << changes; }
  void never() const { fs::remove(switch_); }

 private:
  TemporaryFolder folder_;
  const fs::path switch_;
};

// What became of a job whose daemon died.
struct Revived {
  bool died_before_choice = false;
  std::size_t asked = 0;         // until it died
  std::size_t recorded = 0;      // pictures of those answers that were in the record then
  std::size_t asked_in_all = 0;  // at the job's end
  Json shown, tries;

  // The answers that nobody had recorded: they were under way.
  std::size_t lost() const { return asked - recorded; }
};

class Deaths {
 public:
  // The job whose daemon dies after so many changes; the next daemon brings it to its end.
  Revived run(const Json& quality, const Json& scene, const Json& faults, int changes) {
    gates.studio.standin.reset();
    gates.studio.standin.dial(faults);
    fs::remove(gates.target());
    const auto prompt = scene.at("picture").at("prompt").get<std::string>();
    const std::string job = gates.submit(Gates::request(quality, Json::array({scene})));
    dying.after(changes);
    Revived revived;
    revived.died_before_choice = dies_before_choice(job);
    gates.studio.daemon->send(SIGKILL);
    dying.never();
    revived.asked = gates.asked();
    revived.recorded = recorded(prompt);
    gates.studio.daemon->wait();
    gates.studio.start();
    revived.shown = gates.end_of(job);
    revived.asked_in_all = gates.asked();
    revived.tries = gates.metrics(revived.shown).at("pictures");
    return revived;
  }

  Dying dying;  // before the daemon
  Gates gates;

 private:
  int number_in(const std::string& statement, const std::string& value) const {
    SQLite::Database db((gates.studio.daemon->data_dir() / "reeld.db").string(), SQLite::OPEN_READONLY);
    db.setBusyTimeout(5000);
    SQLite::Statement row(db, statement);
    row.bind(1, value);
    row.executeStep();
    return row.getColumn(0).getInt();
  }

  // By their files, or by the wishes that they answer: several answers may be one picture.
  std::size_t recorded(const std::string& prompt) const {
    return static_cast<std::size_t>(
        number_in("SELECT max(count(DISTINCT a.id), count(f.fingerprint)) FROM media_assets a "
                  "LEFT JOIN asset_fingerprints f ON f.asset_id = a.id WHERE a.prompt = ?",
                  prompt));
  }

  bool dies_before_choice(const std::string& job) const {
    for (int i = 0; i < 6000; ++i) {
      if (gates.studio.daemon->has_ended()) return true;
      if (number_in("SELECT count(*) FROM picture_tries WHERE kept AND job_id = ?", job) > 0) return false;
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    FAIL("the daemon neither died nor chose a picture");
    return false;
  }
};

// Whatever happened, of a job of `count` tries.
void check_tries(const Revived& revived, std::size_t count) {
  const Json& job = revived.shown.at("job");
  CHECK(job.at("status") == "completed");
  CHECK(revived.asked_in_all == count + revived.lost());
  CHECK(job.at("cost_usd").get<double>() > kPrice * static_cast<double>(count) - 1e-9);
  CHECK(job.at("cost_usd").get<double>() < kPrice * static_cast<double>(revived.asked_in_all) + 1e-9);
  REQUIRE(revived.tries.size() == count);
  std::size_t kept = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const Json& one = revived.tries[i];
    CHECK(one.at("number") == i + 1);
    CHECK(one.at("seed") == 7 + i);
    CHECK(one.at("scores").contains("sharpness_laplacian"));
    kept += one.at("kept") == true;
  }
  CHECK(kept == 1);
  CHECK(in_role(revived.shown, "picture") == 1);
}

double cost_of(const Json& tries) {
  double cost = 0;
  for (const Json& one : tries) cost += one.at("cost_usd").get<double>();
  return cost;
}

Json blurred(int seed) {
  return {{"fault", "blurred"}, {"times", -1}, {"match_body", "\"seed\":" + std::to_string(seed)}};
}

// After every change in turn, until a picture is chosen before the daemon dies. `check` sees each job.
template <class Check>
void die_after_every_change(const Json& quality, Json scene, const Json& faults, const Check& check) {
  if (!fs::exists(kDyingDaemon)) {
    WARN("skipped: a sanitizer's library has to be loaded first");
    return;
  }
  Deaths deaths;
  int deaths_with_answers = 0;
  for (int changes = kFirstChange; changes <= kLastChange; ++changes) {
    scene["picture"]["prompt"] = "A quay, " + std::to_string(changes);
    const Revived revived = deaths.run(quality, scene, faults, changes);
    INFO("died after " << changes << " changes, " << revived.asked << " asked, " << revived.recorded
                       << " recorded\n"
                       << revived.shown.dump(1) << revived.tries.dump(1));
    check(revived);
    CHECK(fs::exists(deaths.gates.target()));
    deaths_with_answers += revived.died_before_choice && revived.recorded > 0;
    if (!revived.died_before_choice) break;
  }
  CHECK(deaths_with_answers > 3);  // it died where there was something to lose
}

TEST_CASE("a daemon that dies after any change goes on with the tries it has, and keeps the best",
          "[gates][gates_kill]") {
  die_after_every_change(Gates::pictures(5), Gates::made(""), {blurred(7), blurred(8)},
                         [](const Revived& revived) {
                           check_tries(revived, 3);
                           CHECK(revived.lost() <= 1);
                           CHECK(revived.tries[2].at("kept") == true);
                           CHECK(cost_of(revived.tries) == Approx(3 * kPrice));
                           CHECK(in_role(revived.shown, "picture_alternative") == 2);
                           CHECK(revived.shown.at("job").at("warnings").empty());
                         });
}

TEST_CASE("of an answer of several pictures a daemon that dies has all or none, and warns once",
          "[gates][gates_kill]") {
  Json scene = Gates::made("");
  scene["picture"]["count"] = 2;
  die_after_every_change(Gates::pictures(3), scene, {blurred(7), blurred(8), blurred(9)},
                         [](const Revived& revived) {
                           check_tries(revived, 3);
                           CHECK(revived.recorded != 1);
                           CHECK(cost_of(revived.tries) == Approx(3 * kPrice));
                           CHECK(in_role(revived.shown, "picture_alternative") == 2);
                           CHECK(revived.shown.at("job").at("warnings").size() == 1);
                         });
}

TEST_CASE("a provider that gives the same picture again is not asked on after a daemon died",
          "[gates][gates_kill]") {
  Json never = Gates::pictures(10);
  never["pictures"]["reach"][0]["at_least"] = 1e9;
  die_after_every_change(
      never, Gates::made(""), {{{"fault", "seedless"}, {"times", -1}}}, [](const Revived& revived) {
        check_tries(revived, 2);
        CHECK(revived.tries[0].at("asset") == revived.tries[1].at("asset"));
        REQUIRE(revived.shown.at("job").at("warnings").size() == 1);
        CHECK_THAT(revived.shown.at("job").at("warnings")[0].at("message").get<std::string>(),
                   Catch::Matchers::Contains("gave before"));
      });
}

}  // namespace
}  // namespace reeld::test
