#include "site/kit.hpp"

#include <doctest/doctest.h>

#include <cstdio>
#include <string_view>

#include "authority.hpp"
#include "crypto/pem.hpp"
#include "envelope/tar.hpp"
#include "long_run.hpp"

using namespace airlock;
using namespace airlock::site;
using crypto::KeyKind;
using crypto::Role;
using published::kit_bytes_limit;
using published::verify_kit_header;
using test::now;

namespace {

const std::string dictionary_text = R"({"format": "airlock-dictionary/1", "name": "d", "product": "posthog",
  "roles": {"event": "/event"}, "events": ["ping"],
  "fields": [{"path": "/event", "type": "enum", "values": ["ping"], "class": "usage", "purpose": "routing", "about": "x"}]})";
const std::string policy_text = R"({"format": "airlock-policy/1", "name": "p", "version": "1",
  "tiers": {"t": {"disposition": "withhold", "may": ["withhold"]}}, "otherwise": "withhold",
  "rules": [], "profiles": {}, "claims": []})";

/// A vendor with a root, a kit signer and a recipient.
struct Vendor : test::Authority {
  Vendor() : Authority(Role::kit) {}
  crypto::PrivateKey recipient_key = crypto::PrivateKey::generate(KeyKind::p256).value();
  crypto::Certificate recipient = issue(Role::recipient, recipient_key);

  [[nodiscard]] KitContent content() const {
    return {.product = "posthog",
            .number = 3,
            .issued = now,
            .next_update = now + std::chrono::days{366},
            .delivery = "",
            .approvals = "",
            .policy = policy_text,
            .dictionary = dictionary_text,
            .recipients = {recipient}};
  }
  std::string why(const KitContent& content) {
    const auto kit = build_kit(content, signer());
    return kit ? "built" : kit.error().message;
  }
};

}  // namespace

TEST_CASE("a kit that was built verifies to what went into it") {
  Vendor vendor;
  const auto file = build_kit(vendor.content(), vendor.signer());
  REQUIRE(file);
  const auto kit = verify_kit(*file, vendor.trust());
  REQUIRE(kit);
  CHECK(kit->number == 3);
  CHECK(kit->product == "posthog");
  CHECK(kit->issued == now);
  CHECK(kit->policy_text == policy_text);
  CHECK(kit->dictionary_text == dictionary_text);
  REQUIRE(kit->recipients.size() == 1);
  CHECK(kit->recipients[0] == vendor.recipient);
}

TEST_CASE("a kit with something wrong in it is not built, and the reason names file and path") {
  Vendor vendor;
  CHECK(vendor.why(vendor.content()) == "built");
  auto content = vendor.content();
  content.recipients.clear();
  CHECK(vendor.why(content) == "the kit names no recipients");
  content = vendor.content();
  content.recipients = {vendor.certificate};
  CHECK(vendor.why(content) == "`recipients/1.crt`: is not a certificate of role `recipient`");
  content = vendor.content();
  content.policy = R"({"format": "airlock-policy/1"})";
  CHECK(vendor.why(content).find("`policy.json`: ") == 0);
  content = vendor.content();
  content.dictionary = "{}";
  CHECK(vendor.why(content).find("`dictionary.json`: ") == 0);
  content = vendor.content();
  content.product = "other";
  CHECK(vendor.why(content) == "`dictionary.json`: is for product `posthog`, but the kit is for `other`");
  content = vendor.content();
  content.next_update = now;
  CHECK(vendor.why(content).find("`/next_update`") != std::string::npos);
  content = vendor.content();
  content.delivery = R"({"destinations": [{"type": "https-json", "url": "https://x"}], "more": 1})";
  CHECK(vendor.why(content).find("`/delivery/more`") != std::string::npos);
}

TEST_CASE("files that a kit does not have, or has in another order, are refused") {
  Vendor vendor;
  const auto why = [&](const std::vector<std::pair<std::string, std::string>>& files) {
    core::StringSink archive(kit_bytes_limit);
    envelope::TarWriter tar(archive, now);
    for (const auto& [name, bytes] : files) REQUIRE(tar.add(name, bytes));
    REQUIRE(tar.finish());
    const auto kit = parse_kit(core::MemoryBlob(archive.bytes()));
    return kit ? "read" : kit.error().message;
  };
  const std::string header = R"({"format": "airlock-kit/1", "product": "posthog", "number": 1,
    "issued": "2026-11-01T00:00:00Z", "next_update": "2027-11-01T00:00:00Z", "revoked_licences": []})";
  const std::string recipient = vendor.recipient.pem();
  using Files = std::vector<std::pair<std::string, std::string>>;
  const Files sound{{"kit.json", header},
                    {"policy.json", policy_text},
                    {"dictionary.json", dictionary_text},
                    {"recipients/1.crt", recipient}};
  CHECK(why(sound) == "read");
  Files files = sound;
  std::swap(files[1], files[2]);
  CHECK(why(files).find("unexpected file") != std::string::npos);
  files = sound;
  files.pop_back();
  CHECK(why(files) == "the kit names no recipients");
  files = {sound[0], sound[1]};
  CHECK(why(files) == "the kit lacks `dictionary.json`");
  files = sound;
  files.push_back({"crl.pem", "x"});
  CHECK(why(files).find("`crl.pem`: is not PEM") == 0);
  files = sound;
  files.push_back({"roots/1.crt", recipient});
  CHECK(why(files).find("`roots/1.crt`: must hold two certificates") == 0);
  files.push_back({"recipients/2.crt", recipient});
  CHECK(why(files).find("unexpected file `recipients/2.crt`") != std::string::npos);
  files = sound;
  files.push_back({"crl.pem", "x"});
  files.push_back({"crl.pem", "x"});
  CHECK(why(files) != "read");
  files = sound;
  files.push_back({"recipients/a/b.crt", recipient});
  CHECK(why(files).find("unexpected file") != std::string::npos);
  files = sound;
  const auto at = files[0].second.find("[]");
  files[0].second.replace(at, 2, R"(["LIC-1"])");
  CHECK(why(files) == "read");
  files[0].second.replace(at, 9, "[1]      ");
  CHECK(why(files).find("`/revoked_licences`: must be a list of licence serials") != std::string::npos);
}

TEST_CASE("a kit of another role, another root, or issued outside its signer's validity is refused") {
  Vendor vendor;
  const auto file = build_kit(vendor.content(), vendor.signer()).value();
  CHECK(verify_kit(file, crypto::TrustStore(Role::licence, {vendor.root})).error().code == core::Code::integrity);
  Vendor other;
  CHECK(verify_kit(file, other.trust()).error().code == core::Code::integrity);
  auto content = vendor.content();
  content.issued = now - std::chrono::days{10};
  const auto early = build_kit(content, vendor.signer()).value();
  CHECK(verify_kit(early, vendor.trust()).error().code == core::Code::integrity);
}

TEST_CASE("a kit's revocation lists are applied before its own signer is judged") {
  Vendor vendor;
  const auto list = [&](const Vendor& issuer, std::vector<crypto::Certificate> certificates, std::uint64_t number = 1) {
    crypto::RevocationTemplate content{
        .number = number, .issued = now, .next_update = now + std::chrono::days{9}, .revoked = {}};
    for (auto& certificate : certificates) content.revoked.push_back({std::move(certificate), now});
    return crypto::issue_revocation_list(content, issuer.root, issuer.root_key).value();
  };
  const auto why = [&](const std::string& file, std::span<const crypto::RevocationList> known = {}) {
    const auto kit = verify_kit(file, vendor.trust(), known);
    const auto header = verify_kit_header(file, vendor.trust(), known);
    CHECK(kit.has_value() == header.has_value());
    return kit ? "accepted" : kit.error().message;
  };
  auto content = vendor.content();
  const std::string plain = build_kit(content, vendor.signer()).value();
  CHECK(why(plain) == "accepted");
  const std::vector revoking{list(vendor, {vendor.certificate})};
  CHECK(why(plain, revoking) == "depends on the certificate `CN=leaf`, which the vendor has revoked");
  content.lists = revoking;
  CHECK(why(build_kit(content, vendor.signer()).value()) ==
        "depends on the certificate `CN=leaf`, which the vendor has revoked");
  content.lists = {list(vendor, {vendor.recipient}, 4)};
  const auto kit = verify_kit(build_kit(content, vendor.signer()).value(), vendor.trust());
  REQUIRE(kit);
  REQUIRE(kit->trust.lists.size() == 1);
  CHECK(kit->trust.lists[0].number() == 4);
  CHECK(kit->trust.list_issuers[0] == vendor.root.key().sha256());
  content.lists = {list(vendor, {}), list(vendor, {}, 2)};
  CHECK(why(build_kit(content, vendor.signer()).value()) == "`crl.pem` contains two lists of `CN=root`");
  const Vendor impostor;  // the same names, other keys
  content.lists = {list(impostor, {})};
  CHECK(why(build_kit(content, vendor.signer()).value()) ==
        "`crl.pem` contains a list that no trusted root has signed");
}

TEST_CASE("a successor root is believed where a trusted root has signed for it") {
  Vendor vendor;
  const Vendor next;
  const auto successor = crypto::sign_for_successor(next.root, vendor.root, vendor.root_key).value();
  auto content = vendor.content();
  content.successors = {successor};
  const std::string file = build_kit(content, vendor.signer()).value();
  const auto kit = verify_kit(file, vendor.trust());
  REQUIRE(kit);
  REQUIRE(kit->trust.successors.size() == 1);
  CHECK(kit->trust.successors[0].root == next.root);
  // It does not help itself: a kit is judged by the roots that are there before it.
  const std::string own = build_kit(content, next.signer()).value();
  CHECK_FALSE(verify_kit(own, vendor.trust()));
  CHECK(verify_kit(own, crypto::TrustStore(Role::kit, {vendor.root, next.root})));
  const Vendor stranger;
  content.successors = {crypto::sign_for_successor(next.root, stranger.root, stranger.root_key).value()};
  const auto refused = verify_kit(build_kit(content, vendor.signer()).value(), vendor.trust());
  REQUIRE_FALSE(refused);
  CHECK(refused.error().message == "the successor root `CN=root` is not signed by a trusted root");
}

TEST_CASE("every single-byte change of a kit file is refused") {
  Vendor vendor;
  const std::string file = build_kit(vendor.content(), vendor.signer()).value();
  const auto trust = vendor.trust();
  REQUIRE(verify_kit(file, trust));
  std::size_t tried = 0;
  const bool both = test::is_long_run();
  for (std::size_t at = 0; at < file.size(); ++at) {
    for (const int flip : {0x01, 0x20}) {
      if (!both && (at % 2 == 0) != (flip == 0x01)) continue;
      std::string changed = file;
      changed[at] = static_cast<char>(changed[at] ^ flip);
      const auto kit = verify_kit(changed, trust);
      ++tried;
      CAPTURE(at);
      REQUIRE_FALSE(kit);
      const bool documented = kit.error().code == core::Code::bad_input || kit.error().code == core::Code::integrity;
      REQUIRE(documented);
    }
  }
  std::printf("counted: %zu single-byte changes of a kit of %zu bytes, all refused\n", tried, file.size());
}
