#include "report/editor.hpp"

#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "report/window.hpp"

namespace airlock::report {
namespace {

/// A key that is not written yet, since its value may still be dropped.
struct PendingKey {
  std::uint64_t front;  ///< the offset of the white space and comma before it
  std::uint64_t begin;
  std::uint64_t end;
  std::optional<std::string> replacement;
};

void insist(bool as_documented) {
  if (!as_documented) throw std::logic_error("report::Editor: used otherwise than documented");
}

}  // namespace

struct Editor::State {
  State(const core::Blob& report, core::Sink& sink) : in(report), out(sink) {}

  Result<void> put(const Token& token, std::optional<std::string_view> replacement);
  [[nodiscard]] std::uint64_t front_of(const Token& token) const;
  [[nodiscard]] bool follows(const Token& token) const;
  Result<void> copy(std::uint64_t begin, std::uint64_t end);
  Result<void> write(std::string_view bytes);
  Result<void> copy_run();
  Result<void> append(std::string_view bytes);
  Result<void> flush();

  Window in;
  core::Sink& out;
  std::string buffer;  ///< not yet written to the sink
  /// The bytes of the report to copy behind `buffer`: what stays in one piece is copied in one piece.
  std::uint64_t run_begin = 0;
  std::uint64_t run_end = 0;
  /// For each open container that stays: whether one of its members or elements was written.
  std::vector<bool> has_members;
  std::optional<PendingKey> key;
  std::optional<std::size_t> dropped_depth;  ///< the depth of what is being dropped, until it ends
  bool has_value = false;                    ///< whether the outermost value has begun
};

/// Whether the caller may hand over this token now.
bool Editor::State::follows(const Token& token) const {
  if (dropped_depth || token.kind == TokenKind::end) return false;
  return !(key && (token.kind == TokenKind::key || token.closes())) &&
         token.depth + (token.closes() ? 1 : 0) == has_members.size();
}

/// The offset of the bytes before a member or element that go with it. The first one that stays loses its comma.
std::uint64_t Editor::State::front_of(const Token& token) const {
  return !has_members.empty() && has_members.back() ? token.comma_gap : token.gap;
}

Result<void> Editor::State::put(const Token& token, std::optional<std::string_view> replacement) {
  insist(follows(token));
  if (token.kind == TokenKind::key) {
    key = PendingKey{front_of(token), token.begin, token.end, std::nullopt};
    if (replacement) key->replacement = *replacement;
    return {};
  }
  if (token.closes()) {
    has_members.pop_back();
    return copy(token.gap, token.end);
  }
  if (key) {
    AIRLOCK_CHECK(copy(key->front, key->begin));
    AIRLOCK_CHECK(key->replacement ? write(*key->replacement) : copy(key->begin, key->end));
    AIRLOCK_CHECK(copy(key->end, token.begin));
    key.reset();
  } else {
    AIRLOCK_CHECK(copy(front_of(token), token.begin));
  }
  has_value = true;
  if (!has_members.empty()) has_members.back() = true;
  if (token.opens()) has_members.push_back(false);
  return replacement ? write(*replacement) : copy(token.begin, token.end);
}

Result<void> Editor::State::copy(std::uint64_t begin, std::uint64_t end) {
  insist(begin >= run_end && end >= begin && end <= in.size());
  if (begin != run_end) {
    AIRLOCK_CHECK(copy_run());
    run_begin = begin;
  }
  run_end = end;
  return {};
}

Result<void> Editor::State::write(std::string_view bytes) {
  AIRLOCK_CHECK(copy_run());
  return append(bytes);
}

Result<void> Editor::State::copy_run() {
  in.seek(run_begin);
  while (in.offset() < run_end) {
    AIRLOCK_CHECK(in.ensure(1));
    const std::string_view piece = in.rest().substr(0, run_end - in.offset());
    AIRLOCK_CHECK(append(piece));
    in.advance(piece.size());
  }
  run_begin = run_end;
  return {};
}

Result<void> Editor::State::append(std::string_view bytes) {
  buffer += bytes;
  if (buffer.size() < core::copy_piece) return {};
  return flush();
}

Result<void> Editor::State::flush() {
  AIRLOCK_CHECK(out.write(buffer));
  buffer.clear();
  return {};
}

Editor::Editor(const core::Blob& report, core::Sink& out) : state_(std::make_unique<State>(report, out)) {}
Editor::Editor(Editor&&) noexcept = default;
Editor& Editor::operator=(Editor&&) noexcept = default;
Editor::~Editor() = default;

Result<void> Editor::keep(const Token& token) { return state_->put(token, std::nullopt); }

Result<void> Editor::replace(const Token& token, std::string_view json) {
  insist(token.is_scalar() || (token.kind == TokenKind::key && json.starts_with('"')));
  return state_->put(token, json);
}

Result<void> Editor::drop(const Token& token) {
  insist(state_->follows(token) && !token.closes() && token.depth > 0);
  state_->key.reset();
  if (!token.is_scalar()) state_->dropped_depth = token.depth;
  return {};
}

bool Editor::dropping() const { return state_->dropped_depth.has_value(); }

void Editor::skip(const Token& token) {
  insist(dropping() && token.depth >= *state_->dropped_depth);
  if (token.depth == *state_->dropped_depth && !token.opens()) state_->dropped_depth.reset();
}

Result<void> Editor::finish(const Token& end) {
  insist(end.kind == TokenKind::end && state_->has_value && state_->has_members.empty());
  AIRLOCK_CHECK(state_->copy(end.gap, end.end));
  AIRLOCK_CHECK(state_->copy_run());
  return state_->flush();
}

std::string json_string(std::string_view text) {
  static constexpr std::string_view hex_digits = "0123456789abcdef";
  std::string out = "\"";
  for (const char c : text) {
    switch (c) {
      case '"':
        out += "\\\"";
        break;
      case '\\':
        out += "\\\\";
        break;
      case '\b':
        out += "\\b";
        break;
      case '\f':
        out += "\\f";
        break;
      case '\n':
        out += "\\n";
        break;
      case '\r':
        out += "\\r";
        break;
      case '\t':
        out += "\\t";
        break;
      default:
        if (const auto octet = static_cast<unsigned char>(c); octet < 0x20) {
          out += "\\u00";
          out += hex_digits[octet >> 4];
          out += hex_digits[octet & 15];
        } else {
          out += c;
        }
    }
  }
  return out + '"';
}

}  // namespace airlock::report
