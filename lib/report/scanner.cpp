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

/// Whether white space may go on behind the end of a line.
enum class Spaces : std::uint8_t { in_line, all };

std::string excess(std::string_view what, std::uint64_t limit, std::string_view unit) {
  return "the " + std::string(what) + " has more than " + std::to_string(limit) + std::string(unit);
}

}  // namespace

struct Scanner::State {
  State(const core::Blob& its_report, const Limits& its_limits, const crypto::Fingerprinter& its_fingerprint,
        Document document)
      : report(its_report),
        limits(its_limits),
        has_lines(document == Document::lines),
        in(report),
        lexer(in),
        fingerprint(its_fingerprint) {
    if (limits.number_bytes > number_bytes_maximum)
      throw std::logic_error("report::Scanner: number_bytes is too large");
    const std::uint64_t maximum = std::min(limits.bytes, report_bytes_maximum);
    if (in.size() > maximum) failure = refuse(maximum, excess("report", maximum, " bytes")).value();
  }

  Result<void> next();
  Result<void> between_lines();
  Result<void> end();
  Result<void> open(TokenKind kind);
  Result<void> close();
  Result<void> key();
  Result<void> value();
  Result<void> scalar(TokenKind kind, Result<std::string_view> text);
  Result<void> check_key();
  Result<bool> has_key() const;
  Result<void> count_member();
  Result<void> skip_space() { return skip(is_in_line() ? Spaces::in_line : Spaces::all); }
  Result<void> skip(Spaces spaces);
  /// Whether the value of a line is open, which may not go on in the next line.
  [[nodiscard]] bool is_in_line() const { return has_lines && containers.size() > 1; }
  bool take(char c);
  [[nodiscard]] bool is_next(char c) const { return !in.rest().empty() && in.rest().front() == c; }

  const core::Blob& report;
  Limits limits;
  bool has_lines;
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
  if (has_lines && !is_in_line()) return between_lines();
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

/// The next token where no line's value is open: the first value of a line, or an end of the array that stands for the
/// lines.
Result<void> Scanner::State::between_lines() {
  if (containers.empty() && place == Place::value) return end();
  token.begin = token.end = in.offset();
  token.depth = 0;
  if (containers.empty()) {
    containers.push_back({false, token.begin});
    token.kind = TokenKind::begin_array;
    place = Place::opening;
    return {};
  }
  const std::uint64_t end_of_value = in.offset();
  if (place == Place::value) {
    AIRLOCK_CHECK(skip(Spaces::in_line));
    const std::uint64_t line_feed = in.offset();
    if (take('\n')) {
      token.comma = line_feed;
      token.gap = in.offset();
    } else if (!in.rest().empty()) {
      return refuse_next(in, "a line end");
    }
  }
  AIRLOCK_CHECK(skip(Spaces::all));
  token.begin = token.end = in.offset();
  if (!in.rest().empty()) {
    token.depth = containers.size();
    return value();
  }
  token.gap = token.comma_gap = token.comma = end_of_value;
  token.kind = TokenKind::end_array;
  containers.pop_back();
  place = Place::value;
  return {};
}

Result<void> Scanner::State::end() {
  if (!in.rest().empty()) return refuse_next(in, "the end");
  token.kind = TokenKind::end;
  token.begin = token.end = in.offset();
  token.depth = 0;
  return {};
}

Result<void> Scanner::State::open(TokenKind kind) {
  // The array that stands for the lines does not count.
  if (containers.size() >= limits.depth + (has_lines ? 1 : 0)) {
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
  State scanner(before, limits, fingerprint, Document::object);
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
  const bool may_close = place == Place::opening && (!has_lines || is_in_line());
  return refuse_next(in, may_close ? "a value or `]`" : "a value");
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

Result<void> Scanner::State::skip(Spaces spaces) {
  const auto is_skipped = [&](char c) {
    return c == ' ' || c == '\r' || c == '\t' || (c == '\n' && spaces == Spaces::all);
  };
  for (;;) {
    const std::string_view rest = in.rest();
    std::size_t space = 0;
    while (space < rest.size() && is_skipped(rest[space])) ++space;
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

Result<void> check_document(const Token& first, Document document) {
  const bool is_object = document == Document::object;
  if (first.kind == (is_object ? TokenKind::begin_object : TokenKind::begin_array)) return {};
  return core::fail(core::Code::bad_input,
                    is_object ? "the report is not a JSON object" : "the report is not a JSON array");
}

Scanner::Scanner(const core::Blob& report, const Limits& limits, const crypto::Secret& fingerprint_key,
                 Document document)
    : state_(std::make_unique<State>(report, limits, crypto::Fingerprinter(fingerprint_key), document)) {}
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
