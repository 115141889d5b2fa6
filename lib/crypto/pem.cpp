#include "crypto/pem.hpp"

#include "core/text.hpp"
#include "crypto/hash.hpp"

namespace airlock::crypto {
namespace {

constexpr std::size_t columns = 64;

std::string boundary(std::string_view word, std::string_view label) {
  return "-----" + std::string(word) + " " + std::string(label) + "-----";
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

core::Result<std::string> from_pem(std::string_view label, std::string_view text) {
  const auto refuse = [](const std::string& why) { return core::fail(core::Code::bad_input, "is not PEM: " + why); };
  const std::string newline = text.substr(0, text.find('\n')).ends_with('\r') ? "\r\n" : "\n";
  const std::string begin = boundary("BEGIN", label) + newline;
  const std::string end = boundary("END", label) + newline;
  if (!text.starts_with(begin)) return refuse("must begin with the line `" + boundary("BEGIN", label) + "`");
  text.remove_prefix(begin.size());
  if (!text.ends_with(end)) return refuse("must end with the line `" + boundary("END", label) + "`");
  text.remove_suffix(end.size());

  std::string joined;
  joined.reserve(text.size());
  while (!text.empty()) {
    const auto length = text.find(newline);
    if (length == std::string_view::npos) return refuse("must have one line ending throughout");
    const bool last = length + newline.size() == text.size();
    if (last ? length == 0 || length > columns : length != columns) return refuse("lines must have 64 characters");
    joined += text.substr(0, length);
    text.remove_prefix(length + newline.size());
  }
  const Secret base64(std::move(joined));  // it may be a key
  auto der = core::from_base64(base64.view());
  if (!der || der->empty()) return refuse("must have base64 between its first and last line");
  return *std::move(der);
}

}  // namespace airlock::crypto
