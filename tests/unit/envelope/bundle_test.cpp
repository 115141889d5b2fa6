#include "envelope/bundle.hpp"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "core/json.hpp"
#include "crypto/hash.hpp"

using namespace airlock;
using namespace airlock::envelope;
using crypto::KeyKind;
using crypto::Role;

namespace {

const core::Time now = *core::Time::from_text("2026-11-01T00:00:00Z");
const std::string site_id = "5b0c6a1e-0f4e-4a0f-8f0a-3b9f6a1e0f4e";
const std::string bundle_id = "0c9f6a1e-0f4e-4a0f-8f0a-3b9f6a1e0f4e";

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
  core::Json entry{{"format", "airlock-entry/1"},
                   {"number", 1},
                   {"payload", {{"size", 8}, {"sha256", crypto::sha256(R"({"a": 1})").hex()}}},
                   {"disclosure", {{"id", bundle_id}, {"number", 1}}}};

  Setting() {
    manifest.bundle_id = bundle_id;
    manifest.site_id = site_id;
    manifest.ledger_key = "airlock/x+00000000+AAAA";
    manifest.number = 1;
    manifest.disclosure = 1;
    manifest.created = now;
    manifest.event = "e";
    manifest.licence_state = "valid";
    manifest.decision = {"seal", {}, {}, {"p", "1", std::string(64, 'c')}, {"d", "", std::string(64, 'd')}};
  }

  std::string bundle() {
    core::StringSink out(bundle_bytes_limit);
    const BundleContent content{report_blob, entry.dump(), "c", "p", "", "{}", "{}", "how"};
    const auto written =
        write_bundle(manifest, content, {.key = site.key, .certificate = site.certificate, .time = now},
                     std::vector{recipient.certificate}, out);
    REQUIRE(written);
    CHECK(written->file == crypto::sha256(out.bytes()));
    CHECK(written->size == out.bytes().size());
    CHECK(written->size <= bundle_size_bound(manifest, report.size(), 4096, 1));
    return out.take();
  }

  std::string why(const std::string& sealed) {
    core::MemoryScratch scratch(bundle_bytes_limit);
    const auto opened = open_bundle(core::MemoryBlob(sealed), recipient.key, recipient.certificate,
                                    crypto::TrustStore::exactly(Role::site, {site.certificate}), scratch);
    return opened ? "opened" : opened.error().message;
  }
};

}  // namespace

TEST_CASE("a bundle opens to what went into it") {
  Setting s;
  const std::string sealed = s.bundle();
  core::MemoryScratch scratch(bundle_bytes_limit);
  const auto opened = open_bundle(core::MemoryBlob(sealed), s.recipient.key, s.recipient.certificate,
                                  crypto::TrustStore::exactly(Role::site, {s.site.certificate}), scratch);
  REQUIRE(opened);
  CHECK(opened->text("report.json").value() == s.report);
  CHECK(opened->text("entry.json").value() == s.entry.dump());
  CHECK(opened->manifest().files.size() == bundle_files.size() - 1);
  CHECK(opened->signer() == s.site.certificate);
  CHECK(bundle_name(opened->manifest()) == "undated-1-" + bundle_id);
}

TEST_CASE("a bundle of another site, of another time, or for another recipient does not open") {
  Setting s;
  const std::string sealed = s.bundle();
  {
    Setting other;
    CHECK(other.why(sealed) != "opened");
  }
  s.manifest.site_id = "6b0c6a1e-0f4e-4a0f-8f0a-3b9f6a1e0f4e";
  CHECK(s.why(s.bundle()) == "is signed by another site than its manifest names");
  s.manifest.site_id = site_id;
  s.manifest.created = now + std::chrono::days{11};
  CHECK(s.why(s.bundle()) == "the site's certificate was not valid when the bundle was made");
}

TEST_CASE("a bundle whose ledger entry is of another report does not open") {
  Setting s;
  CHECK(s.why(s.bundle()) == "opened");
  const core::Json sound = s.entry;
  for (const auto& [pointer, value] :
       std::vector<std::pair<std::string, core::Json>>{{"/number", 2},
                                                       {"/payload/size", 9},
                                                       {"/payload/sha256", std::string(64, 'a')},
                                                       {"/disclosure/id", site_id},
                                                       {"/disclosure/number", 2}}) {
    CAPTURE(pointer);
    s.entry = sound;
    s.entry[core::Json::json_pointer(pointer)] = value;
    CHECK(s.why(s.bundle()) == "`entry.json` is not the ledger's entry for this report");
    s.entry = sound;
    s.entry.erase(pointer.substr(1, pointer.find('/', 1) - 1));
    CHECK(s.why(s.bundle()) == "`entry.json` is not the ledger's entry for this report");
  }
}

TEST_CASE("nothing can be put into a name but what the period and the ids are made of") {
  Manifest manifest;
  manifest.bundle_id = bundle_id;
  manifest.number = 12;
  manifest.period.end = "2022-05-01";
  CHECK(bundle_name(manifest) == "2022-05-01-12-" + bundle_id);
}
