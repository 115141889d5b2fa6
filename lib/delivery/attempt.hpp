#pragma once
/// \file
/// One disclosure through S1, S2 and S3. For this module's own files.

#include <memory>
#include <vector>

#include "delivery/backoff.hpp"
#include "delivery/sender.hpp"
#include "gate/again.hpp"
#include "gate/inputs.hpp"
#include "ledger/ledger.hpp"
#include "sys/read_file.hpp"

namespace airlock::delivery {

class Attempts {
 public:
  /// `options` must outlive this.
  [[nodiscard]] static Result<Attempts> open(const std::string& directory, const Options& options);

  [[nodiscard]] ledger::Ledger& ledger() { return ledger_; }

  struct Outcome {
    Event event;
    bool go_on = true;  ///< whether the next disclosure is worth a try
  };
  /// Tries the destinations in order until one takes it. Error: of the ledger or the site; the attempt may be open.
  [[nodiscard]] Result<Outcome> run(const ledger::Disclosure& disclosure);

  /// Whether all of the queue waits until the time that the last failure set, since it was the destination's.
  [[nodiscard]] Result<std::optional<core::Time>> all_wait_until();

 private:
  Attempts(std::string directory, const Options& options, site::Site site, ledger::Ledger ledger,
           site::Identity identity)
      : directory_(std::move(directory)),
        options_(options),
        site_(std::move(site)),
        ledger_(std::move(ledger)),
        identity_(std::move(identity)) {}

  /// What S1 leaves: an attempt that is recorded and cleared.
  struct Begun {
    ledger::Clearance clearance;
    std::unique_ptr<sys::FileBlob> payload;
    core::Digest digest;
    std::vector<net::HttpHeader> headers;
    std::size_t destinations = 0;
  };
  /// Either an attempt to go on with, or what became of the disclosure without one.
  struct Step {
    std::optional<Begun> begun;
    Outcome outcome;
  };
  [[nodiscard]] Result<Step> begin(const ledger::Disclosure& disclosure, std::size_t index);
  [[nodiscard]] Result<Outcome> end(const ledger::Disclosure& disclosure, std::size_t index, std::size_t destinations,
                                    const Verdict& verdict);
  [[nodiscard]] Result<Outcome> withdraw(const ledger::Disclosure& disclosure, const std::string& why);
  [[nodiscard]] Result<Outcome> lose(const ledger::Disclosure& disclosure, const std::string& why);
  [[nodiscard]] Result<Outcome> too_old(const ledger::Disclosure& disclosure, std::int64_t hours);
  [[nodiscard]] Result<std::unique_ptr<sys::FileBlob>> payload(const ledger::Disclosure& disclosure);
  /// `held`, unless it is empty: why the report waits again from now on.
  [[nodiscard]] Result<void> record(ledger::Kind kind, const ledger::Disclosure& disclosure, core::Json members,
                                    const std::string& held = {});
  [[nodiscard]] Result<Target*> target(const gate::Inputs& inputs, std::size_t index);

  std::string directory_;
  const Options& options_;
  site::Site site_;
  ledger::Ledger ledger_;
  site::Identity identity_;
  core::Digest targets_for_;
  std::vector<std::unique_ptr<Target>> targets_;
};

}  // namespace airlock::delivery
