#include "office/replay.hpp"

#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "core/json.hpp"
#include "core/text.hpp"
#include "gate/recorded_ceiling.hpp"
#include "ledger/disclosure.hpp"
#include "ledger/entry.hpp"
#include "ledger/kind.hpp"
#include "policy/ceiling.hpp"

namespace airlock::office {
namespace {

using core::Code;
using core::fail;
using core::Json;
using core::quote;
using core::Result;
using ledger::Entry;
using ledger::Kind;
using policy::Disposition;

constexpr std::size_t replay_page = 200;

/// The decision on a disclosure that waits to be sent.
struct Decided {
  std::string event;
  policy::Terms terms;
};

tl::unexpected<core::Error> not_allowed(const Entry& entry, const std::string& what) {
  return fail(Code::integrity, ledger::title(entry) + ": " + what,
              "somebody forged this entry, or changed the ledger's tables when it was recorded; find out who can write "
              "to the site directory");
}

/// The text at `member`, then `of`; empty if there is none.
std::string text_in(const Json& json, const char* member, const char* of) {
  const auto at = json.find(member);
  return at != json.end() && at->is_object() ? at->value(of, "") : "";
}

class Replay {
 public:
  Replay(const ledger::Ledger& ledger, core::ProgressSink& progress) : ledger_(ledger), progress_(progress) {}

  Result<Replayed> run() {
    AIRLOCK_TRY(const ledger::TreeHead head, ledger_.head());
    for (std::uint64_t from = 0;;) {
      AIRLOCK_TRY(const auto entries, ledger_.entries(from, replay_page));
      for (const Entry& entry : entries) {
        AIRLOCK_CHECK(look(entry));
        from = entry.seq + 1;
        progress_.show("entries compared with what was allowed", from, head.size);
      }
      if (entries.size() < replay_page) return out_;
    }
  }

 private:
  Result<void> look(const Entry& entry) {
    switch (entry.kind) {
      case Kind::hold:
        hold_ = entry.seq;
        return {};
      case Kind::release:
        hold_.reset();
        return {};
      case Kind::kit: {
        AIRLOCK_TRY(kit_, gate::kit_named_by(entry));
        return take_ceiling(entry);
      }
      case Kind::licence: {
        AIRLOCK_TRY(const Json json, ledger::body_of(entry));
        licence_ = json.value("serial", "");
        return take_ceiling(entry);
      }
      case Kind::authorised:
      case Kind::configured:
      case Kind::key_rotated:
      case Kind::adopted:
        return take_ceiling(entry);
      case Kind::produced:
      case Kind::decided:
        return decision(entry);
      case Kind::sealed:
      case Kind::queued:
      case Kind::released:
      case Kind::handed_over:
        return no_hold(entry);
      case Kind::attempted:
        return attempt(entry);
      case Kind::sent:
      case Kind::withdrawn:
      case Kind::payload_lost: {
        AIRLOCK_TRY(const Json json, ledger::body_of(entry));
        waiting_.erase(json.value("disclosure_id", ""));
        return {};
      }
      default:
        return {};
    }
  }

  Result<void> take_ceiling(const Entry& entry) {
    AIRLOCK_TRY(auto carried, gate::ceiling_of(entry, ledger_));
    if (carried) ceiling_ = std::move(carried);
    return {};
  }

  Result<void> no_hold(const Entry& entry) const {
    if (!hold_) return {};
    return not_allowed(entry, quote(ledger::name(entry.kind)) + " although disclosures had been on hold since entry " +
                                  std::to_string(*hold_));
  }

  Result<void> decision(const Entry& entry) {
    AIRLOCK_TRY(const Json json, ledger::body_of(entry));
    if (const std::string serial = text_in(json, "licence", "serial"); !serial.empty() && serial != licence_) {
      return not_allowed(entry, "the decision used the licence " + quote(serial) +
                                    ", but the newest licence before it is " +
                                    (licence_.empty() ? "none" : quote(licence_)));
    }
    const auto made = json.find("decision");
    if (made != json.end() && made->is_object() && made->contains("kit")) {
      const Json& kit = made->at("kit");
      if (!kit_ || kit != kit_->number) {
        return not_allowed(entry, "the decision used kit " + core::to_text(kit) + ", but the newest kit before it is " +
                                      (kit_ ? std::to_string(kit_->number) : "none"));
      }
    }
    const auto disclosure = json.find("disclosure");
    if (disclosure == json.end() || !disclosure->is_object()) return {};
    AIRLOCK_CHECK(no_hold(entry));
    AIRLOCK_TRY(auto recorded, gate::terms_recorded_by(entry, ledger_));
    const std::string event = json.value("event", "");
    const auto terms = recorded ? recorded->find(event) : policy::Ceiling::iterator();
    if (!recorded || terms == recorded->end()) {
      // Older releases recorded no terms for a report to be sealed. All that can be checked is that it was not to be
      // sent.
      ++out_.without;
      if (text_in(json, "decision", "disposition") == policy::name(Disposition::seal)) return {};
      return not_allowed(entry, "does not record the decision");
    }
    ++out_.decisions;
    AIRLOCK_CHECK(compare(entry, terms->second, event));
    if (terms->second.disposition < Disposition::seal) {
      waiting_[disclosure->value("id", "")] = {event, std::move(terms->second)};
    }
    return {};
  }

  /// Before a payload is sent, its destination is decided again. So recipients and destinations are those of the
  /// ceiling at the time of sending.
  Result<void> attempt(const Entry& entry) {
    AIRLOCK_CHECK(no_hold(entry));
    AIRLOCK_TRY(const Json json, ledger::body_of(entry));
    const auto found = waiting_.find(json.value("disclosure_id", ""));
    if (found == waiting_.end()) return {};
    policy::Terms terms = found->second.terms;
    if (ceiling_) {
      if (const auto of = ceiling_->find(found->second.event); of != ceiling_->end()) {
        terms.recipients = of->second.recipients;
        terms.destinations = of->second.destinations;
      }
    }
    return compare(entry, terms, found->second.event);
  }

  Result<void> compare(const Entry& entry, const policy::Terms& terms, const std::string& event) const {
    policy::Terms sealed = terms;  // a site that never had both kit and licence may only seal
    sealed.disposition = Disposition::seal;
    const policy::Terms* most = &sealed;
    if (ceiling_) {
      const auto found = ceiling_->find(event);
      most = found == ceiling_->end() ? nullptr : &found->second;
    }
    // Older releases did not record classes. Only the disposition can be compared.
    if (most != nullptr && (!terms.has_classes || !most->has_classes)) {
      if (terms.disposition >= most->disposition) return {};
      return not_allowed(entry, "looser than the ceiling at that time: " + quote(policy::name(most->disposition)) +
                                    " -> " + quote(policy::name(terms.disposition)));
    }
    const auto looser = policy::loosenings(terms, most);
    if (looser.empty()) return {};
    return not_allowed(entry, "looser than the ceiling at that time: " + core::printable(looser.front().text()));
  }

  const ledger::Ledger& ledger_;
  core::ProgressSink& progress_;
  Replayed out_;
  std::optional<std::uint64_t> hold_;
  std::optional<gate::KitInForce> kit_;
  std::string licence_;
  std::optional<policy::Ceiling> ceiling_;
  std::map<std::string, Decided, std::less<>> waiting_;  ///< by the disclosure's id
};

}  // namespace

Result<Replayed> replay(const ledger::Ledger& ledger, core::ProgressSink& progress) {
  return Replay(ledger, progress).run();
}

}  // namespace airlock::office
