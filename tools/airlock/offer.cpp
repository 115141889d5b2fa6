#include "offer.hpp"

#include <algorithm>

#include "gate/kept.hpp"
#include "ledger/kind.hpp"
#include "ledger/ledger.hpp"
#include "site/site.hpp"
#include "sys/look.hpp"

namespace airlock::tools {
namespace offering {

using console::Candidate;
using core::Result;

/// More than these, the newest ones, nobody reads in a terminal.
constexpr std::size_t candidates_maximum = 100;

Candidate to_candidate(const ledger::ReportRow& row) {
  return {std::to_string(row.number), std::string(ledger::name(row.latest)) + " " + row.latest_time.text()};
}

/// The number of the newest report; 0 if there is none. Numbers have no gaps.
Result<std::uint64_t> newest_number(const ledger::Ledger& ledger) {
  std::uint64_t known = 0;
  std::uint64_t step = 1;
  for (; step != 0; step *= 2) {
    AIRLOCK_TRY(const auto row, ledger.report(known + step));
    if (!row) break;
    known += step;
  }
  for (; step != 0; step /= 2) {
    AIRLOCK_TRY(const auto row, ledger.report(known + step));
    if (row) known += step;
  }
  return known;
}

Result<std::vector<ledger::ReportRow>> rows(const site::Site& site, console::Kind kind) {
  // Not as `status` opens it: that would undo a change which was cut short.
  AIRLOCK_TRY(const auto ledger, ledger::Ledger::open(site.path(site::layout::ledger), db::Mode::read_only));
  if (kind != console::Kind::report) return gate::waiting_reports(site, ledger);
  AIRLOCK_TRY(const std::uint64_t newest, newest_number(ledger));
  return ledger.reports(newest < candidates_maximum ? 1 : newest - candidates_maximum + 1, candidates_maximum);
}

Result<std::vector<Candidate>> numbers(const site::Site& site, console::Kind kind) {
  AIRLOCK_TRY(auto found, rows(site, kind));
  std::vector<Candidate> out;
  for (auto row = found.rbegin(); row != found.rend() && out.size() < candidates_maximum; ++row) {
    out.push_back(to_candidate(*row));
  }
  return out;
}

/// Whether a file in `outbox/` has the name of a bundle, which consists of a day, a number and an id.
bool is_bundle(const std::string& name) {
  return name.ends_with(".p7m") &&
         name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-.") == std::string::npos;
}

Result<std::vector<Candidate>> bundles(const site::Site& site) {
  const std::string folder = site.path(site::layout::outbox);
  AIRLOCK_TRY(const auto names, sys::list_directory(folder));
  std::vector<Candidate> out;
  for (auto name = names.rbegin(); name != names.rend() && out.size() < candidates_maximum; ++name) {
    if (is_bundle(*name)) out.push_back({folder + "/" + *name, "bundle in the outbox"});
  }
  return out;
}

Result<std::vector<Candidate>> offer(const std::string& directory, console::Kind kind) {
  AIRLOCK_TRY(const auto site, site::Site::open(directory));
  switch (kind) {
    case console::Kind::held:
    case console::Kind::held_or_file:
    case console::Kind::report:
      return numbers(site, kind);
    case console::Kind::bundle:
      return bundles(site);
    case console::Kind::own_site:
      return std::vector<Candidate>{{site.configuration().site_id, "this site"}};
    default:
      return std::vector<Candidate>{};
  }
}

}  // namespace offering

std::vector<console::Candidate> offer_of_site(const std::string& site, console::Kind kind,
                                              const console::Typed& typed) {
  const auto named = typed.find("--site");
  return offering::offer(named == typed.end() ? site : console::without_tilde(named->second), kind)
      .value_or(std::vector<console::Candidate>{});
}

}  // namespace airlock::tools
