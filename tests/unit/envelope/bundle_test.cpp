#include "envelope/bundle.hpp"

#include "bundle_setting.hpp"

using namespace airlock;
using namespace airlock::test;

TEST_CASE("a bundle opens to what went into it") {
  Setting s;
  const std::string sealed = s.bundle();
  core::MemoryScratch scratch(bundle_bytes_limit);
  const auto opened = open_bundle(core::MemoryBlob(sealed), {s.recipient.key, s.recipient.certificate},
                                  crypto::TrustStore::exactly(Role::site, {s.site.certificate}), scratch);
  REQUIRE(opened);
  CHECK(opened->text("report.json").value() == s.report);
  CHECK(opened->text("entry.json").value() == s.entry.dump());
  CHECK(opened->manifest().files.size() == bundle_files.size() - 1);
  CHECK(opened->signer() == s.site.certificate);
  CHECK(bundle_name(opened->manifest()) == "2026-10-31-1-" + bundle_id);
}

TEST_CASE("a bundle of another site, of another time, or for another recipient does not open") {
  Setting s;
  const std::string sealed = s.bundle();
  {
    Setting other;
    CHECK(other.why(sealed) != "opened");
  }
  s.manifest.site_id = "6b0c6a1e-0f4e-4a0f-8f0a-3b9f6a1e0f4e";
  CHECK(s.why(s.bundle()) == "is signed by one site, but its manifest names another");
  s.manifest.site_id = site_id;
  s.manifest.created = now + std::chrono::days{11};
  CHECK(s.why(s.bundle()) == "the site's certificate was not valid when the bundle was made");
}

TEST_CASE("a bundle whose ledger entry is of another report does not open") {
  Setting s;
  CHECK(s.why(s.bundle()) == "opened");
  const core::Json sound = s.entry;
  for (const auto& change : std::vector<std::pair<std::string, core::Json>>{{"/number", 2},
                                                                            {"/payload/size", 9},
                                                                            {"/payload/sha256", std::string(64, 'a')},
                                                                            {"/disclosure/id", site_id},
                                                                            {"/disclosure/number", 2}}) {
    const std::string& pointer = change.first;
    CAPTURE(pointer);
    s.entry = sound;
    s.entry[core::Json::json_pointer(pointer)] = change.second;
    CHECK(s.why(s.bundle()) == "`entry.json` is not the ledger's entry for this report");
    s.entry = sound;
    s.entry.erase(pointer.substr(1, pointer.find('/', 1) - 1));
    CHECK(s.why(s.bundle()) == "`entry.json` is not the ledger's entry for this report");
  }
}

TEST_CASE("a manifest that contradicts the ledger's entry, or itself, does not open, whatever it contradicts") {
  using Change = void (*)(Manifest&);
  const std::vector<std::pair<std::string, Change>> changes{
      {"event", [](Manifest& m) { m.event = "f"; }},
      {"period", [](Manifest& m) { m.period.start = "2026-10-25"; }},
      {"period, end", [](Manifest& m) { m.period.end.reset(); }},
      {"note", [](Manifest& m) { m.note = "m"; }},
      {"no note", [](Manifest& m) { m.note.clear(); }},
      {"licence state", [](Manifest& m) { m.licence_state = "expired"; }},
      {"licence serial", [](Manifest& m) { m.licence_serial = "L-2"; }},
      {"tier", [](Manifest& m) { m.tier.clear(); }},
      {"disposition", [](Manifest& m) { m.decision.disposition = "send"; }},
      {"profiles", [](Manifest& m) { m.decision.profiles.clear(); }},
      {"rules", [](Manifest& m) { m.decision.rules.push_back("s"); }},
      {"policy name", [](Manifest& m) { m.decision.policy.name = "q"; }},
      {"policy version", [](Manifest& m) { m.decision.policy.version = "2"; }},
      {"policy digest", [](Manifest& m) { m.decision.policy.sha256 = std::string(64, 'a'); }},
      {"dictionary digest", [](Manifest& m) { m.decision.dictionary.sha256 = std::string(64, 'a'); }},
      {"created", [](Manifest& m) { m.created = now + std::chrono::seconds{1}; }},
      {"fewer redactions", [](Manifest& m) { m.redactions.pop_back(); }},
      {"more redactions",
       [](Manifest& m) {
         m.redactions.push_back({"/c", "value", "mask", 1});
       }},
      {"as many, after an overflow",
       [](Manifest& m) {
         for (int i = 0; i < 2; ++i) m.redactions.push_back({"/c", "value", "drop", INT64_MAX});
         m.redactions.push_back({"/c", "value", "drop", 2});
       }},
      {"previous is itself",
       [](Manifest& m) {
         m.previous = Previous{bundle_id, std::string(64, 'a')};
       }},
      {"its own report as passed over",
       [](Manifest& m) {
         m.passed_over = {{1, "held", {}}};
       }},
      {"a report passed over twice",
       [](Manifest& m) {
         m.passed_over = {{2, "held", {}}, {2, "held", {}}};
       }},
      {"a later disclosure as void",
       [](Manifest& m) {
         m.voids = {{1, "abandoned"}};
       }},
  };
  for (const auto& change : changes) {
    for (const bool promised : {false, true}) {
      CAPTURE(change.first);
      CAPTURE(promised);
      Setting s;
      change.second(s.manifest);
      // Also where the entry promises the manifest that lies.
      if (promised) s.promise();
      CHECK(s.why(s.bundle()) != "opened");
    }
  }
}

TEST_CASE("a member that only the manifest has is held to the digest in the entry") {
  for (const bool promised : {false, true}) {
    Setting s;
    s.manifest.passed_over_before = 7;
    if (promised) s.promise();
    CHECK(s.why(s.bundle()) ==
          (promised ? "opened" : "`manifest.json` differs from the one that `entry.json` recorded"));
  }
}

TEST_CASE("policy, dictionary and instructions are held to the entry") {
  Setting s;
  s.policy = R"({"name": "other"})";
  CHECK(s.why(s.bundle()) ==
        "`policy.json` differs from the document that made the decision, according to `entry.json`");
  Setting t;
  t.instructions = "run this";
  CHECK(t.why(t.bundle()).starts_with("`HOW-TO-VERIFY.txt` differs from the one"));
  // With the entry's digest they are those of another release, which the opener is told.
  t.promise();
  const std::string sealed = t.bundle();
  core::MemoryScratch scratch(bundle_bytes_limit);
  const auto opened = open_bundle(core::MemoryBlob(sealed), {t.recipient.key, t.recipient.certificate},
                                  crypto::TrustStore::exactly(Role::site, {t.site.certificate}), scratch);
  REQUIRE(opened);
  CHECK(opened->warnings().size() == 1);
}

TEST_CASE("a bundle of release 0.1 opens, and what it does not promise is compared all the same") {
  const auto former = [] {
    Setting s;
    s.manifest.version = 1;
    s.entry["disclosure"].erase("manifest_sha256");
    s.entry["disclosure"].erase("how_to_verify_sha256");
    return s;
  };
  {
    Setting s = former();
    CHECK(s.why(s.bundle()) == "opened");
    s.instructions = "run this";
    CHECK(s.why(s.bundle()).starts_with("`HOW-TO-VERIFY.txt` differs from the one"));
  }
  {
    Setting s = former();
    s.manifest.event = "f";
    CHECK(s.why(s.bundle()) == "`manifest.json` and `entry.json` differ in `/event`");
  }
  // The older form is no way out for a site whose entries promise, nor for entries of a later format.
  Setting s;
  s.manifest.version = 1;
  CHECK(s.why(s.bundle()) == "`manifest.json` and `entry.json` come from different releases");
  Setting later = former();
  later.entry["format"] = "airlock-entry/2";
  CHECK(later.why(later.bundle()) != "opened");
  Setting half;
  half.entry["disclosure"].erase("how_to_verify_sha256");
  CHECK(half.why(half.bundle()) != "opened");
}

TEST_CASE("an envelope for somebody whom the manifest does not name does not open") {
  const Party stranger(Role::recipient, "7b0c6a1e-0f4e-4a0f-8f0a-3b9f6a1e0f4e");
  const Party archive(Role::recipient, "8b0c6a1e-0f4e-4a0f-8f0a-3b9f6a1e0f4e");
  Setting s;
  s.addressed = {s.recipient.certificate, stranger.certificate};
  CHECK(s.why(s.bundle()) == "is sealed for a recipient that `manifest.json` does not name");
  s.addressed = {s.recipient.certificate, archive.certificate};
  s.manifest.recipients.push_back(archive.certificate.fingerprint().hex());
  s.promise();
  CHECK(s.why(s.bundle()) == "opened");
  // As many as are named, but another one: whoever knows the archive's certificate sees it.
  s.addressed = {s.recipient.certificate, stranger.certificate};
  CHECK(s.why(s.bundle(), std::vector{archive.certificate}) ==
        "is sealed for a recipient that `manifest.json` does not name");
  CHECK(s.why(s.bundle(), std::vector{stranger.certificate}).starts_with("is sealed for CN="));
  s.manifest.recipients.erase(s.manifest.recipients.begin());
  s.promise();
  s.addressed = {s.recipient.certificate};
  CHECK(s.why(s.bundle()) != "opened");
}

TEST_CASE("all whom an opener knows are asked for only where an envelope is for somebody unusual") {
  struct Many final : Parties {
    std::vector<crypto::Certificate> site, usual, rest;
    int asked = 0;
    Result<crypto::TrustStore> trust_for(const crypto::Certificate&) override {
      return crypto::TrustStore::exactly(Role::site, site);
    }
    Result<std::vector<crypto::Certificate>> usual_recipients() override { return usual; }
    Result<std::vector<crypto::Certificate>> others() override { return ++asked, rest; }
  } many;
  const Party archive(Role::recipient, "8b0c6a1e-0f4e-4a0f-8f0a-3b9f6a1e0f4e");
  const Party neighbour(Role::recipient, "7b0c6a1e-0f4e-4a0f-8f0a-3b9f6a1e0f4e");
  Setting s;
  s.manifest.recipients.push_back(archive.certificate.fingerprint().hex());
  s.promise();
  many.site = {s.site.certificate};
  many.rest = {neighbour.certificate};
  const auto why = [&](const Party& second) {
    s.addressed = {s.recipient.certificate, second.certificate};
    core::MemoryScratch scratch(bundle_bytes_limit);
    const std::string sealed = s.bundle();
    const Opener opener{s.recipient.key, s.recipient.certificate};
    const auto opened = open_bundle(core::MemoryBlob(sealed), opener, many, scratch);
    return opened ? "opened" : opened.error().message;
  };
  CHECK(why(archive) == "opened");  // a stranger to all, and named
  CHECK(many.asked == 1);
  many.usual = {archive.certificate};
  CHECK(why(archive) == "opened");
  CHECK(many.asked == 1);
  CHECK(why(neighbour).starts_with("is sealed for CN="));
}

TEST_CASE("a file that has the name of another bundle is refused, and any other name is not") {
  const Setting s;
  CHECK(check_name("a/b/2026-10-31-1-" + bundle_id + ".p7m", s.manifest));
  CHECK(check_name("bundle.p7m", s.manifest));
  CHECK(check_name("2026-10-31-1-" + bundle_id + " (copy).p7m", s.manifest));
  CHECK(!check_name("2026-11-07-1-" + bundle_id + ".p7m", s.manifest));
  CHECK(!check_name("a/2026-10-31-2-" + site_id + ".p7m", s.manifest));
}

TEST_CASE("nothing can be put into a name but what the period and the ids are made of") {
  Manifest manifest;
  manifest.bundle_id = bundle_id;
  manifest.number = 12;
  manifest.period.end = "2022-05-01";
  CHECK(bundle_name(manifest) == "2022-05-01-12-" + bundle_id);
}
