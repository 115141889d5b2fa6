#pragma once
/// \file
/// What a plan makes of one token. Looks at no other token of the report.

#include <cstdint>
#include <string>
#include <string_view>

#include "crypto/hash.hpp"
#include "dictionary/classifier.hpp"
#include "redaction/plan.hpp"
#include "report/scanner.hpp"

namespace airlock::redaction {

/// What `mask` writes.
inline constexpr std::string_view masked = "[masked]";

enum class Edit : std::uint8_t { keep, replace, drop };

struct Judgement {
  Edit edit = Edit::keep;
  std::string_view what;  ///< as in DatumCount; empty if the token is kept
  Action action = Action::keep;
  std::string_view text;   ///< for `replace`: the text to write, decoded
  bool is_number = false;  ///< for `replace`: whether `text` is written as a number, not as a string
};

class Judge {
 public:
  /// `dictionary` and `plan` must outlive the judge.
  Judge(const dictionary::Dictionary& dictionary, const Plan& plan, const crypto::Secret& pseudonym_key)
      : dictionary_(dictionary), plan_(plan), keyed_(pseudonym_key) {}

  /// The judgement of a token that is not below anything dropped. The closing token of a container that stays is kept.
  /// Valid until the next call.
  [[nodiscard]] const Judgement& judge(const report::Token& token, const dictionary::Placement& placement);

 private:
  const Judgement& treat(const Treatment& treatment, const report::Token& token,
                         const dictionary::Placement& placement);
  const Judgement& treat_parts(const report::Token& token, const dictionary::Placement& placement);
  const Judgement& replace(const report::Token& token, Action action, std::string text, bool is_number = false);

  const dictionary::Dictionary& dictionary_;
  const Plan& plan_;
  crypto::HmacSha256 keyed_;
  // The last judgement that replaces something, and its text.
  Judgement replaced_;
  std::string written_;
};

}  // namespace airlock::redaction
