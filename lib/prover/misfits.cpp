#include "prover/misfits.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <nlohmann/json.hpp>

#include "core/json.hpp"
#include "core/text.hpp"
#include "prover/declare.hpp"
#include "prover/fold.hpp"
#include "prover/widen.hpp"

namespace airlock::prover {
namespace {

using core::Json;
using core::Result;
using dictionary::Dictionary;

/// What is below a proposal may need one itself, such as the members of a key that did not fit.
constexpr int rounds_limit = 32;

constexpr core::JsonLimits document_limits{.bytes = dictionary::dictionary_bytes_limit, .depth = 8};

/// A misfit with its proposal as JSON.
struct Proposed {
  Misfit misfit;
  Json declaration;
};

/// A dictionary as text, as JSON and compiled.
class Working {
 public:
  static Result<Working> parse(std::string_view text, std::string_view name) {
    AIRLOCK_TRY(Dictionary compiled, Dictionary::parse(text, name));
    AIRLOCK_TRY(Json json, core::parse_json(text, name, document_limits));
    return Working(std::move(json), std::move(compiled));
  }

  [[nodiscard]] const Dictionary& compiled() const { return compiled_; }
  [[nodiscard]] const Json& declaration(std::size_t field) const { return json_.at("fields").at(field); }

  /// Pastes those proposals that the dictionary takes, and empties the others.
  void paste(std::span<Proposed> proposals) {
    std::vector<Proposed*> wanted;
    for (Proposed& one : proposals) {
      if (!one.declaration.is_null()) wanted.push_back(&one);
    }
    paste_half(wanted);
  }

 private:
  Working(Json json, Dictionary compiled) : json_(std::move(json)), compiled_(std::move(compiled)) {}

  void paste_half(std::span<Proposed* const> wanted) {
    if (wanted.empty()) return;
    Json next = json_;
    for (const Proposed* one : wanted) {
      Json& fields = next["fields"];
      const auto known = compiled_.find(one->misfit.path);
      if (known) {
        fields[*known] = one->declaration;
      } else {
        fields.push_back(one->declaration);
      }
    }
    if (auto parsed = Dictionary::parse(core::to_text(next), "dictionary.json")) {
      json_ = std::move(next);
      compiled_ = std::move(*parsed);
    } else if (wanted.size() == 1) {
      wanted.front()->declaration = nullptr;
    } else {
      paste_half(wanted.first(wanted.size() / 2));
      paste_half(wanted.subspan(wanted.size() / 2));
    }
  }

  Json json_;
  Dictionary compiled_;
};

/// What one place needs.
class Proposer {
 public:
  explicit Proposer(const Working& working) : working_(working) {}

  std::vector<Proposed> of(MisfitPlace& place) {
    switch (place.kind) {
      case Misfit::Kind::stray_twin:
        return {{{Misfit::Kind::stray_twin, place.path, place.seen.times, ""}, nullptr}};
      case Misfit::Kind::ill_key: {
        const auto& field = working_.compiled().fields()[*place.field];
        Json& declaration = declaration_of(*place.field);
        declaration = widened_key(field, declaration, place.seen.scalars);
        return {{{place.kind, field.path, place.seen.times, ""}, declaration}};
      }
      default:
        return of_values(place);
    }
  }

 private:
  std::vector<Proposed> of_values(MisfitPlace& place) {
    std::vector<Proposed> out;
    if (place.field && has_own_values(place.seen)) {
      const auto& field = working_.compiled().fields()[*place.field];
      Json& declaration = declaration_of(*place.field);
      const auto wider = widened(list_, field, declaration, place.seen, place.names);
      const bool can_be = wider && place.seen.scalars.misfits == 0;
      if (can_be) declaration = *wider;
      out.push_back({{Misfit::Kind::ill_typed, field.path, own_times(place.seen), ""}, can_be ? *wider : Json()});
      place.seen.scalars = {};
      place.seen.empty_containers = 0;
      if (!place.seen.has_children()) return out;
    }
    NamePath names = place.names;
    fold(list_, place.seen, names, place.path.empty() || (place.has_members && !has_data_names(place.seen)));
    const bool has_elements = place.seen.element != nullptr;
    const bool is_other_container = has_elements ? place.has_members : place.has_elements;
    for (Declared& one : declare(list_, place.seen, {place.path, place.names})) {
      const auto kind = place.field && one.path == place.path ? Misfit::Kind::ill_typed : place.kind;
      // No declaration has an empty path: an element or line that is no object cannot be declared.
      const bool can_be = one.declaration && !one.path.empty() && !is_other_container && one.problem.empty();
      out.push_back({{kind, std::move(one.path), one.times, ""}, can_be ? std::move(*one.declaration) : Json()});
    }
    return out;
  }

  /// A declaration with what this round changed in it so far: its type and its key may both need a change.
  Json& declaration_of(std::size_t field) { return changed_.emplace(field, working_.declaration(field)).first->second; }

  static bool has_own_values(const Seen& seen) {
    return seen.scalars.any() || (seen.empty_containers != 0 && !seen.has_children());
  }
  static std::uint64_t own_times(const Seen& seen) {
    return seen.has_children() ? seen.times - seen.objects - seen.arrays : seen.times;
  }

  const Working& working_;
  const NameWords& list_ = NameWords::built_in();
  std::map<std::size_t, Json> changed_;
};

/// All misfits, over the rounds, and for each path the last proposal, which says what those before said too.
class Collected {
 public:
  void add(std::vector<Proposed> found, bool is_first_round) {
    for (Proposed& one : found) {
      if (!one.declaration.is_null()) latest_[one.misfit.path] = std::move(one.declaration);
      const auto key = std::pair{one.misfit.path, one.misfit.kind};
      const auto known = at_.find(key);
      if (known == at_.end()) {
        at_.emplace(key, list_.size());
        list_.push_back(std::move(one.misfit));
      } else if (is_first_round) {
        list_[known->second].count += one.misfit.count;
      }
    }
  }

  Misfits take() {
    Misfits out;
    for (Misfit& misfit : list_) {
      if (out.list.size() == misfits_limit) {
        out.unlisted += misfit.count;
        continue;
      }
      const auto proposal = latest_.find(misfit.path);
      if (proposal != latest_.end()) misfit.proposal = core::to_text(proposal->second);
      out.list.push_back(std::move(misfit));
    }
    return out;
  }

 private:
  std::vector<Misfit> list_;
  std::map<std::pair<std::string, Misfit::Kind>, std::size_t> at_;
  std::map<std::string, Json> latest_;
};

}  // namespace

std::string_view name(Misfit::Kind kind) {
  static constexpr std::array<std::string_view, 4> names{"undeclared", "ill_typed", "ill_key", "stray_twin"};
  return names.at(static_cast<std::size_t>(kind));
}

Result<Misfits> find_misfits(const core::Blob& report, std::string_view dictionary, std::string_view name,
                             const report::Limits& limits, const crypto::Secret& fingerprint_key) {
  AIRLOCK_TRY(Working working, Working::parse(dictionary, name));
  Collected all;
  for (int round = 0; round < rounds_limit; ++round) {
    AIRLOCK_TRY(std::vector<MisfitPlace> places,
                find_misfit_places(report, working.compiled(), limits, fingerprint_key));
    std::vector<Proposed> found;
    Proposer proposer(working);
    for (MisfitPlace& place : places) {
      for (Proposed& one : proposer.of(place)) found.push_back(std::move(one));
    }
    working.paste(found);
    const bool has_pasted =
        std::any_of(found.begin(), found.end(), [](const Proposed& one) { return !one.declaration.is_null(); });
    all.add(std::move(found), round == 0);
    if (!has_pasted) break;
  }
  return all.take();
}

}  // namespace airlock::prover
