#include "licence/seen.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/licence_state.hpp"
#include "crypto/hash.hpp"
#include "licence/licence.hpp"

namespace airlock::licence {

using core::Json;
using core::Members;

namespace {

constexpr std::string_view any_site = "any";
constexpr std::string_view this_site = "this";

}  // namespace

std::string licensee_digest(const Licence& licence) { return crypto::sha256(licence.licensee).hex(); }

std::string_view binding_name(const Licence& licence) { return licence.any_site ? any_site : this_site; }

bool counts_as_seen(std::string_view state) {
  return state != core::name(core::LicenceState::wrong_product) &&
         state != core::name(core::LicenceState::wrong_site) && state != core::name(core::LicenceState::revoked);
}

void SeenLicences::add(const HighestSequence& count) {
  const auto known = std::find_if(counts_.begin(), counts_.end(), [&](const HighestSequence& each) {
    return each.licensee_sha256 == count.licensee_sha256 && each.any_site == count.any_site;
  });
  if (known != counts_.end()) {
    known->sequence = std::max(known->sequence, count.sequence);
  } else if (counts_.size() < seen_limit) {
    counts_.push_back(count);
  }
}

void SeenLicences::add(const Licence& licence) {
  add(HighestSequence{licensee_digest(licence), licence.any_site, licence.sequence});
}

void SeenLicences::add(const SeenLicences& other) {
  add_of_unknown(other.of_unknown_);
  for (const HighestSequence& count : other.counts_) add(count);
}

void SeenLicences::add_of_unknown(std::int64_t sequence) { of_unknown_ = std::max(of_unknown_, sequence); }

std::int64_t SeenLicences::sequence_like(const HighestSequence& count) const {
  for (const HighestSequence& each : counts_) {
    if (each.licensee_sha256 == count.licensee_sha256 && each.any_site == count.any_site) return each.sequence;
  }
  return 0;
}

SeenLicences SeenLicences::taken_back(const SeenLicences& by_clock, const SeenLicences& right) const {
  SeenLicences out;
  out.of_unknown_ = of_unknown_;
  for (HighestSequence count : counts_) {
    if (count.sequence == by_clock.sequence_like(count)) count.sequence = right.sequence_like(count);
    if (count.sequence > 0) out.counts_.push_back(std::move(count));
  }
  return out;
}

std::int64_t SeenLicences::newest_for(const Licence& licence) const {
  std::int64_t out = of_unknown_;
  const std::string licensee = licensee_digest(licence);
  for (const HighestSequence& count : counts_) {
    if (count.licensee_sha256 == licensee && count.any_site == licence.any_site) out = std::max(out, count.sequence);
  }
  return out;
}

std::int64_t SeenLicences::highest() const {
  std::int64_t out = of_unknown_;
  for (const HighestSequence& count : counts_) out = std::max(out, count.sequence);
  return out;
}

Json SeenLicences::to_json() const {
  Json out = Json::array();
  if (of_unknown_ > 0) out.push_back({{"sequence", of_unknown_}});
  for (const HighestSequence& count : counts_) {
    out.push_back({{"licensee_sha256", count.licensee_sha256},
                   {"sites", count.any_site ? any_site : this_site},
                   {"sequence", count.sequence}});
  }
  return out;
}

SeenLicences SeenLicences::from(Members& outer, std::string_view member) {
  SeenLicences out;
  outer.each(member, seen_limit + 1, [&](Members& in) {
    const std::int64_t sequence = in.integer("sequence", 1, INT64_MAX);
    if (in.has("licensee_sha256")) {
      const std::string licensee = in.sha256("licensee_sha256");
      out.add(HighestSequence{licensee, in.word("sites", {this_site, any_site}) == any_site, sequence});
    } else {
      out.add_of_unknown(sequence);
    }
  });
  return out;
}

}  // namespace airlock::licence
