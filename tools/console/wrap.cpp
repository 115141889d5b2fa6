#include "wrap.hpp"

#include <clocale>
#include <cwchar>

#include <algorithm>

#include "core/utf8.hpp"

namespace airlock::console {
namespace {

constexpr std::size_t tab_stop = 8;
constexpr std::string_view blanks = " \t";

locale_t utf8_locale() {
  static const locale_t locale = ::newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
  return locale;
}

/// The columns of one character that is not ASCII.
std::size_t wide_columns(char32_t character) {
  const locale_t locale = utf8_locale();
  if (locale == nullptr) return 1;
  const locale_t before = ::uselocale(locale);
  const int width = ::wcwidth(static_cast<wchar_t>(character));
  ::uselocale(before);
  return width < 0 ? 1 : static_cast<std::size_t>(width);
}

/// Where the text in quotation marks that `line` begins with ends; 0 if there is none.
std::size_t quoted_length(std::string_view line) {
  const char mark = line.empty() ? '\0' : line.front();
  if (mark != '`' && mark != '\'') return 0;
  for (auto end = line.find(mark, 1); end != line.npos; end = line.find(mark, end + 1)) {
    // A single quote inside a word is an apostrophe, or part of `'\''` in a word of a shell.
    const bool closes = mark == '`' || end + 1 == line.size() || line.find_first_of(" \t.,;:)", end) == end + 1;
    if (closes) return end + 1;
  }
  return 0;
}

/// The length of the piece that `line`, which begins without a blank, begins with: up to the next blank that is not in
/// quotation marks.
std::size_t piece_length(std::string_view line) {
  std::size_t at = 0;
  while (at < line.size() && blanks.find(line[at]) == blanks.npos) {
    // A single quote opens only at the beginning: elsewhere it is an apostrophe.
    const std::size_t quoted = line[at] == '\'' && at != 0 ? 0 : quoted_length(line.substr(at));
    at += std::max<std::size_t>(quoted, 1);
  }
  return at;
}

/// Cuts off the first `length` bytes of `text`, or all of it, and returns them.
std::string_view take(std::string_view& text, std::size_t length) {
  const std::string_view out = text.substr(0, length);
  text.remove_prefix(out.size());
  return out;
}

/// One line while it is broken.
class Breaker {
 public:
  Breaker(std::string& out, std::size_t width, std::size_t hanging) : out_(out), width_(width), hanging_(hanging) {}

  void add(std::string_view line) {
    while (!line.empty()) {
      const std::string_view gap = take(line, line.find_first_not_of(blanks));
      const std::string_view piece = take(line, piece_length(line));
      if ((is_fresh_ ? behind(gap) : 0) + columns(piece) <= width_) {
        place(gap, piece);
      } else {
        add_words(gap, piece);
      }
    }
  }

 private:
  /// Quotation marks do not keep a text whole that is too long for a line of its own.
  void add_words(std::string_view gap, std::string_view piece) {
    while (true) {
      place(gap, take(piece, piece.find_first_of(blanks)));
      if (piece.empty()) return;
      gap = take(piece, piece.find_first_not_of(blanks));
    }
  }

  /// The column behind so many blanks.
  [[nodiscard]] std::size_t behind(std::string_view gap) const {
    std::size_t out = column_;
    for (const char blank : gap) out = blank == '\t' ? (out / tab_stop + 1) * tab_stop : out + 1;
    return out;
  }

  void place(std::string_view gap, std::string_view piece) {
    const std::size_t needs = columns(piece);
    std::size_t start = behind(gap);
    if (!is_fresh_ && start + needs > width_) {
      if (needs == 0) return;  // blanks at the end of the line
      start = needs >= width_ ? 0 : std::min(hanging_, width_ - needs);
      out_ += "\n" + std::string(start, ' ');
    } else {
      out_ += gap;
    }
    out_ += piece;
    column_ = start + needs;
    is_fresh_ = false;
  }

  std::string& out_;
  std::size_t width_;
  std::size_t hanging_;
  std::size_t column_ = 0;
  bool is_fresh_ = true;
};

/// The column at which the second column of a line of the help begins. A line without one goes on a little further in.
std::size_t second_column(std::string_view line) {
  const std::size_t text = std::min(line.find_first_not_of(' '), line.size());
  const std::size_t gap = line.find("  ", text);
  if (gap != line.npos) return std::min(line.find_first_not_of(' ', gap), line.size());
  constexpr std::size_t beyond_names = 8;  // only the second column begins so far right
  return text > beyond_names ? text : text + 2;
}

template <class Use>
void for_each_line(std::string_view text, Use use) {
  while (true) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    use(text.substr(0, end), end != text.size());
    if (end == text.size()) return;
    text.remove_prefix(end + 1);
  }
}

}  // namespace

void prepare_columns() { (void)utf8_locale(); }

std::size_t columns(std::string_view text) {
  std::size_t out = 0;
  while (!text.empty()) {
    const std::size_t length = core::utf8_length(text);
    out += length < 2 ? 1 : wide_columns(core::first_code_point(text.substr(0, length)).value);
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return out;
}

std::string wrap(std::string_view text, std::size_t width, std::size_t hanging) {
  if (width == 0) return std::string(text);
  std::string out;
  for_each_line(text, [&](std::string_view line, bool ends) {
    Breaker(out, width, hanging).add(line);
    if (ends) out += '\n';
  });
  return out;
}

std::string wrap_help(std::string_view text, std::size_t width) {
  if (width == 0) return std::string(text);
  std::string out;
  bool is_example = false;
  for_each_line(text, [&](std::string_view line, bool ends) {
    is_example = line.starts_with("Examples:") || (is_example && !line.empty());
    out += is_example ? std::string(line) : wrap(line, width, second_column(line));
    if (ends) out += '\n';
  });
  return out;
}

}  // namespace airlock::console
