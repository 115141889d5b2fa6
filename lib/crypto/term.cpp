#include "crypto/term.hpp"

#include <openssl/asn1.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <ctime>
#include <optional>

#include "crypto/bio.hpp"
#include "crypto/openssl.hpp"

namespace airlock::crypto {

using core::Code;
using core::fail;

namespace {

/// Certificates are not secret: where a block says that it is encrypted, nobody is asked for a passphrase.
int no_passphrase(char*, int, int, void*) { return -1; }

/// Foreign authorities write GeneralizedTime before 2050 too, which RFC 5280 4.1.2.5 forbids and every TLS library
/// reads.
std::optional<core::Time> any_time(const ASN1_TIME* time) {
  std::tm parts{};
  if (ASN1_TIME_to_tm(time, &parts) != 1) return std::nullopt;
  return core::Time{::timegm(&parts)};
}

}  // namespace

core::Result<std::vector<Term>> terms_from_pem(std::string_view text) {
  const Handle<BIO> bio = memory_bio(text);
  std::vector<Term> out;
  forget_errors();
  for (;;) {
    X509* made = X509_new_ex(library(), nullptr);
    ensure(made != nullptr, "certificate");
    // With what `openssl x509 -addtrust` puts behind a certificate too: libcurl takes those.
    const bool is_one = PEM_read_bio_X509_AUX(bio.get(), &made, no_passphrase, nullptr) != nullptr;
    const Handle<X509> certificate(made);  // null where it was one and could not be read
    if (!is_one) break;
    const auto from = any_time(X509_get0_notBefore(certificate.get()));
    const auto until = any_time(X509_get0_notAfter(certificate.get()));
    if (!from || !until) return fail(Code::bad_input, "holds a certificate whose validity is malformed");
    out.push_back({*from, *until});
  }
  // It ends, as every reading does, with the word that no block is left; any other is of a block that is none.
  const bool at_the_end = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
  forget_errors();
  if (!at_the_end) return fail(Code::bad_input, "holds a certificate that cannot be read");
  if (out.empty()) return fail(Code::bad_input, "holds no certificate");
  return out;
}

}  // namespace airlock::crypto
