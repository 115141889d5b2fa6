#include "report/scanner.hpp"

#include <algorithm>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "core/ascii.hpp"
#include "report/key_set.hpp"
#include "report/lexer.hpp"
#include "report/window.hpp"

namespace airlock::report {
namespace {

/// What precedes the next token.
enum class Place : std::uint8_t {
  nothing,  ///< the beginning of the report
  opening,  ///< `{` or `[`
  key,      ///< a colon and a value follow
  value,    ///< a comma, a closing bracket or the end follows
};

struct OpenContainer {
  bool is_object;
  std::uint64_t begin;        ///< the offset of its bracket
  std::uint64_t members = 0;  ///< counted in objects only

  [[nodiscard]] char closer() const { return is_object ? '}' : ']'; }
};

bool is_space(char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }

std::string excess(std::string_view what, std::uint64_t limit, std::string_view unit) {
  return "the " + std::string(what) + " has more than " + std::to_string(limit) + std::string(unit);
}

}  // namespace

struct Scanner::State {
  State(const core::Blob& its_report, const Limits& its_limits, const crypto::Fingerprinter& its_fingerprint)
      : report(its_report), limits(its_limits), in(report), lexer(in), fingerprint(its_fingerprint) {
    if (limits.number_bytes > number_bytes_maximum)
      throw std::logic_error("report::Scanner: number_bytes is too large");
    const std::uint64_t maximum = std::min(limits.bytes, report_bytes_maximum);
    if (in.size() > maximum) failure = refuse(maximum, excess("report", maximum, " bytes")).value();
  }

  Result<void> next();
  Result<void> end();
  Result<void> open(TokenKind kind);
  Result<void> close();
  Result<void> key();
  Result<void> value();
  Result<void> scalar(TokenKind kind, Result<std::string_view> text);
  Result<void> check_key();
  Result<bool> has_key() const;
  Result<void> count_member();
  Result<void> skip_space();
  bool take(char c);
  [[nodiscard]] bool is_next(char c) const { return !in.rest().empty() && in.rest().front() == c; }

  const core::Blob& report;
  Limits limits;
  Window in;
  Lexer lexer;
  crypto::Fingerprinter fingerprint;
  Place place = Place::nothing;
  std::vector<OpenContainer> containers;  ///< those that are open
  KeySet keys;                            ///< of those that are objects
  std::uint64_t unchecked = 0;            ///< the fingerprint of the last token, if that is a key
  std::uint64_t members = 0;
  Token token;  ///< the last one
  std::optional<core::Error> failure;
};

Result<void> Scanner::State::next() {
  if (place == Place::key) AIRLOCK_CHECK(check_key());
  token.text = {};
  token.gap = token.comma_gap = token.comma = in.offset();
  AIRLOCK_CHECK(skip_space());
  if (place == Place::value && containers.empty()) return end();

  bool may_close = place == Place::opening;
  if (place == Place::key) {
    if (!take(':')) return refuse_next(in, "`:`");
    token.gap = token.comma_gap = token.comma = in.offset();
    AIRLOCK_CHECK(skip_space());
  } else if (place == Place::value) {
    const std::uint64_t comma = in.offset();
    if (take(',')) {
      token.comma = comma;
      token.gap = in.offset();
      AIRLOCK_CHECK(skip_space());
    } else if (is_next(containers.back().closer())) {
      may_close = true;
    } else {
      return refuse_next(in, containers.back().is_object ? "`,` or `}`" : "`,` or `]`");
    }
  }

  token.begin = in.offset();
  token.depth = containers.size();
  if (may_close && is_next(containers.back().closer())) return close();
  if (!containers.empty() && containers.back().is_object && place != Place::key) return key();
  return value();
}

Result<void> Scanner::State::end() {
  if (!in.rest().empty()) return refuse_next(in, "the end");
  token.kind = TokenKind::end;
  token.begin = token.end = in.offset();
  token.depth = 0;
  return {};
}

Result<void> Scanner::State::open(TokenKind kind) {
  if (containers.size() >= limits.depth) {
    return refuse(token.begin, "the report is nested deeper than " + std::to_string(limits.depth));
  }
  containers.push_back({kind == TokenKind::begin_object, token.begin});
  if (containers.back().is_object) keys.open_object();
  in.advance(1);
  token.kind = kind;
  token.end = in.offset();
  place = Place::opening;
  return {};
}

Result<void> Scanner::State::close() {
  token.kind = containers.back().is_object ? TokenKind::end_object : TokenKind::end_array;
  if (containers.back().is_object) keys.close_object();
  containers.pop_back();
  token.depth = containers.size();
  in.advance(1);
  token.end = in.offset();
  place = Place::value;
  return {};
}

Result<void> Scanner::State::key() {
  if (!is_next('"')) return refuse_next(in, place == Place::opening ? "a key or `}`" : "a key");
  AIRLOCK_CHECK(count_member());
  token.kind = TokenKind::key;
  AIRLOCK_TRY(token.text, lexer.string(limits.key_bytes, "key"));
  unchecked = fingerprint(token.text).words[0];
  keys.expect(unchecked);
  token.end = in.offset();
  place = Place::key;
  return {};
}

/// Refuses the last token, a key, if its object has it already.
Result<void> Scanner::State::check_key() {
  if (keys.insert(unchecked)) return {};
  AIRLOCK_TRY(const bool has_it, has_key());
  if (has_it) return refuse(token.begin, "the object has this key already, which I-JSON forbids");
  return {};
}

/// Whether the innermost object has an equal key before the last one. Reads the object again up to there: fingerprints
/// of different keys are equal once in 2^25 objects of a million members, and equal keys end the report.
Result<bool> Scanner::State::has_key() const {
  const std::uint64_t begin = containers.back().begin;
  const core::BlobPart before(report, begin, token.begin - begin);
  State scanner(before, limits, fingerprint);
  for (;;) {
    const auto read = scanner.next();
    if (!read && read.error().code == core::Code::bad_input) return false;  // where the part ends
    if (!read) return core::fail(read.error());
    const Token& other = scanner.token;
    if (other.kind == TokenKind::key && other.depth == 1 && other.text == token.text) return true;
  }
}

Result<void> Scanner::State::value() {
  if (!containers.empty() && !containers.back().is_object) AIRLOCK_CHECK(count_member());
  const char first = in.rest().empty() ? '\0' : in.rest().front();
  switch (first) {
    case '{':
      return open(TokenKind::begin_object);
    case '[':
      return open(TokenKind::begin_array);
    case '"':
      return scalar(TokenKind::string, lexer.string(limits.string_bytes, "string"));
    case 't':
      return scalar(TokenKind::boolean, lexer.word("true"));
    case 'f':
      return scalar(TokenKind::boolean, lexer.word("false"));
    case 'n':
      return scalar(TokenKind::null, lexer.word("null"));
    default:
      break;
  }
  if (first == '-' || core::is_digit(first)) {
    return scalar(TokenKind::number, lexer.number(limits.number_bytes));
  }
  if (in.offset() == 0 && in.rest().substr(0, 3) == "\xEF\xBB\xBF") return refuse(0, "a byte order mark");
  return refuse_next(in, place == Place::opening ? "a value or `]`" : "a value");
}

Result<void> Scanner::State::scalar(TokenKind kind, Result<std::string_view> text) {
  AIRLOCK_TRY(token.text, std::move(text));
  token.kind = kind;
  token.end = in.offset();
  place = Place::value;
  return {};
}

Result<void> Scanner::State::count_member() {
  OpenContainer& container = containers.back();
  if (container.is_object && ++container.members > limits.object_members) {
    return refuse(in.offset(), excess("object", limits.object_members, " members"));
  }
  if (++members > limits.members) {
    return refuse(in.offset(), excess("report", limits.members, " members and elements"));
  }
  return {};
}

Result<void> Scanner::State::skip_space() {
  for (;;) {
    const std::string_view rest = in.rest();
    std::size_t space = 0;
    while (space < rest.size() && is_space(rest[space])) ++space;
    in.advance(space);
    if (space < rest.size() || in.holds_all_the_rest()) return {};
    AIRLOCK_CHECK(in.ensure(1));
  }
}

bool Scanner::State::take(char c) {
  if (!is_next(c)) return false;
  in.advance(1);
  return true;
}

Scanner::Scanner(const core::Blob& report, const Limits& limits, const crypto::Secret& fingerprint_key)
    : state_(std::make_unique<State>(report, limits, crypto::Fingerprinter(fingerprint_key))) {}
Scanner::Scanner(Scanner&&) noexcept = default;
Scanner& Scanner::operator=(Scanner&&) noexcept = default;
Scanner::~Scanner() = default;

Result<std::reference_wrapper<const Token>> Scanner::next() {
  if (state_->failure) return core::fail(*state_->failure);
  if (auto read = state_->next(); !read) {
    state_->failure = std::move(read).error();
    return core::fail(*state_->failure);
  }
  return std::cref(state_->token);
}

}  // namespace airlock::report
