#include <algorithm>
#include <array>

#include "crypto/certificate.hpp"
#include "crypto/oids.hpp"
#include "crypto/profile.hpp"

namespace airlock::crypto {
namespace {

using namespace std::string_view_literals;

constexpr auto version_1 = "\x02\x01\x01"sv;
constexpr std::size_t algorithms_bytes = 64;
constexpr std::size_t certificates_bytes = certificates_limit * certificate_bytes_limit;
constexpr std::size_t signer_infos_bytes = 16ULL * 1024;

tl::unexpected<core::Error> refuse_signed(std::string_view why) {
  return core::fail(core::Code::bad_input, "is not a signed object: " + std::string(why));
}

// The parameters of a digest should be absent and may be NULL (RFC 5754 2).
constexpr std::array null_forms = {""sv, "\x05\x00"sv};

/// The kind of key that signs with these algorithms; nothing if they are not on the list.
std::optional<KeyKind> key_kind(std::string_view digest, std::string_view signature) {
  for (const auto null : null_forms) {
    const std::string sha256 = der::value(der::sequence, {oids::sha256, null});
    const std::string sha384 = der::value(der::sequence, {oids::sha384, null});
    if (digest == sha256 && signature == der::value(der::sequence, {oids::ecdsa_with_sha256})) return KeyKind::p256;
    if (digest == sha384 && signature == der::value(der::sequence, {oids::ecdsa_with_sha384})) return KeyKind::p384;
    if (digest == sha256 && is_pss_with_sha256(signature)) return KeyKind::rsa;
  }
  return std::nullopt;
}

/// Reads the content of signedAttrs: exactly the four attributes of the profile, each once.
core::Result<core::Time> read_attributes(std::string_view attributes, KeyKind kind) {
  enum : unsigned { content_type = 1, message_digest = 2, signing_time = 4, signing_certificate = 8, all = 15 };
  core::Time time;
  unsigned seen = 0;
  der::DerReader list(attributes);
  while (!list.at_end()) {
    der::DerReader attribute = list.enter(der::sequence);
    const std::string_view type = attribute.whole(der::object_identifier);
    der::DerReader values = attribute.enter(der::set);
    unsigned which = 0;
    if (type == oids::content_type) {
      which = content_type;
      values.expect(oids::data);
    } else if (type == oids::message_digest) {
      which = message_digest;
      if (values.content(der::octet_string).size() != (kind == KeyKind::p384 ? 48 : 32)) values.refuse();
    } else if (type == oids::signing_time) {
      which = signing_time;
      const auto found = read_time(values.whole(values.at(der::utc_time) ? der::utc_time : der::generalized_time));
      if (!found) return refuse_signed("the signing time is malformed");
      time = *found;
    } else if (type == oids::signing_certificate_v2) {
      which = signing_certificate;
      (void)values.whole(der::sequence);
    }
    if (which == 0 || (seen & which) != 0 || !values.finish() || !attribute.finish()) {
      return refuse_signed("a signed attribute is malformed, or not one of the four, or there twice");
    }
    seen |= which;
  }
  if (seen != all || !list.finish()) return refuse_signed("a signed attribute is missing");
  return time;
}

core::Result<void> read_certificates(std::string_view set, SignedLayout& layout) {
  der::DerReader outer(set);
  der::DerReader list = outer.enter(der::context(0));
  while (!list.at_end()) {
    const std::string_view certificate = list.whole(der::sequence);
    if (certificate.empty() || certificate.size() > certificate_bytes_limit ||
        layout.certificates.size() == certificates_limit) {
      return refuse_signed("its certificates are malformed, too large or too many");
    }
    layout.certificates.emplace_back(certificate);
  }
  return {};
}

core::Result<void> find_signer(std::string_view id, SignedLayout& layout) {
  std::size_t found = 0;
  for (std::size_t i = 0; i < layout.certificates.size(); ++i) {
    if (id.empty() || issuer_and_serial(layout.certificates[i]) != id) continue;
    layout.signer = i;
    ++found;
  }
  if (found != 1) return refuse_signed("must hold the signer's certificate exactly once");
  return {};
}

core::Result<void> read_signer_info(std::string_view digest_algorithms, SignedLayout& layout) {
  der::DerReader outer(layout.signer_info);
  der::DerReader info = outer.enter(der::sequence);
  info.expect(version_1);
  if (!info.at(der::sequence)) return refuse_signed("the signer must be version 1, named by issuer and serial number");
  const std::string_view signer = info.content(der::sequence);
  layout.digest_algorithm = info.whole(der::sequence);
  if (!info.at(der::context(0))) return refuse_signed("has no signed attributes");
  const std::string_view attributes = info.content(der::context(0));
  const std::string_view algorithm = info.whole(der::sequence);
  (void)info.whole(der::octet_string);
  if (!info.finish()) return refuse_signed("the signer is malformed or has unsigned attributes");

  const auto kind = key_kind(layout.digest_algorithm, algorithm);
  if (!kind || digest_algorithms != der::value(der::set, {layout.digest_algorithm})) {
    return refuse_signed("its algorithms must be ECDSA with SHA-256 or SHA-384, or RSASSA-PSS with SHA-256");
  }
  layout.kind = *kind;
  AIRLOCK_TRY(layout.signing_time, read_attributes(attributes, *kind));
  return find_signer(signer, layout);
}

}  // namespace

bool is_pss_with_sha256(std::string_view algorithm) {
  return std::any_of(null_forms.begin(), null_forms.end(), [&](std::string_view null) {
    const std::string hash = der::value(der::sequence, {oids::sha256, null});
    const std::string mask = der::value(der::sequence, {oids::mgf1, hash});
    const std::string pss =
        der::value(der::sequence, {der::value(der::context(0), {hash}), der::value(der::context(1), {mask}),
                                   "\xA2\x03\x02\x01\x20"sv});  // a salt of 32 bytes; the trailer field is the default
    return algorithm == der::value(der::sequence, {oids::rsassa_pss, pss});
  });
}

core::Result<SignedLayout> read_signed(const core::Blob& object, ContentPlace place) {
  SignedLayout layout;
  Walker in(object, "a signed object");
  in.enter(der::sequence, "ContentInfo");
  in.expect(oids::signed_data, "the type SignedData");
  in.enter(der::context(0), "the content of ContentInfo");
  in.enter(der::sequence, "SignedData");
  in.expect(version_1, "version 1");
  const std::string digest_algorithms = in.take(der::set, algorithms_bytes, "one digest algorithm");
  in.enter(der::sequence, "encapContentInfo");
  in.expect(oids::data, "the content type id-data");
  if (place == ContentPlace::embedded) {
    in.enter(der::context(0), "the embedded content");
    layout.content = in.octets(der::octet_string, der::octet_string | der::constructed, "the embedded content");
    in.leave("the embedded content");
  }
  in.leave("encapContentInfo");
  const std::string certificates = in.take(der::context(0), certificates_bytes, "the set of certificates");
  const std::string signers = in.take(der::set, signer_infos_bytes, "the signer");
  in.leave("SignedData");
  in.leave("the content of ContentInfo");
  in.leave("ContentInfo");
  AIRLOCK_CHECK(in.finish());

  AIRLOCK_CHECK(read_certificates(certificates, layout));
  der::DerReader outer(signers);
  der::DerReader list = outer.enter(der::set);
  layout.signer_info = list.whole(der::sequence);
  if (!list.finish()) return refuse_signed("must have exactly one signer");
  AIRLOCK_CHECK(read_signer_info(digest_algorithms, layout));
  return layout;
}

std::string detached(const SignedLayout& layout) {
  const std::string body =
      der::value(der::sequence, {version_1, der::value(der::set, {layout.digest_algorithm}),
                                 der::value(der::sequence, {oids::data}), der::value(der::set, {layout.signer_info})});
  return der::value(der::sequence, {oids::signed_data, der::value(der::context(0), {body})});
}

}  // namespace airlock::crypto
