#include "health/usage.hpp"

#include <utility>

#include "core/text.hpp"
#include "dictionary/limited_field.hpp"
#include "gate/figures.hpp"
#include "gate/inputs.hpp"
#include "gate/open.hpp"
#include "gate/read_inputs.hpp"
#include "ledger/ledger.hpp"
#include "site/known_terms.hpp"
#include "sys/system.hpp"

namespace airlock::health {
namespace {

using core::Result;

/// The figures of the newest disclosed report. If there are none, `out.problem` says why.
Result<std::optional<gate::Figures>> last_figures(const site::Site& site, const ledger::Ledger& ledger, Usage& out) {
  AIRLOCK_TRY(const auto disclosure, ledger.newest_disclosure());
  if (!disclosure) {
    out.problem = "no report has been disclosed yet";
    return std::nullopt;
  }
  out.disclosure = disclosure->disclosure;
  out.number = disclosure->number;
  out.time = disclosure->time;
  out.file = disclosure->file;
  AIRLOCK_TRY(auto figures, gate::figures_of(site, disclosure->id));
  if (!figures) out.problem = "no figures were kept when the last report was disclosed; the next one brings them";
  return figures;
}

void fill_in(LimitUsage& usage, const gate::Figures& figures) {
  const auto found = figures.find(usage.path);
  if (found == figures.end()) {
    usage.problem = "was no limit yet when the last report was disclosed; the next one brings a figure";
    return;
  }
  usage.value = found->second;
  if (!usage.value) usage.problem = "is not a whole number in the report as it was disclosed";
}

}  // namespace

Result<Usage> licence_usage(const std::string& directory) {
  AIRLOCK_TRY(const auto site, site::Site::open(directory));
  AIRLOCK_TRY(const auto ledger, gate::open_to_read(site));
  AIRLOCK_TRY(const gate::Inputs inputs, gate::read_inputs(directory, ledger, sys::now()));
  Usage out;
  out.verdict = inputs.licence.verdict;
  // The limits are shown even if the kit is gone and nobody can say whether the licence was revoked: they allow
  // nothing.
  if (out.verdict.unbelieved) out.verdict.licence = std::move(out.verdict.unbelieved);
  if (!out.verdict.licence) {
    return core::fail(out.verdict.code().value(), out.verdict.reason, out.verdict.hint);
  }
  AIRLOCK_TRY(const auto figures, last_figures(site, ledger, out));
  for (const auto& [limit, most] : out.verdict.licence->limits) {
    LimitUsage usage{.limit = limit, .most = most, .path = {}, .value = {}, .problem = inputs.no_kit.message};
    if (inputs.kit) {
      dictionary::LimitedField field = dictionary::limited_field(inputs.kit->dictionary, limit);
      usage.path = std::move(field.path);
      usage.problem = std::move(field.problem);
    }
    if (!usage.path.empty() && figures) fill_in(usage, *figures);
    if (!usage.path.empty() && !figures) usage.problem = out.problem;
    out.limits.push_back(std::move(usage));
  }
  return out;
}

}  // namespace airlock::health
