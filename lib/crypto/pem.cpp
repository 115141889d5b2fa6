#include "crypto/pem.hpp"

#include <algorithm>
#include <utility>

#include "core/encoding.hpp"
#include "crypto/hash.hpp"

namespace airlock::crypto {
namespace {

constexpr std::size_t columns = 64;

std::string boundary(std::string_view word, std::string_view label) {
  return "-----" + std::string(word) + " " + std::string(label) + "-----";
}

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

/// The lines of a text without what is dropped, each ended by LF. The memory is reserved at once: the text may be a
/// key, and growing would leave copies of it.
std::string lines_of(std::string_view text) {
  if (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
  std::string out;
  out.reserve(text.size() + 1);
  std::size_t begin = 0;  // of the last line
  const auto end_line = [&] {
    while (out.size() > begin && (out.back() == ' ' || out.back() == '\t')) out.pop_back();
    if (out.size() > begin) out += '\n';
    begin = out.size();
  };
  for (const char c : text) {
    if (c == '\n') {
      end_line();
    } else if (c != '\r') {
      out += c;
    }
  }
  end_line();
  return out;
}

std::string_view take_line(std::string_view& lines) {
  const std::string_view line = lines.substr(0, lines.find('\n'));
  lines.remove_prefix(line.size() + 1);
  return line;
}

tl::unexpected<core::Error> not_pem(const std::string& why) {
  return core::fail(core::Code::bad_input, "is not PEM: " + why);
}

/// Reads what is behind the first line of an armour, up to its last line, which is taken too.
core::Result<std::string> read_body(std::string_view& lines, std::string_view label) {
  const std::string begin = boundary("BEGIN", label);
  const std::string end = boundary("END", label);
  std::string joined;
  joined.reserve(lines.size());
  bool short_line = false;
  bool odd_line = false;
  bool ended = false;
  while (!ended && !lines.empty()) {
    const std::string_view line = take_line(lines);
    ended = line == end;
    if (ended) continue;
    if (line == begin) return not_pem("has the line `" + begin + "` twice and no `" + end + "` between them");
    odd_line = odd_line || short_line || line.size() > columns;  // only the last line may be shorter
    short_line = line.size() < columns;
    joined += line;
  }
  const Secret base64(std::move(joined));  // it may be a key
  if (!ended) return not_pem("has no line `" + end + "`; the file may be cut off");
  if (odd_line) return not_pem("lines must have 64 characters");
  auto der = core::from_base64(base64.view());
  if (!der || der->empty()) return not_pem("must have base64 between its first and last line");
  return *std::move(der);
}

}  // namespace

std::string to_pem(std::string_view label, std::string_view der) {
  const Secret base64(core::to_base64(der));  // it may be a key
  std::string_view rest = base64.view();
  std::string pem;
  pem.reserve(rest.size() + rest.size() / columns + 2 * boundary("BEGIN", label).size() + 4);
  pem += boundary("BEGIN", label) + "\n";
  for (; !rest.empty(); rest.remove_prefix(std::min(columns, rest.size()))) {
    pem += rest.substr(0, columns);
    pem += '\n';
  }
  return pem += boundary("END", label) + "\n";
}

core::Result<std::vector<std::string>> all_from_pem(std::string_view label, std::string_view text,
                                                    std::size_t maximum) {
  const Secret kept(lines_of(text));
  const std::string begin = boundary("BEGIN", label);
  std::string_view lines = kept.view();
  std::vector<std::string> out;
  while (!lines.empty()) {
    if (take_line(lines) != begin) continue;
    if (out.size() == maximum) {
      return not_pem("has " + (maximum == 1 ? "a second" : "more than " + std::to_string(maximum)) + " `" + begin +
                     "`");
    }
    AIRLOCK_TRY(std::string der, read_body(lines, label));
    out.push_back(std::move(der));
  }
  if (out.empty()) return not_pem("has no line `" + begin + "`");
  return out;
}

core::Result<std::string> from_pem(std::string_view label, std::string_view text) {
  AIRLOCK_TRY(auto all, all_from_pem(label, text, 1));
  return std::move(all.front());
}

bool has_armour(std::string_view label, std::string_view text) {
  const Secret kept(lines_of(text));
  const std::string line = boundary("BEGIN", label) + "\n";
  const auto at = kept.view().find("\n" + line);
  return kept.view().starts_with(line) || at != std::string_view::npos;
}

core::Result<std::string> canonical_pem(std::string_view label, std::string_view text) {
  AIRLOCK_TRY(const std::string der, from_pem(label, text));
  return to_pem(label, der);
}

}  // namespace airlock::crypto
