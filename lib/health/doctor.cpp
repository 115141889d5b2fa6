#include "health/doctor.hpp"

#include <algorithm>

#include "core/text.hpp"
#include "crypto/cms.hpp"
#include "crypto/delegate.hpp"
#include "crypto/inventory.hpp"
#include "gate/inputs.hpp"
#include "gate/open.hpp"
#include "gate/own_redactions.hpp"
#include "gate/public_part.hpp"
#include "gate/read_inputs.hpp"
#include "health/findings.hpp"
#include "health/usage.hpp"
#include "keeper/passphrase.hpp"
#include "ledger/ledger.hpp"
#include "licence/verdict.hpp"
#include "site/known_terms.hpp"
#include "sys/file_system.hpp"
#include "sys/look.hpp"
#include "sys/system.hpp"

namespace airlock::health {
namespace {

using core::quote;

constexpr auto from_backup = "put it back from a backup of the site directory";
/// The site itself never reads `site-request.p7s` again, but that file contains both certificates.
constexpr auto certificate_lost =
    "put it back from a backup of the site directory; `site-request.p7s` has the certificates too";

class Examination {
 public:
  Examination(std::string directory, const Rehearsal& worker)
      : directory_(std::move(directory)), worker_(worker), findings_(sys::now()) {}

  std::vector<Finding> run() {
    library();
    sandbox();
    if (auto site = site::Site::open(directory_)) {
      this->site(*site);
    } else {
      findings_.broken("site", site.error(), "correct what the message names, or put the file back from a backup");
    }
    return std::move(findings_).take();
  }

 private:
  void site(const site::Site& site) {
    add("site", Health::ok, quote(directory_) + ", " + site.configuration().site_id);
    const bool as_owner = site.may_change();
    if (as_owner) file_system(site);
    look_at_layout(site, findings_);
    look_at_readers(site, findings_);
    if (as_owner) keys(site);
    trust(site);
    look_at_public(site, records(site), findings_);
    if (as_owner) return rehearsal(site);
    add("owner", Health::warn,
        "the file system, the keys and the worker were not checked: only the owner of the site can",
        "have the owner run `airlock doctor`");
  }

  /// Checks the ledger and everything that is judged by it. Returns this site's verdict on the licence; nothing if the
  /// ledger or the inputs of the verdict cannot be read.
  std::optional<licence::LicenceVerdict> records(const site::Site& site) {
    const std::string path = site.path(site::layout::ledger);
    if (!sys::exists(path)) {
      add("ledger", Health::fail, quote(path) + ": is missing",
          "put it back from a backup; then `airlock ledger adopt --reason TEXT` records that");
      return std::nullopt;
    }
    const auto ledger = gate::open_to_read(site);
    if (!ledger) {
      broken("ledger", ledger.error(), "`airlock ledger verify` says what is wrong with it");
      return std::nullopt;
    }
    this->ledger(*ledger);
    clock(*ledger);
    return in_force(site, *ledger);
  }

  void add(std::string subject, Health health, std::string what, std::string hint = {}) {
    findings_.add(std::move(subject), health, std::move(what), std::move(hint));
  }
  void broken(std::string subject, const core::Error& error, std::string hint) {
    findings_.broken(std::move(subject), error, std::move(hint));
  }

  void library() {
    const crypto::Inventory found = crypto::inventory();
    add("library", Health::ok, found.library + ", provider " + found.provider);
    for (const crypto::Algorithm& algorithm : found.algorithms) {
      add("algorithm", algorithm.available ? Health::ok : Health::fail,
          algorithm.name + ": " + (algorithm.available ? "" : "not available; for ") + algorithm.use,
          algorithm.available ? "" : "install Debian's own OpenSSL library, with its updates");
    }
    const auto safe = crypto::opening_is_safe();
    if (safe) {
      add("self-test", Health::ok, "two forged bundles are refused, a sound one opens");
    } else {
      broken("self-test", safe.error(), "install Debian's own OpenSSL library, with its updates");
    }
  }

  void sandbox() {
    if (worker_.stopped) {
      return broken("sandbox", *worker_.stopped, "see docs/reference/requirements.md for what a machine must allow");
    }
    if (!worker_.refused.empty()) {
      return add("sandbox", Health::warn,
                 worker_.confined +
                     "; with `\"sandbox\": \"best-effort\"` Airlock runs although the kernel refuses the rest: " +
                     worker_.refused,
                 worker_.hint);
    }
    if (worker_.kept_to_its_files) return add("sandbox", Health::ok, worker_.confined);
    add("sandbox", Health::warn, worker_.confined + ": files are protected by their permissions only",
        "use a kernel with Landlock (5.13 or later), and let a container make its calls: the worker then reaches the "
        "site's files only");
  }

  void file_system(const site::Site& site) {
    const auto works = sys::check_file_system(site.directory());
    if (works) {
      add("file system", Health::ok, "link, rename, directory fsync and flock work");
    } else {
      broken("file system", works.error(), "use a local file system that this user may write to");
    }
  }

  /// Reports the rehearsal of `process`, and rehearses the claim. Does nothing if another check has failed: that
  /// problem would stop `process` too, and is reported already.
  void rehearsal(const site::Site& site) {
    if (findings_.any_failed()) return;
    constexpr auto as_owner = "run as the owner of the site directory, on a local file system";
    if (worker_.work) return broken("worker", *worker_.work, as_owner);
    add("worker", Health::ok, "in the sandbox it reads the site, and writes to `held/`, `outbox/` and a ledger");
    if (const auto claimed = rehearse_claim(site.directory()); !claimed) {
      return broken("inbox", claimed.error(), as_owner);
    }
    add("inbox", Health::ok, "a dropped file can be claimed");
  }

  /// Does not ask for a passphrase or PIN, since a monitor may run this. A key that needs one is not tried.
  void signing_key(const site::Site& site) {
    const auto file = site.signing_key_file();
    const auto public_part = site.signing_certificate();
    if (!file) return broken("key", file.error(), from_backup);
    if (!public_part) return broken("key", public_part.error(), certificate_lost);
    const std::string hint = "make a new one with `airlock key rotate site`";
    std::string kept;
    if (file->kept != keeper::KeyProtection::unencrypted) kept = ", kept " + std::string(keeper::name(file->kept));
    if (file->kept == keeper::KeyProtection::in_token) kept += " " + quote(file->token.uri);
    if (const auto built = crypto::delegation_is_built(); !kept.empty() && !built) {
      return add("key", Health::warn, "signs bundles" + kept + ": " + built.error().message, built.error().hint);
    }
    if (!kept.empty() && !keeper::comes_unattended(site::signing_key_name)) {
      findings_.certificate("key", "signs bundles" + kept + ", not tested, since its passphrase or PIN is not at hand",
                            *public_part, hint);
      return;
    }
    const auto signing = site.signing_identity();
    if (!signing) return broken("key", signing.error(), from_backup);
    findings_.certificate("key", "signs bundles" + kept, signing->certificate, hint);
  }

  void keys(const site::Site& site) {
    signing_key(site);
    const auto archive = site.archive_identity();
    if (archive) {
      findings_.certificate("key", "opens this site's own bundles", archive->certificate,
                            "make a new one with `airlock key rotate archive`");
    } else {
      broken("key", archive.error(), site.archive_certificate() ? from_backup : certificate_lost);
    }
    const auto checkpoints = site.ledger_key();
    if (checkpoints) {
      add("key", Health::ok, "signs checkpoints: " + crypto::describe(checkpoints->public_key()));
    } else {
      broken("key", checkpoints.error(), from_backup);
    }
    const auto pseudonyms = site.pseudonym_key();
    if (pseudonyms) {
      add("key", Health::ok, "makes pseudonyms: 256 bits");
    } else {
      broken("key", pseudonyms.error(), from_backup);
    }
  }

  void trust(const site::Site& site) {
    const auto store = site.vendor_trust(crypto::Role::licence);
    if (!store) return broken("trust", store.error(), from_backup);
    for (const crypto::Certificate& root : store->roots()) {
      findings_.certificate("trust", "vendor root " + quote(root.subject()), root,
                            "ask the vendor for a kit with its next root");
    }
  }

  void ledger(const ledger::Ledger& ledger) {
    const auto head = ledger.head();
    const auto unfinished = ledger.unfinished();
    if (!head) return broken("ledger", head.error(), "`airlock ledger verify` says what is wrong with it");
    if (!unfinished) return broken("ledger", unfinished.error(), "`airlock ledger verify` says what is wrong with it");
    add("ledger", Health::ok, std::to_string(head->size) + " entries; `airlock ledger verify` proves them");
    if (!unfinished->empty()) {
      add("ledger", Health::warn, std::to_string(unfinished->size()) + " disclosures were cut short",
          "the next `airlock process` finishes or undoes them");
    }
  }

  void clock(const ledger::Ledger& ledger) {
    const auto newest = gate::newest_trusted_time(ledger);
    if (!newest) return broken("clock", newest.error(), "`airlock ledger verify` says what is wrong with the ledger");
    const core::Time passed = newest->value_or(findings_.now());
    if (licence::is_ahead(passed, findings_.now())) {
      add("clock", Health::fail, "says " + findings_.now().text() + ", but " + passed.text() + " has already been seen",
          "set this machine's clock; if a wrong clock made that time, `airlock authorise --clock` disowns it");
    } else {
      add("clock", Health::ok, findings_.now().text() + ", newest trusted time " + passed.text());
    }
  }

  std::optional<licence::LicenceVerdict> in_force(const site::Site& site, const ledger::Ledger& ledger) {
    const auto inputs = gate::read_inputs(site, ledger, findings_.now());
    if (!inputs) {
      broken("kit", inputs.error(), "correct this first: until then neither kit nor licence can be judged");
      return std::nullopt;
    }
    if (!inputs->kit) {
      broken("kit", inputs->no_kit, "install the vendor's kit again with `airlock kit install FILE`");
    } else {
      const bool stale = inputs->kit->is_stale(findings_.now());
      add("kit", stale ? Health::warn : Health::ok,
          "number " + std::to_string(inputs->kit->number) + ", next one due " + inputs->kit->next_update.date(),
          stale ? "ask the vendor for a new kit" : "");
      for (const crypto::Certificate& recipient : inputs->kit->recipients) {
        findings_.certificate("recipient", quote(recipient.subject()), recipient,
                              "ask the vendor for a kit with its next recipient");
      }
    }
    for (const gate::OwnRedaction& own : gate::own_redactions(*inputs)) {
      if (!own.problem.empty()) add("redact_also", Health::fail, own.problem + ", so every report is held", own.hint);
    }
    if (const auto& problem = inputs->words.problem) {
      add("words", Health::fail, problem->message + ", so every report is held", problem->hint);
    } else if (inputs->words.in_force()) {
      add("words", Health::ok, std::to_string(inputs->words.words.size()) + " words of the site's list never leave");
    }
    const licence::LicenceVerdict& verdict = inputs->licence.verdict;
    const bool declared = verdict.state == core::LicenceState::missing && inputs->facts().tier.has_value();
    const Health health = verdict.code() && !declared                                     ? Health::fail
                          : verdict.warning || verdict.state == core::LicenceState::grace ? Health::warn
                                                                                          : Health::ok;
    // If the licence is doubtful only because the kit is missing, the finding about the kit says so already.
    if (inputs->kit || !verdict.unbelieved) {
      add("licence", health, std::string(core::name(verdict.state)) + ": " + verdict.reason,
          health == Health::ok ? "" : verdict.hint);
    }
    if (verdict.next) {
      const bool follows = verdict.next->begins().has_value();
      add("licence", follows ? Health::ok : Health::warn,
          (follows ? "next: " : "the next licence does not take over: ") + verdict.next->reason,
          follows ? "" : verdict.next->hint);
    }
    if (inputs->kit && verdict.licence) {
      for (std::string& unknown : site::unknown_terms_in_words(*verdict.licence, *inputs->kit)) {
        add("licence", Health::warn, std::move(unknown), "ask the vendor whether the licence or the kit is wrong");
      }
    }
    look_at_signers(*inputs, findings_);
    look_at_officers(*inputs, findings_);
    look_at_delivery(*inputs, findings_);
    look_at_waiting(*inputs, ledger, findings_);
    return verdict;
  }

  std::string directory_;
  const Rehearsal& worker_;
  Findings findings_;
};

}  // namespace

std::string_view name(Health health) {
  switch (health) {
    case Health::ok:
      return "ok";
    case Health::warn:
      return "warn";
    default:
      return "fail";
  }
}

std::vector<Finding> doctor(const std::string& directory, const Rehearsal& worker) {
  return Examination(directory, worker).run();
}

}  // namespace airlock::health
