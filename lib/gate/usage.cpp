#include "gate/usage.hpp"

#include <algorithm>
#include <charconv>
#include <map>

#include "core/json.hpp"
#include "core/text.hpp"
#include "crypto/hash.hpp"
#include "gate/bundles.hpp"
#include "gate/inputs.hpp"
#include "gate/open.hpp"
#include "report/scanner.hpp"
#include "sys/file.hpp"
#include "sys/system.hpp"

namespace airlock::gate {
namespace {

using core::Code;
using core::quote;

constexpr std::size_t usage_key_bytes = 16;

/// What a limit may call a field: its last steps joined with dots, fewest first.
bool is_called(const dictionary::Field& field, std::string_view limit) {
  std::string name;
  for (auto step = field.steps.rbegin(); step != field.steps.rend(); ++step) {
    name = name.empty() ? *step : *step + "." + name;
    if (name == limit) return true;
    if (name.size() > limit.size()) return false;
  }
  return false;
}

/// The field that a limit names.
void find_field(LimitUsage& usage, const dictionary::Dictionary& dictionary) {
  for (const dictionary::Field& field : dictionary.fields()) {
    const bool concrete = std::none_of(field.is_wildcard.begin(), field.is_wildcard.end(), [](bool is) { return is; });
    if (!concrete || field.cls != dictionary::Class::usage || !is_called(field, usage.limit)) continue;
    if (!usage.path.empty()) {
      usage.problem = "names more than one declared field: " + quote(usage.path) + " and " + quote(field.path);
      usage.path.clear();
      return;
    }
    usage.path = field.path;
  }
  if (usage.path.empty()) usage.problem = "names no declared field of class `usage`";
}

/// The whole numbers of a report at these paths, none of which leads through an array.
Result<std::map<std::string, std::string>> numbers_in(const core::Blob& report, const std::vector<LimitUsage>& wanted) {
  const crypto::Secret key(sys::random_bytes(usage_key_bytes));
  report::Scanner scanner(report, {.bytes = report::report_bytes_most}, key);
  std::map<std::string, std::string> out;
  std::vector<std::string> path;
  for (;;) {
    AIRLOCK_TRY(const report::Token token, scanner.next());
    if (token.kind == report::Kind::end) return out;
    // A key stands for its value: the path holds one step for each open container, and one for the value at hand.
    if (token.kind == report::Kind::key) {
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
    if (token.kind != report::Kind::number) continue;
    std::string pointer;
    for (const std::string& step : path) pointer += "/" + step;
    for (const LimitUsage& usage : wanted) {
      if (usage.path == pointer) out.emplace(pointer, token.text);
    }
  }
}

/// The newest disclosure whose file is still in the outbox.
Result<std::optional<ledger::Disclosure>> last_at_hand(const site::Site& site, const ledger::Ledger& ledger) {
  AIRLOCK_TRY(const std::uint64_t last, ledger.last_disclosure());
  for (std::uint64_t at = last; at > 0; --at) {
    AIRLOCK_TRY(const auto disclosure, ledger.disclosure_by_number(at));
    if (!disclosure || disclosure->file.empty()) continue;
    if (sys::exists(site.path(site::layout::outbox) + "/" + disclosure->file)) return disclosure;
  }
  return std::nullopt;
}

Result<std::map<std::string, std::string>> values_of(const site::Site& site, const ledger::Disclosure& disclosure,
                                                     const std::vector<LimitUsage>& limits) {
  const std::string path = site.path(site::layout::outbox) + "/" + disclosure.file;
  if (disclosure.file.ends_with(".p7m")) {
    AIRLOCK_TRY(const OwnBundle own, open_own_bundle(site.directory(), path));
    const core::BlobPart report = own.bundle.file("report.json");
    return numbers_in(report, limits);
  }
  AIRLOCK_TRY(const auto payload, sys::FileBlob::open(path));
  crypto::Sha256 sha256;
  core::BlobSource source(payload);
  AIRLOCK_CHECK(core::copy(source, sha256));
  if (sha256.finish().hex() != disclosure.content_sha256) {
    return core::fail(Code::integrity, quote(path) + ": is not what the ledger recorded", "run `airlock ledger verify`");
  }
  return numbers_in(payload, limits);
}

void fill_in(LimitUsage& usage, const std::map<std::string, std::string>& values) {
  const auto found = values.find(usage.path);
  if (found == values.end()) {
    usage.problem = "is not a number in the report as it was disclosed";
    return;
  }
  std::int64_t value = 0;
  const std::string& text = found->second;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error == std::errc{} && end == text.data() + text.size()) {
    usage.value = value;
  } else {
    usage.problem = "is not a whole number in the report as it was disclosed";
  }
}

}  // namespace

Result<Usage> licence_usage(const std::string& directory) {
  AIRLOCK_TRY(const auto site, site::Site::open(directory));
  AIRLOCK_TRY(const auto ledger, open_to_read(site));
  AIRLOCK_TRY(const Inputs inputs, read_inputs(directory, ledger, sys::now()));
  Usage out;
  out.verdict = inputs.licence.verdict;
  if (!out.verdict.licence) {
    return core::fail(static_cast<Code>(out.verdict.exit_code()), out.verdict.reason, out.verdict.hint);
  }
  if (!inputs.kit) return core::fail(inputs.no_kit);
  for (const auto& [limit, most] : out.verdict.licence->limits) {
    LimitUsage usage{.limit = limit, .most = most, .path = {}, .value = {}, .problem = {}};
    find_field(usage, inputs.kit->dictionary);
    out.limits.push_back(std::move(usage));
  }
  AIRLOCK_TRY(const auto disclosure, last_at_hand(site, ledger));
  if (!disclosure) {
    out.problem = "no disclosed report is in the outbox";
    for (LimitUsage& usage : out.limits) {
      if (usage.problem.empty()) usage.problem = out.problem;
    }
    return out;
  }
  out.disclosure = disclosure->disclosure;
  out.number = disclosure->number;
  out.file = disclosure->file;
  AIRLOCK_TRY(const auto values, values_of(site, *disclosure, out.limits));
  for (LimitUsage& usage : out.limits) {
    if (!usage.path.empty()) fill_in(usage, values);
  }
  return out;
}

}  // namespace airlock::gate
