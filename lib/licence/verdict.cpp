#include "licence/verdict.hpp"

#include <algorithm>

#include "core/text.hpp"
#include "crypto/cms.hpp"
#include "crypto/pem.hpp"

namespace airlock::licence {
namespace {

using core::Code;
using core::Error;
using core::fail;
using core::quote;

/// A licence whose signature holds, with its signer's certificate and the authorities above it.
struct VerifiedLicence {
  Licence licence;
  std::vector<crypto::Certificate> chain;
};

/// Verifies a licence file, and reads its content only if the signature holds. Errors: bad_input, integrity.
Result<VerifiedLicence> open(const std::string& file, std::string_view name, const crypto::TrustStore& trust) {
  const auto in_file = [&](Error error) { return std::move(error).within(quote(name)); };
  if (file.size() > licence_bytes_limit) {
    return fail(in_file({Code::bad_input, "is larger than " + std::to_string(licence_bytes_limit) + " bytes", {}}));
  }
  AIRLOCK_TRY(const std::string der, crypto::from_pem(crypto::cms_label, file).map_error(in_file));
  const core::MemoryBlob object(der);
  AIRLOCK_TRY(const auto verified, crypto::verify(object, trust).map_error(in_file));
  AIRLOCK_TRY(const std::string content, core::to_string(verified.content(), licence_bytes_limit).map_error(in_file));
  AIRLOCK_TRY(auto licence, parse(content, name));
  if (!verified.chain_valid_at(licence.issued)) {
    return fail(
        in_file({Code::integrity,
                 "was issued at " + licence.issued.text() + ", when its signer's certificates were not valid (" +
                     verified.valid_from().text() + " to " + verified.valid_until().text() + ")",
                 {}}));
  }
  return VerifiedLicence{std::move(licence), verified.chain()};
}

/// How the vendor has revoked the licence: the licence itself or a certificate of its signer, no matter when it signed.
std::optional<std::string> revoked(const VerifiedLicence& opened, const Setting& setting) {
  const auto& serials = setting.revoked_licences;
  if (std::find(serials.begin(), serials.end(), opened.licence.serial) != serials.end()) {
    return "was revoked by the vendor";
  }
  const crypto::Certificate* const found = crypto::revoked_in(opened.chain, setting.revocations);
  if (found == nullptr) return std::nullopt;
  return "depends on the certificate " + quote(found->subject()) + ", which the vendor has revoked";
}

/// Why the licence is not for this site; nothing if it is.
std::optional<std::string> wrong_site(const Licence& licence, const Setting& setting) {
  if (licence.any_site) return std::nullopt;
  if (!setting.site_id) return "is bound to certain sites, but no site is given";
  const std::string id = core::to_lower(*setting.site_id);
  const auto site = std::find_if(licence.sites.begin(), licence.sites.end(),
                                 [&](const SiteBinding& binding) { return binding.id == id; });
  if (site == licence.sites.end()) return "is not for this site, " + quote(id);
  if (setting.key_sha256 && site->key_sha256 != *setting.key_sha256) {
    return "names this site, " + quote(id) + ", but not the key that the site has";
  }
  return std::nullopt;
}

constexpr std::string_view renew = "ask the vendor to renew it";

Time end_of_grace(const Licence& licence) { return licence.not_after + std::chrono::days{licence.grace_days}; }

std::string days(std::int64_t count) { return std::to_string(count) + (count == 1 ? " day" : " days"); }

struct JudgedState {
  LicenceState state;
  std::string reason;  ///< follows "licence `SERIAL` "
  std::string hint;
};

/// Judges a licence whose signature holds, in the order of `LicenceState`.
JudgedState find(const VerifiedLicence& opened, const Setting& setting) {
  const Licence& licence = opened.licence;
  const Time now = setting.now;
  if (auto why = revoked(opened, setting)) {
    return {LicenceState::revoked, *why, "ask the vendor for another licence"};
  }
  const std::int64_t seen = std::max(setting.newest_sequence, setting.seen.newest_for(licence));
  if (licence.sequence < seen) {
    return {LicenceState::superseded,
            "has sequence " + std::to_string(licence.sequence) + ", but a licence with sequence " +
                std::to_string(seen) + " has been seen",
            "install the newest licence that the vendor gave you; if this is it, ask the vendor to issue it again"};
  }
  if (!setting.product.empty() && licence.product != setting.product) {
    return {LicenceState::wrong_product, "is for product " + quote(licence.product) + ", not " + quote(setting.product),
            "ask the vendor for a licence for " + quote(setting.product)};
  }
  if (auto why = wrong_site(licence, setting)) {
    return {LicenceState::wrong_site, *why, "give the vendor this site's request and ask for a licence that names it"};
  }
  const Time newest = std::max(licence.issued, setting.newest_trusted.value_or(licence.issued));
  if (is_ahead(newest, now)) {
    const bool own = licence.issued == newest;
    return {LicenceState::clock_rollback,
            "cannot be judged: the clock says " + now.text() + ", but " +
                (own ? "it was issued at " + newest.text() : newest.text() + " has already been seen"),
            std::string("set this machine's clock; if it is right, ") +
                (own ? "ask the vendor for another licence: the clock that issued this one was ahead"
                     : "`airlock authorise --clock` disowns the times that a wrong clock recorded, or says which file "
                       "is ahead")};
  }
  if (now < licence.not_before) {
    return {LicenceState::not_yet_valid, "is not valid before " + licence.not_before.text(),
            "wait for that day, or ask the vendor for a licence that begins earlier"};
  }
  const Time last = end_of_grace(licence);
  if (now >= last) {
    const std::string grace =
        licence.grace_days == 0 ? "" : ", and its " + days(licence.grace_days) + " of grace at " + last.text();
    return {LicenceState::expired, "ended at " + licence.not_after.text() + grace, std::string(renew)};
  }
  if (now >= licence.not_after) {
    return {LicenceState::grace,
            "ended at " + licence.not_after.text() + " and is in its " + days(licence.grace_days) +
                " of grace, until " + last.text(),
            std::string(renew)};
  }
  return {LicenceState::valid, "is valid until " + licence.not_after.text(), {}};
}

}  // namespace

std::optional<Time> Following::begins() const {
  if (state != LicenceState::not_yet_valid || !licence) return std::nullopt;
  return licence->not_before;
}

std::optional<Code> LicenceVerdict::code() const {
  switch (state) {
    case LicenceState::valid:
    case LicenceState::grace:
      return std::nullopt;
    case LicenceState::invalid:
      return malformed ? Code::bad_input : Code::integrity;
    default:
      return Code::verdict;
  }
}

LicenceVerdict judge(const std::optional<std::string>& file, std::string_view name, const Setting& setting) {
  LicenceVerdict out;
  if (!file) {
    out.reason = quote(name) + ": there is no licence";
    out.hint = "install the vendor's licence with `airlock licence install FILE`";
    return out;
  }
  auto opened = open(*file, name, setting.trust);
  if (!opened) {
    out.state = LicenceState::invalid;
    out.malformed = opened.error().code == Code::bad_input;
    out.reason = opened.error().message;
    out.hint = opened.error().hint.empty() ? "ask the vendor for the licence again" : opened.error().hint;
    return out;
  }
  auto finding = find(*opened, setting);
  Licence& licence = opened->licence;
  const Time end = setting.now < licence.not_after ? licence.not_after : end_of_grace(licence);
  out.state = finding.state;
  out.reason = quote(name) + ": licence " + quote(licence.serial) + " " + finding.reason;
  out.hint = std::move(finding.hint);
  out.days_left = core::days_between(setting.now, end);
  if (out.state == LicenceState::valid) {
    for (const std::int64_t days : warning_days) {
      if (*out.days_left <= days) out.warning = days;
    }
    if (out.warning) out.hint = std::string(renew);
  }
  out.licence = std::move(licence);
  return out;
}

void let_follow(LicenceVerdict& verdict, LicenceVerdict next) {
  verdict.next = Following{next.state, std::move(next.reason), std::move(next.hint), std::move(next.licence)};
  const auto begins = verdict.next->begins();
  if (!begins) return;
  const std::string serial = quote(verdict.next->licence->serial);
  verdict.reason += "; licence " + serial + " takes over at " + begins->text();
  const bool in_term = verdict.state == LicenceState::valid || verdict.state == LicenceState::grace;
  if (verdict.licence && in_term && *begins <= end_of_grace(*verdict.licence)) {
    verdict.warning.reset();
    verdict.hint.clear();
  } else if (verdict.state == LicenceState::expired || verdict.state == LicenceState::missing || verdict.warning) {
    verdict.hint = "ask the vendor for a licence that begins earlier than " + serial;
  }
}

}  // namespace airlock::licence
