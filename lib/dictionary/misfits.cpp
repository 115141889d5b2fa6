#include "dictionary/misfits.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "core/ascii.hpp"
#include "core/encoding.hpp"
#include "core/json.hpp"
#include "dictionary/classifier.hpp"
#include "dictionary/fits.hpp"

namespace airlock::dictionary {
namespace {

using core::Json;
using report::Token;
using report::TokenKind;

/// The types to guess, narrowest first. A version or host name must have a dot, since otherwise it is more likely a
/// word.
constexpr std::array guesses{Type::count,   Type::integer,  Type::number, Type::boolean, Type::empty,
                             Type::uuid,    Type::time,     Type::ip,     Type::email,   Type::url,
                             Type::version, Type::hostname, Type::text};

std::optional<Type> guess(const Token& token) {
  for (const Type type : guesses) {
    const bool needs_dot = type == Type::version || type == Type::hostname;
    if (needs_dot && token.text.find('.') == token.text.npos) continue;
    if (fits(type, token.kind, token.text, {})) return type;
  }
  return std::nullopt;
}

/// The class to propose for a type. In doubt it is the one that policies redact more.
Class class_for(Type type) {
  switch (type) {
    case Type::count:
    case Type::integer:
    case Type::number:
    case Type::boolean:
      return Class::usage;
    case Type::email:
      return Class::person;
    case Type::uuid:
    case Type::ip:
    case Type::url:
    case Type::hostname:
      return Class::identifier;
    case Type::time:
      return Class::time;
    case Type::version:
      return Class::version;
    default:
      return Class::content;
  }
}

/// Whether the key identifies one thing among others, so that a `*` should stand for it: a number or an id.
bool is_number_or_id(std::string_view key) {
  return core::is_digits(key) || fits(Type::uuid, TokenKind::string, key, {});
}

/// Whether the number may say that a query failed. Products write small numbers below 0 then.
bool is_like_sentinel(const Token& token) {
  return token.kind == TokenKind::number && token.text.size() == 2 && token.text.front() == '-' &&
         token.text.back() != '0';
}

/// Whether a whole number has so many digits that it is more likely an id than a count.
bool is_like_id(const Token& token) {
  constexpr std::size_t id_digits = 16;
  return token.kind == TokenKind::number && token.text.size() >= id_digits && core::is_digits(token.text);
}

struct MisfitNotes {
  Misfit misfit;
  std::vector<Type> types;
  std::set<int> sentinels;
  bool has_null = false;
  bool is_id = false;
  const Field* declared = nullptr;  ///< the declaration, of a misfit that is ill-typed
};

class Gatherer {
 public:
  explicit Gatherer(const Dictionary& dictionary) : dictionary_(dictionary) {}

  void add(const Token& token, const Placement& placement) {
    if (token.closes()) {
      path_.resize(open_.back().path_size);
      open_.pop_back();
      return;
    }
    step(token, placement);
    if (token.kind == TokenKind::key) {
      if (placement.status == TokenStatus::ill_typed && placement.wildcard_key)
        note(Misfit::Kind::ill_key, token, placement);
    } else if (placement.status == TokenStatus::undeclared) {
      add_undeclared(token, placement);
    } else if (placement.status == TokenStatus::ill_typed && !is_inside_ill_typed()) {
      const bool is_stray = is_flattened_ && placement.field == no_field;
      note(is_stray ? Misfit::Kind::stray_twin : Misfit::Kind::ill_typed, token, placement);
    }
    if (token.opens()) {
      const bool is_ill = placement.status == TokenStatus::ill_typed || is_inside_ill_typed();
      open_.push_back({path_.size(), token.kind == TokenKind::begin_array, is_ill});
    }
  }

  Misfits finish() && {
    Misfits out;
    for (MisfitNotes& seen : seen_) {
      seen.misfit.proposal = proposal(seen);
      out.list.push_back(std::move(seen.misfit));
    }
    out.unlisted = unlisted_;
    return out;
  }

 private:
  struct Container {
    std::size_t path_size;  ///< of the container's own path
    bool is_array;
    bool is_ill_typed;
  };

  void step(const Token& token, const Placement& placement) {
    const bool is_key = token.kind == TokenKind::key;
    const bool is_element = !is_key && !open_.empty() && open_.back().is_array;
    if (is_key || is_element) path_.resize(open_.back().path_size);
    if (is_element) path_ += "/*";
    if (!is_key) return;
    is_flattened_ = is_flattened(token.text);
    is_stray_twin_ = placement.status == TokenStatus::undeclared && is_flattened_;
    const bool is_wildcard =
        placement.wildcard_key || (placement.status == TokenStatus::undeclared && is_number_or_id(token.text));
    path_ += is_wildcard ? "/*" : "/" + literal_step(token.text);
    if (is_wildcard && !placement.wildcard_key) keys_.emplace(path_);
  }

  [[nodiscard]] bool is_flattened(std::string_view key) const {
    const Twins& twins = dictionary_.twins();
    return !twins.under.empty() && path_ == twins.under && key.find(twins.separator) != key.npos;
  }

  [[nodiscard]] bool is_inside_ill_typed() const { return !open_.empty() && open_.back().is_ill_typed; }

  /// A container is declared by what is in it, so only its content is noted. An empty one is not.
  void add_undeclared(const Token& token, const Placement& placement) {
    if (is_stray_twin_) {
      if (!token.opens() || placement.status == TokenStatus::undeclared)
        note(Misfit::Kind::stray_twin, token, placement);
    } else if (!token.opens()) {
      note(Misfit::Kind::undeclared, token, placement);
    }
  }

  void note(Misfit::Kind kind, const Token& token, const Placement& placement) {
    const auto key = std::pair{kind, path_};
    auto at = by_path_.find(key);
    if (at == by_path_.end()) {
      if (seen_.size() == misfits_limit) {
        ++unlisted_;
        return;
      }
      at = by_path_.emplace(key, seen_.size()).first;
      seen_.push_back({{kind, path_, 0, {}}, {}, {}, false, false, nullptr});
      if (placement.field != no_field) seen_.back().declared = &dictionary_.fields()[placement.field];
    }
    MisfitNotes& seen = seen_[at->second];
    ++seen.misfit.count;
    if (is_like_sentinel(token)) {
      seen.sentinels.insert(-(token.text.back() - '0'));
      return;
    }
    if (is_like_id(token)) seen.is_id = true;
    const auto type = token.kind == TokenKind::key ? std::optional(Type::text) : guess(token);
    if (!type) seen.has_null = true;
    if (type && std::find(seen.types.begin(), seen.types.end(), *type) == seen.types.end()) seen.types.push_back(*type);
  }

  [[nodiscard]] std::string proposal(const MisfitNotes& seen) const {
    if (seen.misfit.kind == Misfit::Kind::stray_twin || seen.misfit.kind == Misfit::Kind::ill_key) return "";
    if (seen.misfit.path.find("//") != std::string::npos || seen.misfit.path.ends_with('/')) return "";
    std::vector<Type> types = seen.types;
    std::set<int> sentinels = seen.sentinels;
    std::string cls;
    if (seen.misfit.kind == Misfit::Kind::ill_typed) {
      if (seen.declared == nullptr || !seen.declared->cls) return "";
      types.insert(types.begin(), seen.declared->shape.types.begin(), seen.declared->shape.types.end());
      for (const std::string& known : seen.declared->shape.sentinels) {
        if (const auto number = core::number_from<int>(known)) sentinels.insert(*number);
      }
      cls = name(*seen.declared->cls);
    } else if (types.empty()) {
      // The value was never there, so its type is unknown.
      types.push_back(sentinels.empty() ? Type::empty : Type::count);
      cls = sentinels.empty() ? name(Class::content) : name(Class::usage);
    } else {
      cls = name(seen.is_id ? Class::identifier : class_for(types.front()));
    }
    // Of several numeric types the widest accepts all.
    const auto has = [&](Type type) { return std::find(types.begin(), types.end(), type) != types.end(); };
    if (has(Type::number)) std::erase_if(types, [](Type t) { return t == Type::count || t == Type::integer; });
    if (has(Type::integer)) std::erase(types, Type::count);
    std::vector<Type> once;
    for (const Type type : types) {
      if (std::find(once.begin(), once.end(), type) == once.end()) once.push_back(type);
    }
    Json out{{"path", seen.misfit.kind == Misfit::Kind::ill_typed ? seen.declared->path : seen.misfit.path}};
    if (once.size() == 1) {
      out["type"] = name(once.front());
    } else {
      for (const Type type : once) out["type"].push_back(name(type));
    }
    if (has(Type::enumeration)) out["values"] = seen.declared->shape.values;
    const bool was_nullable = seen.declared != nullptr && seen.declared->shape.nullable;
    if (seen.has_null || was_nullable) out["nullable"] = true;
    // A sentinel must not fit the types. `integer` and `number` accept it as a value.
    if (!sentinels.empty() && !has(Type::integer) && !has(Type::number)) out["sentinels"] = sentinels;
    out["class"] = cls;
    if (keys_.contains(seen.misfit.path)) out["key"] = {{"type", "text"}, {"class", "identifier"}};
    out["purpose"] = "none";
    return core::to_text(out);
  }

  const Dictionary& dictionary_;
  std::string path_;
  std::vector<Container> open_;
  std::vector<MisfitNotes> seen_;
  std::map<std::pair<Misfit::Kind, std::string>, std::size_t> by_path_;
  std::set<std::string, std::less<>> keys_;  ///< undeclared paths that end in a `*` for members
  std::uint64_t unlisted_ = 0;
  bool is_flattened_ = false;   ///< whether the last key has the form of a twin
  bool is_stray_twin_ = false;  ///< whether it has the form but copies nothing declared
};

}  // namespace

std::string_view name(Misfit::Kind kind) {
  static constexpr std::array<std::string_view, 4> names{"undeclared", "ill_typed", "ill_key", "stray_twin"};
  return names.at(static_cast<std::size_t>(kind));
}

Result<Misfits> find_misfits(const core::Blob& report, const Dictionary& dictionary, const report::Limits& limits,
                             const crypto::Secret& fingerprint_key) {
  report::Scanner scanner(report, limits, fingerprint_key);
  Classifier classifier(dictionary);
  Gatherer gatherer(dictionary);
  for (;;) {
    AIRLOCK_TRY(const Token& token, scanner.next());
    if (token.kind == TokenKind::end) return std::move(gatherer).finish();
    if (token.depth == 0 && !token.closes() && token.kind != TokenKind::begin_object) {
      return core::fail(core::Code::bad_input, "the report is not a JSON object");
    }
    gatherer.add(token, classifier.place(token));
  }
}

}  // namespace airlock::dictionary
