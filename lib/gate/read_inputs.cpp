#include "gate/read_inputs.hpp"

#include "core/encoding.hpp"
#include "core/text.hpp"
#include "crypto/hash.hpp"
#include "crypto/pem.hpp"
#include "gate/ceiling.hpp"
#include "gate/public_part.hpp"
#include "ledger/kind.hpp"
#include "ledger/merkle.hpp"
#include "public/judge.hpp"

namespace airlock::gate {

namespace {

using core::Code;
using core::fail;
using core::quote;

/// Adds a part to a digest, with its length in front, so that two different lists of parts never give the same bytes.
void add(crypto::Sha256& sha256, std::string_view part) {
  sha256.update(core::big_endian_64(part.size()));
  sha256.update(part);
}

Result<site::Kit> load_kit(const site::Site& site, const std::optional<std::string>& file,
                           const std::optional<KitInForce>& in_force) {
  const std::string path = site.path(site::layout::kit);
  if (!in_force) {
    return fail(Code::refused, "no kit has been installed", "install the vendor's kit with `airlock kit install FILE`");
  }
  if (!file) return fail(Code::refused, quote(path) + ": is missing", "install the vendor's kit again");
  AIRLOCK_TRY(const auto trust, site.vendor_trust(crypto::Role::kit));
  auto kit = site::verify_kit(*file, trust);
  if (!kit) return fail(std::move(kit.error()).within(quote(path)));
  if (kit->number != in_force->number || kit->content_sha256.hex() != in_force->content_sha256) {
    return fail(Code::refused,
                quote(path) + ": is not the kit that is in force, number " + std::to_string(in_force->number),
                "install the kit with `airlock kit install FILE`, which records it");
  }
  if (kit->product != site.configuration().product) {
    return fail(Code::refused,
                quote(path) + ": is for product " + quote(kit->product) + ", this site for " +
                    quote(site.configuration().product),
                "ask the vendor for a kit for this site's product");
  }
  return kit;
}

/// What the inputs are read from.
struct Grounds {
  site::Site site;
  site::Machine machine;
  site::SiteWords words;
  LicenceTerms licence_terms;
  std::optional<KitInForce> in_force;
  published::KnownKit known;
  bool seen_licence = false;
  published::LicencePair licences;
  std::optional<std::string> kit_file;
  std::vector<crypto::Certificate> roots;
  site::Officers officers;
  core::Digest files;  ///< of configuration, machine, list of words, kit, licences and officers
  core::Digest all;    ///< also of what the ledger and the trusted certificates say
};

Result<core::Digest> digest_of_all(const Grounds& grounds, const ledger::Ledger& ledger) {
  crypto::Sha256 sha256;
  add(sha256, grounds.files.view());
  // An empty file is no missing one.
  add(sha256, grounds.kit_file ? "kit" : "");
  for (const auto* file : {&grounds.licences.present, &grounds.licences.next}) {
    add(sha256, file->unreadable ? file->unreadable->message : file->bytes ? "licence" : "");
  }
  for (const auto& list : grounds.known.lists) {
    add(sha256, list.issuer + " " + std::to_string(list.number) + " " + list.sha256);
  }
  for (const crypto::Certificate& root : grounds.roots) add(sha256, root.der());
  add(sha256, grounds.licence_terms.key_sha256);
  AIRLOCK_TRY(const ledger::TreeHead head, ledger.head());
  add(sha256, core::big_endian_64(head.size));
  add(sha256, head.root.view());
  return sha256.finish();
}

/// Where the kit in force lies: in its place, or still aside while `kit install`, which has recorded it, puts it there.
enum class KitLies { in_place, aside };

Result<std::optional<std::string>> read_kit(const site::Site& site, KitLies lies) {
  const bool in_place = lies == KitLies::in_place;
  const std::string path = site.path(in_place ? site::layout::kit : site::layout::proposed_kit);
  AIRLOCK_TRY(auto file, published::read_if_there(path, published::kit_bytes_limit));
  if (in_place || !file) return file;
  auto as_in_place = crypto::canonical_pem(crypto::cms_label, *file);
  return as_in_place ? std::optional(std::move(*as_in_place)) : std::nullopt;
}

Result<Grounds> read_grounds(const site::Site& opened, const ledger::Ledger& ledger, KitLies lies = KitLies::in_place) {
  AIRLOCK_TRY(auto site, opened.read_again());
  AIRLOCK_TRY(auto machine, site::read_machine());
  AIRLOCK_TRY(auto words, site::read_words(site));
  // What is known first: whoever puts a kit or a licence into its place lets it be known before, or behind.
  AIRLOCK_TRY(LicenceTerms licence_terms, gate::licence_terms(site, ledger));
  AIRLOCK_TRY(auto in_force, kit_in_force(ledger));
  published::KnownKit known = known_kit(site, in_force);
  AIRLOCK_TRY(const auto licence_entry, ledger.newest(ledger::Kind::licence));
  AIRLOCK_TRY(auto licences, published::read_licences(site.directory()));
  AIRLOCK_TRY(auto kit_file, read_kit(site, lies));
  AIRLOCK_TRY(auto roots, site.vendor_roots());
  AIRLOCK_TRY(auto officers, site::read_officers(site));

  crypto::Sha256 sha256;
  add(sha256, site.configuration_text());
  add(sha256, machine.text);
  add(sha256, kit_file.value_or(""));
  add(sha256, licences.present.bytes.value_or(""));
  add(sha256, licences.next.bytes.value_or(""));
  add(sha256, in_force ? std::to_string(in_force->number) + " " + in_force->content_sha256 : "");
  add(sha256, std::to_string(known.number) + " " + known.content_sha256);
  if (words.in_force()) {
    add(sha256, words.file);
    add(sha256, words.problem ? words.problem->message : "");
    add(sha256, site::list_digest(words));  // by another key all words are other terms
  }
  for (const site::Officer& officer : officers.list) add(sha256, officer.kind + " " + officer.certificate.der());
  Grounds out{.site = std::move(site),
              .machine = std::move(machine),
              .words = std::move(words),
              .licence_terms = std::move(licence_terms),
              .in_force = std::move(in_force),
              .known = std::move(known),
              .seen_licence = licence_entry.has_value(),
              .licences = std::move(licences),
              .kit_file = std::move(kit_file),
              .roots = std::move(roots),
              .officers = std::move(officers),
              .files = sha256.finish(),
              .all = {}};
  AIRLOCK_TRY(out.all, digest_of_all(out, ledger));
  return out;
}

/// The verdict on the licence, with a sound kit or with none.
published::JudgedByKit judge_licence(const Grounds& grounds, const std::optional<site::Kit>& kit, Time now) {
  const published::KitTerms terms{
      .roots = grounds.roots, .product = grounds.site.configuration().product, .known = grounds.known};
  const std::string name = quote(grounds.site.path(site::layout::kit));
  const auto revocations = kit ? published::revocations_of(kit->header(), name, terms)
                               : published::revocations_in(grounds.kit_file, name, terms);
  return judge_for_site(grounds.licences, grounds.licence_terms, revocations, now);
}

/// The inputs as judged once, and whether the kit that was read is not the one in force.
struct Reading {
  Inputs inputs;
  bool is_other_kit = false;
};

Result<Reading> judge(Grounds grounds, Time now) {
  auto kit = load_kit(grounds.site, grounds.kit_file, grounds.in_force);
  if (!kit && kit.error().code == Code::not_recorded) return fail(std::move(kit).error());
  std::optional<site::Kit> sound;
  core::Error problem;
  if (kit) {
    sound = std::move(*kit);
  } else {
    problem = std::move(kit).error();
  }
  auto judged = judge_licence(grounds, sound, now);
  const bool is_other_kit = judged.by_kit || (grounds.in_force && !sound);
  crypto::Sha256 fingerprint;
  add(fingerprint, grounds.files.view());
  add(fingerprint, judged.next_in_force ? "the next licence has taken over" : "");
  Inputs out{.site = std::move(grounds.site),
             .machine = std::move(grounds.machine),
             .words = std::move(grounds.words),
             .kit = std::move(sound),
             .no_kit = std::move(problem),
             .licence = LicenceInput::of(std::move(grounds.licences), std::move(judged)),
             .officers = std::move(grounds.officers),
             .now = now,
             .grounds = grounds.all,
             .fingerprint = fingerprint.finish(),
             .seen_licence = grounds.seen_licence,
             .ceiling = {},
             .ceiling_moved = false,
             .hold = {}};
  return Reading{std::move(out), is_other_kit};
}

}  // namespace

Result<Inputs> read_inputs(const site::Site& site, const ledger::Ledger& ledger, Time now) {
  // Another process may be changing the kit. It must be able to say so in the ledger meanwhile, so all of this is not
  // read in one transaction. Once it has, the kit lies aside, and a moment later in its place; then the next may come.
  constexpr int readings = 5;  // the last one in place, which its messages name
  for (int reading = 1;; ++reading) {
    const KitLies lies = reading % 2 == 0 ? KitLies::aside : KitLies::in_place;
    AIRLOCK_TRY(Grounds grounds, read_grounds(site, ledger, lies));
    AIRLOCK_TRY(Reading read, judge(std::move(grounds), now));
    if (read.is_other_kit && reading < readings) continue;
    AIRLOCK_CHECK(read_ceiling(read.inputs, ledger));
    return std::move(read.inputs);
  }
}

Result<Inputs> read_inputs(const site::Site& site, const ledger::Ledger& ledger) {
  return read_inputs(site, ledger, site.world().now());
}

Result<Inputs> read_inputs(const Session& session) {
  return read_inputs(session.site(), session.ledger(), session.now());
}

Result<bool> renew(Inputs& inputs, const Session& session) {
  AIRLOCK_TRY(Grounds grounds, read_grounds(session.site(), session.ledger()));
  if (grounds.all == inputs.grounds) {
    if (session.now() == inputs.now) return false;
    auto judged = judge_licence(grounds, inputs.kit, session.now());
    // Of all that is judged, only the licence is judged by the time.
    if (judged.verdict.state == inputs.licence.verdict.state && judged.next_in_force == inputs.licence.next_in_force) {
      inputs.licence = LicenceInput::of(std::move(grounds.licences), std::move(judged));
      inputs.now = session.now();
      return false;
    }
  }
  AIRLOCK_TRY(Inputs fresh, read_inputs(session));
  const bool others =
      fresh.fingerprint != inputs.fingerprint || fresh.licence.verdict.state != inputs.licence.verdict.state;
  inputs = std::move(fresh);
  return others;
}

}  // namespace airlock::gate
