#include "review/recent.hpp"

#include <algorithm>
#include <utility>

#include "core/encoding.hpp"
#include "gate/names.hpp"
#include "gate/open.hpp"
#include "gate/own_bundle.hpp"
#include "review/disclosed.hpp"

namespace airlock::review {
namespace {

/// More disclosures are looked at than bundles are opened, since some were sent and some are no longer there.
constexpr std::uint64_t looked_at = 4 * recent_bundles;

bool is_figure(const dictionary::Field& field) {
  return field.cls == dictionary::Class::usage && field.path.find('*') == std::string::npos &&
         std::find(field.shape.types.begin(), field.shape.types.end(), dictionary::Type::count) !=
             field.shape.types.end();
}

std::vector<Trend> chosen_figures(const dictionary::Dictionary& dictionary) {
  std::vector<Trend> out;
  for (const bool billing : {true, false}) {
    for (const dictionary::Field& field : dictionary.fields()) {
      if (out.size() == recent_figures_limit) return out;
      if (is_figure(field) && (field.purpose == "billing") == billing) out.push_back({field.path, field.about, {}});
    }
  }
  return out;
}

/// Adds the figures of one bundle. A report that cannot be read has none.
void add_figures(std::vector<Trend>& trends, const envelope::OpenedBundle& bundle,
                 const dictionary::Dictionary& dictionary) {
  const core::BlobPart report = bundle.file("report.json");
  const auto data = read_disclosed({.bytes = report, .dictionary = dictionary, .redactions = {}}, 1);
  if (!data) return;
  const envelope::Manifest& manifest = bundle.manifest();
  const std::string name = "report " + std::to_string(manifest.number) + ", " + manifest.period.end.value_or("undated");
  for (const ClassPart& part : data->parts) {
    for (const DataGroup& group : part.groups) {
      const auto trend =
          std::find_if(trends.begin(), trends.end(), [&](const Trend& each) { return each.path == group.path; });
      if (trend == trends.end() || group.shown.empty()) continue;
      if (const auto value = core::number_from<double>(group.shown.front().after))
        trend->points.emplace_back(name, *value);
    }
  }
}

}  // namespace

core::Result<std::vector<Trend>> recent_figures(const std::string& directory,
                                                const dictionary::Dictionary& dictionary) {
  std::vector<Trend> trends = chosen_figures(dictionary);
  AIRLOCK_TRY(const auto site, site::Site::open(directory));
  AIRLOCK_TRY(const auto ledger, gate::open_to_read(site));
  AIRLOCK_TRY(const auto newest, ledger.newest_disclosure());
  if (!newest || trends.empty()) return std::vector<Trend>{};
  const std::uint64_t from = newest->disclosure > looked_at ? newest->disclosure - looked_at + 1 : 1;
  AIRLOCK_TRY(const auto disclosures, ledger.disclosures(from, looked_at));
  std::size_t opened = 0;
  std::uint64_t bytes = 0;
  for (auto each = disclosures.rbegin(); each != disclosures.rend() && opened < recent_bundles; ++each) {
    if (each->stage != ledger::Stage::released || bytes + each->size > recent_bytes) continue;
    const auto own = gate::open_own_bundle(directory, gate::in_outbox(site, each->file));
    if (!own) continue;
    ++opened;
    bytes += each->size;
    add_figures(trends, own->bundle, dictionary);
  }
  std::erase_if(trends, [](const Trend& trend) { return trend.points.size() < 2; });
  for (Trend& trend : trends) std::reverse(trend.points.begin(), trend.points.end());
  return trends;
}

}  // namespace airlock::review
