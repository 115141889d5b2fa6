#include "redaction/domain.hpp"

#include <libpsl.h>

#include <algorithm>

#include "core/text.hpp"

namespace airlock::redaction {

std::optional<std::string> domain_of(std::string_view text) {
  std::string lower = core::to_lower(text);
  std::string scheme;
  if (const auto at = lower.find("://"); at != lower.npos) {
    scheme = lower.substr(0, at + 3);
    lower.erase(0, at + 3);
    lower.erase(std::min(lower.find_first_of("/?#"), lower.size()));
    if (lower.starts_with('[')) return std::nullopt;
    lower.erase(std::min(lower.find(':'), lower.size()));
  }
  if (lower.empty() || lower.ends_with('.')) return std::nullopt;
  const psl_ctx_t* list = psl_builtin();
  if (list == nullptr) return std::nullopt;
  // The list's default rule accepts any last label as a suffix. Here the label must be on the list.
  const std::string last = lower.substr(lower.rfind('.') + 1);
  if (psl_is_public_suffix2(list, last.c_str(), PSL_TYPE_ANY | PSL_TYPE_NO_STAR_RULE) == 0) return std::nullopt;
  const char* domain = psl_registrable_domain(list, lower.c_str());
  if (domain == nullptr) return std::nullopt;
  return scheme + domain;
}

}  // namespace airlock::redaction
