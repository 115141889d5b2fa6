#include <optional>

#include "crypto/cms.hpp"
#include "crypto/oids.hpp"
#include "crypto/profile.hpp"

namespace airlock::crypto {
namespace {

using namespace std::string_view_literals;

constexpr auto version_0 = "\x02\x01\x00"sv;
constexpr auto version_3 = "\x02\x01\x03"sv;
constexpr auto null = "\x05\x00"sv;
constexpr std::size_t recipients_bytes = recipients_limit * 4096;
constexpr std::size_t algorithm_bytes = 64;
constexpr std::size_t mac_bytes = 64;
constexpr std::size_t nonce_size = 12;
constexpr std::size_t tag_size = 16;
constexpr std::size_t wrapped_key_size = 40;  // RFC 3394: the content key of 32 bytes and 8 bytes more

tl::unexpected<core::Error> refuse_sealed(std::string_view why) {
  return core::fail(core::Code::bad_input, "is not a sealed object: " + std::string(why));
}

/// RSAES-OAEP with SHA-256 and MGF1 with SHA-256, no label (RFC 4055 4.1).
bool is_oaep(std::string_view algorithm) {
  for (const auto parameters : {""sv, null}) {
    const std::string hash = der::value(der::sequence, {oids::sha256, parameters});
    const std::string mask = der::value(der::sequence, {oids::mgf1, hash});
    const std::string oaep =
        der::value(der::sequence, {der::value(der::context(0), {hash}), der::value(der::context(1), {mask})});
    if (algorithm == der::value(der::sequence, {oids::rsaes_oaep, oaep})) return true;
  }
  return false;
}

/// KeyTransRecipientInfo (RFC 5652 6.2.1).
std::optional<RecipientLayout> read_transport(std::string_view whole) {
  der::DerReader outer(whole);
  der::DerReader info = outer.enter(der::sequence);
  info.expect(version_0);
  const std::string_view id = info.content(der::sequence);
  const std::string_view algorithm = info.whole(der::sequence);
  const std::size_t key = info.content(der::octet_string).size();
  // The wrapped key has the size of the modulus: 3072 to 8192 bits.
  if (!info.finish() || !is_oaep(algorithm) || key < 384 || key > 1024) return std::nullopt;
  return RecipientLayout{std::string(whole), std::string(id), KeyKind::rsa};
}

/// Reads the ephemeral key and returns its kind. It must be an uncompressed point (SEC 1 2.3.3); its curve may be
/// absent, NULL or named (RFC 5753 7.1.2).
std::optional<KeyKind> originator_kind(std::string_view algorithm, std::string_view bits) {
  if (!bits.starts_with("\x00\x04"sv) || (bits.size() != 66 && bits.size() != 98)) return std::nullopt;
  const bool p256 = bits.size() == 66;
  for (const auto curve : {""sv, null, p256 ? oids::p256 : oids::p384}) {
    if (algorithm == der::value(der::sequence, {oids::ec_public_key, curve})) {
      return p256 ? KeyKind::p256 : KeyKind::p384;
    }
  }
  return std::nullopt;
}

/// KeyAgreeRecipientInfo (RFC 5652 6.2.2, RFC 5753 3.1.1): an ephemeral key, no ukm, one recipient.
std::optional<RecipientLayout> read_agreement(std::string_view whole) {
  der::DerReader outer(whole);
  der::DerReader info = outer.enter(der::context(1));
  info.expect(version_3);
  der::DerReader choice = info.enter(der::context(0));
  der::DerReader originator = choice.enter(der::context(1));
  const std::string_view key_algorithm = originator.whole(der::sequence);
  const std::string_view point = originator.content(der::bit_string);
  const std::string_view algorithm = info.whole(der::sequence);
  der::DerReader keys = info.enter(der::sequence);
  der::DerReader key = keys.enter(der::sequence);
  const std::string_view id = key.content(der::sequence);
  const std::size_t wrapped = key.content(der::octet_string).size();
  const auto kind = originator_kind(key_algorithm, point);
  if (!key.finish() || !keys.finish() || !originator.finish() || !choice.finish() || !info.finish() || !kind ||
      wrapped != wrapped_key_size) {
    return std::nullopt;
  }
  const auto derivation = *kind == KeyKind::p256 ? oids::ecdh_sha256_kdf : oids::ecdh_sha384_kdf;
  if (algorithm != der::value(der::sequence, {derivation, der::value(der::sequence, {oids::aes256_wrap})})) {
    return std::nullopt;
  }
  return RecipientLayout{std::string(whole), std::string(id), *kind};
}

core::Result<void> read_recipients(std::string_view set, SealedLayout& layout) {
  der::DerReader outer(set);
  der::DerReader list = outer.enter(der::set);
  while (!list.at_end()) {
    const bool transport = list.at(der::sequence);
    const std::string_view whole = list.whole(transport ? der::sequence : der::context(1));
    auto recipient = transport ? read_transport(whole) : read_agreement(whole);
    if (!recipient)
      return refuse_sealed("a recipient must be ECDH on P-256 or P-384 with aes256-wrap, or RSA with OAEP");
    if (layout.recipients.size() == recipients_limit) return refuse_sealed("has too many recipients");
    layout.recipients.push_back(std::move(*recipient));
  }
  if (layout.recipients.empty()) return refuse_sealed("has no recipients");
  return {};
}

/// AES-256-GCM with a nonce of 12 bytes and a tag of 16 (RFC 5084 3.2).
bool is_gcm(std::string_view algorithm) {
  der::DerReader outer(algorithm);
  der::DerReader body = outer.enter(der::sequence);
  body.expect(oids::aes256_gcm);
  der::DerReader parameters = body.enter(der::sequence);
  const std::size_t nonce = parameters.content(der::octet_string).size();
  parameters.expect("\x02\x01\x10"sv);
  return parameters.finish() && body.finish() && nonce == nonce_size;
}

}  // namespace

core::Result<SealedLayout> read_sealed(const core::Blob& object) {
  SealedLayout layout;
  Walker in(object, "a sealed object");
  in.enter(der::sequence, "ContentInfo");
  in.expect(oids::auth_enveloped_data, "the type AuthEnvelopedData");
  in.enter(der::context(0), "the content of ContentInfo");
  in.enter(der::sequence, "AuthEnvelopedData");
  in.expect(version_0, "version 0");
  const std::string recipients = in.take(der::set, recipients_bytes, "the set of recipients");
  in.enter(der::sequence, "the encrypted content");
  in.expect(oids::data, "the content type id-data");
  layout.algorithm = in.take(der::sequence, algorithm_bytes, "the cipher");
  layout.ciphertext = in.octets(der::primitive_context(0), der::context(0), "the encrypted content");
  in.leave("the encrypted content");
  layout.mac = in.take(der::octet_string, mac_bytes, "the tag");
  in.leave("AuthEnvelopedData");
  in.leave("the content of ContentInfo");
  in.leave("ContentInfo");
  AIRLOCK_CHECK(in.finish());

  if (!is_gcm(layout.algorithm)) return refuse_sealed("its cipher must be AES-256-GCM with a nonce of 12 bytes");
  if (layout.mac.size() != 2 + tag_size) return refuse_sealed("its tag must have 16 bytes");
  AIRLOCK_CHECK(read_recipients(recipients, layout));
  return layout;
}

std::string detached(const SealedLayout& layout, const RecipientLayout& recipient) {
  const std::string content = der::value(der::sequence, {oids::data, layout.algorithm});
  const std::string body =
      der::value(der::sequence, {version_0, der::value(der::set, {recipient.der}), content, layout.mac});
  return der::value(der::sequence, {oids::auth_enveloped_data, der::value(der::context(0), {body})});
}

}  // namespace airlock::crypto
