// The part of Home that issues, renews, revokes and lists licences.
#include <algorithm>
#include <map>

#include "core/members.hpp"
#include "core/text.hpp"
#include "crypto/pem.hpp"
#include "intake/home.hpp"
#include "site/kit.hpp"
#include "site/known_terms.hpp"
#include "sys/system.hpp"

namespace airlock::intake {
namespace {

using core::Time;

/// How many of the newest kits are searched for a tier: those of a year, if there is one a week.
constexpr std::size_t kits_searched = 52;

/// LIC-2026-000017.
std::string serial_of(Time issued, std::int64_t sequence) {
  std::string digits = std::to_string(sequence);
  if (digits.size() < 6) digits.insert(0, 6 - digits.size(), '0');
  return "LIC-" + issued.text().substr(0, 4) + "-" + digits;
}

/// A term begins at the start of the day, so that a site whose clock is a little behind can use the licence at once.
Time start_of_day(Time now) { return core::start_of(core::Calendar::day, now); }

tl::unexpected<core::Error> no_such_licence(std::string_view serial) {
  return core::fail(core::Code::usage, "no licence " + core::quote(serial) + " was issued here",
                    "see `airlock-vendor licence list`");
}

}  // namespace

Result<void> Home::bind(licence::Licence& licence, const std::string& site) {
  AIRLOCK_TRY(const RegisteredSite found, active_site(site));
  AIRLOCK_TRY(const auto certificate, crypto::Certificate::from_pem(found.site_certificate));
  licence.sites.push_back({found.site_id, certificate.key().sha256().hex()});
  return {};
}

Result<void> Home::check_known(const licence::Licence& licence) {
  AIRLOCK_TRY(const auto kits, register_.newest_kits(kits_searched));
  if (kits.empty()) return {};
  AIRLOCK_TRY(const auto roots, keys_.roots());
  std::map<std::string, site::UnknownTerm> unknown;  // by every kit so far, under `what`
  bool first = true;
  for (const std::string& file : kits) {
    const auto kit = site::verify_kit(file, crypto::TrustStore(crypto::Role::kit, roots));
    if (!kit) continue;  // its root is gone, or another release wrote its format
    std::map<std::string, site::UnknownTerm> here;
    for (site::UnknownTerm& term : site::unknown_terms(licence, kit->policy, kit->dictionary)) {
      std::string what = term.what;
      if (first || unknown.contains(what)) here.emplace(std::move(what), std::move(term));
    }
    // A suggestion from a newer kit is kept.
    for (auto& [what, term] : here) {
      if (!first && !unknown.at(what).nearest.empty()) term = unknown.at(what);
    }
    unknown = std::move(here);
    first = false;
    if (unknown.empty()) return {};
  }
  if (first) {
    return core::fail(core::Code::refused, "no kit of this home can be read, so nobody can say which tiers are known",
                      "build a kit with `airlock-vendor kit build`, or give `--unknown`");
  }
  std::string message;
  std::string nearest;
  for (const auto& [what, term] : unknown) {
    message += (message.empty() ? "" : "; ") + what + " " + term.why + " of any kit that this home built";
    if (!term.nearest.empty()) nearest += (nearest.empty() ? "" : ", ") + core::quote(term.nearest);
  }
  return core::fail(core::Code::usage, message,
                    (nearest.empty() ? "" : "did you mean " + nearest + "? ") +
                        std::string("if a later kit will have it, give `--unknown`"));
}

Result<std::optional<site::Kit>> Home::newest_kit() {
  AIRLOCK_TRY(const auto kits, register_.newest_kits(kits_searched));
  AIRLOCK_TRY(const auto roots, keys_.roots());
  for (const std::string& file : kits) {
    auto kit = site::verify_kit(file, crypto::TrustStore(crypto::Role::kit, roots));
    if (kit) return std::optional(std::move(*kit));
  }
  return std::optional<site::Kit>();
}

Result<Home::KnownTerms> Home::known_terms() {
  AIRLOCK_TRY(const auto kit, newest_kit());
  return kit ? KnownTerms{kit->policy.tiers(), kit->policy.entitlements()} : KnownTerms{};
}

Result<Home::IssuedLicence> Home::issue(licence::Licence licence, bool unknown) {
  // Faults of format are reported first, and then unknown terms. Neither may use up a number.
  licence.sequence = 1;
  licence.serial = serial_of(licence.issued, 1);
  AIRLOCK_CHECK(licence::parse(licence::to_document(licence), "the licence"));
  if (!unknown) AIRLOCK_CHECK(check_known(licence));
  AIRLOCK_TRY(const auto signing, keys_.in_force(crypto::Role::licence));
  const Time now = licence.issued;
  AIRLOCK_TRY(std::string file, register_.issue_licence(now, [&](std::int64_t sequence) -> Result<Issued> {
    licence.sequence = sequence;
    licence.serial = serial_of(now, sequence);
    const std::string document = licence::to_document(licence);
    AIRLOCK_CHECK(licence::parse(document, "the licence"));
    AIRLOCK_TRY(const std::string der, crypto::sign(document, signing.signer(now)));
    return Issued{crypto::to_pem(crypto::cms_label, der), document};
  }));
  return IssuedLicence{std::move(file), std::move(licence)};
}

Result<Home::IssuedLicence> Home::issue_licence(const LicenceOrder& order) {
  AIRLOCK_CHECK(core::check_typed("the licensee", order.licensee, core::text_limit));
  const Time now = sys::now();
  licence::Licence licence{.serial = "",
                           .sequence = 0,
                           .licensee = order.licensee,
                           .product = product_,
                           .tier = order.tier,
                           .entitlements = order.entitlements,
                           .limits = order.limits,
                           .any_site = !order.site,
                           .sites = {},
                           .issued = now,
                           .not_before = order.not_before.value_or(start_of_day(now)),
                           .not_after = order.not_after,
                           .grace_days = order.grace_days};
  if (order.site) AIRLOCK_CHECK(bind(licence, *order.site));
  return issue(std::move(licence), order.unknown);
}

Result<std::vector<Home::ListedLicence>> Home::licences() {
  AIRLOCK_TRY(const auto documents, register_.licences());
  AIRLOCK_TRY(const auto revoked, register_.revoked_licences());
  std::vector<ListedLicence> out;
  for (const std::string& document : documents) {
    AIRLOCK_TRY(auto licence, licence::parse(document, "the register"));
    const bool gone = std::binary_search(revoked.begin(), revoked.end(), licence.serial);
    out.push_back({std::move(licence), gone});
  }
  return out;
}

Result<Home::IssuedLicence> Home::renew_licence(std::string_view serial, Time not_after,
                                                std::optional<std::int64_t> grace_days, bool unknown) {
  AIRLOCK_TRY(const auto known, licences());
  const auto at =
      std::find_if(known.begin(), known.end(), [&](const ListedLicence& one) { return one.licence.serial == serial; });
  if (at == known.end()) return no_such_licence(serial);
  if (at->revoked) {
    return core::fail(core::Code::refused, "licence " + core::quote(serial) + " is revoked",
                      "issue another with `airlock-vendor licence issue`");
  }
  licence::Licence licence = at->licence;
  licence.issued = sys::now();
  // If the former term is over, the new one begins where it ended, so that no day is left out. Else it begins today.
  licence.not_before = std::min(licence.not_after, start_of_day(licence.issued));
  licence.not_after = not_after;
  licence.grace_days = grace_days.value_or(licence.grace_days);
  const auto sites = std::exchange(licence.sites, {});
  for (const auto& site : sites) AIRLOCK_CHECK(bind(licence, site.id));
  return issue(std::move(licence), unknown);
}

Result<bool> Home::revoke_licence(std::string_view serial, std::string_view reason) {
  AIRLOCK_CHECK(core::check_typed("the reason", reason, core::reason_limit));
  AIRLOCK_TRY(const auto known, licences());
  const bool issued =
      std::any_of(known.begin(), known.end(), [&](const ListedLicence& one) { return one.licence.serial == serial; });
  if (!issued) return no_such_licence(serial);
  return register_.revoke_licence(serial, reason, sys::now());
}

}  // namespace airlock::intake
