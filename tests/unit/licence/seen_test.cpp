#include "licence/seen.hpp"

#include <doctest/doctest.h>

#include "example_licence.hpp"
#include "licence/verdict.hpp"

using namespace airlock;
using licence::Licence;
using licence::SeenLicences;

namespace {

Licence of(const char* licensee, bool any_site, std::int64_t sequence) {
  Licence out = test::example_licence();
  out.licensee = licensee;
  out.any_site = any_site;
  out.sequence = sequence;
  return out;
}

SeenLicences seen(std::initializer_list<Licence> licences) {
  SeenLicences out;
  for (const Licence& each : licences) out.add(each);
  return out;
}

}  // namespace

TEST_CASE("what a wrong clock let be seen is taken back, and nothing else") {
  const SeenLicences right = seen({of("Bank", false, 3), of("Clinic", true, 9)});
  const SeenLicences by_clock = seen({of("Bank", false, 4), of("Clinic", true, 9), of("School", false, 2)});
  const SeenLicences back = by_clock.taken_back(by_clock, right);
  CHECK(back == right);
  CHECK(back.newest_for(of("Bank", false, 1)) == 3);
  CHECK(back.newest_for(of("School", false, 1)) == 0);
  // What is known from elsewhere, newer than what the clock did, stays; so does what nobody knows whose it was.
  SeenLicences elsewhere = seen({of("Bank", false, 7), of("Clinic", true, 9)});
  elsewhere.add_of_unknown(5);
  CHECK(elsewhere.taken_back(by_clock, right) == elsewhere);
}

TEST_CASE("a verdict says which licence follows, and only one that begins in time spares the advice to renew") {
  using core::LicenceState;
  const Licence present = of("Bank", false, 1);
  const auto verdict = [&] {
    licence::LicenceVerdict out;
    out.state = LicenceState::valid;
    out.reason = "is valid";
    out.hint = "ask the vendor to renew it";
    out.warning = 7;
    out.licence = present;
    return out;
  };
  const auto following = [&](core::Time begins, LicenceState state) {
    licence::LicenceVerdict out;
    out.state = state;
    out.reason = "the other";
    out.licence = of("Bank", false, 2);
    out.licence->not_before = begins;
    return out;
  };
  licence::LicenceVerdict one = verdict();
  let_follow(one, following(present.not_after, LicenceState::not_yet_valid));
  CHECK(one.reason.find("takes over at " + present.not_after.text()) != std::string::npos);
  CHECK_FALSE(one.warning);
  CHECK(one.hint.empty());
  CHECK(one.next->begins() == present.not_after);
  one = verdict();
  let_follow(one,
             following(present.not_after + std::chrono::days{present.grace_days + 1}, LicenceState::not_yet_valid));
  CHECK(one.warning == 7);
  CHECK(one.hint.find("begins earlier") != std::string::npos);
  one = verdict();
  let_follow(one, following(present.not_after, LicenceState::revoked));
  CHECK(one.reason == "is valid");
  CHECK(one.warning == 7);
  CHECK_FALSE(one.next->begins());
}
