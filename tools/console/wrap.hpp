#pragma once
/// \file
/// Lines that fit the width of a terminal. Knows text and columns, and neither a terminal nor a descriptor. Widths of
/// characters are those of the C library (`wcwidth` of its locale C.UTF-8). Where the system lacks that locale, each
/// character counts as one column.

#include <cstddef>
#include <string>
#include <string_view>

namespace airlock::console {

/// The number of columns that `text` takes: none for a combining character, two for a wide one. A byte that is not
/// UTF-8 and a character that the C library does not know count as one.
[[nodiscard]] std::size_t columns(std::string_view text);

/// Has the C library open its locale now. A process that will be confined calls this before, since it cannot open a
/// file afterwards.
void prepare_columns();

/// `text` with each of its lines broken at blanks into lines of at most `width` columns. Every line but the first of
/// each begins with `hanging` blanks, or with fewer if its first word needs the room. The blanks at a break go away,
/// and nothing else changes. A word is never broken, nor is a text in backticks or single quotes that fits on a line of
/// its own; only a line with one word can be longer than `width`. With a `width` of 0 nothing is broken.
[[nodiscard]] std::string wrap(std::string_view text, std::size_t width, std::size_t hanging);

/// `wrap` for the text of `--help`: a line in two columns goes on below its second column. Examples stay whole, since
/// people copy them.
[[nodiscard]] std::string wrap_help(std::string_view text, std::size_t width);

}  // namespace airlock::console
