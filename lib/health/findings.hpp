#pragma once
/// \file
/// The findings of `doctor`, and those of its checks that have a file of their own.

#include <optional>
#include <string>
#include <vector>

#include "core/result.hpp"
#include "core/time.hpp"
#include "crypto/certificate.hpp"
#include "crypto/term.hpp"
#include "gate/inputs.hpp"
#include "ledger/ledger.hpp"
#include "licence/verdict.hpp"
#include "site/site.hpp"

namespace airlock::health {

enum class Health : std::uint8_t { ok, warn, fail };
[[nodiscard]] std::string_view name(Health health);

struct Finding {
  std::string subject;  ///< `library`, `algorithm`, `self-test`, `file system`, `clock`, `sandbox`, `key`, …
  Health health = Health::ok;
  std::string what;
  std::string hint;  ///< what to do; empty if nothing is wrong
};

/// A certificate that ends within this number of days is a warning.
inline constexpr std::int64_t certificate_warning_days = 90;

/// Permissions in octal, as chmod(1) and mkdir(1) take them.
[[nodiscard]] std::string octal(unsigned permissions);
/// The chmod(1) command that gives `path` these permissions, in backticks, for a hint.
[[nodiscard]] std::string chmod(unsigned permissions, const std::string& path);

/// Collects the findings of one run. All of them go by the same time, `now`.
class Findings {
 public:
  explicit Findings(core::Time now) : now_(now) {}

  [[nodiscard]] core::Time now() const { return now_; }
  /// Adds a finding. Drops a failure whose `what` was added as a failure before, so that one cause is reported once.
  void add(std::string subject, Health health, std::string what, std::string hint = {});
  /// Adds an error as a failure. `hint` is used if the error has no hint of its own.
  void broken(std::string subject, const core::Error& error, std::string hint);
  /// Adds how long a term lasts: `what`, its last day and the number of days left. `over` is the health of a term that
  /// has ended.
  void term(const std::string& subject, const std::string& what, const crypto::Term& term, const std::string& hint,
            Health over = Health::fail);
  /// Adds the term of a certificate, with its kind of key.
  void certificate(const std::string& subject, const std::string& what, const crypto::Certificate& certificate,
                   const std::string& hint, Health over = Health::fail);
  [[nodiscard]] bool any_failed() const;
  [[nodiscard]] std::vector<Finding> take() && { return std::move(list_); }

 private:
  core::Time now_;
  std::vector<Finding> list_;
};

/// Checks the site's folders, and whether users other than the owner can read or change their content. `look_at_public`
/// checks the files in `public/`. Keys in use are checked by the functions that read them.
void look_at_readers(const site::Site& site, Findings& findings);
void look_at_layout(const site::Site& site, Findings& findings);

/// Checks whether an application of another user can verify the licence through `public/`, and gets the same verdict as
/// the site. `own` is the site's verdict, or nothing if the site has none.
void look_at_public(const site::Site& site, const std::optional<licence::LicenceVerdict>& own, Findings& findings);

/// Checks how long the certificates last that sending needs: those of the authorities by which receivers are
/// recognised, and the client certificates that this site shows to receivers.
void look_at_delivery(const gate::Inputs& inputs, Findings& findings);

/// Lists the reports that wait as held or refused, with the reason, and says which of them are removed soon.
void look_at_waiting(const gate::Inputs& inputs, const ledger::Ledger& ledger, Findings& findings);

/// Checks the certificates of the site's officers, and whether these officers can give the approvals that are asked
/// for.
void look_at_officers(const gate::Inputs& inputs, Findings& findings);

/// Checks how long the certificates last that signed the site's licence and kit.
void look_at_signers(const gate::Inputs& inputs, Findings& findings);

}  // namespace airlock::health
