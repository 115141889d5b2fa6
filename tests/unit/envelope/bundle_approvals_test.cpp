// The bundle of a report that officers had to approve.

#include "bundle_setting.hpp"
#include "crypto/pem.hpp"

using namespace airlock;
using namespace airlock::test;

namespace {

/// A bundle that two officers approved.
struct Approved : Setting {
  Party alice{Role::officer, other_id};
  Party bert{Role::officer, other_id};
  Approval statement{.site_id = site_id,
                     .number = 1,
                     .payload_sha256 = crypto::sha256(report).hex(),
                     .decision_sha256 = std::string(64, 'd'),
                     .policy_sha256 = crypto::sha256(policy).hex(),
                     .note = "n",
                     .time = now};

  static constexpr const char* other_id = "1b0c6a1e-0f4e-4a0f-8f0a-3b9f6a1e0f4e";

  Approved() {
    manifest.version = version_with_approvals;
    entry["decision"]["decision_sha256"] = std::string(64, 'd');
    sign();
  }

  void add(const Party& officer, const Approval& what) {
    const auto der =
        crypto::sign(to_document(what), {.key = officer.key, .certificate = officer.certificate, .time = now});
    REQUIRE(der);
    approvals += crypto::to_pem(crypto::cms_label, *der);
    entry["approvals"].push_back({{"entry", 3}, {"key_sha256", officer.key.public_key().sha256().hex()}});
  }

  /// Both officers sign the statement as it is now.
  void sign() {
    approvals.clear();
    entry["approvals"] = core::Json::array();
    add(alice, statement);
    add(bert, statement);
    promise_approvals();
  }

  void promise_approvals() {
    promise();
    entry["disclosure"]["approvals_sha256"] = crypto::sha256(approvals).hex();
  }
};

bool contains(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("a bundle that officers approved opens, and says who they are") {
  Approved s;
  const std::string sealed = s.bundle();
  core::MemoryScratch scratch(bundle_bytes_limit);
  const auto opened = open_bundle(core::MemoryBlob(sealed), {s.recipient.key, s.recipient.certificate},
                                  crypto::TrustStore::exactly(Role::site, {s.site.certificate}), scratch);
  REQUIRE(opened);
  REQUIRE(opened->approvals().size() == 2);
  CHECK(opened->approvals()[0].signer == s.alice.certificate);
  CHECK(opened->approvals()[1].approval == s.statement);
  CHECK(opened->text("approvals.p7s").value() == s.approvals);
  CHECK(contains(opened->text("HOW-TO-VERIFY.txt").value(), "\n6. "));
}

TEST_CASE("approvals for something else than what is in the bundle do not open") {
  const auto why = [](void (*change)(Approved&)) {
    Approved s;
    change(s);
    return s.why(s.bundle());
  };
  CHECK(why([](Approved&) {}) == "opened");
  CHECK(contains(why([](Approved& s) {
                   s.statement.number = 2;
                   s.sign();
                 }),
                 "is for report 2"));
  CHECK(contains(why([](Approved& s) {
                   s.statement.site_id = Approved::other_id;
                   s.sign();
                 }),
                 "is for site"));
  CHECK(contains(why([](Approved& s) {
                   s.statement.payload_sha256[0] = '!';
                   s.sign();
                 }),
                 "does not verify"));
  CHECK(contains(why([](Approved& s) {
                   s.statement.payload_sha256 = std::string(64, 'a');
                   s.sign();
                 }),
                 "other bytes"));
  CHECK(contains(why([](Approved& s) {
                   s.statement.policy_sha256 = std::string(64, 'a');
                   s.sign();
                 }),
                 "another decision"));
  CHECK(contains(why([](Approved& s) {
                   s.statement.decision_sha256 = std::string(64, 'a');
                   s.sign();
                 }),
                 "another decision"));
  CHECK(contains(why([](Approved& s) {
                   s.statement.note = "m";
                   s.sign();
                 }),
                 "another note"));
}

TEST_CASE("approvals that are missing, exchanged, added, or not asked for do not open") {
  const auto why = [](void (*change)(Approved&)) {
    Approved s;
    change(s);
    return s.why(s.bundle());
  };
  // The entry does not name them.
  CHECK(contains(why([](Approved& s) { s.entry.erase("approvals"); }), "asked for"));
  CHECK(contains(why([](Approved& s) { s.entry["disclosure"].erase("approvals_sha256"); }), "differs from the one"));
  // A file that the entry names is missing; with it the version does not fit.
  CHECK(contains(why([](Approved& s) { s.approvals.clear(); }), "asked for"));
  CHECK(contains(why([](Approved& s) {
                   s.manifest.version = 2;
                   s.promise_approvals();
                 }),
                 "asked for"));
  CHECK(contains(why([](Approved& s) { s.approvals += "x"; }), "differs from the one"));
  CHECK(contains(why([](Approved& s) {
                   s.approvals += "x";
                   s.promise_approvals();
                 }),
                 "something else"));
  // The keys are others, or more, than the entry names.
  CHECK(contains(why([](Approved& s) { s.entry["approvals"].erase(1); }), "the keys that"));
  CHECK(contains(why([](Approved& s) {
                   s.add(s.site, s.statement);
                   s.promise_approvals();
                   s.entry["approvals"].erase(2);
                 }),
                 "the keys that"));
}
