#include "gate/inbox.hpp"

#include <algorithm>
#include <chrono>
#include <set>
#include <thread>

#include "core/text.hpp"
#include "gate/open.hpp"
#include "gate/record.hpp"
#include "gate/recovery.hpp"
#include "sys/drop.hpp"
#include "sys/file.hpp"
#include "sys/system.hpp"

namespace airlock::gate {
namespace {

using core::Code;
using core::quote;

/// How often files that are still being written are looked at again, a second apart.
constexpr int inbox_rounds = 8;

bool is_claimed(const std::string& name) { return name.starts_with('.') && core::is_uuid(name.substr(1)); }

/// What the ledger knows of a claimed file: nothing, that it was cut short, or that it is done.
struct Claim {
  bool done = false;
  Subject subject;
};

class Inbox {
 public:
  Inbox(const site::Site& site, const ProcessOptions& options, const InboxListener& listener)
      : site_(site), options_(options), listener_(listener) {}

  Result<void> run() {
    AIRLOCK_TRY(const auto lock, sys::Lock::acquire(site_.path(site::layout::inbox_lock), lock_seconds));
    AIRLOCK_CHECK(take_all());
    if (recovered_) return {};
    // What an earlier run left unfinished has no file in the inbox any more, and this may be the only command that runs.
    AIRLOCK_TRY(const auto site_lock, sys::Lock::acquire(site_.path(site::layout::lock), lock_seconds));
    AIRLOCK_TRY(auto ledger, open_to_write(site_));
    AIRLOCK_CHECK(recover(site_, ledger, sys::now()));
    return {};
  }

 private:
  Result<void> take_all() {
    AIRLOCK_TRY(auto names, sys::list_directory(path("")));
    for (const std::string& name : names) {
      if (is_claimed(name)) take(name, name);
    }
    for (int round = 0;; ++round) {
      std::set<std::string> unsettled;
      for (const std::string& name : names) {
        if (!name.starts_with('.')) look(name, unsettled);
      }
      if (unsettled.empty()) return {};
      if (round == inbox_rounds) {
        for (const std::string& name : unsettled) {
          leave(name, {Code::later, quote(name) + ": is still being written", "the next run takes it"});
        }
        return {};
      }
      std::this_thread::sleep_for(std::chrono::seconds(1));
      AIRLOCK_TRY(names, sys::list_directory(path("")));
    }
  }

  [[nodiscard]] std::string path(const std::string& name) const { return site_.path(site::layout::inbox) + "/" + name; }

  /// Says once why a file stays.
  void leave(const std::string& name, const core::Error& error) {
    if (left_.insert(name).second) listener_.left(name, error);
  }

  void look(const std::string& name, std::set<std::string>& unsettled) {
    if (left_.contains(name)) return;
    switch (sys::look_at_drop(path(name))) {
      case sys::Drop::gone:
        return;
      case sys::Drop::unsettled:
        unsettled.insert(name);
        return;
      case sys::Drop::not_a_file:
        leave(name, {Code::bad_input, quote(name) + ": is not a regular file",
                     "only files are taken; remove it from the inbox"});
        return;
      case sys::Drop::linked:
        leave(name, {Code::bad_input, quote(name) + ": has other names too, under which it could be changed",
                     "copy it into the inbox instead of linking it"});
        return;
      case sys::Drop::ready:
        break;
    }
    const std::string claimed = "." + sys::random_uuid();
    // Whether it can be read at all shows better under the name that the product knows.
    if (const auto readable = sys::DroppedFile::open(path(name)); !readable) {
      core::Error error = readable.error();
      if (error.code == Code::refused) error.hint = "the product must make it readable for the user of airlock";
      leave(name, error);
    } else if (const auto renamed = sys::rename_drop(path(name), path(claimed)); !renamed) {
      leave(name, renamed.error());
    } else if (const auto synced = sys::sync_directory(site_.path(site::layout::inbox)); !synced) {
      // Without it a power failure could bring back the first name, and the report would be recorded twice.
      leave(name, synced.error());
    } else {
      take(name, claimed);
    }
  }

  /// Processes a claimed file; whatever goes wrong, it stays for the next run.
  void take(const std::string& name, const std::string& claimed) {
    auto processed = process_claimed(claimed);
    if (!processed) {
      leave(name, processed.error());
    } else if (*processed) {
      listener_.processed(std::move(**processed));
    }
  }

  Result<std::optional<Processed>> process_claimed(std::string claimed) {
    AIRLOCK_TRY(auto file, sys::DroppedFile::open(path(claimed)));
    AIRLOCK_TRY(const Received report, receive(site_, file));
    if (!file.unchanged()) {
      return core::fail(Code::later, quote(claimed) + ": changed while it was read", "the next run takes it");
    }
    AIRLOCK_TRY(const Claim claim, claim_of(claimed.substr(1), report));
    if (claim.done) {
      AIRLOCK_CHECK(sys::remove_file(path(claimed)));
      return std::nullopt;
    }
    if (claim.subject.report_id != claimed.substr(1)) {
      // These are not the bytes that the ledger knows under this id.
      const std::string renamed = "." + claim.subject.report_id;
      AIRLOCK_CHECK(sys::rename_drop(path(claimed), path(renamed)));
      claimed = renamed;
    }
    AIRLOCK_TRY(auto processed, record(site_, report, claim.subject, options_));
    AIRLOCK_CHECK(sys::remove_file(path(claimed)));
    return processed;
  }

  /// Only the holder of the inbox's lock works on claimed files, so what this says stays so.
  Result<Claim> claim_of(const std::string& id, const Received& report) {
    AIRLOCK_TRY(const auto lock, sys::Lock::acquire(site_.path(site::layout::lock), lock_seconds));
    AIRLOCK_TRY(auto ledger, open_to_write(site_));
    AIRLOCK_CHECK(recover(site_, ledger, sys::now()));
    recovered_ = true;
    AIRLOCK_TRY(const auto entries, ledger.entries_of_report(id));
    Claim out;
    out.subject.report_id = id;
    if (entries.empty()) return out;
    const ledger::Kind latest = entries.back().kind;
    const bool cut_short = latest == ledger::Kind::abandoned || latest == ledger::Kind::payload_lost;
    out.done = !cut_short;
    if (out.done) return out;
    AIRLOCK_TRY(const auto original, ledger.original(id));
    if (!original || original->sha256 != report.sha256) {
      out.subject.report_id = sys::random_uuid();
      return out;
    }
    AIRLOCK_TRY(const auto disclosures, ledger.disclosures_of_report(id));
    if (disclosures.empty()) return core::fail(Code::integrity, "the ledger lost the disclosure of report " + id);
    out.subject.number = disclosures.back().number;
    out.subject.kind = ledger::Kind::decided;
    return out;
  }

  const site::Site& site_;
  const ProcessOptions& options_;
  const InboxListener& listener_;
  std::set<std::string> left_;
  bool recovered_ = false;
};

}  // namespace

Result<void> process_inbox(const std::string& directory, const ProcessOptions& options, const InboxListener& listener) {
  AIRLOCK_TRY(const auto site, site::Site::open(directory));
  return Inbox(site, options, listener).run();
}

}  // namespace airlock::gate
