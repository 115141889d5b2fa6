#include "gate/setup.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/json.hpp"
#include "core/text.hpp"
#include "crypto/pem.hpp"
#include "gate/anchor.hpp"
#include "gate/append.hpp"
#include "gate/ceiling.hpp"
#include "gate/consent.hpp"
#include "gate/entries.hpp"
#include "gate/open.hpp"
#include "gate/public_part.hpp"
#include "gate/recovery.hpp"
#include "gate/settle.hpp"
#include "gate/takeover.hpp"
#include "gate/usage.hpp"
#include "ledger/checkpoint.hpp"
#include "public/judge.hpp"
#include "site/history.hpp"
#include "site/machine.hpp"
#include "site/vendor_roots.hpp"
#include "sys/lock.hpp"
#include "sys/look.hpp"
#include "sys/names.hpp"
#include "sys/read_file.hpp"
#include "sys/system.hpp"
#include "sys/write_file.hpp"

namespace airlock::gate {
namespace {

using core::Code;
using core::fail;
using core::Json;
using core::quote;

constexpr int setup_lock_seconds = 30;

/// A verdict that stands in the way of installing, as an error with the exit code of `licence verify`.
Result<void> may_install(const licence::LicenceVerdict& verdict) {
  switch (verdict.state) {
    case core::LicenceState::valid:
    case core::LicenceState::grace:
    case core::LicenceState::not_yet_valid:
      return {};
    default:
      return fail(static_cast<Code>(verdict.exit_code()),
                  "the licence is " + std::string(core::name(verdict.state)) + ": " + verdict.reason, verdict.hint);
  }
}

Result<void> check_product(const site::Site& site, const std::string& product, std::string_view what) {
  const std::string& own = site.configuration().product;
  if (own.empty() || own == product) return {};
  return fail(Code::refused, std::string(what) + " is for product " + quote(product) + ", this site for " + quote(own),
              "ask the vendor for one of this site's product");
}

/// The first kit or licence tells a site its product.
Result<void> adopt_product(const site::Site& site, const std::string& product) {
  if (!site.configuration().product.empty()) return {};
  const std::string path = site.path(site::layout::configuration);
  AIRLOCK_TRY(const std::string text, site::with_product(site.configuration_text(), path, product));
  return sys::replace_file(path, text, sys::private_file);
}

constexpr const char* needs_person_hint =
    "ask the vendor whether this kit is really meant for this site; `airlock authorise --reason TEXT` then shows it "
    "and "
    "puts it into force";

/// A step back or a long jump: a kit that was replaced before, or one that makes all kits to come look old. A step back
/// is also one behind what `public/site.json` knows: the ledger may be an older one that was put back.
bool needs_person(std::uint64_t number, const std::optional<KitInForce>& in_force, const site::KnownKit& known) {
  return number < known.number || (in_force && number > in_force->number && number - in_force->number > kit_jump_most);
}

Result<void> check_number(const site::Kit& kit, const std::optional<KitInForce>& in_force,
                          const site::KnownKit& known) {
  if (kit.number == known.number && kit.content_sha256.hex() != known.content_sha256) {
    return fail(Code::refused, "another kit with number " + std::to_string(known.number) + " is in force",
                "ask the vendor for a kit with a higher number");
  }
  if (kit.number < known.number) {
    const bool is_in_force = in_force && in_force->number == known.number;
    return fail(Code::refused,
                "kit number " + std::to_string(kit.number) + " is older than number " + std::to_string(known.number) +
                    ", which is " + (is_in_force ? "in force" : "known"),
                needs_person_hint);
  }
  if (needs_person(kit.number, in_force, known)) {
    return fail(Code::refused,
                "kit number " + std::to_string(kit.number) + " is more than " + std::to_string(kit_jump_most) +
                    " above number " + std::to_string(in_force->number) + ", which is in force",
                needs_person_hint);
  }
  return {};
}

/// From a kit of tomorrow on every licence would be `clock_rollback`, and no person could disown the vendor's time.
Result<void> check_issued(const site::Kit& kit, core::Time now) {
  if (!licence::is_ahead(kit.issued, now)) return {};
  return fail(Code::refused,
              "the kit was issued at " + kit.issued.text() + ", and this machine's clock says " + now.text(),
              "set this machine's clock; if it is right, ask the vendor for a kit issued by a clock that is right");
}

/// Opens the site again, since its product may just have become known. A crash before it is made good by the next
/// `process`.
Result<void> show_publicly(const site::Site& site, const ledger::Ledger& ledger, core::Time now) {
  AIRLOCK_TRY(const auto fresh, site::Site::open(site.directory()));
  return refresh_public(fresh, ledger, licence::LicenceVerdict{}, now);
}

/// Under the lock: the file aside, so that the next run can finish what is cut short; the entry; then `put_kit_files`.
/// Until all are done everything is withheld. Returns the paths that a consent let in.
Result<std::vector<std::string>> put_kit(const site::Site& site, ledger::Ledger& ledger, site::Kit kit,
                                         std::string_view file, core::Time now) {
  std::vector<std::string> admitted;
  AIRLOCK_TRY(const auto in_force, kit_in_force(ledger));
  const site::KnownKit known = known_kit(site, in_force);
  AIRLOCK_CHECK(check_number(kit, in_force, known));
  AIRLOCK_TRY(const auto roots, site.vendor_roots());
  AIRLOCK_CHECK(check_lists(kit, known.lists, roots));
  const site::KitHeader header = kit;
  if (!in_force || in_force->number != kit.number) {
    Json members = kit_members(kit);
    AIRLOCK_TRY(Inputs inputs, read_inputs(site.directory(), ledger, now));
    AIRLOCK_TRY(auto declared, declared_so_far(ledger, inputs.kit));
    AIRLOCK_TRY(const Consents consents, consents_in_force(ledger));
    AIRLOCK_CHECK(use_kit(inputs, std::move(kit), ledger));
    AIRLOCK_TRY(admitted,
                install_into_ceiling(inputs, declared ? policy::Consent{consents.to, *declared} : policy::Consent{}));
    if (!admitted.empty()) members["by_consent"] = {{"entry", consents.entry}, {"paths", admitted}};
    add_declared(members, std::move(declared), *inputs.kit);
    AIRLOCK_CHECK(add_ceiling(members, inputs));
    AIRLOCK_CHECK(sys::replace_file(site.path(site::layout::proposed_kit), file, sys::private_file));
    AIRLOCK_TRY(auto change, ledger.change());
    AIRLOCK_CHECK(append(change, ledger::Kind::kit, "", members, now));
    AIRLOCK_CHECK(change.commit());
  }
  AIRLOCK_CHECK(put_kit_files(site, header, file));
  AIRLOCK_CHECK(show_publicly(site, ledger, now));
  return admitted;
}

/// Keeps what has the name `layout` now, unless it is the same.
Result<void> replace_licence(const site::Site& site, std::string_view layout, std::string_view file) {
  AIRLOCK_TRY(const auto before, site::read_licence(site.path(layout)));
  if (before.bytes != file) AIRLOCK_CHECK(keep_licence(site, before));
  return sys::replace_file(site.path(layout), file, sys::public_file);
}

/// A licence that waited and is older now than the one in force will never take over.
Result<void> drop_superseded_next(const site::Site& site, const ledger::Ledger& ledger, core::Time now) {
  AIRLOCK_TRY(const LicenceInput input, read_licence_input(site, ledger, now));
  const auto& next = input.verdict.next;
  if (!next || next->state != core::LicenceState::superseded) return {};
  AIRLOCK_CHECK(keep_licence(site, input.files.next));
  return sys::remove_file(input.files.next.name);
}

Result<void> put_licence(const site::Site& site, ledger::Ledger& ledger, const licence::LicenceVerdict& verdict,
                         std::string_view file, core::Time now) {
  AIRLOCK_TRY(const std::string canonical, crypto::canonical_pem(crypto::cms_label, file));
  AIRLOCK_CHECK(replace_licence(site, site::layout::licence, canonical));
  AIRLOCK_TRY(Inputs inputs, read_inputs(site.directory(), ledger, now));
  inputs.licence.verdict = verdict;
  AIRLOCK_CHECK(install_into_ceiling(inputs));
  AIRLOCK_TRY(Json members, licence_members(*verdict.licence, verdict.state, ledger));
  AIRLOCK_CHECK(add_ceiling(members, inputs));
  AIRLOCK_TRY(auto change, ledger.change());
  AIRLOCK_CHECK(append(change, ledger::Kind::licence, "", members, now));
  AIRLOCK_CHECK(change.commit());
  AIRLOCK_CHECK(drop_superseded_next(site, ledger, now));
  return show_publicly(site, ledger, now);
}

/// Puts a licence beside the one in force, which it takes over from when it begins. The ceiling moves only then.
Result<void> put_next_licence(const site::Site& site, ledger::Ledger& ledger, const licence::Licence& licence,
                              std::string_view file, core::Time now) {
  AIRLOCK_TRY(const std::string canonical, crypto::canonical_pem(crypto::cms_label, file));
  AIRLOCK_TRY(const Inputs inputs, read_inputs(site.directory(), ledger, now));
  if (const auto& waiting = inputs.licence.verdict.next; waiting && waiting->licence && waiting->begins()) {
    licence::SeenLicences seen;
    seen.add(*waiting->licence);
    if (licence.sequence < seen.newest_for(licence)) {
      return fail(
          Code::verdict,
          "licence " + quote(licence.serial) + " has sequence " + std::to_string(licence.sequence) + ", and " +
              quote(waiting->licence->serial) + " with sequence " + std::to_string(waiting->licence->sequence) +
              " already waits to take over",
          "install the newest licence that the vendor gave you; if this is it, ask the vendor to issue it again");
    }
  }
  AIRLOCK_CHECK(replace_licence(site, site::layout::next_licence, canonical));
  Json members = configuration_members(inputs);
  members["next_licence"] = {{"serial", licence.serial},
                             {"sequence", licence.sequence},
                             {"tier", licence.tier},
                             {"not_before", licence.not_before.text()},
                             {"not_after", licence.not_after.text()}};
  AIRLOCK_CHECK(add_ceiling(members, inputs));
  AIRLOCK_TRY(auto change, ledger.change());
  AIRLOCK_CHECK(append(change, ledger::Kind::configured, "", members, now));
  AIRLOCK_CHECK(change.commit());
  return show_publicly(site, ledger, now);
}

Result<Initialised> fill_site(const InitOptions& options, const site::NewSite& content) {
  AIRLOCK_TRY(const auto created, site::create_site(options.directory, content));
  {
    AIRLOCK_TRY(auto ledger, ledger::Ledger::create(options.directory + "/" + std::string(site::layout::ledger)));
    AIRLOCK_TRY(auto change, ledger.change());
    const Json members{{"site_id", content.site_id},
                       {"key_sha256", created.key_sha256.hex()},
                       {"vendor_root_sha256", content.vendor_root.fingerprint().hex()},
                       {"request_sha256", created.request_fingerprint.hex()}};
    AIRLOCK_CHECK(append(change, ledger::Kind::site_created, "", members, content.now));
    AIRLOCK_TRY(const ledger::TreeHead head, change.commit());
    AIRLOCK_TRY(const std::string anchor, ledger::sign_checkpoint(head, content.site_id, created.ledger_key));
    AIRLOCK_CHECK(
        sys::create_file(options.directory + "/" + std::string(site::layout::anchor), anchor, sys::private_file));
  }
  AIRLOCK_TRY(const Writable files, writable(options.directory));
  AIRLOCK_CHECK(sys::ensure_private_file(files.journal, files.ledger));
  AIRLOCK_CHECK(site::finish_site(options.directory, content));
  return Initialised{.site_id = content.site_id,
                     .product = content.product,
                     .request_fingerprint = created.request_fingerprint,
                     .request_path = options.directory + "/" + std::string(site::layout::request),
                     .vendor_root_fingerprint = content.vendor_root.fingerprint(),
                     .kit_number = 0,
                     .licence = {}};
}

}  // namespace

Result<Initialised> init(const InitOptions& options) {
  AIRLOCK_TRY(auto root, crypto::Certificate::from_pem(options.vendor_root));
  if (!root.is_ca() || !root.is_self_signed()) {
    return fail(Code::bad_input, "the vendor root is not a self-signed certificate of an authority",
                "ask the vendor for its root certificate, `vendor-root.crt`");
  }
  const core::Time now = sys::now();
  site::NewSite content{.site_id = options.site_id.empty() ? sys::random_uuid() : core::to_lower(options.site_id),
                        .name = options.name,
                        .product = "",
                        .vendor_root = root,
                        .now = now};
  // Everything is judged before the first file is made.
  std::optional<site::Kit> kit;
  if (options.kit) {
    AIRLOCK_TRY(kit, site::verify_kit(*options.kit, crypto::TrustStore(crypto::Role::kit, {root})));
    AIRLOCK_CHECK(check_issued(*kit, now));
    content.product = kit->product;
  }
  std::optional<licence::LicenceVerdict> verdict;
  if (options.licence) {
    const crypto::TrustStore trust(crypto::Role::licence, {root});
    const site::KitHeader none;
    const site::KitHeader& revocations = kit ? *kit : none;
    verdict = licence::judge(options.licence, options.licence_name,
                             {.trust = trust,
                              .product = content.product,
                              .site_id = content.site_id,
                              .key_sha256 = std::nullopt,
                              .now = now,
                              .newest_trusted = kit ? std::optional(kit->issued) : std::nullopt,
                              .newest_sequence = 0,
                              .revoked_licences = revocations.revoked_licences,
                              .revocations = revocations.trust.lists});
    AIRLOCK_CHECK(may_install(*verdict));
    if (!verdict->licence->any_site) {
      return fail(Code::refused, "the licence is bound to a site's key, and this site has none yet",
                  "make the site, give the vendor its site request, then install the licence");
    }
    content.product = verdict->licence->product;
  }

  // Should anything fail from here on, nothing of the site stays.
  AIRLOCK_TRY(sys::NewDirectory directory, site::begin_site(options.directory));
  AIRLOCK_TRY(Initialised out, fill_site(options, content));
  AIRLOCK_CHECK(directory.finish());
  AIRLOCK_TRY(const auto site, site::Site::open(options.directory));
  AIRLOCK_TRY(auto ledger, open_to_write(site));
  if (kit) {
    out.kit_number = kit->number;
    AIRLOCK_CHECK(put_kit(site, ledger, std::move(*kit), *options.kit, now));
  }
  if (verdict) {
    AIRLOCK_CHECK(put_licence(site, ledger, *verdict, *options.licence, now));
    out.licence = std::move(verdict);
  }
  directory.keep();
  return out;
}

Result<std::vector<OwnRedaction>> idle_redactions(const site::Site& site, const site::Kit& kit) {
  AIRLOCK_TRY(const auto machine, site::read_machine());
  std::vector<OwnRedaction> out = own_redactions(site.configuration(), machine, &kit);
  std::erase_if(out, [](const OwnRedaction& own) { return own.problem.empty(); });
  return out;
}

Result<site::Kit> verify_kit_for(const site::Site& site, std::string_view file) {
  AIRLOCK_TRY(const auto trust, site.vendor_trust(crypto::Role::kit));
  AIRLOCK_TRY(const auto ledger, open_to_read(site));
  AIRLOCK_TRY(const auto revoked, revocations(site, ledger));
  AIRLOCK_TRY(auto kit, site::verify_kit(file, trust, revoked.kit.trust.lists));
  AIRLOCK_CHECK(check_product(site, kit.product, "the kit"));
  return kit;
}

namespace {

Result<std::optional<std::string>> read_proposed(const site::Site& site) {
  const std::string path = site.path(site::layout::proposed_kit);
  AIRLOCK_TRY(const bool there, sys::look_for(path));
  if (!there) return std::nullopt;
  return sys::read_file(path, site::kit_bytes_limit);
}

}  // namespace

Result<std::optional<ProposedKit>> proposed_kit(const site::Site& site, const ledger::Ledger& ledger) {
  std::string path = site.path(site::layout::proposed_kit);
  AIRLOCK_TRY(auto file, read_proposed(site));
  AIRLOCK_TRY(const auto in_force, kit_in_force(ledger));
  const site::KnownKit known = known_kit(site, in_force);
  if (!file && in_force && in_force->number < known.number) {
    // Ledger and kit are those of a backup, which is older than what `public/site.json` knows.
    path = site.path(site::layout::kit);
    AIRLOCK_TRY(file, site::read_if_there(path, site::kit_bytes_limit));
  }
  if (!file) return std::nullopt;
  auto kit = verify_kit_for(site, *file);
  if (!kit) return fail(std::move(kit.error()).within(quote(path)));
  if (!needs_person(kit->number, in_force, known)) return std::nullopt;
  AIRLOCK_TRY(const auto roots, site.vendor_roots());
  AIRLOCK_CHECK(check_lists(*kit, known.lists, roots));
  if (auto issued = check_issued(*kit, sys::now()); !issued) {
    issued.error().hint += "; removing the file lets everything else be authorised";
    return fail(std::move(issued.error()).within(quote(path)));
  }
  return ProposedKit{known.number, std::move(*kit), std::move(*file)};
}

Result<void> put_kit_files(const site::Site& site, const site::KitHeader& kit, std::string_view file) {
  AIRLOCK_CHECK(site::add_roots(site, kit.trust.successors));
  const auto shown = read_public(site);
  // Applications read `site.json` before the kit, so that they never find a kit that is older than it says.
  if (shown && shown->kit.number > kit.number) AIRLOCK_CHECK(name_kit(site, site::known_from(kit)));
  AIRLOCK_TRY(const std::string canonical, crypto::canonical_pem(crypto::cms_label, file));
  AIRLOCK_TRY(const auto before, site::read_if_there(site.path(site::layout::kit), site::kit_bytes_limit));
  if (before && *before != canonical) {
    AIRLOCK_CHECK(site::keep_in_history(site, "kit", std::to_string(shown ? shown->kit.number : 0), *before));
  }
  AIRLOCK_CHECK(sys::replace_file(site.path(site::layout::kit), canonical, sys::public_file));
  AIRLOCK_CHECK(name_kit(site, site::known_from(kit)));
  return sys::remove_file(site.path(site::layout::proposed_kit));
}

Result<void> finish_authorised_kit(const site::Site& site, const ledger::Ledger& ledger) {
  AIRLOCK_TRY(const auto file, read_proposed(site));
  if (!file) return {};
  const auto kit = verify_kit_for(site, *file);
  // What is wrong with a kit that waits for a person, that person is told.
  if (!kit) return kit.error().code == Code::not_recorded ? Result<void>(fail(kit.error())) : Result<void>();
  AIRLOCK_TRY(const auto in_force, kit_in_force(ledger));
  if (!in_force || in_force->number != kit->number || in_force->content_sha256 != kit->content_sha256.hex()) return {};
  return put_kit_files(site, *kit, *file);
}

Result<InstalledKit> install_kit(const std::string& directory, std::string_view file) {
  AIRLOCK_TRY(const auto site, site::Site::open(directory));
  AIRLOCK_TRY(site::Kit kit, verify_kit_for(site, file));
  const std::uint64_t number = kit.number;
  AIRLOCK_TRY(const auto lock, sys::Lock::acquire(site.path(site::layout::lock), setup_lock_seconds));
  AIRLOCK_TRY(auto ledger, open_to_write(site));
  const core::Time now = sys::now();
  AIRLOCK_CHECK(name_what_is_newer(ledger, now));
  AIRLOCK_CHECK(recover(site, ledger, now));
  AIRLOCK_CHECK(settle_licences(site, ledger, now));
  AIRLOCK_TRY(const auto in_force, kit_in_force(ledger));
  // The kit in force may be installed again under any clock: that changes nothing for the guard.
  if (!in_force || in_force->number != number) AIRLOCK_CHECK(check_issued(kit, now));
  const site::KnownKit known = known_kit(site, in_force);
  if (needs_person(number, in_force, known)) {
    AIRLOCK_TRY(const auto roots, site.vendor_roots());
    AIRLOCK_CHECK(check_lists(kit, known.lists, roots));
    AIRLOCK_CHECK(sys::replace_file(site.path(site::layout::proposed_kit), file, sys::private_file));
  }
  AIRLOCK_CHECK(adopt_product(site, kit.product));
  AIRLOCK_TRY(auto idle, idle_redactions(site, kit));
  AIRLOCK_TRY(auto admitted, put_kit(site, ledger, std::move(kit), file, now));
  return InstalledKit{number, std::move(idle), std::move(admitted)};
}

Result<InstalledLicence> install_licence(const std::string& directory, std::string_view file, std::string_view name) {
  AIRLOCK_TRY(const auto site, site::Site::open(directory));
  AIRLOCK_TRY(const auto lock, sys::Lock::acquire(site.path(site::layout::lock), setup_lock_seconds));
  AIRLOCK_TRY(auto ledger, open_to_write(site));
  const core::Time now = sys::now();
  AIRLOCK_CHECK(name_what_is_newer(ledger, now));
  AIRLOCK_CHECK(recover(site, ledger, now));
  AIRLOCK_CHECK(settle_licences(site, ledger, now));
  AIRLOCK_TRY(const LicenceTerms terms, licence_terms(site, ledger));
  AIRLOCK_TRY(const auto revoked, revocations(site, ledger));
  const site::LicenceFile given{.name = std::string(name), .bytes = std::string(file)};
  licence::LicenceVerdict verdict = judge_for_site({.present = given}, terms, revoked, now).verdict;
  AIRLOCK_CHECK(may_install(verdict));
  licence::Licence licence = *verdict.licence;
  AIRLOCK_CHECK(adopt_product(site, licence.product));
  AIRLOCK_TRY(const LicenceInput in_force, read_licence_input(site, ledger, now));
  const bool waits = verdict.state == core::LicenceState::not_yet_valid && in_force.verdict.exit_code() == 0;
  if (waits) {
    AIRLOCK_CHECK(put_next_licence(site, ledger, licence, file, now));
  } else {
    AIRLOCK_CHECK(put_licence(site, ledger, verdict, file, now));
  }
  AIRLOCK_TRY(const Inputs after, read_inputs(directory, ledger, now));
  InstalledLicence out{.licence = std::move(licence), .waits = waits, .verdict = after.licence.verdict, .unknown = {}};
  if (after.kit) out.unknown = unknown_to(*after.kit, out.licence);
  return out;
}

}  // namespace airlock::gate
