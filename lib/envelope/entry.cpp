#include "envelope/entry.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "core/members.hpp"
#include "core/text.hpp"

namespace airlock::envelope {
namespace {

using core::Code;
using core::fail;
using core::Json;
using core::Members;
using core::quote;

constexpr std::string_view entry_name = "entry.json";
/// Entries of this format may be of release 0.1 and lack the promise. Entries of every later format have it.
constexpr std::string_view first_format = "airlock-entry/1";
constexpr std::size_t entry_list_limit = 100'000;

/// An entry has more members than a manifest repeats, so unknown ones are not errors.
constexpr auto allowed = Members::Unknown::allowed;

DisclosureRecord recorded_from(Members& in) {
  DisclosureRecord out;
  out.number = in.count("number", 1);
  const auto read_disclosure = [&](Members& disclosure) {
    out.bundle_id = disclosure.uuid("id");
    out.disclosure = disclosure.count("number", 1);
  };
  in.inner("disclosure", read_disclosure, allowed);
  out.event = in.text_if("event").value_or("");
  const auto read_period = [&](Members& days) {
    out.period.start = days.text_if("start", 10);
    out.period.end = days.text_if("end", 10);
  };
  in.inner_if("period", read_period, allowed);
  out.note = in.text_if("note", note_limit).value_or("");
  in.inner(
      "licence", [&](Members& licence) { read_licence(licence, out); }, allowed);
  const auto read_decision = [&](Members& decision) {
    out.decision.disposition = decision.text("disposition");
    out.decision.profiles = decision.texts("profiles", entry_list_limit);
    out.decision.rules = decision.texts("rules", entry_list_limit);
    out.decision.policy = document_from(decision, "policy", allowed);
    out.decision.dictionary = document_from(decision, "dictionary", allowed);
  };
  in.inner("decision", read_decision, allowed);
  return out;
}

std::optional<Promise> promise_from(Members& in) {
  std::optional<Promise> out;
  const auto read = [&](Members& disclosure) {
    const bool of_first_release = !disclosure.has("manifest_sha256") && !disclosure.has("how_to_verify_sha256") &&
                                  in.text("format") == first_format;
    if (of_first_release) return;
    out = Promise{disclosure.sha256("manifest_sha256"), disclosure.sha256("how_to_verify_sha256"),
                  disclosure.has("approvals_sha256") ? disclosure.sha256("approvals_sha256") : ""};
  };
  in.inner("disclosure", read, allowed);
  return out;
}

using Counts = std::map<std::string, std::uint64_t, std::less<>>;

/// A member of an entry that is an object of counts by name; empty if it is absent.
Counts counts_in(Members& in, std::string_view member) {
  Counts out;
  const Json* counts = in.object_if(member);
  in.inner_if(member, [&](Members& members) {
    for (const auto& [of, count] : counts->items()) out[of] = members.count(of, 1);
  });
  return out;
}

/// The manifest's counts of redacted copies, by path.
Counts copied_in(const std::vector<RedactionCount>& counts) {
  Counts out;
  for (const RedactionCount& count : counts) {
    if (count.action == "copied") out[count.path] = count.count;
  }
  return out;
}

/// The sums of a manifest's counts by action; nothing if a sum is too large to be true.
std::optional<Counts> by_action(const std::vector<RedactionCount>& counts) {
  Counts out;
  for (const RedactionCount& count : counts) {
    std::uint64_t& sum = out[count.action];
    if (count.count > static_cast<std::uint64_t>(INT64_MAX) - sum) return std::nullopt;
    sum += count.count;
  }
  return out;
}

tl::unexpected<core::Error> contradiction(const std::string& member) {
  return fail(Code::integrity, "`manifest.json` and `entry.json` differ in " + quote(member));
}

/// Checks the members that the entry does not have: they must not contradict one another.
Result<void> check_history(const Manifest& manifest) {
  const auto refuse = [](const std::string& member, const std::string& why) {
    return fail(Code::integrity, "`manifest.json` contradicts itself: " + quote(member) + " " + why);
  };
  if (manifest.previous && manifest.previous->id == manifest.bundle_id) {
    return refuse("/previous", "is the bundle itself");
  }
  std::uint64_t last = 0;
  for (const PassedOverReport& report : manifest.passed_over) {
    if (report.number <= last) return refuse("/since_last/reports", "does not ascend");
    if (report.number == manifest.number) return refuse("/since_last/reports", "has the report that is in the bundle");
    last = report.number;
  }
  std::set<std::uint64_t> voids;
  for (const Void& gone : manifest.voids) {
    if (gone.disclosure >= manifest.disclosure) return refuse("/since_last/disclosures", "has a later disclosure");
    if (!voids.insert(gone.disclosure).second) return refuse("/since_last/disclosures", "has a disclosure twice");
  }
  return {};
}

}  // namespace

Result<DisclosureRecord> recorded_in(const Json& entry) {
  Members in(entry, entry_name, "");
  DisclosureRecord out = recorded_from(in);
  if (!in.ok()) return fail(in.finish().error());
  return out;
}

Json to_members(const Promise& promise) {
  Json out{{"manifest_sha256", promise.manifest_sha256}, {"how_to_verify_sha256", promise.how_to_verify_sha256}};
  if (!promise.approvals_sha256.empty()) out["approvals_sha256"] = promise.approvals_sha256;
  return out;
}

Result<EntryRecord> read_entry(std::string_view text) {
  AIRLOCK_TRY(const Json json, core::parse_json(text, entry_name, {.bytes = entry_bytes_limit}));
  Members in(json, entry_name, "");
  EntryRecord out;
  out.seq = in.count("seq");
  out.time = in.time("time");
  (void)in.word("kind", {"produced", "decided"});
  out.recorded = recorded_from(in);
  out.promise = promise_from(in);
  const auto read_payload = [&](Members& payload) {
    out.payload_size = payload.count("size");
    out.payload_sha256 = payload.sha256("sha256");
  };
  in.inner("payload", read_payload, allowed);
  const auto read_decision = [&](Members& decision) {
    if (decision.has("decision_sha256")) out.decision_sha256 = decision.sha256("decision_sha256");
  };
  in.inner("decision", read_decision, allowed);
  in.each_if("approvals", entry_list_limit, [&](Members& approval) {
    (void)approval.count("entry");
    out.approval_keys.push_back(approval.sha256("key_sha256"));
  });
  out.redactions = counts_in(in, "redactions");
  out.copied = counts_in(in, "copied");
  if (!in.ok()) return fail(in.finish().error());
  return out;
}

Result<void> check_agreement(const Manifest& manifest, std::string_view document, const EntryRecord& entry) {
  // Another spelling could mean one thing to this reader and another to the tools of HOW-TO-VERIFY.
  if (document != to_document(manifest)) {
    return fail(Code::integrity, "`manifest.json` is not in the form that Airlock writes");
  }
  const DisclosureRecord& said = entry.recorded;
  if (manifest.event != said.event) return contradiction("/event");
  if (manifest.period != said.period) return contradiction("/period");
  if (manifest.note != said.note) return contradiction("/note");
  if (manifest.licence_state != said.licence_state) return contradiction("/licence/state");
  if (manifest.licence_serial != said.licence_serial) return contradiction("/licence/serial");
  if (manifest.tier != said.tier) return contradiction("/licence/tier");
  if (manifest.decision != said.decision) return contradiction("/decision");
  // Every other member.
  if (static_cast<const DisclosureRecord&>(manifest) != said) return contradiction("/disclosure");
  if (manifest.created != entry.time) return contradiction("/created");
  if (by_action(manifest.redactions) != entry.redactions) return contradiction("/redactions");
  if (copied_in(manifest.redactions) != entry.copied) return contradiction("/redactions");
  if (manifest.decision.disposition != "seal") {
    return fail(Code::integrity, "is a bundle, although the decision was " + quote(manifest.decision.disposition));
  }
  AIRLOCK_CHECK(check_history(manifest));
  if (entry.promise.has_value() != (manifest.version > 1)) {
    return fail(Code::integrity, "`manifest.json` and `entry.json` come from different releases");
  }
  if (entry.promise && digest_without_files(document).hex() != entry.promise->manifest_sha256) {
    return fail(Code::integrity, "`manifest.json` differs from the one that `entry.json` recorded");
  }
  return {};
}

}  // namespace airlock::envelope
