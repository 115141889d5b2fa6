#include "redaction/taken.hpp"

namespace airlock::redaction {

core::Result<void> Taken::add(std::string_view text, dictionary::Class cls) {
  if (text.empty()) return {};
  auto at = needles_.find(text);
  if (at == needles_.end()) {
    if (needles_.size() == needles_limit) {
      return core::fail(core::Code::bad_input, "the report has more than " + std::to_string(needles_limit) +
                                                   " distinct values to take out, which is the most that are looked "
                                                   "for afterwards");
    }
    at = needles_.emplace(text, Classes{}).first;
  }
  at->second.set(static_cast<std::size_t>(cls));
  return {};
}

}  // namespace airlock::redaction
