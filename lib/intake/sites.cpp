// The part of Home that registers, finds, shows and retires sites, and closes their forks.
#include <algorithm>

#include "core/text.hpp"
#include "intake/home.hpp"
#include "sys/look.hpp"
#include "sys/system.hpp"

namespace airlock::intake {
namespace {

using core::Code;
using core::fail;
using core::quote;

/// Maximum number of sites that a message lists.
constexpr std::size_t candidates_listed = 10;

tl::unexpected<core::Error> ambiguous(std::string_view text, const std::vector<RegisteredSite>& candidates) {
  std::string list;
  for (std::size_t i = 0; i < std::min(candidates.size(), candidates_listed); ++i) {
    list += (i == 0 ? "" : "; ") + described(candidates[i]);
  }
  if (candidates.size() > candidates_listed) {
    list += "; and " + std::to_string(candidates.size() - candidates_listed) + " more";
  }
  return fail(Code::usage, quote(text) + " fits more than one site: " + list, "give more of the id");
}

tl::unexpected<core::Error> unknown(const std::string& text) {
  if (text.find('/') != text.npos || sys::is_directory(text)) {
    return fail(Code::usage,
                quote(text) +
                    " is the path of a directory; name the site by its id, the first characters of its id, or its name",
                "see `airlock-vendor site list`; a site directory has its id in `public/site.json`");
  }
  return fail(Code::usage, "no site " + quote(text) + " is registered",
              "see `airlock-vendor site list`, or register it with `airlock-vendor site add SITE-REQUEST`");
}

}  // namespace

std::string described(const RegisteredSite& site) { return site.site_id + (site.name.empty() ? "" : ", " + site.name); }

Result<RegisteredSite> Home::find_site(const std::string& text) {
  const std::string lower = core::to_lower(text);
  AIRLOCK_TRY(auto exact, register_.site(lower));
  if (exact) return std::move(*exact);
  AIRLOCK_TRY(auto sites, register_.sites());
  std::vector<RegisteredSite> candidates;
  for (RegisteredSite& site : sites) {
    const bool begins = !lower.empty() && site.site_id.starts_with(lower);
    const bool is_name = !site.name.empty() && core::to_lower(site.name) == lower;
    if (begins || is_name) candidates.push_back(std::move(site));
  }
  if (candidates.empty()) return unknown(text);
  if (candidates.size() > 1) return ambiguous(text, candidates);
  return std::move(candidates.front());
}

Result<RegisteredSite> Home::active_site(const std::string& text) {
  AIRLOCK_TRY(auto site, find_site(text));
  AIRLOCK_CHECK(check_active(site));
  return site;
}

Result<void> Home::check_active(const RegisteredSite& site) {
  AIRLOCK_TRY(const auto retirement, register_.retirement_in_force(site.site_id));
  if (!retirement) return {};
  return fail(Code::refused,
              "site " + described(site) + " was retired at " + retirement->retired + ": " + retirement->reason,
              "if it is in use again, register its request again with `airlock-vendor site add SITE-REQUEST`");
}

Result<Home::AddedSite> Home::add_site(std::string_view request, std::string_view name,
                                       const std::optional<core::Digest>& fingerprint) {
  AIRLOCK_TRY(auto verified, site::verify_request(request, name));
  if (fingerprint && *fingerprint != verified.fingerprint) {
    return fail(Code::integrity,
                quote(name) + ": has fingerprint " + verified.fingerprint.hex() + ", not " + fingerprint->hex(),
                "ask the site's operator what `airlock init` printed; do not register this request");
  }
  if (!verified.product.empty() && verified.product != product_) {
    return fail(Code::refused, quote(name) + ": comes from a site for product " + quote(verified.product) + ", not " +
                                   quote(product_));
  }
  AIRLOCK_TRY(const Added added, register_.add_site(verified, sys::now()));
  return AddedSite{std::move(verified), added};
}

Result<std::vector<Home::SiteGaps>> Home::gaps(const std::optional<std::string>& site) {
  std::vector<RegisteredSite> sites;
  if (site) {
    AIRLOCK_TRY(auto one, find_site(*site));
    sites.push_back(std::move(one));
  } else {
    AIRLOCK_TRY(sites, register_.sites());
  }
  std::vector<SiteGaps> out;
  for (RegisteredSite& one : sites) {
    AIRLOCK_TRY(Gaps found, register_.gaps(one.site_id));
    out.push_back({std::move(one), std::move(found)});
  }
  return out;
}

Result<Home::SiteDetails> Home::site_details(const std::string& text) {
  SiteDetails out;
  AIRLOCK_TRY(out.site, find_site(text));
  AIRLOCK_TRY(out.gaps, register_.gaps(out.site.site_id));
  AIRLOCK_TRY(out.retirements, register_.retirements(out.site.site_id));
  for (const ForkClosure& closure : out.gaps.closures) {
    for (const Fork& fork : closure.forks) {
      AIRLOCK_TRY(const auto kept, register_.disclosure(out.site.site_id, fork.disclosure));
      if (kept) out.kept.insert_or_assign(fork.disclosure, *kept);
    }
  }
  AIRLOCK_TRY(const auto all, licences());
  for (const ListedLicence& one : all) {
    const auto& sites = one.licence.sites;
    const bool names_it =
        std::any_of(sites.begin(), sites.end(), [&](const auto& bound) { return bound.id == out.site.site_id; });
    if (names_it) out.licences.push_back(one);
  }
  return out;
}

Result<Home::RetiredSite> Home::retire_site(const std::string& text, std::string_view reason) {
  AIRLOCK_CHECK(
      core::check_reason(reason, "say why nothing will come from it any more: the register keeps the reason"));
  RetiredSite out;
  AIRLOCK_TRY(out.site, find_site(text));
  AIRLOCK_TRY(out.is_new, register_.retire_site(out.site.site_id, reason, sys::now()));
  return out;
}

Result<Home::ClosedForks> Home::close_forks(const std::string& text, std::optional<std::uint64_t> disclosure,
                                            std::string_view reason) {
  AIRLOCK_CHECK(core::check_reason(reason, "say what the site told you: the register keeps it"));
  ClosedForks out;
  AIRLOCK_TRY(out.site, find_site(text));
  AIRLOCK_TRY(auto forks, register_.close_forks(out.site.site_id, disclosure, reason, sys::now()));
  for (Fork& fork : forks) {
    AIRLOCK_TRY(auto kept, register_.disclosure(out.site.site_id, fork.disclosure));
    out.forks.push_back({std::move(fork), std::move(kept)});
  }
  return out;
}

}  // namespace airlock::intake
