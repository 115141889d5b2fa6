#pragma once
/// \file
/// A bundle with everything that it is made of, for tests that change a part of it.

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "core/json.hpp"
#include "crypto/hash.hpp"
#include "crypto/note.hpp"
#include "envelope/bundle.hpp"
#include "envelope/entry.hpp"

namespace airlock::test {

using namespace airlock::envelope;
using crypto::KeyKind;
using crypto::Role;

inline const core::Time now = *core::Time::from_text("2026-11-01T00:00:00Z");
inline const std::string site_id = "5b0c6a1e-0f4e-4a0f-8f0a-3b9f6a1e0f4e";
inline const std::string bundle_id = "0c9f6a1e-0f4e-4a0f-8f0a-3b9f6a1e0f4e";

struct Party {
  crypto::PrivateKey key;
  crypto::Certificate certificate;

  explicit Party(Role role, const std::string& uuid = site_id)
      : key(crypto::PrivateKey::generate(KeyKind::p256).value()),
        certificate(crypto::self_sign({.common_name = "test",
                                       .roles = {role},
                                       .not_before = now - std::chrono::hours{1},
                                       .not_after = now + std::chrono::days{10},
                                       .ca = false,
                                       .uuid = uuid},
                                      key)
                        .value()) {}
};

struct Setting {
  Party site{Role::site};
  Party recipient{Role::recipient};
  std::string report = R"({"a": 1})";
  core::MemoryBlob report_blob{report};
  Manifest manifest;
  crypto::PrivateKey ledger_key = crypto::PrivateKey::generate(KeyKind::ed25519).value();
  std::string policy = R"({"name": "p"})";
  std::vector<crypto::Certificate> addressed;  ///< by the envelope, where it is not the recipient alone
  std::string instructions;                    ///< where they are not those of this release
  std::string approvals;                       ///< content of `approvals.p7s`
  core::Json entry{{"format", "airlock-entry/1"},
                   {"seq", 4},
                   {"time", now.text()},
                   {"kind", "produced"},
                   {"number", 1},
                   {"event", "e"},
                   {"period", {{"end", "2026-10-31"}}},
                   {"licence", {{"state", "valid"}, {"serial", "L-1"}, {"tier", "t"}}},
                   {"decision",
                    {{"disposition", "seal"},
                     {"profiles", {"strict"}},
                     {"rules", {"r"}},
                     {"kit", 3},
                     {"policy", {{"name", "p"}, {"version", "1"}, {"sha256", crypto::sha256(policy).hex()}}},
                     {"dictionary", {{"name", "d"}, {"sha256", crypto::sha256("{}").hex()}}}}},
                   {"note", "n"},
                   {"redactions", {{"drop", 3}}},
                   {"payload", {{"size", 8}, {"sha256", crypto::sha256(R"({"a": 1})").hex()}}},
                   {"disclosure", {{"id", bundle_id}, {"number", 1}}}};

  Setting() {
    static_cast<DisclosureRecord&>(manifest) = recorded_in(entry).value();
    manifest.site_id = site_id;
    manifest.ledger_key = crypto::NoteVerifier("airlock/" + site_id, ledger_key.public_key()).text();
    manifest.created = now;
    manifest.recipients = {recipient.certificate.fingerprint().hex()};
    manifest.redactions = {{"/a", "value", "drop", 1}, {"/b", "key", "drop", 2}};
    promise();
  }

  std::string how() const {
    return instructions.empty() ? how_to_verify(manifest, site.certificate, ledger_key.public_key()) : instructions;
  }

  /// Lets the entry record the manifest and the instructions as they are now.
  void promise() {
    entry["disclosure"]["manifest_sha256"] = digest_without_files(to_document(manifest)).hex();
    entry["disclosure"]["how_to_verify_sha256"] = crypto::sha256(how()).hex();
  }

  std::string bundle() {
    core::StringSink out(bundle_bytes_limit);
    const BundleContent content{report_blob, entry.dump(), "c", "p", "", policy, "{}", how(), approvals};
    const auto written =
        write_bundle(manifest, content, {.key = site.key, .certificate = site.certificate, .time = now},
                     addressed.empty() ? std::vector{recipient.certificate} : addressed, out);
    REQUIRE(written);
    CHECK(written->file == crypto::sha256(out.bytes()));
    CHECK(written->size == out.bytes().size());
    CHECK(written->size <= bundle_size_bound(manifest, report.size(), 16384, 1));
    return out.take();
  }

  std::string why(const std::string& sealed, std::span<const crypto::Certificate> known = {}) {
    core::MemoryScratch scratch(bundle_bytes_limit);
    const auto opened = open_bundle(core::MemoryBlob(sealed), {recipient.key, recipient.certificate, known},
                                    crypto::TrustStore::exactly(Role::site, {site.certificate}), scratch);
    return opened ? "opened" : opened.error().message;
  }
};

}  // namespace airlock::test
