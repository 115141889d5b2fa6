#include "crypto/profile.hpp"

#include <openssl/asn1.h>

#include "crypto/oids.hpp"
#include "crypto/openssl.hpp"

namespace airlock::crypto {

std::string issuer_and_serial(std::string_view certificate) {
  // RFC 5280 4.1: version, serialNumber, signature, issuer.
  der::DerReader outer(certificate);
  der::DerReader body = outer.enter(der::sequence).enter(der::sequence);
  (void)body.whole(der::context(0));
  const std::string_view serial = body.whole(der::integer);
  (void)body.whole(der::sequence);
  const std::string_view issuer = body.whole(der::sequence);
  if (!outer.finish() || issuer.empty()) return {};
  return std::string(issuer).append(serial);
}

std::optional<core::Time> read_time(std::string_view der) {
  der::DerReader reader(der);
  const bool utc = reader.at(der::utc_time);
  std::string digits(reader.content(utc ? der::utc_time : der::generalized_time));
  if (!reader.finish() || digits.size() != (utc ? 13 : 15)) return std::nullopt;
  if (utc) digits.insert(0, digits[0] < '5' ? "20" : "19");
  if (!utc && digits < "2050") return std::nullopt;
  for (const std::size_t at : {4U, 7U}) digits.insert(at, "-");
  digits.insert(10, "T");
  for (const std::size_t at : {13U, 16U}) digits.insert(at, ":");
  const auto time = core::Time::from_text(digits);
  return time ? std::optional(*time) : std::nullopt;
}

std::optional<core::Time> read_time(const asn1_string_st* time) { return read_time(to_der(time, i2d_ASN1_TIME)); }

}  // namespace airlock::crypto
