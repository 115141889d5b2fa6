#pragma once
/// \file
/// What `doctor` has found so far, and its parts that look at one side of a site each.

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
  std::string hint;  ///< empty where it is well
};

/// Certificates warn where they end within so many days.
inline constexpr std::int64_t certificate_warning_days = 90;

/// Permissions as chmod(1) and mkdir(1) take them.
[[nodiscard]] std::string octal(unsigned permissions);
/// The command, for a hint, that gives `path` these.
[[nodiscard]] std::string chmod(unsigned permissions, const std::string& path);

/// Gathers findings as of one moment.
class Findings {
 public:
  explicit Findings(core::Time now) : now_(now) {}

  [[nodiscard]] core::Time now() const { return now_; }
  /// What is told as failed already is not told again for what rests on it.
  void add(std::string subject, Health health, std::string what, std::string hint = {});
  /// A failure; `hint` where the error has none of its own.
  void broken(std::string subject, const core::Error& error, std::string hint);
  /// `what`, until when, and how many days are left. `over`: how bad it is where none are.
  void term(const std::string& subject, const std::string& what, const crypto::Term& term, const std::string& hint,
            Health over = Health::fail);
  /// The same of a certificate, with its kind of key.
  void certificate(const std::string& subject, const std::string& what, const crypto::Certificate& certificate,
                   const std::string& hint, Health over = Health::fail);
  [[nodiscard]] bool any_failed() const;
  [[nodiscard]] std::vector<Finding> take() && { return std::move(list_); }

 private:
  core::Time now_;
  std::vector<Finding> list_;
};

/// The site's folders, and who else than its owner may read or change what is in it. What is in `public/` is for
/// `look_at_public`, and keys in use are for whoever reads them.
void look_at_layout(const site::Site& site, Findings& findings);

/// What an application of another user would find in `public/`, beside `own`, what this site finds; nothing where it
/// cannot tell.
void look_at_public(const site::Site& site, const std::optional<licence::LicenceVerdict>& own, Findings& findings);

/// How long the certificates last by which receivers are known, and those that this site shows them.
void look_at_delivery(const gate::Inputs& inputs, Findings& findings);

/// Which reports wait, why, and whether some will not for much longer.
void look_at_waiting(const gate::Inputs& inputs, const ledger::Ledger& ledger, Findings& findings);

/// How long the certificates last that signed the licence and the kit at hand.
void look_at_signers(const gate::Inputs& inputs, Findings& findings);

}  // namespace airlock::health
