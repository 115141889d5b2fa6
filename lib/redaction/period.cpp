#include "redaction/period.hpp"

#include "redaction/truncate.hpp"

namespace airlock::redaction {

PeriodReader::PeriodReader(const dictionary::Dictionary& dictionary)
    : start_field_(dictionary.find(dictionary.roles().period_start).value_or(no_role)),
      end_field_(dictionary.find(dictionary.roles().period_end).value_or(no_role)) {}

void PeriodReader::take(const dictionary::Placement& placement, std::string_view text) {
  if (placement.field != start_field_ && placement.field != end_field_) return;
  const auto time = moment_of(placement.type, text);
  if (!time) return;
  // Days of four-digit years compare as texts do.
  const std::string day = time->date();
  if (placement.field == start_field_ && (!start_ || day < *start_)) start_ = day;
  if (placement.field == end_field_ && (!end_ || day > *end_)) end_ = day;
}

}  // namespace airlock::redaction
