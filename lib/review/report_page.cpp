#include "review/report_page.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "core/text.hpp"
#include "crypto/hash.hpp"
#include "gate/inputs.hpp"
#include "review/disclosed.hpp"
#include "review/parts.hpp"
#include "review/verdict.hpp"
#include "review/words.hpp"

namespace airlock::review {
namespace {

using core::Result;
using policy::Disposition;

std::string way_of(Disposition disposition) {
  switch (disposition) {
    case Disposition::send:
      return "over HTTPS, byte for byte as the report has them";
    case Disposition::redact:
      return "over HTTPS, redacted";
    default:
      return "sealed";
  }
}

/// Why the report does not leave. A shareable page may not repeat the report's own names.
std::string why_it_stopped(const gate::Preview& preview, Shareable shareable) {
  const gate::Stop& stop = preview.result.prepared.stop;
  return shareable == Shareable::yes && !stop.recorded.empty() ? stop.recorded : preview.result.message;
}

std::string verdict_of(const gate::Preview& preview, const std::optional<DisclosedData>& data, Shareable shareable) {
  const gate::Prepared& prepared = preview.result.prepared;
  if (data) {
    std::string out = amount(prepared.payload->size()) + " would leave, " + way_of(prepared.decision->disposition);
    if (!gate::leaves(prepared.outcome)) out += ", but not until a person allows it";
    const std::string among = among_them(data->remaining);
    return out + (among.empty() ? "" : "; " + among) + ".";
  }
  if (prepared.outcome == gate::Outcome::withheld) {
    return "Nothing would leave: such reports are withheld, as was chosen, and this one would not be kept.";
  }
  return "Nothing would leave: the report would be " + std::string(gate::name(preview.result.outcome)) + ", because " +
         why_it_stopped(preview, shareable) + ".";
}

/// Who has approved the bytes so far.
std::vector<std::string> approvals_in_words(const gate::Prepared& prepared) {
  std::vector<std::string> out;
  for (const gate::RecordedApproval& approval : prepared.approvals) {
    out.push_back("approved by " + approval.signer.subject() + " at " + approval.approval.time.text() +
                  ", certificate " + approval.signer.fingerprint().hex());
  }
  return out;
}

void add_missing(Page& page, const gate::Preview& preview, Shareable shareable) {
  const gate::Prepared& prepared = preview.result.prepared;
  page.persons_word_missing = prepared.payload && gate::is_a_persons(prepared.stop);
  page.missing = approvals_in_words(prepared);
  if (gate::leaves(prepared.outcome)) {
    page.missing.emplace_back(
        "nobody: what a person authorised for this site covers this decision, and disclosures are not on hold");
    return;
  }
  if (page.persons_word_missing && shareable == Shareable::yes) {
    // What the site's people said to each other, such as the reason of a hold, does not leave.
    page.missing.emplace_back("a person at the site must still allow it");
    return;
  }
  if (const std::string why = why_it_stopped(preview, shareable); !why.empty()) page.missing.push_back(why);
  if (!preview.result.hint.empty()) page.missing.push_back("next step: " + preview.result.hint);
}

std::string licence_in_words(const gate::Processed& result) {
  std::string out = result.licence_serial.empty() ? "" : result.licence_serial + ", ";
  out += result.licence_state;
  if (result.days_left && *result.days_left >= 0) {
    out += ", " + std::to_string(*result.days_left) + (*result.days_left == 1 ? " day left" : " days left");
  }
  return out;
}

Result<void> add_facts(Page& page, const gate::Preview& preview, std::optional<std::uint64_t> number) {
  const gate::Prepared& prepared = preview.result.prepared;
  const site::Configuration& configuration = preview.inputs.site.configuration();
  const auto add = [&](std::string label, std::string value) {
    if (!value.empty()) page.facts.emplace_back(std::move(label), std::move(value));
  };
  add("Site", configuration.name.empty() ? configuration.site_id : configuration.name + ", " + configuration.site_id);
  if (number) add("Report", "number " + std::to_string(*number) + ", which waits");
  add("Event", prepared.event);
  if (prepared.period.start || prepared.period.end) {
    add("Period", prepared.period.start.value_or("?") + " to " + prepared.period.end.value_or("?"));
  }
  add("Licence", licence_in_words(preview.result));
  add("Tier", prepared.facts.tier.value_or("none"));
  if (prepared.decision) {
    add("Decision", std::string(policy::name(prepared.decision->disposition)));
    add("Profiles", enumerated(prepared.decision->profiles, "and"));
    add("Rules", prepared.decision->rules.empty() ? "none matched" : enumerated(prepared.decision->rules, "and"));
  }
  if (preview.inputs.kit) {
    const site::Kit& kit = *preview.inputs.kit;
    add("Kit", "number " + std::to_string(kit.number) + ", issued " + kit.issued.text());
    add("Policy", kit.policy.name() + " " + kit.policy.version());
    add("Dictionary", kit.dictionary.name());
  }
  if (prepared.payload && prepared.decision->disposition == Disposition::seal) {
    AIRLOCK_TRY(const auto recipients, gate::recipients_of(preview.inputs));
    for (const crypto::Certificate& recipient : recipients) {
      add("Sealed for", recipient.subject() + ", SHA-256 " + recipient.fingerprint().hex());
    }
  } else if (prepared.payload) {
    for (const auto& destination : preview.inputs.destinations()) add("Sent to", destination.url);
  }
  add("Looked at", preview.inputs.now.text());
  return {};
}

void add_digests(Page& page, const gate::Preview& preview, std::optional<std::uint64_t> number) {
  const gate::Prepared& prepared = preview.result.prepared;
  const std::string report = number ? std::to_string(*number) : "REPORT";
  if (prepared.payload) {
    page.digests.emplace_back("the bytes that would leave", prepared.payload_sha256.hex());
    page.commands.push_back("airlock preview " + report + " | sha256sum");
  }
  if (page.shareable == Shareable::no) {
    page.digests.emplace_back("the report as it came, " + amount(preview.result.original_size),
                              preview.result.original_sha256);
    if (number) {
      page.commands.push_back("airlock explain " + report + " --values");
    } else {
      page.commands.emplace_back("sha256sum REPORT");
      page.commands.emplace_back("airlock explain REPORT --values");
    }
  }
  if (!preview.inputs.kit) return;
  const site::Kit& kit = *preview.inputs.kit;
  page.digests.emplace_back("policy.json of the kit", crypto::sha256(kit.policy_text).hex());
  page.digests.emplace_back("dictionary.json of the kit", crypto::sha256(kit.dictionary_text).hex());
  page.digests.emplace_back("the kit's signed content", kit.content_sha256.hex());
  page.commands.emplace_back("airlock kit verify SITE/public/kit.p7s");
}

/// The data of the original report with their values, and what would become of fields that it does not have.
class Originals {
 public:
  explicit Originals(const gate::Preview& preview) : dictionary_(preview.inputs.kit->dictionary) {
    const auto strength = [](const TreatedField& each) {
      return std::pair(each.weakest, !each.treatments.by_type.empty());
    };
    for (TreatedField& field : treated_fields(*preview.result.prepared.plan, dictionary_)) {
      // Of the parts of a key the one that is treated most strongly tells what becomes of the key.
      const auto [at, is_new] = treated_.try_emplace({field.field->path, field.of_key}, field);
      if (!is_new && strength(field) > strength(at->second)) at->second = std::move(field);
    }
  }

  void add(const redaction::Fate& fate) {
    DataGroup group = empty_group(fate.path, fate.what, effect_of(fate.action, fate.what), ending_of(fate.action));
    group.count = fate.count;
    const auto treated = treated_.find({fate.path, fate.what == "key"});
    if (treated != treated_.end() && !redaction::is_misfit(fate.what)) {
      describe(group, treated->second);
      there_.insert(treated->first);
    }
    for (const redaction::Datum& datum : fate.data) {
      group.shown.push_back({.place = datum.place,
                             .before = datum.value,
                             .after = !datum.becomes.empty()              ? datum.becomes
                                      : group.effect == DatumEffect::kept ? datum.value
                                                                          : "",
                             .reason = datum.reason});
    }
    parts_.add(class_of(dictionary_, fate), std::move(group));
  }

  std::vector<ClassPart> finish() && {
    for (const auto& [place, field] : treated_) {
      if (there_.contains(place)) continue;
      const std::string action(redaction::name(field.weakest));
      DataGroup group = empty_group(place.first, place.second ? "key" : "value", effect_of(action, ""),
                                    sentence_of(field.treatments));
      describe(group, field);
      parts_.add_absent(*class_of(*field.field, field.of_key), std::move(group));
    }
    return std::move(parts_).take();
  }

 private:
  static void describe(DataGroup& group, const TreatedField& field) {
    group.about = field.field->about;
    group.purpose = field.field->purpose;
    group.because = field.because;
  }

  const dictionary::Dictionary& dictionary_;
  std::map<std::pair<std::string, bool>, TreatedField> treated_;
  std::set<std::pair<std::string, bool>> there_;
  Parts parts_;
};

void add_notes(Page& page, const gate::Preview& preview) {
  const gate::Prepared& prepared = preview.result.prepared;
  for (std::string& line : copies_in_words(prepared.copied, true)) page.notes.push_back(std::move(line));
  if (!prepared.plan) return;
  page.notes.push_back(
      std::string("a value that the dictionary does not declare, or declares as another type, ") +
      (prepared.plan->undeclared() == redaction::Undeclared::refuse ? "stops the report" : "is dropped"));
  page.notes.push_back(std::string("twins, the flattened copies of declared fields, ") +
                       (prepared.plan->redacts() ? "are dropped" : "stay as they are"));
}

}  // namespace

Result<Page> report_page(const gate::Preview& preview, std::optional<std::uint64_t> number, Shareable shareable) {
  const gate::Prepared& prepared = preview.result.prepared;
  Page page;
  page.shareable = shareable;
  page.title = (number ? "Report " + std::to_string(*number) : std::string("Report")) +
               (prepared.event.empty() ? "" : ": " + prepared.event);
  page.leaves = gate::leaves(prepared.outcome);
  std::optional<DisclosedData> data;
  if (prepared.payload) {
    AIRLOCK_TRY(data, read_disclosed({.bytes = *prepared.payload,
                                      .dictionary = preview.inputs.kit->dictionary,
                                      .redactions = preview.result.redactions},
                                     shown_of_a_group));
  }
  page.verdict = verdict_of(preview, data, shareable);
  AIRLOCK_CHECK(add_facts(page, preview, number));
  if (prepared.decision) page.because = policy::explain(*prepared.decision, prepared.facts);
  add_missing(page, preview, shareable);
  add_digests(page, preview, number);
  if (shareable == Shareable::yes) {
    if (data) page.parts = std::move(data->parts);
    return page;
  }
  AIRLOCK_TRY(const auto fates, gate::fates_of(preview, shown_of_a_group));
  if (prepared.plan) {
    Originals originals(preview);
    for (const redaction::Fate& fate : fates) originals.add(fate);
    page.parts = std::move(originals).finish();
  }
  add_notes(page, preview);
  return page;
}

}  // namespace airlock::review
