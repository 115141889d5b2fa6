#include "gate/signed_drops.hpp"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <set>

#include "core/encoding.hpp"
#include "core/members.hpp"
#include "core/text.hpp"
#include "crypto/pem.hpp"
#include "gate/kept.hpp"
#include "gate/open.hpp"
#include "ledger/entry.hpp"
#include "ledger/kind.hpp"
#include "site/signed_words.hpp"
#include "sys/drop.hpp"
#include "sys/look.hpp"
#include "sys/names.hpp"

namespace airlock::gate {
namespace {

using core::Code;
using core::fail;
using core::Json;
using core::quote;
using core::Result;

/// The formats of documents that officers drop.
struct DropFormat {
  std::string_view format;
  Result<TakenDrop> (*take)(const site::Site& site, const SignedDrop& drop, const DropMover& mover);
};
constexpr std::array drop_formats{
    DropFormat{envelope::approval_format, [](const site::Site& site, const SignedDrop& drop,
                                             const DropMover&) { return take_approval(site, drop); }},
    DropFormat{site::signed_words_format, take_words}};

/// A file that was cut short ends before this line. One that has it is complete, however new it is.
constexpr std::string_view last_line = "-----END CMS-----";
/// How many of the newest entries may name a file whose removal a crash prevented. Few entries follow it: every run
/// that takes in files looks at the claimed ones first.
constexpr std::uint64_t entries_looked_at = 1000;

TakenDrop refused(std::string reason, std::string message) {
  TakenDrop out;
  out.reason = std::move(reason);
  out.message = std::move(message);
  return out;
}

Json to_json(const Dropper& dropper) {
  return person_members({.uid = dropper.uid, .login = dropper.login, .sudo = std::nullopt});
}

/// The format that a signed document names; empty if it is not JSON with such a member.
std::string format_of(std::string_view document) {
  constexpr std::array<std::string_view, 1> wanted{"format"};
  const auto json = core::parse_members(document, "document", wanted, {.bytes = drop_bytes_limit});
  if (!json || !json->is_object()) return {};
  const auto format = json->find("format");
  return format != json->end() && format->is_string() ? format->get<std::string>() : std::string();
}

class Drops {
 public:
  Drops(const site::Site& site, const DropMover& mover, const DropListener& listener)
      : site_(site), mover_(mover), listener_(listener) {}

  Result<std::vector<std::uint64_t>> run() {
    AIRLOCK_TRY(const auto claimed, claimed_before());
    AIRLOCK_TRY(const auto dropped, dropped_names());
    if (claimed.empty() && dropped.empty()) return std::vector<std::uint64_t>{};
    AIRLOCK_TRY(const auto lock, lock_site(site_, Patience::report, site::layout::inbox_lock));
    // Another run may have taken them meanwhile.
    AIRLOCK_TRY(const auto still_claimed, claimed_before());
    for (const std::string& id : still_claimed) finish(id);
    for (const std::string& name : dropped) look(name);
    return approved_and_waiting();
  }

 private:
  [[nodiscard]] std::string dropped(const std::string& name) const {
    return site_.path(site::layout::approvals) + "/" + name;
  }
  [[nodiscard]] std::string claimed(const std::string& id) const {
    return site_.path(site::layout::claimed) + "/" + id + std::string(claimed_drop_ending);
  }

  [[nodiscard]] Result<std::vector<std::uint64_t>> approved_and_waiting() const {
    std::vector<std::uint64_t> out;
    if (approved_.empty()) return out;
    AIRLOCK_TRY(const auto ledger, open_to_read(site_));
    for (const std::uint64_t number : approved_) {
      if (waiting_row(ledger, number)) out.push_back(number);
    }
    return out;
  }

  /// The ids of files that an interrupted run claimed.
  [[nodiscard]] Result<std::vector<std::string>> claimed_before() const {
    std::vector<std::string> out;
    AIRLOCK_TRY(const bool there, sys::look_for_directory(site_.path(site::layout::claimed)));
    if (!there) return out;
    AIRLOCK_TRY(const auto names, sys::list_directory(site_.path(site::layout::claimed)));
    for (const std::string& name : names) {
      if (!name.ends_with(claimed_drop_ending)) continue;
      std::string id = name.substr(0, name.size() - claimed_drop_ending.size());
      if (core::is_uuid(id)) out.push_back(std::move(id));
    }
    return out;
  }

  /// Hidden names are left alone: whoever drops a file gives it a hidden name until it is complete.
  [[nodiscard]] Result<std::vector<std::string>> dropped_names() const {
    AIRLOCK_TRY(const bool there, sys::look_for_directory(site_.path(site::layout::approvals)));
    if (!there) return std::vector<std::string>{};
    AIRLOCK_TRY(auto names, sys::list_directory(site_.path(site::layout::approvals)));
    std::erase_if(names, [](const std::string& name) { return name.starts_with('.'); });
    return names;
  }

  void look(const std::string& name) {
    switch (sys::look_at_drop(dropped(name))) {
      case sys::Drop::gone:
        return;
      case sys::Drop::not_a_file:
        return listener_.left(
            name, {Code::bad_input, quote(name) + ": is not a regular file", "only files are taken; remove it"});
      case sys::Drop::linked:
        return listener_.left(
            name,
            {Code::bad_input, quote(name) + ": has a second name (a hard link), through which it could be changed",
             "copy it instead of linking it"});
      case sys::Drop::unsettled:
      case sys::Drop::ready:
        break;
    }
    const auto text = read(dropped(name));
    if (!text) {
      return listener_.left(name,
                            {text.error().code, text.error().message, "its owner must make it readable: mode 0644"});
    }
    const bool is_complete = text->find(last_line) != std::string::npos || text->size() > drop_bytes_limit;
    if (!is_complete && sys::look_at_drop(dropped(name)) == sys::Drop::unsettled) return unsettled(name);
    const auto id = mover_.claim(name);
    if (!id) return listener_.left(name, id.error());
    if (!*id) return unsettled(name);
    take(name, **id);
  }

  void unsettled(const std::string& name) {
    listener_.left(name, {Code::later, quote(name) + ": is still being written", "the next run takes it"});
  }

  /// A claimed file that an interrupted run left.
  void finish(const std::string& id) {
    const auto recorded = entry_about(id);
    if (!recorded) return listener_.left(id, recorded.error());
    if (!*recorded) return take(id, id);
    if ((*recorded)->kind == ledger::Kind::approved) {
      const auto body = ledger::body_of(**recorded);
      if (body) approved_.insert(body->value("number", std::uint64_t{0}));
    }
    if (auto removed = sys::remove_file(claimed(id), site_.world()); !removed) listener_.left(id, removed.error());
  }

  /// The ledger's entry about the file that was claimed under this id.
  [[nodiscard]] Result<std::optional<ledger::Entry>> entry_about(const std::string& id) const {
    AIRLOCK_TRY(const auto ledger, open_to_read(site_));
    AIRLOCK_TRY(const auto head, ledger.head());
    const std::uint64_t from = head.size < entries_looked_at ? 0 : head.size - entries_looked_at;
    AIRLOCK_TRY(const auto entries, ledger.entries(from, entries_looked_at));
    const std::string member = "\"drop\":\"" + id + "\"";
    const auto found = std::find_if(entries.begin(), entries.end(), [&](const ledger::Entry& entry) {
      return (entry.kind == ledger::Kind::approved || entry.kind == ledger::Kind::configured ||
              entry.kind == ledger::Kind::drop_refused) &&
             entry.body.find(member) != std::string::npos;
    });
    return found == entries.end() ? std::nullopt : std::optional(*found);
  }

  /// Takes in a claimed file. After an error it stays for the next run.
  void take(const std::string& name, const std::string& id) {
    const auto done = take_claimed(id);
    if (!done) listener_.left(name, done.error());
  }

  Result<void> take_claimed(const std::string& id) {
    AIRLOCK_TRY(const Dropper dropper, mover_.dropper(id));
    AIRLOCK_TRY(const std::string text, read(claimed(id)));
    AIRLOCK_TRY(const TakenDrop taken, judge(id, text, dropper));
    if (!taken.accepted && !taken.was_known) AIRLOCK_CHECK(record_refusal(id, dropper, taken));
    AIRLOCK_CHECK(sys::remove_file(claimed(id), site_.world()));
    if (taken.number != 0 && (taken.accepted || taken.was_known)) approved_.insert(taken.number);
    if (!taken.was_known) listener_.taken(taken);
    return {};
  }

  /// Reads a file, up to one byte over the limit.
  [[nodiscard]] static Result<std::string> read(const std::string& path) {
    AIRLOCK_TRY(auto file, sys::DroppedFile::open(path));
    std::string out(drop_bytes_limit + 1, '\0');
    std::size_t size = 0;
    while (size < out.size()) {
      AIRLOCK_TRY(const std::size_t got, file.read(std::span(out).subspan(size)));
      if (got == 0) break;
      size += got;
    }
    out.resize(size);
    return out;
  }

  Result<TakenDrop> judge(const std::string& id, std::string_view text, const Dropper& dropper) {
    if (text.size() > drop_bytes_limit) {
      return refused("damaged", "is larger than " + std::to_string(drop_bytes_limit) + " bytes");
    }
    auto pem = crypto::canonical_pem(crypto::cms_label, text);
    if (!pem) return refused("damaged", pem.error().message);
    auto verified = envelope::verify_by_officer(*pem);
    if (!verified) {
      const bool is_integrity = verified.error().code == Code::integrity;
      return refused(is_integrity ? "signature" : "damaged", verified.error().message);
    }
    const SignedDrop drop{id, std::move(*pem), std::move(*verified), dropper};
    const std::string format = format_of(drop.document.text);
    const auto found = std::find_if(drop_formats.begin(), drop_formats.end(),
                                    [&](const DropFormat& each) { return each.format == format; });
    TakenDrop out;
    if (found == drop_formats.end()) {
      out = refused("format", "is a document of format " + quote(format) + ", which this release does not take");
    } else {
      AIRLOCK_TRY(out, found->take(site_, drop, mover_));
      out.format = format;
    }
    out.officer = drop.document.signer.subject();
    return out;
  }

  Result<void> record_refusal(const std::string& id, const Dropper& dropper, const TakenDrop& taken) {
    AIRLOCK_TRY(auto session, Session::begin(site_, Patience::report, NewerOrders::are_left));
    Json members{{"reason", taken.reason}, {"message", core::printable(taken.message)}};
    if (taken.number != 0) members["number"] = taken.number;
    if (!taken.format.empty()) members["document"] = taken.format;
    if (!taken.officer.empty()) members["officer"] = taken.officer;
    members["by"] = to_json(dropper);
    members["drop"] = id;
    AIRLOCK_CHECK(session.append(ledger::Kind::drop_refused, taken.report_id, members));
    return {};
  }

  const site::Site& site_;
  const DropMover& mover_;
  const DropListener& listener_;
  std::set<std::uint64_t> approved_;
};

}  // namespace

Json drop_members(const SignedDrop& drop) {
  const crypto::Certificate& signer = drop.document.signer;
  return {{"officer", signer.subject()},
          {"key_sha256", signer.key().sha256().hex()},
          {"certificate_sha256", signer.fingerprint().hex()},
          {"by", to_json(drop.dropper)},
          {"operator", drop.dropper.is_operator},
          {"drop", drop.id}};
}

Result<std::vector<std::uint64_t>> take_in_drops(const std::string& directory, const DropMover& mover,
                                                 const DropListener& listener, const sys::World& world) {
  AIRLOCK_TRY(const auto site, site::Site::open(directory, world));
  return Drops(site, mover, listener).run();
}

}  // namespace airlock::gate
