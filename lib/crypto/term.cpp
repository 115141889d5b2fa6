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

/// Answers OpenSSL when a block claims to be encrypted: there is no passphrase, and no person is asked for one.
int no_passphrase(char*, int, int, void*) { return -1; }

/// Also reads a GeneralizedTime before 2050. RFC 5280 4.1.2.5 forbids it, but other authorities write it and every TLS
/// library accepts it.
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
    // The variant that accepts trust settings behind a certificate (`openssl x509 -addtrust`), as libcurl does.
    const bool is_read = PEM_read_bio_X509_AUX(bio.get(), &made, no_passphrase, nullptr) != nullptr;
    const Handle<X509> certificate(made);  // OpenSSL has set `made` to null if it could not read it
    if (!is_read) break;
    const auto from = any_time(X509_get0_notBefore(certificate.get()));
    const auto until = any_time(X509_get0_notAfter(certificate.get()));
    if (!from || !until) return fail(Code::bad_input, "contains a certificate whose validity is malformed");
    out.push_back({*from, *until});
  }
  // At the end of the text OpenSSL reports that it found no further block. Any other error is about a damaged block.
  const bool at_the_end = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
  forget_errors();
  if (!at_the_end) return fail(Code::bad_input, "contains a certificate that cannot be read");
  if (out.empty()) return fail(Code::bad_input, "contains no certificate");
  return out;
}

}  // namespace airlock::crypto
