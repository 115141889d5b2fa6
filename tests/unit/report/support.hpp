#pragma once
/// \file
/// Runs scanner and editor over texts in memory, for the tests of report/ and its fuzz target.

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/io.hpp"
#include "report/editor.hpp"
#include "report/scanner.hpp"

namespace airlock::test {

inline const crypto::Secret& fingerprint_key() {
  static const crypto::Secret key(std::string("sixteen bytes...", 16));
  return key;
}

/// A token that keeps its text.
struct Seen : report::Token {
  std::string decoded;
};

struct Reading {
  std::vector<Seen> tokens;  ///< up to the end or the error, `TokenKind::end` not among them
  std::optional<report::Token> end;
  std::optional<core::Error> error;
};

inline Reading read(const core::Blob& blob, const report::Limits& limits = {}) {
  Reading reading;
  report::Scanner scanner(blob, limits, fingerprint_key());
  for (;;) {
    const auto next = scanner.next();
    if (!next) {
      reading.error = next.error();
      return reading;
    }
    const report::Token& token = *next;
    if (token.kind == report::TokenKind::end) {
      reading.end = token;
      return reading;
    }
    reading.tokens.push_back({token, std::string(token.text)});
  }
}

inline Reading read(std::string_view text, const report::Limits& limits = {}) {
  return read(core::MemoryBlob(text), limits);
}

/// The message of the refusal, or `accepted`. Keeps no tokens.
inline std::string why(std::string_view text, const report::Limits& limits = {}) {
  const core::MemoryBlob blob(text);
  report::Scanner scanner(blob, limits, fingerprint_key());
  for (;;) {
    const auto token = scanner.next();
    if (!token) return token.error().message;
    if (token->get().kind == report::TokenKind::end) return "accepted";
  }
}

/// What becomes of a member or element. `drop` is told to the editor when the key comes, `drop_late` when the value
/// comes; `replace_value` is for scalars only (others are kept).
enum class Verdict { keep, drop, drop_late, replace_key, replace_value };

/// Members and elements are numbered from 0 in the order in which they begin.
using Judge = std::function<Verdict(std::size_t number)>;

inline std::string replacement_key(std::size_t number) { return "\n replaced " + std::to_string(number); }
constexpr std::string_view replacement_value = "\"masked\" \x01";

struct Edited {
  std::string output;
  std::vector<std::string> bytes;  ///< of each token that should be in the output, in order
};

/// Edits `text`, which the scanner must accept, as the judge says.
inline core::Result<Edited> edit(std::string_view text, const Judge& judge) {
  const core::MemoryBlob blob(text);
  core::StringSink sink(text.size() * 40 + 100);
  report::Scanner scanner(blob, {}, fingerprint_key());
  report::Editor editor(blob, sink);
  Edited edited;
  std::vector<bool> in_object;
  std::size_t number = 0;
  Verdict verdict = Verdict::keep;
  std::string key;  // bytes of the key whose value comes next, as they should appear
  for (;;) {
    AIRLOCK_TRY(const report::Token& token, scanner.next());
    if (token.kind == report::TokenKind::end) {
      AIRLOCK_CHECK(editor.finish(token));
      edited.output = sink.take();
      return edited;
    }
    std::string bytes(text.substr(token.begin, token.end - token.begin));
    const bool is_key = token.kind == report::TokenKind::key;
    const bool is_element = !token.closes() && token.depth > 0 && !in_object[token.depth - 1];
    if (token.opens()) {
      in_object.resize(token.depth);
      in_object.push_back(token.kind == report::TokenKind::begin_object);
    }
    if (is_key || is_element) {
      verdict = judge(number++);
    } else if (token.closes() || token.depth == 0) {
      verdict = Verdict::keep;
    }
    if (editor.dropping()) {
      editor.skip(token);
    } else if (is_key && verdict != Verdict::drop) {
      const bool replace = verdict == Verdict::replace_key;
      key = replace ? report::json_string(replacement_key(number - 1)) : bytes;
      AIRLOCK_CHECK(replace ? editor.replace(token, key) : editor.keep(token));
    } else if (verdict == Verdict::drop || verdict == Verdict::drop_late) {
      AIRLOCK_CHECK(editor.drop(token));
      key.clear();
    } else {
      const bool replace = verdict == Verdict::replace_value && token.is_scalar();
      if (replace) bytes = report::json_string(replacement_value);
      AIRLOCK_CHECK(replace ? editor.replace(token, bytes) : editor.keep(token));
      if (!key.empty()) edited.bytes.push_back(std::exchange(key, {}));
      edited.bytes.push_back(std::move(bytes));
    }
  }
}

/// Bytes of the tokens of `text`, in order. Precondition: the scanner accepts it.
inline std::vector<std::string> token_bytes(std::string_view text) {
  std::vector<std::string> bytes;
  for (const Seen& token : read(text).tokens) bytes.emplace_back(text.substr(token.begin, token.end - token.begin));
  return bytes;
}

}  // namespace airlock::test
