#include "prover/draft.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "core/text.hpp"
#include "dictionary/dictionary.hpp"
#include "prover/declare.hpp"
#include "prover/draft_roles.hpp"
#include "prover/fold.hpp"
#include "prover/json_schema.hpp"

namespace airlock::prover {
namespace {

using core::Code;
using core::Json;
using core::quote;
using core::Result;
using report::Token;
using report::TokenKind;

constexpr report::Limits sample_limits{.bytes = report::report_bytes_maximum};
/// From how many fields on the sentinels become those of the whole dictionary.
constexpr std::size_t fields_with_sentinels = 3;

/// The scanner's fingerprints only have to be hard to guess for whoever writes a report for a site. Nobody attacks the
/// person who drafts a dictionary by making the scanner slow.
const crypto::Secret& fingerprint_key() {
  static const crypto::Secret key(std::string(16, 'd'));
  return key;
}

tl::unexpected<core::Error> too_many_places(const std::string& name) {
  return core::fail(Code::bad_input, name + ": has more than " + std::to_string(places_limit) + " different members",
                    "draft from fewer or smaller samples");
}

/// Adds one value to a tree. `name` is what messages call it.
Result<void> watch(std::string_view sample, const std::string& name, Seen& root, std::size_t& places) {
  const core::MemoryBlob blob(sample);
  report::Scanner scanner(blob, sample_limits, fingerprint_key());
  Watcher watcher(root, places);
  for (;;) {
    const auto token = scanner.next();
    if (!token) return core::fail(core::Error(token.error()).within(name));
    if (token->get().kind == TokenKind::end) return {};
    if (!watcher.add(*token)) return too_many_places(name);
  }
}

/// The offset of the first byte that is no white space, or npos.
std::size_t first_byte(std::string_view text, std::size_t from) { return text.find_first_not_of(" \t\r\n", from); }

/// The end of the first JSON value of a sample, or nothing if it is malformed.
std::optional<std::uint64_t> end_of_value(std::string_view sample) {
  const core::MemoryBlob blob(sample);
  report::Scanner scanner(blob, sample_limits, fingerprint_key());
  for (;;) {
    const auto token = scanner.next();
    if (!token) return std::nullopt;
    if (token->get().depth == 0 && (token->get().closes() || token->get().is_scalar())) return token->get().end;
  }
}

/// Takes sentinels that many fields have from the fields, and returns them for the dictionary.
Json common_sentinels(std::vector<Declared>& declared) {
  std::set<std::int64_t> all;
  std::size_t fields = 0;
  const auto is_count = [](const auto& declaration) {
    return declaration && declaration->contains("sentinels") && (*declaration)["type"] == "count";
  };
  for (const Declared& one : declared) {
    if (!is_count(one.declaration)) continue;
    ++fields;
    for (const Json& sentinel : (*one.declaration)["sentinels"]) all.insert(sentinel.get<std::int64_t>());
  }
  if (fields < fields_with_sentinels || all.size() > dictionary::sentinels_limit) return nullptr;
  for (Declared& one : declared) {
    if (is_count(one.declaration)) one.declaration->erase("sentinels");
  }
  return all;
}

std::string in_lines(const Json& head, const std::vector<Declared>& declared) {
  std::string out = "{\n";
  for (const auto& [member, value] : head.items())
    out += " " + core::to_text(member) + ": " + core::to_text(value) + ",\n";
  out += " \"fields\": [\n";
  bool is_first = true;
  for (const Declared& one : declared) {
    if (!one.declaration) continue;
    out += (is_first ? "  " : ",\n  ") + core::to_text(*one.declaration);
    is_first = false;
  }
  return out + "\n ]\n}\n";
}

}  // namespace

Drafter::Drafter() = default;
Drafter::~Drafter() = default;

Result<void> Drafter::add_lines(std::string_view sample, std::string_view name) {
  for (std::size_t line = 1; !sample.empty(); ++line) {
    const std::string_view text = sample.substr(0, sample.find('\n'));
    sample.remove_prefix(std::min(sample.size(), text.size() + 1));
    const auto start = first_byte(text, 0);
    if (start == std::string_view::npos) continue;
    const std::string at = quote(name) + ": line " + std::to_string(line);
    if (text[start] != '{') return core::fail(Code::bad_input, at + ": is not a JSON object");
    AIRLOCK_CHECK(watch(text, at, root_, places_));
  }
  return {};
}

Result<void> Drafter::add_list(std::string_view sample, std::string_view name) {
  Seen list;
  AIRLOCK_CHECK(watch(sample, quote(name), list, places_));
  if (!list.element || list.element->objects != list.element->times) {
    return core::fail(Code::bad_input, quote(name) + ": is a list, but not of objects only");
  }
  merge(root_, std::move(*list.element));
  return {};
}

Result<void> Drafter::add_sample(std::string_view sample, std::string_view name) {
  const auto begin = first_byte(sample, 0);
  if (begin == std::string_view::npos) return core::fail(Code::bad_input, quote(name) + ": is empty");
  if (sample[begin] != '{' && sample[begin] != '[') {
    return core::fail(Code::bad_input, quote(name) + ": is neither a JSON object nor a list of objects",
                      "a sample is one report as the product makes it");
  }
  Document document = sample[begin] == '[' ? Document::array : Document::object;
  if (const auto end = end_of_value(sample); document == Document::object && end) {
    const auto next = first_byte(sample, *end);
    if (next != std::string_view::npos && sample[next] == '{') document = Document::lines;
  }
  // A report of lines may have only one.
  if (document == Document::object && document_ == Document::lines) document = Document::lines;
  if (document == Document::lines && document_ == Document::object) document_ = document;
  if (document_ && document_ != document) {
    return core::fail(Code::bad_input, quote(name) + ": is a list, but other samples are not, or the other way round",
                      "draft one dictionary for each kind of report");
  }
  document_ = document;
  switch (document) {
    case Document::object:
      return watch(sample, quote(name), root_, places_);
    case Document::lines:
      return add_lines(sample, name);
    case Document::array:
      break;
  }
  return add_list(sample, name);
}

Result<void> Drafter::add_schema(std::string_view schema, std::string_view name) {
  AIRLOCK_TRY(SchemaReport report, read_schema(schema, name));
  if (!document_) document_ = report.is_array ? Document::array : Document::object;
  merge(root_, std::move(report.root));
  return {};
}

Result<Draft> Drafter::finish(const DraftOptions& options) {
  const NameWords& list = NameWords::built_in();
  Draft out;
  out.document = document_.value_or(Document::object);
  NamePath names;
  fold(list, root_, names, true);
  std::vector<Declared> declared = declare(list, root_, {});
  const Json sentinels = common_sentinels(declared);
  Json head{{"format", "airlock-dictionary/1"},
            {"name", (options.product + "-report").substr(0, dictionary::name_bytes_limit)},
            {"product", options.product}};
  if (out.document != Document::object) head["document"] = name(out.document);
  out.event = write_roles(root_, options.product, options.event, out.document == Document::object, declared, head);
  if (!sentinels.is_null()) head["sentinels"] = sentinels;
  for (Declared& one : declared) {
    if (!one.problem.empty()) out.problems.push_back({one.path, one.problem});
    if (!one.declaration) continue;
    ++out.declarations;
    if (has_review(*one.declaration)) ++out.marked;
    if (one.declaration->contains("values")) out.enums.push_back(one.path);
  }
  if (out.declarations == 0) {
    return core::fail(Code::bad_input, "the samples have no member to declare", "hand in a report that is not empty");
  }
  out.text = in_lines(head, declared);
  AIRLOCK_CHECK(dictionary::Dictionary::parse(out.text, "the draft"));
  return out;
}

}  // namespace airlock::prover
