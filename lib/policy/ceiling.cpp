#include "policy/ceiling.hpp"

#include <algorithm>

#include "core/text.hpp"

namespace airlock::policy {
namespace {

using core::quote;
using redaction::Action;
using redaction::Treatment;

std::set<std::string> forms(const dictionary::Shape& shape) {
  std::set<std::string> out;
  for (const auto type : shape.types) {
    if (type != dictionary::Type::enumeration) out.emplace(dictionary::name(type));
  }
  for (const std::string& value : shape.values) out.insert("enum " + value);
  return out;
}

std::string listed(const std::set<std::string>& items, std::string_view nothing) {
  std::string out;
  for (const std::string& item : items) out += (out.empty() ? "" : ", ") + quote(item);
  return out.empty() ? std::string(nothing) : out;
}

std::set<std::string> added(const std::set<std::string>& now, const std::set<std::string>& before) {
  std::set<std::string> out;
  std::set_difference(now.begin(), now.end(), before.begin(), before.end(), std::inserter(out, out.end()));
  return out;
}

/// Whether it matters of which form a datum is: all that is masked looks alike.
bool shows_form(const Treatment& treatment) {
  return treatment.action != Action::drop && treatment.action != Action::mask;
}

void compare(std::string_view what, const Fields& decision, const Fields& ceiling, std::vector<Loosening>& out) {
  for (const auto& [path, now] : decision) {
    const auto found = ceiling.find(path);
    const std::string subject = std::string(what) + quote(path);
    if (found == ceiling.end()) {
      if (now.treatment.action != Action::drop) {
        out.push_back({subject, "dropped or not declared", redaction::describe(now.treatment)});
      }
      continue;
    }
    const FieldTerms& before = found->second;
    if (!redaction::at_least(now.treatment, before.treatment)) {
      out.push_back({subject, redaction::describe(before.treatment), redaction::describe(now.treatment)});
    }
    if (shows_form(now.treatment) && !added(now.takes, before.takes).empty()) {
      out.push_back({"what may stand for " + subject, listed(before.takes, "nothing"), listed(now.takes, "nothing")});
    }
  }
}

void compare_sets(std::string_view what, const std::set<std::string>& decision, const std::set<std::string>& ceiling,
                  std::vector<Loosening>& out) {
  for (const std::string& item : added(decision, ceiling)) {
    out.push_back({std::string(what), listed(ceiling, "none"), quote(item)});
  }
}

}  // namespace

Terms terms_of(Disposition disposition, const redaction::Plan& plan, const dictionary::Dictionary& dictionary) {
  Terms out;
  out.disposition = disposition;
  out.keeps_twins = !plan.redacts();
  const auto& fields = dictionary.fields();
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (!fields[i].shape.types.empty() && plan.value(i).action != Action::drop) {
      out.values.emplace(fields[i].path, FieldTerms{plan.value(i), forms(fields[i].shape)});
    }
    if (fields[i].key && plan.key(i).action != Action::drop) {
      out.keys.emplace(fields[i].path, FieldTerms{plan.key(i), forms(fields[i].key->shape)});
    }
  }
  return out;
}

std::vector<Loosening> loosenings(const Terms& decision, const Terms* ceiling) {
  std::vector<Loosening> out;
  if (decision.disposition == Disposition::withhold) return out;
  if (ceiling == nullptr) {
    out.push_back({"the event", "not authorised", quote(name(decision.disposition))});
    return out;
  }
  if (decision.disposition < ceiling->disposition) {
    out.push_back({"the disposition", quote(name(ceiling->disposition)), quote(name(decision.disposition))});
  }
  compare_sets("recipients, by SHA-256 of their keys", decision.recipients, ceiling->recipients, out);
  compare_sets("destinations", decision.destinations, ceiling->destinations, out);
  compare("the value of ", decision.values, ceiling->values, out);
  compare("the key of ", decision.keys, ceiling->keys, out);
  if (decision.keeps_twins && !ceiling->keeps_twins) out.push_back({"twins", "dropped", "kept"});
  return out;
}

Ceiling first_ceiling(const Ceiling& decisions) {
  Ceiling out = decisions;
  for (auto& [event, terms] : out) terms.disposition = strictest(terms.disposition, Disposition::seal);
  return out;
}

Ceiling lowered(const Ceiling& ceiling, const Ceiling& decisions) {
  Ceiling out = ceiling;
  for (auto& [event, terms] : out) {
    const auto found = decisions.find(event);
    if (found == decisions.end() || !nowhere_looser(found->second, terms)) continue;
    if (found->second.disposition == Disposition::withhold) {
      terms.disposition = Disposition::withhold;
    } else {
      terms = found->second;
    }
  }
  return out;
}

Ceiling raised(const Ceiling& ceiling, const Ceiling& decisions) {
  Ceiling out = ceiling;
  for (const auto& [event, terms] : decisions) {
    const auto found = ceiling.find(event);
    if (!loosenings(terms, found == ceiling.end() ? nullptr : &found->second).empty()) out[event] = terms;
  }
  return out;
}

}  // namespace airlock::policy
