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
  std::uint64_t members = 0;  ///< counted in objects only
  KeySet keys;

  [[nodiscard]] char closer() const { return is_object ? '}' : ']'; }
};

bool is_space(char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }

std::string excess(std::string_view what, std::uint64_t limit, std::string_view unit) {
  return "the " + std::string(what) + " has more than " + std::to_string(limit) + std::string(unit);
}

}  // namespace

struct Scanner::State {
  State(const core::Blob& report, const Limits& its_limits, const crypto::Secret& fingerprint_key)
      : limits(its_limits), in(report), lexer(in), fingerprint(fingerprint_key) {
    if (limits.number_bytes > number_bytes_maximum)
      throw std::logic_error("report::Scanner: number_bytes is too large");
    const std::uint64_t maximum = std::min(limits.bytes, report_bytes_maximum);
    if (in.size() > maximum) failure = refuse(maximum, excess("report", maximum, " bytes")).value();
  }

  Result<Token> next();
  Result<Token> end(Token token);
  Result<Token> open(Token token, TokenKind kind);
  Result<Token> close(Token token);
  Result<Token> key(Token token);
  Result<Token> value(Token token);
  Result<Token> scalar(Token token, TokenKind kind, Result<std::string_view> text);
  Result<void> count_member();
  Result<void> skip_space();
  bool take(char c);
  [[nodiscard]] bool is_next(char c) const { return !in.rest().empty() && in.rest().front() == c; }

  Limits limits;
  Window in;
  Lexer lexer;
  crypto::Fingerprinter fingerprint;
  Place place = Place::nothing;
  std::vector<OpenContainer> containers;  ///< those that are open
  std::uint64_t members = 0;
  std::optional<core::Error> failure;
};

Result<Token> Scanner::State::next() {
  Token token;
  token.gap = token.comma_gap = token.comma = in.offset();
  AIRLOCK_CHECK(skip_space());
  if (place == Place::value && containers.empty()) return end(token);

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
  if (may_close && is_next(containers.back().closer())) return close(token);
  if (!containers.empty() && containers.back().is_object && place != Place::key) return key(token);
  return value(token);
}

Result<Token> Scanner::State::end(Token token) {
  if (!in.rest().empty()) return refuse_next(in, "the end");
  token.begin = token.end = in.offset();
  return token;
}

Result<Token> Scanner::State::open(Token token, TokenKind kind) {
  if (containers.size() >= limits.depth) {
    return refuse(token.begin, "the report is nested deeper than " + std::to_string(limits.depth));
  }
  containers.push_back({kind == TokenKind::begin_object, 0, {}});
  in.advance(1);
  token.kind = kind;
  token.end = in.offset();
  place = Place::opening;
  return token;
}

Result<Token> Scanner::State::close(Token token) {
  token.kind = containers.back().is_object ? TokenKind::end_object : TokenKind::end_array;
  containers.pop_back();
  token.depth = containers.size();
  in.advance(1);
  token.end = in.offset();
  place = Place::value;
  return token;
}

Result<Token> Scanner::State::key(Token token) {
  if (!is_next('"')) return refuse_next(in, place == Place::opening ? "a key or `}`" : "a key");
  AIRLOCK_CHECK(count_member());
  token.kind = TokenKind::key;
  AIRLOCK_TRY(token.text, lexer.string(limits.key_bytes, "key"));
  if (!containers.back().keys.insert(fingerprint(token.text))) {
    return refuse(token.begin, "the object has this key already, which I-JSON forbids");
  }
  token.end = in.offset();
  place = Place::key;
  return token;
}

Result<Token> Scanner::State::value(Token token) {
  if (!containers.empty() && !containers.back().is_object) AIRLOCK_CHECK(count_member());
  const char first = in.rest().empty() ? '\0' : in.rest().front();
  switch (first) {
    case '{':
      return open(token, TokenKind::begin_object);
    case '[':
      return open(token, TokenKind::begin_array);
    case '"':
      return scalar(token, TokenKind::string, lexer.string(limits.string_bytes, "string"));
    case 't':
      return scalar(token, TokenKind::boolean, lexer.word("true"));
    case 'f':
      return scalar(token, TokenKind::boolean, lexer.word("false"));
    case 'n':
      return scalar(token, TokenKind::null, lexer.word("null"));
    default:
      break;
  }
  if (first == '-' || core::is_digit(first)) {
    return scalar(token, TokenKind::number, lexer.number(limits.number_bytes));
  }
  if (in.offset() == 0 && in.rest().substr(0, 3) == "\xEF\xBB\xBF") return refuse(0, "a byte order mark");
  return refuse_next(in, place == Place::opening ? "a value or `]`" : "a value");
}

Result<Token> Scanner::State::scalar(Token token, TokenKind kind, Result<std::string_view> text) {
  AIRLOCK_TRY(token.text, std::move(text));
  token.kind = kind;
  token.end = in.offset();
  place = Place::value;
  return token;
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
    : state_(std::make_unique<State>(report, limits, fingerprint_key)) {}
Scanner::Scanner(Scanner&&) noexcept = default;
Scanner& Scanner::operator=(Scanner&&) noexcept = default;
Scanner::~Scanner() = default;

Result<Token> Scanner::next() {
  if (state_->failure) return core::fail(*state_->failure);
  auto token = state_->next();
  if (!token) state_->failure = token.error();
  return token;
}

}  // namespace airlock::report
