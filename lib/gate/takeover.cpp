#include "gate/takeover.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/json.hpp"
#include "core/members.hpp"
#include "crypto/pem.hpp"
#include "gate/entries.hpp"
#include "gate/public_part.hpp"
#include "ledger/entry.hpp"
#include "ledger/kind.hpp"
#include "licence/licence.hpp"
#include "licence/seen.hpp"
#include "licence/verdict.hpp"
#include "public/judge.hpp"
#include "site/history.hpp"
#include "sys/look.hpp"
#include "sys/names.hpp"
#include "sys/write_file.hpp"

namespace airlock::gate {
namespace {

using core::Json;
using published::LicenceFile;
using site::layout::licence;

/// Member of `licence` entries: the serial of the licence that waits again.
constexpr std::string_view taken_back_member = "taken_back";

/// The licence in a file whose signature holds, even if the licence is not usable for other reasons.
std::optional<licence::Licence> content_of(const LicenceFile& file, const LicenceTerms& terms, Time now) {
  return published::judge_by_kit(
             {.present = file},
             {.trust = terms.trust, .product = {}, .site_id = {}, .key_sha256 = {}, .now = now, .newest_trusted = {}},
             {})
      .verdict.licence;
}

/// The licence file in `history/` with this serial; nothing if there is none.
Result<std::optional<LicenceFile>> former_file(const site::Site& site, std::string_view serial,
                                               const LicenceTerms& terms, Time now) {
  AIRLOCK_TRY(const auto paths, site::kept_in_history(site, "licence", serial));
  for (const std::string& path : paths) {
    AIRLOCK_TRY(LicenceFile file, published::read_licence(path));
    const auto content = content_of(file, terms, now);
    if (content && content->serial == serial) return file;
  }
  return std::nullopt;
}

/// Finishes undoing a takeover, if the newest `licence` entry records that: `site.json` first, then the files.
Result<void> finish_take_back(const site::Site& site, const ledger::Ledger& ledger, Time now) {
  AIRLOCK_TRY(const auto newest, ledger.newest(ledger::Kind::licence));
  if (!newest) return {};
  AIRLOCK_TRY(const Json json, body_of(*newest));
  const std::string waits = json.value(taken_back_member, "");
  if (waits.empty()) return {};
  AIRLOCK_TRY(const LicenceTerms terms, licence_terms(site, ledger));
  AIRLOCK_TRY(const published::LicencePair files, published::read_licences(site.directory()));
  const auto present = content_of(files.present, terms, now);
  const auto next = content_of(files.next, terms, now);
  const bool is_in_place = !present || present->serial != waits;
  const auto& early = is_in_place ? next : present;
  if (!early || early->serial != waits || now >= early->not_before) return {};
  licence::SeenLicences by_clock;
  by_clock.add(*early);
  AIRLOCK_CHECK(name_licences(site, by_clock, terms.seen));
  if (is_in_place) return {};
  AIRLOCK_TRY(const auto former, former_file(site, json.value("serial", ""), terms, now));
  if (!former) return {};
  AIRLOCK_CHECK(
      sys::replace_file(site.path(site::layout::next_licence), *files.present.bytes, sys::public_file, site.world()));
  return sys::replace_file(site.path(site::layout::licence), *former->bytes, sys::public_file, site.world());
}

/// Adds the licence that an entry itself names, if its state counts as seen. The entry's `seen` list cannot be used: it
/// follows a disowned entry, so it has that entry's licence too.
void add_own(licence::SeenLicences& seen, const Json& json, const std::string& title) {
  if (!licence::counts_as_seen(json.value("state", "")) || !json.contains("licensee_sha256")) return;
  const Json list = Json::array({{{"licensee_sha256", json.at("licensee_sha256")},
                                  {"sites", json.value("sites", "")},
                                  {"sequence", json.value("sequence", std::int64_t{0})}}});
  const Json outer{{"seen", list}};
  core::Members in(outer, title, "");
  seen.add(licence::SeenLicences::from(in, "seen"));
}

}  // namespace

Result<void> keep_licence(const site::Site& site, const LicenceFile& file) {
  if (!file.bytes) return {};
  AIRLOCK_TRY(const auto trust, site.vendor_trust(crypto::Role::licence));
  const licence::LicenceVerdict verdict =
      licence::judge(file.bytes, file.name,
                     {.trust = trust, .product = {}, .site_id = {}, .key_sha256 = {}, .now = {}, .newest_trusted = {}});
  if (!verdict.licence) return {};  // no vendor's signature holds for the file
  return site::keep_in_history(site, "licence", verdict.licence->serial, *file.bytes);
}

Result<void> settle_licences(const Session& session) {
  const site::Site& site = session.site();
  const ledger::Ledger& ledger = session.ledger();
  const std::string next = site.path(site::layout::next_licence);
  AIRLOCK_CHECK(finish_take_back(site, ledger, session.now()));
  AIRLOCK_TRY(const bool waits, sys::look_for(next));
  if (!waits) return {};
  AIRLOCK_TRY(const LicenceInput input, read_licence_input(session));
  if (!input.next_in_force) return {};
  AIRLOCK_CHECK(keep_licence(site, input.files.present));
  return sys::rename_over(next, site.path(site::layout::licence), site.world());
}

Result<std::optional<TakeBack>> find_take_back(const site::Site& site, const ledger::Ledger& ledger, Time now) {
  AIRLOCK_TRY(const auto entries, ledger.entries_of_kind(ledger::Kind::licence));
  const auto disowned = [&](const ledger::Entry& entry) { return entry.time > now; };
  const auto first = std::find_if(entries.begin(), entries.end(), disowned);
  if (first == entries.begin() || first == entries.end()) return std::nullopt;
  AIRLOCK_TRY(const Json before, body_of(*std::prev(first)));
  core::Members in(before, ledger::title(*std::prev(first)), "");
  if (!in.has("seen")) return std::nullopt;  // an entry of an older release, without the list
  licence::SeenLicences right = licence::SeenLicences::from(in, "seen");
  std::string serial;  // of the licence that is in force because of the wrong clock
  for (auto entry = first; entry != entries.end(); ++entry) {
    AIRLOCK_TRY(const Json json, body_of(*entry));
    if (disowned(*entry)) {
      serial = json.value("serial", "");
    } else {
      add_own(right, json, ledger::title(*entry));
    }
  }

  AIRLOCK_TRY(LicenceTerms terms, licence_terms(site, ledger));
  AIRLOCK_TRY(const published::LicencePair files, published::read_licences(site.directory()));
  const auto present = content_of(files.present, terms, now);
  const auto next = content_of(files.next, terms, now);
  const auto& early = present && present->serial == serial ? present : next;
  if (!early || early->serial != serial || now >= early->not_before) return std::nullopt;
  const std::string former_serial = before.value("serial", "");
  std::optional<LicenceFile> former;
  if (present && present->serial == former_serial) {
    former = files.present;  // the files have not been moved yet
  } else {
    AIRLOCK_TRY(former, former_file(site, former_serial, terms, now));
  }
  if (!former) return std::nullopt;
  TakeBack out{.licence = *early, .former = {}, .by_clock = terms.seen, .right = right};
  terms.seen = std::move(right);
  terms.newest.reset();  // times later than now are about to be disowned
  AIRLOCK_TRY(const auto revoked, revocations(site, ledger));
  const auto judged = judge_for_site({.present = *former}, terms, revoked, now);
  if (judged.verdict.code()) return std::nullopt;
  out.former = *judged.verdict.licence;
  out.former_state = judged.verdict.state;
  return out;
}

Json take_back_members(const TakeBack& back) {
  Json out = licence_members(back.former, back.former_state, back.right);
  out[taken_back_member] = back.licence.serial;
  return out;
}

}  // namespace airlock::gate
