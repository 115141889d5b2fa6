#include "site_gaps.hpp"

#include <nlohmann/json.hpp>

namespace airlock::tools {

using core::Json;

Json to_json(const intake::Fork& fork) {
  return {{"disclosure", fork.disclosure},
          {"id", fork.id},
          {"content_sha256", fork.content_sha256},
          {"reason", fork.reason},
          {"found", fork.found}};
}

namespace {

std::string in_words(const site::MissingRange& range) {
  return range.first == range.last ? std::to_string(range.first)
                                   : std::to_string(range.first) + " to " + std::to_string(range.last);
}

std::string in_words(const envelope::Void& gone) { return std::to_string(gone.disclosure) + " " + gone.kind; }

template <typename List>
std::string joined_words(const List& list) {
  std::string out;
  for (const auto& one : list) out += (out.empty() ? "" : ", ") + in_words(one);
  return out.empty() ? "none" : out;
}

Json forks_json(const std::vector<intake::Fork>& list) {
  Json out = Json::array();
  for (const auto& fork : list) out.push_back(to_json(fork));
  return out;
}

}  // namespace

std::string listed(const std::vector<site::MissingRange>& ranges) { return joined_words(ranges); }

Json to_json(const std::vector<site::MissingRange>& ranges) {
  Json out = Json::array();
  for (const auto& range : ranges) out.push_back({{"first", range.first}, {"last", range.last}});
  return out;
}

Json to_json(const intake::RegisteredSite& site, const intake::Gaps& gaps) {
  Json explained = Json::array();
  for (const auto& gone : gaps.explained) {
    explained.push_back({{"disclosure", gone.disclosure}, {"kind", gone.kind}});
  }
  Json readmissions = Json::array();
  for (const auto& past : gaps.readmissions) {
    readmissions.push_back({{"admitted", past.admitted},
                            {"adopted", past.adopted},
                            {"reason", past.reason},
                            {"site_reason", past.site_reason},
                            {"former", past.former},
                            {"forks", past.forks}});
  }
  Json closures = Json::array();
  for (const auto& closure : gaps.closures) {
    closures.push_back({{"closed", closure.closed}, {"reason", closure.reason}, {"forks", forks_json(closure.forks)}});
  }
  return {{"site_id", site.site_id},
          {"name", core::or_null(site.name)},
          {"received", gaps.received},
          {"last_disclosure", gaps.last},
          {"last_received", core::or_null(gaps.last_received)},
          {"missing", to_json(gaps.missing)},
          {"explained", explained},
          {"forks", forks_json(gaps.forks)},
          {"closed_forks", closures},
          {"readmissions", readmissions},
          {"retired",
           gaps.retired ? Json{{"at", gaps.retired->retired}, {"reason", gaps.retired->reason}} : Json(nullptr)}};
}

std::vector<std::pair<std::string, std::string>> rows_of(const intake::Gaps& gaps) {
  std::vector<std::pair<std::string, std::string>> rows{
      {"received",
       std::to_string(gaps.received) + (gaps.received == 0 ? ""
                                                           : ", up to disclosure " + std::to_string(gaps.last) +
                                                                 ", the last one taken in " + gaps.last_received)},
      {"missing", listed(gaps.missing)},
      {"explained", joined_words(gaps.explained)}};
  for (const auto& fork : gaps.forks) {
    rows.emplace_back("fork", "disclosure " + std::to_string(fork.disclosure) + ": " + fork.reason);
  }
  for (const auto& past : gaps.readmissions) {
    rows.emplace_back("readmitted", past.admitted + ": " + past.reason +
                                        "; of the past that was given up: " + std::to_string(past.former) +
                                        " disclosures, " + std::to_string(past.forks) + " forks");
  }
  if (gaps.retired) rows.emplace_back("retired", gaps.retired->retired + ": " + gaps.retired->reason);
  return rows;
}

}  // namespace airlock::tools
