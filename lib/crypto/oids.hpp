#pragma once
/// \file
/// The object identifiers of the profile (docs/formats/cms.md) in DER with their headers, for this module's own .cpp
/// files. No other identifier is accepted.

#include <string_view>

namespace airlock::crypto::oids {

using namespace std::string_view_literals;

// Content types: RFC 5652 4 and 5.1, RFC 5083 2.1.
inline constexpr auto data = "\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x07\x01"sv;
inline constexpr auto signed_data = "\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x07\x02"sv;
inline constexpr auto auth_enveloped_data = "\x06\x0B\x2A\x86\x48\x86\xF7\x0D\x01\x09\x10\x01\x17"sv;

// Signed attributes: RFC 5652 11, RFC 5035 3.
inline constexpr auto content_type = "\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x09\x03"sv;
inline constexpr auto message_digest = "\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x09\x04"sv;
inline constexpr auto signing_time = "\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x09\x05"sv;
inline constexpr auto signing_certificate_v2 = "\x06\x0B\x2A\x86\x48\x86\xF7\x0D\x01\x09\x10\x02\x2F"sv;

// Digests and signatures: RFC 5754 2, RFC 5758 3.2, RFC 4055 2 and 3.
inline constexpr auto sha256 = "\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01"sv;
inline constexpr auto sha384 = "\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x02"sv;
inline constexpr auto ecdsa_with_sha256 = "\x06\x08\x2A\x86\x48\xCE\x3D\x04\x03\x02"sv;
inline constexpr auto ecdsa_with_sha384 = "\x06\x08\x2A\x86\x48\xCE\x3D\x04\x03\x03"sv;
inline constexpr auto rsassa_pss = "\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x01\x0A"sv;
inline constexpr auto mgf1 = "\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x01\x08"sv;

// Encryption: RFC 4055 4, RFC 5753 7.1, RFC 3565 2.3.2, RFC 5084 3.2, RFC 5480 2.1.1.
inline constexpr auto rsaes_oaep = "\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x01\x07"sv;
inline constexpr auto ecdh_sha256_kdf = "\x06\x06\x2B\x81\x04\x01\x0B\x01"sv;
inline constexpr auto ecdh_sha384_kdf = "\x06\x06\x2B\x81\x04\x01\x0B\x02"sv;
inline constexpr auto aes256_wrap = "\x06\x09\x60\x86\x48\x01\x65\x03\x04\x01\x2D"sv;
inline constexpr auto aes256_gcm = "\x06\x09\x60\x86\x48\x01\x65\x03\x04\x01\x2E"sv;
inline constexpr auto ec_public_key = "\x06\x07\x2A\x86\x48\xCE\x3D\x02\x01"sv;
inline constexpr auto p256 = "\x06\x08\x2A\x86\x48\xCE\x3D\x03\x01\x07"sv;
inline constexpr auto p384 = "\x06\x05\x2B\x81\x04\x00\x22"sv;

}  // namespace airlock::crypto::oids
