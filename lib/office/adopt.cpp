#include "office/adopt.hpp"

#include <nlohmann/json.hpp>

#include "core/json.hpp"
#include "core/text.hpp"
#include "core/utf8.hpp"
#include "gate/anchor.hpp"
#include "gate/recorded_ceiling.hpp"
#include "gate/session.hpp"
#include "ledger/adoption.hpp"
#include "ledger/kind.hpp"
#include "ledger/merkle.hpp"
#include "ledger/verify.hpp"
#include "site/site.hpp"

namespace airlock::office {

namespace {

using core::Code;
using core::fail;
using core::Json;
using core::Result;

/// The maximum length in bytes of a rollback anchor that an `adopted` entry repeats. A real one has a tenth of that.
constexpr std::size_t anchor_told_maximum = 4096;

}  // namespace

Result<Adopted> adopt(const std::string& directory, const std::string& reason) {
  AIRLOCK_CHECK(core::check_reason(reason, adopt_reason_hint));
  AIRLOCK_TRY(const auto site, site::Site::open(directory));
  AIRLOCK_TRY(auto session, gate::Session::begin_adopting(site));
  const ledger::Ledger& ledger = session.ledger();
  AIRLOCK_TRY(const auto verifier, site.ledger_verifier());
  AIRLOCK_CHECK(ledger::verify(ledger, verifier));

  Adopted out;
  if (const auto past = gate::check_past(site, ledger); !past) {
    // Only an integrity error says that the past differs. Any other error comes from the machine.
    if (past.error().code != Code::integrity) return fail(past.error());
    out.found = past.error().message;
  }
  AIRLOCK_TRY(const auto unknown, gate::unknown_bundles(site, ledger));
  if (unknown.size() > adopted_bundles_maximum) {
    return fail(Code::refused,
                "the outbox holds " + std::to_string(unknown.size()) +
                    " bundles that the ledger does not know, more than one entry can name",
                "move some of them away and run again");
  }
  out.bundles = unknown.size();
  AIRLOCK_TRY(const ledger::TreeHead head, ledger.head());
  AIRLOCK_TRY(Json disclosures, ledger::adopted_disclosures(ledger));
  Json members{{"reason", reason},
               {"ledger_size", head.size},
               {"ledger_root", head.root.hex()},
               {"disclosures", std::move(disclosures)}};
  if (!out.found.empty()) members["found"] = out.found;
  // The rollback anchor is recorded as found, even if it does not verify: nothing else is left of the lost past.
  if (const auto anchor = gate::read_anchor(site);
      anchor && anchor->size() <= anchor_told_maximum && core::is_utf8(*anchor)) {
    members["anchor"] = *anchor;
  }
  if (!unknown.empty()) members["unknown_bundles"] = unknown;
  AIRLOCK_CHECK(gate::add_reset_ceiling(members, ledger));
  AIRLOCK_TRY(auto change, session.change());
  AIRLOCK_TRY(out.seq, change.append(ledger::Kind::adopted, "", members));
  AIRLOCK_TRY(out.head, change.commit());
  return out;
}

}  // namespace airlock::office
