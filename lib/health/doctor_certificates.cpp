#include <algorithm>
#include <set>

#include "core/text.hpp"
#include "crypto/cms.hpp"
#include "crypto/pem.hpp"
#include "crypto/term.hpp"
#include "health/findings.hpp"
#include "public/judge.hpp"
#include "sys/read_file.hpp"

namespace airlock::health {
namespace {

using core::quote;

constexpr auto next_signer = "its signatures stay valid; the vendor needs the next certificate before it signs again";

class Delivery {
 public:
  Delivery(const gate::Inputs& inputs, Findings& findings)
      : site_(inputs.site),
        findings_(findings),
        bad_(inputs.site.configuration().destinations.empty() ? Health::warn : Health::fail) {}

  void authorities(const published::Destination& destination) {
    const bool named = !destination.ca_file.empty();
    const std::string path = named ? site_.path_of(destination.ca_file) : site_.path(site::layout::delivery_trust);
    if (!told_.insert(path).second) return;
    tell("knows receivers", path, site_.receiver_authorities(destination), Which::last,
         "ask whoever runs the receiver which CA it will use then, and add that certificate to the file");
  }

  void client(const published::Destination& destination) {
    if (destination.client_certificate.empty()) return;
    const std::string path = site_.path_of(destination.client_certificate);
    if (!told_.insert(path).second) return;
    tell("is shown to receivers", path, sys::read_file(path, site::delivery_pem_limit), Which::first,
         "ask whoever runs the receiver for the next client certificate");
  }

 private:
  /// Which certificate in a file counts. One valid authority may be enough, so `last` to end counts for authorities. A
  /// chain is broken when its `first` certificate ends.
  enum class Which : std::uint8_t { first, last };

  void tell(const std::string& purpose, const std::string& path, const core::Result<std::string>& text, Which which,
            const std::string& hint) {
    if (!text)
      return findings_.add("delivery", bad_, text.error().message,
                           "put it back from a backup, or name another file in airlock.json");
    const auto terms = crypto::terms_from_pem(*text);
    if (!terms) return findings_.add("delivery", bad_, quote(path) + ": " + terms.error().message, hint);
    const auto ends_before = [](const crypto::Term& a, const crypto::Term& b) { return a.not_after < b.not_after; };
    const auto [first, last] = std::minmax_element(terms->begin(), terms->end(), ends_before);
    std::string what = purpose + ": " + quote(path);
    if (terms->size() > 1) {
      what += ", " + std::to_string(terms->size()) + " certificates, the first ends " + first->not_after.date();
    }
    findings_.term("delivery", what, which == Which::first ? *first : *last, hint, bad_);
  }

  const site::Site& site_;
  Findings& findings_;
  Health bad_;  ///< `warn` if only the kit configures destinations, since they may not be meant for this site
  std::set<std::string> told_;
};

/// Reports until when the signer's certificates of a licence or kit are valid. Says nothing about a file that does not
/// verify: the check that judges the file says why.
void signers(const std::string& of, const std::optional<std::string>& file,
             const core::Result<crypto::TrustStore>& trust, Findings& findings) {
  if (!file || !trust) return;
  const auto der = crypto::from_pem(crypto::cms_label, *file);
  if (!der) return;
  const core::MemoryBlob object(*der);
  const auto verified = crypto::verify(object, *trust);
  if (!verified) return;
  for (const crypto::Certificate& certificate : verified->chain()) {
    findings.certificate("signer", of + " depends on " + quote(certificate.subject()), certificate, next_signer,
                         Health::warn);
  }
}

}  // namespace

void look_at_delivery(const gate::Inputs& inputs, Findings& findings) {
  Delivery delivery(inputs, findings);
  for (const published::Destination& destination : inputs.destinations()) {
    delivery.authorities(destination);
    delivery.client(destination);
  }
}

void look_at_signers(const gate::Inputs& inputs, Findings& findings) {
  const auto kit = published::read_if_there(inputs.site.path(site::layout::kit), published::kit_bytes_limit);
  signers("the licence", inputs.licence.file(), inputs.site.vendor_trust(crypto::Role::licence), findings);
  signers("the kit", kit.value_or(std::nullopt), inputs.site.vendor_trust(crypto::Role::kit), findings);
}

}  // namespace airlock::health
