#include "taking_in.hpp"

#include <nlohmann/json.hpp>

#include "core/text.hpp"
#include "gate/signed_drops.hpp"
#include "site/signed_words.hpp"

namespace airlock::tools {

core::Result<TakenIn> take_in(const Context& context, Worker& worker) {
  TakenIn out{core::Json::array(), {}};
  const auto taken = [&](const gate::TakenDrop& drop) {
    const std::string message = core::printable(drop.message);
    if (drop.accepted) {
      context.console.say(message);
    } else {
      const std::string about = drop.number == 0 ? "" : " of report " + std::to_string(drop.number);
      const std::string by = drop.officer.empty() ? "" : " by " + core::quote(drop.officer);
      const bool is_list = drop.format == site::signed_words_format;
      context.console.complain((is_list ? "a list of words" : "an approval") + about + by + " was refused: " + message,
                               "it is removed and recorded; `airlock approve` makes a new one");
    }
    out.documents.push_back({{"outcome", drop.accepted ? "approved" : "refused"},
                             {"document", core::or_null(drop.format)},
                             {"number", core::or_null(drop.number)},
                             {"officer", core::or_null(drop.officer)},
                             {"reason", core::or_null(drop.reason)},
                             {"message", message}});
  };
  const auto left = [&](const std::string& name, const core::Error& error) {
    context.console.complain(error.message, error.hint);
    out.documents.push_back({{"outcome", "left"},
                             {"name", core::printable(name, 255)},
                             {"message", error.message},
                             {"hint", core::or_null(error.hint)}});
  };
  const gate::DropMover mover{[&](const std::string& name) { return worker.claim_drop(name); },
                              [&](const std::string& id) { return worker.dropper(id); },
                              [&](const std::string& id) { return worker.place_words(id); }};
  AIRLOCK_TRY(out.approved, gate::take_in_drops(context.site, mover, {taken, left}));
  return out;
}

}  // namespace airlock::tools
