#include "health/findings.hpp"

#include <algorithm>

#include "core/text.hpp"
#include "crypto/inventory.hpp"

namespace airlock::health {

std::string octal(unsigned permissions) {
  std::string out;
  for (int shift = 9; shift >= 0; shift -= 3) {
    const unsigned digit = (permissions >> shift) & 7U;
    if (digit != 0 || !out.empty()) out += static_cast<char>('0' + digit);
  }
  return out;
}

std::string chmod(unsigned permissions, const std::string& path) {
  return "`chmod " + octal(permissions) + " " + core::shell_path(path) + "`";
}

void Findings::add(std::string subject, Health health, std::string what, std::string hint) {
  const auto is_this = [&](const Finding& told) { return told.health == Health::fail && told.what == what; };
  if (health == Health::fail && std::any_of(list_.begin(), list_.end(), is_this)) return;
  list_.push_back({std::move(subject), health, std::move(what), std::move(hint)});
}

bool Findings::any_failed() const {
  return std::any_of(list_.begin(), list_.end(), [](const Finding& each) { return each.health == Health::fail; });
}

void Findings::broken(std::string subject, const core::Error& error, std::string hint) {
  add(std::move(subject), Health::fail, error.message, error.hint.empty() ? std::move(hint) : error.hint);
}

void Findings::term(const std::string& subject, const std::string& what, const crypto::Term& term,
                    const std::string& hint, Health over) {
  const std::int64_t days = core::days_between(now_, term.not_after);
  const std::string text = what + ", until " + term.not_after.date();
  if (now_ < term.not_before) {
    add(subject, Health::warn, text + ", and not valid before " + term.not_before.text(),
        "set this machine's clock, or wait");
  } else if (now_ > term.not_after) {
    add(subject, over, text + ", which is over", hint);
  } else {
    const bool soon = days <= certificate_warning_days;
    add(subject, soon ? Health::warn : Health::ok, text + ", " + std::to_string(days) + " days left", soon ? hint : "");
  }
}

void Findings::certificate(const std::string& subject, const std::string& what, const crypto::Certificate& certificate,
                           const std::string& hint, Health over) {
  term(subject, what + ": " + crypto::describe(certificate.key()), {certificate.not_before(), certificate.not_after()},
       hint, over);
}

}  // namespace airlock::health
