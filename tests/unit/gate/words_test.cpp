// The site's list of words: what a decision is made of where it is there, changed, lost or unusable.
#include "site/words.hpp"

#include "gate/read_inputs.hpp"
#include "sweep.hpp"
#include "working_site.hpp"

using namespace airlock;
using ledger::Kind;

namespace {

gate::Inputs inputs_of(const site::Site& site) {
  return test::sound(gate::read_inputs(site, test::sound(gate::open_to_read(site))));
}

void list(const site::Site& site, std::string_view text) {
  REQUIRE(sys::replace_file(site.path(site::layout::words), text, sys::private_file));
}

}  // namespace

TEST_CASE("a site without a list has no words, no key for them, and makes none") {
  test::WorkingSite made("sealing");
  test::sound(test::process(made.directory(), made.world));
  CHECK_FALSE(inputs_of(made.open()).words.in_force());
  CHECK_FALSE(sys::exists(made.open().path(site::layout::words_key)));
}

TEST_CASE("a list is part of what a decision depends on, comments and all") {
  test::WorkingSite made("sealing");
  const auto without = inputs_of(made.open()).fingerprint;
  list(made.open(), "falken\n");
  test::sound(test::process(made.directory(), made.world));
  const auto inputs = inputs_of(made.open());
  CHECK(inputs.fingerprint != without);
  CHECK(inputs.facts().redacts_also);
  CHECK(inputs.words.digests.size() == 1);
  CHECK(inputs.ceiling->begin()->second.words == inputs.words.digests);
  list(made.open(), "falken\n# and a comment\n");
  CHECK(inputs_of(made.open()).fingerprint != inputs.fingerprint);
  CHECK(site::list_digest(inputs_of(made.open()).words) == site::list_digest(inputs.words));
  list(made.open(), "FALKEN*\n");
  CHECK(*inputs_of(made.open()).words.digests.begin() == *inputs.words.digests.begin() + "*");
}

TEST_CASE("a list or key that cannot be used is a problem that names the file and no word") {
  test::WorkingSite made("sealing");
  list(made.open(), "falken\n");
  test::sound(test::process(made.directory(), made.world));
  const std::string key = made.open().path(site::layout::words_key);
  SUBCASE("a line") {
    list(made.open(), "falken\nx\n");
    CHECK(inputs_of(made.open()).words.problem->message.find("words.txt`: line 2: ") != std::string::npos);
  }
  SUBCASE("a key that is none") {
    REQUIRE(sys::replace_file(key, "falken", sys::private_file));
    CHECK(inputs_of(made.open()).words.problem->message.find("words.key`: must have a key") != std::string::npos);
  }
  SUBCASE("a key that others can read") {
    std::filesystem::permissions(key, std::filesystem::perms(0604));
    CHECK(inputs_of(made.open()).words.problem->message.find("words.key`: users other than its owner") !=
          std::string::npos);
  }
  SUBCASE("a list that leads nowhere") {
    REQUIRE(sys::remove_file(made.open().path(site::layout::words)));
    std::filesystem::create_symlink("nowhere", made.open().path(site::layout::words));
    CHECK(inputs_of(made.open()).words.problem.has_value());
  }
  const auto inputs = inputs_of(made.open());
  CHECK(inputs.words.problem->message.find("falken") == std::string::npos);
  CHECK(inputs.words.words.empty());
  const auto processed = test::sound(test::process(made.directory(), made.world));
  CHECK(processed.prepared.stop.reason == gate::StopReason::configuration);
  CHECK(test::outcomes(made.directory()).back() == Kind::held);
}

TEST_CASE("before a list has its key, its words are no term that could be recorded, and nothing is held for them") {
  test::WorkingSite made("sealing");
  list(made.open(), "falken\n");
  const auto first = inputs_of(made.open());
  CHECK(first.words.digests != inputs_of(made.open()).words.digests);
  CHECK_FALSE(sys::exists(made.open().path(site::layout::words_key)));
  CHECK(test::sound(test::process(made.directory(), made.world)).outcome == gate::ReportOutcome::sealed);
  CHECK(sys::exists(made.open().path(site::layout::words_key)));
}

TEST_CASE("wherever it fails to make the key of a list, there is a whole one or none, and the next run goes on") {
  test::WorkingSite made("sealing");
  list(made.open(), "falken\n");
  const auto act = [&](const std::string& directory) {
    const auto site = test::sound(site::Site::open(directory, made.world));
    return site::ensure_words_key(site).has_value();
  };
  const auto check = [&](const std::string& directory) {
    const auto site = test::sound(site::Site::open(directory, made.world));
    const bool there = sys::exists(site.path(site::layout::words_key));
    if (there) CHECK(test::sound(sys::read_private_file(site.path(site::layout::words_key), 100)).size() == 65);
    CHECK(test::sound(test::process(directory, made.world)).outcome == gate::ReportOutcome::sealed);
    test::recover_and_check(directory, made.world);
    const auto names = test::sound(sys::list_directory(site.path(site::layout::keys)));
    for (const std::string& name : names) CHECK(name.front() != '.');
  };
  CHECK(test::sweep(made.directory(), made.world, act, check) > 3);
}
