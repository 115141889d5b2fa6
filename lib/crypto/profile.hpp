#pragma once
/// \file
/// The strict reader for the profile of docs/formats/cms.md, for this module's own .cpp files. It takes a CMS object
/// apart without a key and without OpenSSL, and writes a small object that OpenSSL is given instead. Everything outside
/// the profile is refused as bad_input, with the offset of the byte.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/io.hpp"
#include "core/time.hpp"
#include "crypto/ber.hpp"
#include "crypto/key.hpp"

struct asn1_string_st;

namespace airlock::crypto {

/// SignedData (RFC 5652 5), taken apart.
struct SignedLayout {
  std::vector<ByteRange> content;
  std::vector<std::string> certificates;  ///< DER, in the object's order
  std::size_t signer = 0;                 ///< the index of the signer's certificate
  std::string signer_info;                ///< DER
  std::string digest_algorithm;           ///< DER
  KeyKind kind{};                         ///< the kind of key that the signature algorithm is for
  core::Time signing_time;
};
/// Where the content of a signed object is.
enum class ContentPlace : std::uint8_t { embedded, elsewhere };
/// Takes a SignedData apart. Error: bad_input.
[[nodiscard]] core::Result<SignedLayout> read_signed(const core::Blob& object,
                                                     ContentPlace place = ContentPlace::embedded);
/// Writes the SignedData again in DER, without its content and its certificates.
[[nodiscard]] std::string detached(const SignedLayout& layout);

/// Whether the DER of an AlgorithmIdentifier is RSASSA-PSS with SHA-256, MGF1 with SHA-256 and a salt of 32 bytes.
[[nodiscard]] bool is_pss_with_sha256(std::string_view algorithm);

/// One RecipientInfo (RFC 5652 6.2).
struct RecipientLayout {
  std::string der;
  std::string id;  ///< issuer and serial number, as `issuer_and_serial` gives them
  KeyKind kind{};  ///< p256, p384 or rsa
};

/// AuthEnvelopedData (RFC 5083), taken apart.
struct SealedLayout {
  std::vector<RecipientLayout> recipients;
  std::string algorithm;  ///< DER of the contentEncryptionAlgorithm
  std::vector<ByteRange> ciphertext;
  std::string mac;  ///< DER
};
/// Takes an AuthEnvelopedData apart. Error: bad_input.
[[nodiscard]] core::Result<SealedLayout> read_sealed(const core::Blob& object);
/// Writes the AuthEnvelopedData again in DER, without its ciphertext and with this recipient only.
[[nodiscard]] std::string detached(const SealedLayout& layout, const RecipientLayout& recipient);

/// Issuer and serial number of the DER certificate `certificate`: the DER of both, as in an IssuerAndSerialNumber (RFC
/// 5652 10.2.4). Empty if it is not a certificate.
[[nodiscard]] std::string issuer_and_serial(std::string_view certificate);

/// Reads the DER of a UTCTime or GeneralizedTime as RFC 5280 4.1.2.5 and RFC 5652 11.3 require it: with seconds and
/// `Z`, and GeneralizedTime only from the year 2050 on. Nothing if it is anything else.
[[nodiscard]] std::optional<core::Time> read_time(std::string_view der);
/// Reads OpenSSL's object for such a time.
[[nodiscard]] std::optional<core::Time> read_time(const asn1_string_st* time);

}  // namespace airlock::crypto
