#include "review/bundle_page.hpp"

#include <string>
#include <utility>

#include "crypto/hash.hpp"
#include "dictionary/dictionary.hpp"
#include "review/disclosed.hpp"
#include "review/html.hpp"
#include "review/parts.hpp"
#include "review/verdict.hpp"
#include "review/words.hpp"

namespace airlock::review {
namespace {

using envelope::Manifest;

std::string licence_of(const Manifest& manifest) {
  return (manifest.licence_serial.empty() ? "" : manifest.licence_serial + ", ") + manifest.licence_state;
}

void add_bundle_facts(Page& page, const envelope::OpenedBundle& bundle) {
  const Manifest& manifest = bundle.manifest();
  const auto add = [&](std::string label, std::string value) {
    if (!value.empty()) page.facts.emplace_back(std::move(label), std::move(value));
  };
  add("Site", manifest.site_id);
  add("Report", "number " + std::to_string(manifest.number) + ", disclosure " + std::to_string(manifest.disclosure));
  add("Bundle", manifest.bundle_id);
  add("Event", manifest.event);
  if (manifest.period.start || manifest.period.end) {
    add("Period", manifest.period.start.value_or("?") + " to " + manifest.period.end.value_or("?"));
  }
  add("Licence", licence_of(manifest));
  add("Tier", manifest.tier.empty() ? "none" : manifest.tier);
  add("Decision", manifest.decision.disposition);
  add("Profiles", enumerated(manifest.decision.profiles, "and"));
  add("Rules", enumerated(manifest.decision.rules, "and"));
  add("Policy", manifest.decision.policy.name + " " + manifest.decision.policy.version);
  add("Dictionary", manifest.decision.dictionary.name);
  add("Note", manifest.note);
  add("Made", manifest.created.text());
  add("Signed", bundle.signing_time().text() + " by " + bundle.signer().subject() + ", SHA-256 " +
                    bundle.signer().fingerprint().hex());
  for (const envelope::SignedApproval& approval : bundle.approvals()) {
    add("Approved", approval.approval.time.text() + " by " + approval.signer.subject() + ", SHA-256 " +
                        approval.signer.fingerprint().hex());
  }
  for (const std::string& recipient : manifest.recipients) add("Sealed for", "certificate with SHA-256 " + recipient);
}

void add_passed_over(Page& page, const Manifest& manifest) {
  for (const auto& report : manifest.passed_over) {
    page.notes.push_back("report " + std::to_string(report.number) + " was not disclosed: " + report.kind);
  }
  if (manifest.passed_over_before != 0) {
    page.notes.push_back(grouped(manifest.passed_over_before) + " earlier reports were not disclosed either");
  }
  for (const auto& gone : manifest.voids) {
    page.notes.push_back("nothing arrives as disclosure " + std::to_string(gone.disclosure) + ": " + gone.kind);
  }
}

void add_bundle_digests(Page& page, const envelope::OpenedBundle& bundle) {
  page.digests.emplace_back("the bundle's signed content", bundle.content_sha256().hex());
  for (const auto& file : bundle.manifest().files) {
    page.digests.emplace_back(file.name + ", " + amount(file.size), file.sha256);
  }
  page.commands = {"airlock bundle verify FILE.p7m", "airlock bundle open FILE.p7m | sha256sum"};
}

}  // namespace

core::Result<dictionary::Dictionary> dictionary_of(const envelope::OpenedBundle& bundle) {
  AIRLOCK_TRY(const std::string text, bundle.text("dictionary.json"));
  return dictionary::Dictionary::parse(text, "dictionary.json");
}

core::Result<Page> bundle_page(const envelope::OpenedBundle& bundle, Shareable shareable) {
  const Manifest& manifest = bundle.manifest();
  AIRLOCK_TRY(const auto dictionary, dictionary_of(bundle));
  const core::BlobPart report = bundle.file("report.json");
  AIRLOCK_TRY(auto data, read_disclosed({.bytes = report, .dictionary = dictionary, .redactions = manifest.redactions},
                                        shown_of_a_group));
  Page page;
  page.shareable = shareable;
  page.is_bundle = true;
  page.leaves = true;
  page.title = "Bundle of report " + std::to_string(manifest.number) + ": " + manifest.event;
  const std::string among = among_them(data.remaining);
  page.verdict = amount(report.size()) + " left, sealed in this bundle" + (among.empty() ? "" : "; " + among) + ".";
  add_bundle_facts(page, bundle);
  page.because = {
      "verified: the encryption, the site's signature, the archive, the manifest, the size and digest of each file, "
      "the "
      "ledger's entry, its proof of inclusion, the checkpoint, and this site's own ledger"};
  for (const std::string& warning : bundle.warnings()) page.because.push_back("warning: " + warning);
  page.parts = std::move(data.parts);
  add_passed_over(page, manifest);
  add_bundle_digests(page, bundle);
  return page;
}

}  // namespace airlock::review
