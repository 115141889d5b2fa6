#include "gate/doctor.hpp"

#include <algorithm>

#include "core/text.hpp"
#include "crypto/cms.hpp"
#include "crypto/inventory.hpp"
#include "gate/inputs.hpp"
#include "gate/open.hpp"
#include "gate/public_part.hpp"
#include "keeper/passphrase.hpp"
#include "site/verdict.hpp"
#include "sys/abilities.hpp"
#include "sys/file.hpp"
#include "sys/system.hpp"

namespace airlock::gate {
namespace {

using core::quote;

class Examination {
 public:
  explicit Examination(std::string directory) : directory_(std::move(directory)), now_(sys::now()) {}

  std::vector<Finding> run() {
    library();
    sandbox();
    auto site = site::Site::open(directory_);
    if (!site) {
      broken("site", site.error());
      return std::move(findings_);
    }
    add("site", Health::ok, quote(directory_) + ", " + site->configuration().site_id);
    file_system(*site);
    keys(*site);
    trust(*site);
    const auto ledger = open_to_read(*site);
    if (!ledger) {
      broken("ledger", ledger.error());
      return std::move(findings_);
    }
    this->ledger(*ledger);
    clock(*ledger);
    in_force(*ledger);
    public_part();
    return std::move(findings_);
  }

 private:
  void add(std::string subject, Health health, std::string what, std::string hint = {}) {
    findings_.push_back({std::move(subject), health, std::move(what), std::move(hint)});
  }
  void broken(std::string subject, const core::Error& error) {
    add(std::move(subject), Health::fail, error.message, error.hint);
  }

  void library() {
    const crypto::Inventory found = crypto::inventory();
    add("library", Health::ok, found.library + ", provider " + found.provider);
    for (const crypto::Algorithm& algorithm : found.algorithms) {
      add("algorithm", algorithm.available ? Health::ok : Health::fail,
          algorithm.name + ": " + (algorithm.available ? "" : "not available; for ") + algorithm.use,
          algorithm.available ? "" : "install Debian's own libssl3");
    }
    const auto safe = crypto::opening_is_safe();
    if (safe) {
      add("self-test", Health::ok, "two forged bundles are refused, a sound one opens");
    } else {
      broken("self-test", safe.error());
    }
  }

  void sandbox() {
    const sys::Abilities abilities = sys::sandbox_abilities();
    const std::string landlock = abilities.landlock == 0 ? "no Landlock" : "Landlock version " + std::to_string(abilities.landlock);
    if (!abilities.seccomp) {
      add("sandbox", Health::fail, "the kernel has no seccomp filters; " + landlock,
          "a site with `\"sandbox\": \"required\"` cannot process reports on this kernel");
    } else if (abilities.landlock == 0) {
      add("sandbox", Health::warn, "seccomp, " + landlock + ": files are protected by their permissions only",
          "a kernel with Landlock (5.13 or later) confines the worker to the site's files too");
    } else {
      add("sandbox", Health::ok, "seccomp, " + landlock);
    }
  }

  void file_system(const site::Site& site) {
    const auto works = sys::check_file_system(site.directory());
    if (works) {
      add("file system", Health::ok, "link, rename, directory fsync and flock work");
    } else {
      broken("file system", works.error());
    }
  }

  void certificate(const std::string& subject, const std::string& what, const crypto::Certificate& certificate,
                   const std::string& hint) {
    const std::int64_t days = core::days_between(now_, certificate.not_after());
    const std::string text = what + ": " + crypto::describe(certificate.key()) + ", until " + certificate.not_after().date();
    if (now_ < certificate.not_before()) {
      add(subject, Health::warn, text + ", and not valid before " + certificate.not_before().text(),
          "set this machine's clock, or wait");
    } else if (days < 0) {
      add(subject, Health::fail, text + ", which is over", hint);
    } else {
      add(subject, days <= certificate_warning_days ? Health::warn : Health::ok,
          text + ", " + std::to_string(days) + " days left", days <= certificate_warning_days ? hint : "");
    }
  }

  /// A key that needs a person is not asked for: whoever looks may be a monitor.
  void signing_key(const site::Site& site) {
    const auto file = site.signing_key_file();
    const auto public_part = site.signing_certificate();
    if (!file) return broken("key", file.error());
    if (!public_part) return broken("key", public_part.error());
    const std::string hint = "make a new one with `airlock key rotate site`";
    std::string kept;
    if (file->kept != keeper::Kept::openly) kept = ", kept " + std::string(keeper::name(file->kept));
    if (file->kept == keeper::Kept::in_token) kept += " " + quote(file->token.uri);
    if (!kept.empty() && !keeper::comes_unattended(site::signing_key_name)) {
      certificate("key", "signs bundles" + kept + ", not tried without its secret", *public_part, hint);
      return;
    }
    const auto signing = site.signing_identity();
    if (!signing) return broken("key", signing.error());
    certificate("key", "signs bundles" + kept, signing->certificate, hint);
  }

  void keys(const site::Site& site) {
    signing_key(site);
    const auto archive = site.archive_identity();
    if (archive) {
      certificate("key", "opens this site's own bundles", archive->certificate,
                  "make a new one with `airlock key rotate archive`");
    } else {
      broken("key", archive.error());
    }
    const auto checkpoints = site.ledger_key();
    if (checkpoints) {
      add("key", Health::ok, "signs checkpoints: " + crypto::describe(checkpoints->public_key()));
    } else {
      broken("key", checkpoints.error());
    }
    const auto pseudonyms = site.pseudonym_key();
    if (pseudonyms) {
      add("key", Health::ok, "makes pseudonyms: 256 bits");
    } else {
      broken("key", pseudonyms.error());
    }
  }

  void trust(const site::Site& site) {
    const auto store = site.vendor_trust(crypto::Role::licence);
    if (!store) return broken("trust", store.error());
    for (const crypto::Certificate& root : store->roots()) {
      certificate("trust", "vendor root " + quote(root.subject()), root, "ask the vendor for a kit with its next root");
    }
  }

  void ledger(const ledger::Ledger& ledger) {
    const auto head = ledger.head();
    const auto unfinished = ledger.unfinished();
    if (!head) return broken("ledger", head.error());
    if (!unfinished) return broken("ledger", unfinished.error());
    add("ledger", Health::ok, std::to_string(head->size) + " entries; `airlock ledger verify` proves them");
    if (!unfinished->empty()) {
      add("ledger", Health::warn, std::to_string(unfinished->size()) + " disclosures were cut short",
          "the next `airlock process` finishes or undoes them");
    }
  }

  void clock(const ledger::Ledger& ledger) {
    const auto newest = newest_trusted_time(ledger);
    if (!newest) return broken("clock", newest.error());
    const core::Time passed = newest->value_or(now_);
    if (now_ < passed - licence::clock_tolerance) {
      add("clock", Health::fail, "says " + now_.text() + ", but " + passed.text() + " has already been",
          "set this machine's clock; if a bad clock made that time, `airlock authorise --clock` disowns it");
    } else {
      add("clock", Health::ok, now_.text() + ", newest trusted time " + passed.text());
    }
  }

  void in_force(const ledger::Ledger& ledger) {
    const auto inputs = read_inputs(directory_, ledger, now_);
    if (!inputs) return broken("kit", inputs.error());
    if (!inputs->kit) {
      add("kit", Health::fail, inputs->no_kit.message, inputs->no_kit.hint);
    } else {
      const bool stale = inputs->kit->is_stale(now_);
      add("kit", stale ? Health::warn : Health::ok,
          "number " + std::to_string(inputs->kit->number) + ", next one due " + inputs->kit->next_update.date(),
          stale ? "ask the vendor for a new kit" : "");
      for (const crypto::Certificate& recipient : inputs->kit->recipients) {
        certificate("recipient", quote(recipient.subject()), recipient, "ask the vendor for a kit with its next recipient");
      }
    }
    const licence::Verdict& verdict = inputs->licence.verdict;
    const bool declared = verdict.state == core::LicenceState::missing && inputs->facts().tier.has_value();
    const Health health = verdict.exit_code() != 0 && !declared                                    ? Health::fail
                          : verdict.warning || verdict.state == core::LicenceState::grace ? Health::warn
                                                                                            : Health::ok;
    add("licence", health, std::string(core::name(verdict.state)) + ": " + verdict.reason,
        health == Health::ok ? "" : verdict.hint);
  }

  /// What an application of another user would find.
  void public_part() {
    const auto verdict = site::judge_public(directory_, now_);
    if (!verdict) return broken("public", verdict.error());
    add("public", Health::ok, "applications find the licence " + std::string(core::name(verdict->state)));
  }

  std::string directory_;
  core::Time now_;
  std::vector<Finding> findings_;
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

std::vector<Finding> doctor(const std::string& directory) { return Examination(directory).run(); }

}  // namespace airlock::gate
