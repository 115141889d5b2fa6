#include "review/policy_page.hpp"

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "crypto/hash.hpp"
#include "prover/show.hpp"
#include "review/document.hpp"
#include "review/effect.hpp"
#include "review/words.hpp"

namespace airlock::review {
namespace {

using dictionary::Class;
using policy::Disposition;

/// A name that no policy has as a tier: tiers are words.
constexpr std::string_view unknown_tier = "another tier";

/// What a tier discloses: one column of the table.
struct Column {
  std::string name;
  policy::DecisionFacts facts;
  policy::Decision decision;
  std::vector<TreatedField> fields;  ///< none if nothing leaves
};

bool is_alike(const policy::Decision& a, const policy::Decision& b) {
  return a.disposition == b.disposition && a.profiles == b.profiles;
}

core::Result<Column> column_of(const PolicyWithTexts& documents, std::optional<std::string> tier,
                               const std::string& event) {
  Column out;
  out.facts.tier = std::move(tier);
  out.facts.licence =
      out.facts.tier == policy::unlicensed_tier ? core::LicenceState::missing : core::LicenceState::valid;
  out.facts.event = event;
  out.decision = documents.policy.decide(out.facts);
  if (out.decision.disposition == Disposition::withhold) return out;
  AIRLOCK_TRY(const auto plan, documents.policy.plan(out.decision, documents.dictionary));
  out.fields = treated_fields(plan, documents.dictionary);
  return out;
}

/// The columns of a tier: one, or one for each event that is decided differently.
core::Result<void> add_columns(std::vector<Column>& columns, const PolicyWithTexts& documents,
                               const std::optional<std::string>& tier) {
  const std::size_t first = columns.size();
  for (const std::string& event : documents.dictionary.events()) {
    AIRLOCK_TRY(Column column, column_of(documents, tier, event));
    if (columns.size() > first && is_alike(columns[first].decision, column.decision)) continue;
    column.name = tier.value_or("no tier");
    if (columns.size() > first) column.name += ", event " + event;
    columns.push_back(std::move(column));
  }
  return {};
}

/// How many fields of a class end in which way: `all dropped`, `3 kept, 1 dropped`.
std::string summary_of(const Column& column, Class cls) {
  if (column.decision.disposition == Disposition::withhold) return "nothing leaves";
  Tally tally{};
  std::uint64_t all = 0;
  for (const TreatedField& field : column.fields) {
    if (field.cls != cls) continue;
    // A suppressed figure leaves where it is large enough, so it counts as coarsened.
    const bool suppressed = field.weakest == redaction::Action::suppress_below;
    const DatumEffect effect = suppressed ? DatumEffect::coarsened : effect_of(redaction::name(field.weakest), "value");
    ++tally.at(static_cast<std::size_t>(effect));
    ++all;
  }
  std::string out;
  for (std::size_t i = 0; i < effect_count; ++i) {
    if (tally.at(i) == 0) continue;
    const std::string_view what = word(static_cast<DatumEffect>(i));
    if (tally.at(i) == all) return "all " + std::string(what);
    out += (out.empty() ? "" : ", ") + std::to_string(tally.at(i)) + " " + std::string(what);
  }
  return out;
}

bool has_class(const dictionary::Field& field, Class cls) {
  bool has_it = field.cls == cls;
  for (std::size_t part = 0; field.key && part < field.key->parts(); ++part) {
    has_it = has_it || field.key->part(part).cls == cls;
  }
  return has_it;
}

std::vector<Class> classes_of(const dictionary::Dictionary& dictionary) {
  std::vector<Class> out;
  for (std::size_t i = 0; i < dictionary::class_count; ++i) {
    const auto cls = static_cast<Class>(i);
    for (const dictionary::Field& field : dictionary.fields()) {
      if (!has_class(field, cls)) continue;
      out.push_back(cls);
      break;
    }
  }
  return out;
}

void write_matrix(Html& html, const std::vector<Column>& columns, const std::vector<Class>& classes) {
  html.leaf("h2", "What each tier discloses", {{"id", "tiers"}});
  html.leaf("p", "For a valid licence without entitlements. The rules below say what makes it stricter.");
  html.open("table", {{"class", "overview"}}).leaf("caption", "Decision and fate of each class, by tier");
  html.open("thead").open("tr").leaf("th", "Class", {{"scope", "col"}});
  for (const Column& column : columns) html.leaf("th", column.name, {{"scope", "col"}});
  html.close().close().open("tbody").open("tr").leaf("th", "decision", {{"scope", "row"}});
  for (const Column& column : columns) html.leaf("td", policy::name(column.decision.disposition));
  html.close();
  for (const Class cls : classes) {
    html.open("tr").leaf("th", "class " + std::string(dictionary::name(cls)), {{"scope", "row"}});
    for (const Column& column : columns) html.leaf("td", summary_of(column, cls));
    html.close();
  }
  html.close().close();
}

/// The fields of one class under one tier, those with one treatment together.
void write_fields(Html& html, const Column& column, Class cls) {
  std::map<std::string, std::vector<const TreatedField*>> by_ending;
  for (const TreatedField& field : column.fields) {
    if (field.cls == cls) by_ending[sentence_of(field.treatments)].push_back(&field);
  }
  for (const auto& [ending, fields] : by_ending) {
    html.open("li").open("details");
    html.open("summary");
    html.text("class " + std::string(dictionary::name(cls)) + " (" + std::string(meaning_of(cls)) + "): each of " +
              grouped(fields.size()) + (fields.size() == 1 ? " datum " : " data ") + ending);
    html.close().open("ul");
    for (const TreatedField* field : fields) {
      html.open("li").path(field->field->path).text(of_in_words(*field));
      if (!field->field->about.empty()) html.text(": " + field->field->about);
      for (const std::string& because : field->because) {
        html.text(" ").open("span", {{"class", "remark"}}).sentence("because of " + because).close();
      }
      html.close();
    }
    html.close().close().close();
  }
}

void write_tier(Html& html, const Column& column, const std::vector<Class>& classes) {
  html.leaf("h3", column.name);
  html.open("ul");
  for (const std::string& sentence : policy::explain(column.decision, column.facts)) {
    html.open("li").sentence(sentence).close();
  }
  for (const Class cls : classes) write_fields(html, column, cls);
  html.close();
}

void write_claims(Html& html, const prover::CheckReport& report) {
  html.leaf("h2", "What the policy claims of itself, and the proof", {{"id", "claims"}});
  html.leaf("p", "Every combination of tiers, licence states, sets of entitlements, floors and events was decided: " +
                     grouped(report.combinations) + " decisions. A claim is proved if none of them breaks it.");
  if (report.claims.empty()) {
    html.leaf("p", "The policy claims nothing.");
  } else {
    html.open("table").leaf("caption", "Claims and proofs").open("thead").open("tr");
    for (const Literal head : {Literal("Claim"), Literal("What it says"), Literal("Proof")}) {
      html.leaf("th", head.view(), {{"scope", "col"}});
    }
    html.close().close().open("tbody");
    for (const prover::ClaimResult& claim : report.claims) {
      html.open("tr").leaf("th", claim.id, {{"scope", "row"}}).open("td").sentence(claim.statement).close().open("td");
      if (claim.counter_example) {
        html.leaf("span", "! does not hold", {{"class", "badge misfit"}}).text(" ").sentence(claim.why);
        html.open("details").leaf("summary", "The smallest counter-example, as a case");
        html.leaf("code", prover::to_document(*claim.counter_example)).close();
      } else {
        html.leaf("span", "= proved", {{"class", "badge dropped"}});
        html.text(" in " + grouped(claim.combinations) + " combinations");
      }
      html.close().close();
    }
    html.close().close();
  }
  if (report.findings.empty()) return;
  html.leaf("h3", "What its author should know").open("ul");
  for (const prover::PolicyFinding& finding : report.findings) {
    const bool is_fault = finding.kind == prover::PolicyFinding::Kind::undone_suppression;
    html.open("li").sentence((is_fault ? "a fault: " : "") + finding.text).close();
  }
  html.close();
}

}  // namespace

core::Result<void> write_policy_page(const PolicyWithTexts& documents, const prover::CheckReport& report,
                                     core::Sink& out) {
  std::vector<Column> columns;
  for (const std::string& tier : documents.policy.tiers()) AIRLOCK_CHECK(add_columns(columns, documents, tier));
  AIRLOCK_CHECK(add_columns(columns, documents, std::string(unknown_tier)));
  AIRLOCK_CHECK(add_columns(columns, documents, std::nullopt));
  const std::vector<Class> classes = classes_of(documents.dictionary);
  const std::string title = "Policy " + documents.policy.name() + " " + documents.policy.version();
  return write_document(out, title, Search::no, [&](Html& html) {
    html.leaf("h1", title);
    html.leaf("p",
              report.sound() ? "Every claim of this policy is proved."
                             : "This policy breaks a claim of its own, or has a fault.",
              {{"class", report.sound() ? "verdict go" : "verdict"}, {"id", "verdict"}});
    write_matrix(html, columns, classes);
    html.leaf("h2", "Each tier in sentences");
    for (const Column& column : columns) write_tier(html, column, classes);
    html.leaf("h2", "The policy in sentences", {{"id", "rules"}}).open("ul");
    for (const std::string& line : prover::show(documents.policy)) html.open("li").sentence(line).close();
    html.close();
    write_claims(html, report);
    html.leaf("h2", "Digests").leaf("p", "Each digest is SHA-256, as sha256sum prints it.").open("dl");
    html.leaf("dt", "the policy").open("dd").leaf("code", crypto::sha256(documents.policy_text).hex()).close();
    html.leaf("dt", "the dictionary").open("dd").leaf("code", crypto::sha256(documents.dictionary_text).hex()).close();
    html.close();
  });
}

}  // namespace airlock::review
