#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>

#include "core/text.hpp"
#include "gate/approvals.hpp"
#include "gate/entries.hpp"
#include "gate/open.hpp"
#include "gate/read_inputs.hpp"
#include "gate/recorded_ceiling.hpp"
#include "gate/signed_drops.hpp"
#include "ledger/entry.hpp"
#include "ledger/kind.hpp"
#include "licence/verdict.hpp"
#include "site/signed_words.hpp"

namespace airlock::gate {
namespace {

using core::Code;
using core::fail;
using core::Json;
using core::quote;
using core::Result;
using core::Time;

/// The member of a `configured` entry about the list that was taken in.
constexpr std::string_view taken_member = "taken_in";

/// When the newest list that the ledger knows of this key was signed.
Result<std::optional<Time>> newest_list_of(const std::string& key_sha256, const ledger::Ledger& ledger) {
  std::optional<Time> out;
  AIRLOCK_TRY(const auto entries, ledger.entries_of_kind(ledger::Kind::configured));
  for (const ledger::Entry& entry : entries) {
    AIRLOCK_TRY(const Json body, ledger::body_of(entry));
    const auto taken = body.find(taken_member);
    if (taken == body.end() || !taken->is_object() || taken->value("key_sha256", "") != key_sha256) continue;
    const auto time = Time::from_text(taken->value("signed", ""));
    if (time && (!out || *out < *time)) out = *time;
  }
  return out;
}

/// How many words of `before` are not on the list `now`.
std::size_t lost(const redaction::WordList& before, const redaction::WordList& now) {
  return static_cast<std::size_t>(std::count_if(before.begin(), before.end(), [&](const redaction::Word& word) {
    return std::none_of(now.begin(), now.end(), [&](const redaction::Word& other) {
      return core::to_lower(other.text) == core::to_lower(word.text) && (other.any_ending || !word.any_ending);
    });
  }));
}

std::string count_in_words(std::size_t count) { return std::to_string(count) + (count == 1 ? " word" : " words"); }

/// One list from its verified signature to its entry.
class TakingWords {
 public:
  TakingWords(const site::Site& site, const SignedDrop& drop, const DropMover& mover)
      : site_(site), drop_(drop), mover_(mover), key_sha256_(drop.document.signer.key().sha256().hex()) {}

  Result<TakenDrop> run() {
    auto parsed = site::parse_signed_words(drop_.document.text);
    if (!parsed) return refuse("damaged", parsed.error().message);
    if (parsed->site_id != site_.configuration().site_id) {
      return refuse("site", "is for site " + quote(parsed->site_id));
    }
    AIRLOCK_TRY(const auto ledger, open_to_decide(site_));
    AIRLOCK_TRY(const Inputs before, read_inputs(site_, ledger));
    if (const auto no_officer = is_no_officer(drop_.document.signer, before)) {
      return refuse(no_officer->reason, no_officer->message);
    }
    if (licence::is_ahead(parsed->time, before.now)) {
      return refuse("time", "was signed at " + parsed->time.text() + ", which is still to come");
    }
    AIRLOCK_TRY(const auto newest, newest_list_of(key_sha256_, ledger));
    if (newest && parsed->time <= *newest) {
      return refuse("older",
                    "is not newer than the list of the same officer that was taken in, signed at " + newest->text());
    }
    // The file first: a list is in force before the ledger says so, never the other way round.
    if (auto placed = mover_.place_words(drop_.id); !placed) return fail(std::move(placed).error());
    return record(*parsed, before);
  }

 private:
  Result<TakenDrop> refuse(std::string_view reason, std::string message) {
    out_.reason = reason;
    out_.message = std::move(message);
    return std::move(out_);
  }

  Result<TakenDrop> record(const site::SignedWords& words, const Inputs& before) {
    AIRLOCK_TRY(auto session, Session::begin(site_, Patience::report, NewerOrders::are_left));
    AIRLOCK_TRY(const Inputs inputs, read_inputs(session));
    Json members = configuration_members(inputs);
    Json taken = drop_members(drop_);
    taken["signed"] = words.time.text();
    taken["words"] = words.words.size();
    members[taken_member] = std::move(taken);
    AIRLOCK_CHECK(add_ceiling(members, inputs));
    AIRLOCK_CHECK(session.append(ledger::Kind::configured, "", members));
    out_.accepted = true;
    out_.message =
        "the list of " + quote(drop_.document.signer.subject()) + " is in force: " + count_in_words(words.words.size());
    const std::size_t missing = lost(before.words.words, inputs.words.words);
    if (missing != 0) {
      out_.message += "; " + count_in_words(missing) +
                      " that the site had before no longer on any list, which `airlock authorise` must allow";
    }
    return std::move(out_);
  }

  const site::Site& site_;
  const SignedDrop& drop_;
  const DropMover& mover_;
  std::string key_sha256_;
  TakenDrop out_;
};

}  // namespace

Result<TakenDrop> take_words(const site::Site& site, const SignedDrop& drop, const DropMover& mover) {
  return TakingWords(site, drop, mover).run();
}

}  // namespace airlock::gate
