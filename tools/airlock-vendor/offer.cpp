#include "offer.hpp"

#include "intake/home.hpp"

namespace airlock::tools {
namespace offering {

using console::Candidate;
using core::Result;

Result<std::vector<Candidate>> sites(intake::Home& home) {
  AIRLOCK_TRY(const auto found, home.sites());
  std::vector<Candidate> out;
  for (const auto& site : found) out.push_back({site.site_id, site.name});
  return out;
}

/// Those that are still of use: a revoked licence can be neither renewed nor revoked.
Result<std::vector<Candidate>> serials(intake::Home& home) {
  AIRLOCK_TRY(const auto found, home.licences());
  std::vector<Candidate> out;
  for (auto each = found.rbegin(); each != found.rend(); ++each) {
    const licence::Licence& licence = each->licence;
    if (each->revoked) continue;
    out.push_back({licence.serial, licence.licensee + ", " + licence.tier + ", to " + licence.not_after.date()});
  }
  return out;
}

std::vector<Candidate> words(const std::vector<std::string>& names) {
  std::vector<Candidate> out;
  for (const std::string& name : names) out.push_back({name, ""});
  return out;
}

Result<std::vector<Candidate>> offer(const std::string& directory, console::Kind kind) {
  AIRLOCK_TRY(auto home, intake::Home::open(directory, db::Mode::read_only));
  switch (kind) {
    case console::Kind::site:
      return sites(home);
    case console::Kind::serial:
      return serials(home);
    case console::Kind::tier: {
      AIRLOCK_TRY(const auto known, home.known_terms());
      return words(known.tiers);
    }
    case console::Kind::entitlement: {
      AIRLOCK_TRY(const auto known, home.known_terms());
      return words(known.entitlements);
    }
    default:
      return std::vector<Candidate>{};
  }
}

}  // namespace offering

std::vector<console::Candidate> offer_of_home(const std::string& home, console::Kind kind,
                                              const console::Typed& typed) {
  const auto named = typed.find("--home");
  return offering::offer(named == typed.end() ? home : console::without_tilde(named->second), kind)
      .value_or(std::vector<console::Candidate>{});
}

}  // namespace airlock::tools
