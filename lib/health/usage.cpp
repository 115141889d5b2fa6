#include "health/usage.hpp"

#include <algorithm>
#include <functional>
#include <map>
#include <utility>
#include <vector>

#include "core/encoding.hpp"
#include "core/text.hpp"
#include "crypto/hash.hpp"
#include "dictionary/limited_field.hpp"
#include "gate/inputs.hpp"
#include "gate/names.hpp"
#include "gate/open.hpp"
#include "gate/own_bundle.hpp"
#include "gate/read_inputs.hpp"
#include "ledger/disclosure.hpp"
#include "ledger/entry.hpp"
#include "ledger/ledger.hpp"
#include "report/scanner.hpp"
#include "site/known_terms.hpp"
#include "sys/look.hpp"
#include "sys/read_file.hpp"

namespace airlock::health {
namespace {

using core::Code;
using core::fail;
using core::quote;
using core::Result;

constexpr std::size_t scanner_key_bytes = 16;

/// By declared path; nothing where the document has no whole number there.
using Figures = std::map<std::string, std::optional<std::int64_t>, std::less<>>;

/// Fills in the whole numbers of a report at these paths, none of which leads through an array. In a report of many
/// objects the largest counts.
Result<void> fill_in(Figures& figures, const site::Site& site, const core::Blob& bytes, report::Document document) {
  const crypto::Secret key(site.world().random_bytes(scanner_key_bytes));
  report::Scanner scanner(bytes, {.bytes = report::report_bytes_maximum}, key, document);
  std::vector<std::string> path;
  for (;;) {
    AIRLOCK_TRY(const report::Token& token, scanner.next());
    if (token.kind == report::TokenKind::end) return {};
    // A key stands for its value: the path holds one step for each open container, and one for the value at hand.
    if (token.kind == report::TokenKind::key) {
      path.resize(token.depth);
      path.back() = core::pointer_step(token.text);
      continue;
    }
    if (token.opens()) {
      path.resize(token.depth + 1, "*");
      path.back() = "*";
      continue;
    }
    if (token.closes()) {
      path.resize(token.depth);
      continue;
    }
    if (token.kind != report::TokenKind::number) continue;
    std::string pointer;
    for (std::size_t i = report::depth_of_objects(document); i < path.size(); ++i) pointer += "/" + path[i];
    const auto wanted = figures.find(pointer);
    if (wanted != figures.end()) wanted->second = std::max(wanted->second, core::number_from<std::int64_t>(token.text));
  }
}

/// Says why the file of a disclosure is not in the outbox, and what brings figures.
Result<void> say_why_missing(const ledger::Ledger& ledger, const ledger::Disclosure& disclosure) {
  const std::string file = quote("outbox/" + disclosure.file);
  if (disclosure.stage == ledger::Stage::sealed) {
    return fail(Code::bad_input, file + " is sealed, but not in the outbox yet",
                "`airlock process --held` finishes it unless disclosures are on hold");
  }
  AIRLOCK_TRY(const auto entries, ledger.entries_of_disclosure(disclosure.id));
  const bool expired = std::any_of(entries.begin(), entries.end(),
                                   [](const ledger::Entry& entry) { return entry.kind == ledger::Kind::expired; });
  if (expired) {
    return fail(Code::bad_input, file + " was removed when its retention time was over",
                "the next report that is disclosed brings figures");
  }
  return fail(Code::bad_input, file + " is no longer there",
              "put it back, or wait for the next report to be disclosed");
}

/// Reads figures from the bytes that were disclosed, once their digest is the ledger's: from the payload that was sent,
/// or from the bundle, with the archive key that it was sealed for.
Result<void> read_disclosed(Figures& figures, const site::Site& site, const ledger::Ledger& ledger,
                            const ledger::Disclosure& disclosure, report::Document document) {
  const std::string path = gate::in_outbox(site, disclosure.file);
  AIRLOCK_TRY(const bool there, sys::look_for(path));
  if (!there) return say_why_missing(ledger, disclosure);
  if (disclosure.stage != ledger::Stage::sent) {
    auto own = gate::open_own_bundle(site.directory(), path);
    if (own) return fill_in(figures, site, own->bundle.file("report.json"), document);
    if (own.error().code != Code::refused) return fail(std::move(own).error());
    return fail(Code::refused, quote(path) + " was not sealed for an archive key of this site",
                "bundles that are sealed while `archive` in airlock.json is true can be read");
  }
  AIRLOCK_TRY(const auto payload, sys::FileBlob::open(path));
  AIRLOCK_TRY(const core::Digest digest, crypto::sha256(payload));
  if (digest.hex() != disclosure.content_sha256)
    return fail(Code::integrity, quote(path) + " differs from what was sent");
  return fill_in(figures, site, payload, document);
}

}  // namespace

Result<Usage> licence_usage(const std::string& directory) {
  AIRLOCK_TRY(const auto site, site::Site::open(directory));
  AIRLOCK_TRY(const auto ledger, gate::open_to_read(site));
  AIRLOCK_TRY(const gate::Inputs inputs, gate::read_inputs(site, ledger));
  Usage out;
  out.verdict = inputs.licence.verdict;
  // The limits are shown even if the kit is gone and nobody can say whether the licence was revoked: they allow
  // nothing.
  if (out.verdict.unbelieved) out.verdict.licence = std::move(out.verdict.unbelieved);
  if (!out.verdict.licence) {
    return fail(out.verdict.code().value(), out.verdict.reason, out.verdict.hint);
  }
  Figures figures;
  for (const auto& [limit, most] : out.verdict.licence->limits) {
    LimitUsage usage{.limit = limit, .most = most, .path = {}, .value = {}, .problem = inputs.no_kit.message};
    if (inputs.kit) {
      dictionary::LimitedField field = dictionary::limited_field(inputs.kit->dictionary, limit);
      usage.path = std::move(field.path);
      usage.problem = std::move(field.problem);
    }
    if (!usage.path.empty()) figures.emplace(usage.path, std::nullopt);
    out.limits.push_back(std::move(usage));
  }
  AIRLOCK_TRY(const auto disclosure, ledger.newest_disclosure());
  if (disclosure) {
    out.disclosure = disclosure->disclosure;
    out.number = disclosure->number;
    out.time = disclosure->time;
    out.file = disclosure->file;
    // This is advice, so bytes that cannot be read are told like a figure that is missing.
    const auto document = inputs.kit ? inputs.kit->dictionary.document() : report::Document::object;
    if (auto read = read_disclosed(figures, site, ledger, *disclosure, document); !read) {
      out.problem = read.error().message + (read.error().hint.empty() ? "" : "; " + read.error().hint);
    }
  } else {
    out.problem = "no report has been disclosed yet";
  }
  for (LimitUsage& usage : out.limits) {
    if (usage.path.empty()) continue;
    if (out.problem.empty()) usage.value = figures.find(usage.path)->second;
    if (!usage.value) {
      usage.problem = out.problem.empty() ? "the disclosed report has no whole number for it" : out.problem;
    }
  }
  return out;
}

}  // namespace airlock::health
