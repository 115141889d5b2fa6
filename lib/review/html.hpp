#pragma once
/// \file
/// Writes HTML in which nothing but the literals of our own sources is markup. Text and attribute values are escaped by
/// construction, so a name or a value of a report can neither end an element nor begin one. A character that nobody
/// would see as it is (a control, a bidirectional override, a zero-width character) is shown as its number, such as
/// `\u202e`. A byte that is not UTF-8 is shown as `\xNN`.
///
///     Html html(sink);
///     html.open("p", {{"class", "hint"}}).text(note).close();
///     AIRLOCK_CHECK(html.finish());

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "core/io.hpp"
#include "core/result.hpp"

namespace airlock::review {

/// Text of our own sources. Only a string literal converts to it, and only at compile time.
class Literal {
 public:
  template <std::size_t size>
  // NOLINTNEXTLINE: the conversion is the point, and a literal is an array
  consteval Literal(const char (&text)[size]) : text_(text, size - 1) {}
  [[nodiscard]] constexpr std::string_view view() const { return text_; }

 private:
  std::string_view text_;
};

/// An attribute. `value` may be anything; it is escaped.
struct Attribute {
  Literal name;
  std::string value;
};

/// Writes one document from front to back. Elements are closed in the order that HTML asks for, because `close` always
/// closes the innermost one.
class Html {
 public:
  /// `out` must outlive this object.
  explicit Html(core::Sink& out) : out_(out) {}
  Html(const Html&) = delete;
  Html& operator=(const Html&) = delete;

  /// Begins an element.
  Html& open(Literal tag, std::initializer_list<Attribute> attributes = {});
  /// Ends the innermost element. Precondition: one is open.
  Html& close();
  /// An element that HTML never closes, such as `meta`.
  Html& only(Literal tag, std::initializer_list<Attribute> attributes);
  /// Text. What would be invisible stands in an element of its own (`class="unseen"`), so that a reader can tell the
  /// number of a character from those letters in the text.
  Html& text(std::string_view text);
  /// Text where HTML allows no elements: in `title`, `desc` and the texts of a drawing.
  Html& plain(std::string_view text);
  /// A sentence of ours: what it has in backticks becomes `code`.
  Html& sentence(std::string_view text);
  /// An element with only a text: `leaf("td", "12")`.
  Html& leaf(Literal tag, std::string_view text, std::initializer_list<Attribute> attributes = {});
  /// A text that others wrote, kept apart from what stands around it (`bdi`). At most `shown_bytes` of it are shown,
  /// and then how long it is.
  Html& value(std::string_view text);
  /// A path: the same, and a line may be broken behind each step and word of it.
  Html& path(std::string_view text);
  /// Markup, style or script of our own sources, as it is.
  Html& raw(Literal markup);

  /// How many bytes the document has so far.
  [[nodiscard]] std::uint64_t written() const { return written_ + pending_.size(); }
  /// Ends all elements and writes the rest. Error: the first one of the sink.
  [[nodiscard]] core::Result<void> finish();

  /// How much of one value a page shows.
  static constexpr std::size_t shown_bytes = 240;

 private:
  enum class Breaks : std::uint8_t { anywhere, at_steps };
  Html& shortened(std::string_view text, Breaks breaks);
  void add_attributes(std::initializer_list<Attribute> attributes);
  void flush_if_full();
  void flush();

  core::Sink& out_;
  core::Result<void> done_;
  std::string pending_;
  std::uint64_t written_ = 0;
  std::vector<Literal> open_;
};

/// `text` with everything that nobody would see shown as its number, line breaks too. On one line.
[[nodiscard]] std::string visible(std::string_view text);
/// A number as people write it: `60 000`.
[[nodiscard]] std::string grouped(std::uint64_t number);

}  // namespace airlock::review
