#include "review/evidence_selection.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <nlohmann/json.hpp>
#include <optional>

#include "core/text.hpp"

namespace airlock::review {
namespace {

using core::Code;
using core::fail;
using core::Json;
using core::Result;
using ledger::Entry;
using ledger::Kind;

/// An entry has a maximum of 1 MiB.
constexpr std::size_t entries_page = 32;
constexpr std::array<std::string_view, 3> selection_members{"newest", "disclosure", "disclosure_id"};
/// The kinds of entries that a decision is read from.
constexpr std::array<std::string_view, 7> orders{"adopted", "authorised", "configured", "hold",
                                                 "kit",     "licence",    "release"};

Result<core::Time> midnight(const std::string& option, const std::string& day) {
  const auto time = core::Time::from_text(day + "T00:00:00Z");
  if (time) return *time;
  return fail(Code::usage, option + ": " + core::quote(day) + " is not a date", "write `YYYY-MM-DD`, UTC");
}

bool is_decision(Kind kind) { return kind == Kind::produced || kind == Kind::decided; }

/// Whether such an entry says that bytes were made to leave, or left.
bool discloses(Kind kind) {
  return is_decision(kind) || kind == Kind::sealed || kind == Kind::queued || kind == Kind::released ||
         kind == Kind::sent || kind == Kind::handed_over;
}

/// Collects entries and what they refer to.
class Collector {
 public:
  Collector(EvidenceSelection& out, std::uint64_t size) : out_(out), size_(size) {}

  enum class Take : std::uint8_t { entry, with_disclosure };
  Result<void> add(const Entry& entry, Take take) {
    if (entry.seq >= size_) return {};
    out_.entries.insert(entry.seq);
    AIRLOCK_TRY(const Json body, core::parse_members(entry.body, ledger::title(entry), selection_members,
                                                     {.bytes = ledger::entry_limit}));
    if (is_decision(entry.kind) || entry.seq == out_.first) add_orders(body);
    if (take == Take::with_disclosure && discloses(entry.kind)) add_disclosure(body);
    return {};
  }

 private:
  void add_orders(const Json& body) {
    const auto newest = body.find("newest");
    if (newest == body.end() || !newest->is_object()) return;
    for (const std::string_view kind : orders) {
      const auto seq = newest->find(kind);
      if (seq == newest->end() || !seq->is_number_unsigned()) continue;
      if (const auto number = seq->get<std::uint64_t>(); number < size_) out_.entries.insert(number);
    }
  }
  void add_disclosure(const Json& body) {
    if (const auto id = body.find("disclosure_id"); id != body.end() && id->is_string()) {
      out_.disclosures.insert(id->get<std::string>());
    }
    const auto disclosure = body.find("disclosure");
    if (disclosure == body.end() || !disclosure->is_object()) return;
    if (const auto id = disclosure->find("id"); id != disclosure->end() && id->is_string()) {
      out_.disclosures.insert(id->get<std::string>());
    }
  }

  EvidenceSelection& out_;
  std::uint64_t size_;
};

/// Calls `each` with the entries from `from` up to `size`.
template <typename Each>
Result<void> for_each_entry(const ledger::Ledger& ledger, std::uint64_t from, std::uint64_t size, Each each) {
  while (from < size) {
    AIRLOCK_TRY(const auto entries, ledger.entries(from, entries_page));
    if (entries.empty()) return fail(Code::integrity, "the ledger lost entries while it was read");
    for (const Entry& entry : entries) {
      if (entry.seq >= size) break;
      AIRLOCK_CHECK(each(entry));
    }
    from = entries.back().seq + 1;
  }
  return {};
}

Result<void> find_days(const ledger::Ledger& ledger, const EvidenceRange& range, std::uint64_t size,
                       EvidenceSelection& out) {
  AIRLOCK_TRY(const core::Time from, midnight("--from", range.from));
  AIRLOCK_TRY(const core::Time to, midnight("--to", range.to));
  const core::Time before = to + std::chrono::hours(24);
  bool any = false;
  AIRLOCK_CHECK(for_each_entry(ledger, 0, size, [&](const Entry& entry) -> Result<void> {
    if (entry.time < from || entry.time >= before) return {};
    if (!any) out.first = entry.seq;
    any = true;
    out.last = entry.seq;
    return {};
  }));
  if (any) return {};
  return fail(Code::usage, "the ledger has no entry from " + range.from + " to " + range.to,
              "`airlock ledger list` shows which days have reports");
}

/// The seq of a report's first entry, and its id.
Result<std::pair<std::uint64_t, std::string>> first_entry(const ledger::Ledger& ledger, std::uint64_t number) {
  AIRLOCK_TRY(const auto row, ledger.report(number));
  if (!row) {
    return fail(Code::usage, "there is no report " + std::to_string(number), "see `airlock ledger list`");
  }
  AIRLOCK_TRY(const auto entries, ledger.entries_of_report(row->report_id, 0, 1));
  if (entries.empty()) return fail(Code::integrity, "report " + std::to_string(number) + " has no entry");
  return std::pair(entries.front().seq, row->report_id);
}

Result<void> find_reports(const ledger::Ledger& ledger, const EvidenceRange& range, std::uint64_t size,
                          EvidenceSelection& out) {
  for (std::uint64_t number = range.first_report; number <= range.last_report; ++number) {
    AIRLOCK_TRY(auto found, first_entry(ledger, number));
    if (found.first >= size) {
      return fail(Code::integrity, "report " + std::to_string(number) + " is newer than the newest signed checkpoint",
                  "any command of the site's owner that writes, such as `airlock process`, signs a newer one");
    }
    if (number == range.first_report) out.first = found.first;
    out.report_ids.insert(std::move(found.second));
  }
  AIRLOCK_TRY(const std::uint64_t newest, ledger.last_number());
  out.last = size - 1;
  if (range.last_report < newest) {
    AIRLOCK_TRY(const auto next, first_entry(ledger, range.last_report + 1));
    out.last = std::min(out.last, next.first - 1);
  }
  return {};
}

}  // namespace

Result<void> check_range(const EvidenceRange& range) {
  if (range.from.empty()) {
    if (range.first_report != 0 && range.first_report <= range.last_report) return {};
    return fail(Code::usage, "--reports: write the numbers of the first and the last report, such as `1-52`");
  }
  AIRLOCK_TRY(const core::Time from, midnight("--from", range.from));
  AIRLOCK_TRY(const core::Time to, midnight("--to", range.to));
  if (from <= to) return {};
  return fail(Code::usage, "--to: " + range.to + " is before " + range.from);
}

Result<EvidenceSelection> select_entries(const ledger::Ledger& ledger, const EvidenceRange& range, std::uint64_t size) {
  AIRLOCK_CHECK(check_range(range));
  const bool by_days = !range.from.empty();
  EvidenceSelection out;
  AIRLOCK_CHECK(by_days ? find_days(ledger, range, size, out) : find_reports(ledger, range, size, out));
  Collector collector(out, size);
  AIRLOCK_CHECK(for_each_entry(ledger, out.first, out.last + 1, [&](const Entry& entry) {
    if (by_days && !entry.report_id.empty()) out.report_ids.insert(entry.report_id);
    return collector.add(entry, by_days ? Collector::Take::with_disclosure : Collector::Take::entry);
  }));
  for (const std::string& id : out.report_ids) {
    AIRLOCK_TRY(const auto entries, ledger.entries_about(id));
    for (const Entry& entry : entries) {
      AIRLOCK_CHECK(collector.add(entry, by_days ? Collector::Take::entry : Collector::Take::with_disclosure));
    }
  }
  AIRLOCK_TRY(const auto rotations, ledger.entries_of_kind(Kind::key_rotated));
  for (const Entry& entry : rotations) AIRLOCK_CHECK(collector.add(entry, Collector::Take::entry));
  return out;
}

}  // namespace airlock::review
