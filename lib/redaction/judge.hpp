#pragma once
/// \file
/// What becomes of one token under a plan, the token's neighbours not considered.

#include <string>
#include <string_view>

#include "crypto/hash.hpp"
#include "dictionary/dictionary.hpp"
#include "redaction/profile.hpp"
#include "report/scanner.hpp"

namespace airlock::redaction {

/// What `mask` writes.
inline constexpr std::string_view masked = "[masked]";
/// How many base32 characters `pseudonymise` writes behind the class.
inline constexpr std::size_t pseudonym_digits = 26;

enum class Verdict : std::uint8_t { keep, replace, drop };

struct Judgement {
  Verdict verdict = Verdict::keep;
  std::string_view what;  ///< as in Count, unless kept
  Action action = Action::keep;
  std::string text;        ///< what stands there instead, decoded; for `replace`
  bool is_number = false;  ///< whether `text` stands there as a number and not as a string
};

class Judge {
 public:
  Judge(const dictionary::Dictionary& dictionary, const Plan& plan, const crypto::Secret& pseudonym_key)
      : dictionary_(dictionary), plan_(plan), keyed_(pseudonym_key) {}

  /// The judgement of a token that is not below anything dropped. The ends of containers that stay are kept.
  [[nodiscard]] Judgement judge(const report::Token& token, const dictionary::Placement& placement);

 private:
  Judgement treat(const Treatment& treatment, const report::Token& token, const dictionary::Placement& placement);

  const dictionary::Dictionary& dictionary_;
  const Plan& plan_;
  crypto::HmacSha256 keyed_;
};

}  // namespace airlock::redaction
