#pragma once
/// \file
/// Sends one disclosure: steps S1 to S3 of docs/formats/delivery.md. S1 decides anew and records the attempt, S2 sends,
/// S3 records how it ended. For this module's own files.

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "delivery/backoff.hpp"
#include "delivery/event.hpp"
#include "delivery/target.hpp"
#include "gate/inputs.hpp"
#include "gate/session.hpp"
#include "ledger/clearance.hpp"
#include "ledger/disclosure.hpp"
#include "ledger/kind.hpp"
#include "ledger/ledger.hpp"
#include "sys/read_file.hpp"
#include "sys/world.hpp"

namespace airlock::delivery {

struct SendOptions {
  bool now = false;  ///< tries everything at once: those that wait for a time, are too old, or failed for good
  EnvironmentProxy environment;
  std::function<bool()> stop;                    ///< asked between disclosures; true ends the run
  const sys::World* world = &sys::real_world();  ///< the clock and the random source; never null
};

class Attempts {
 public:
  /// `options` must outlive this. Errors: of the site, its signing key, the ledger.
  [[nodiscard]] static Result<Attempts> open(site::Site site, const SendOptions& options);

  [[nodiscard]] const site::Site& site() const { return opened_->site(); }
  [[nodiscard]] const ledger::Ledger& ledger() const { return opened_->ledger(); }

  /// What became of a disclosure that was tried.
  struct Tried {
    SendEvent event;
    bool go_on = true;  ///< false: the destination is in trouble, so the next disclosure would fail too
  };
  /// Tries the destinations in order until one takes the disclosure. Error: of the ledger or the site; the ledger may
  /// then have an attempt without an end.
  [[nodiscard]] Result<Tried> run(const ledger::Disclosure& disclosure);

  /// Until when the whole queue waits, because the last failure was the destination's; nothing where it does not.
  [[nodiscard]] Result<std::optional<core::Time>> all_wait_until();

 private:
  Attempts(const SendOptions& options, std::shared_ptr<gate::OpenedSite> opened, site::Identity identity)
      : options_(options), opened_(std::move(opened)), identity_(std::move(identity)) {}

  /// An attempt after S1: recorded and cleared.
  struct Begun {
    ledger::Clearance clearance;
    std::unique_ptr<sys::FileBlob> payload;
    core::Digest digest;
    std::vector<net::HttpHeader> headers;
    std::size_t destinations = 0;  ///< how many there are
  };
  /// Either an attempt, or what became of the disclosure without one.
  struct Beginning {
    std::optional<Begun> begun;
    Tried ended;
  };
  [[nodiscard]] Result<Beginning> begin(const ledger::Disclosure& disclosure, std::size_t index);
  [[nodiscard]] Result<Tried> end(gate::Session& session, const ledger::Disclosure& disclosure, std::size_t index,
                                  std::size_t destinations, const AttemptVerdict& verdict);
  [[nodiscard]] Result<Tried> withdraw(gate::Session& session, const ledger::Disclosure& disclosure,
                                       const std::string& why);
  [[nodiscard]] Result<Tried> lose(gate::Session& session, const ledger::Disclosure& disclosure,
                                   const std::string& why);
  [[nodiscard]] Result<Tried> too_old(gate::Session& session, const ledger::Disclosure& disclosure, std::int64_t hours);
  [[nodiscard]] Result<std::unique_ptr<sys::FileBlob>> payload(gate::Session& session,
                                                               const ledger::Disclosure& disclosure);
  /// Appends an entry about the disclosure. Unless `held` is empty, the report is held again, for this reason.
  [[nodiscard]] Result<void> record(gate::Session& session, ledger::Kind kind, const ledger::Disclosure& disclosure,
                                    core::Json members, const std::string& held = {});
  [[nodiscard]] Result<Target*> target(const gate::Inputs& inputs, std::size_t index);

  const SendOptions& options_;
  std::shared_ptr<gate::OpenedSite> opened_;
  site::Identity identity_;
  core::Digest targets_for_;  ///< fingerprint of the inputs that named `targets_`
  std::vector<std::unique_ptr<Target>> targets_;
};

}  // namespace airlock::delivery
