#include "moving.hpp"

#include "gate/claims.hpp"
#include "gate/place_words.hpp"
#include "words.hpp"

namespace airlock::tools::supervision {
namespace {

void tell_failure(sys::Worker& ends, const core::Error& error) { tell(ends, failed_word, error); }

}  // namespace

bool moves_reports(char word) { return word == claim_word || word == put_back_word || word == keep_word; }

bool takes_drops(char word) { return word == claim_drop_word || word == dropper_word || word == place_words_word; }

void move_for_worker(const std::string& site, sys::Worker& ends, char word) {
  const auto first = ends.hear_text();
  if (!first) return;
  if (word == claim_word) {
    const auto claimed = gate::claim(site, *first);
    if (!claimed) return tell_failure(ends, claimed.error());
    ends.tell(*claimed ? done_word : not_now_word);
    if (*claimed) ends.tell_text(**claimed);
    return;
  }
  if (word == keep_word) {
    if (const auto kept = gate::keep_claimed(site, *first); !kept) return tell_failure(ends, kept.error());
    return ends.tell(done_word);
  }
  const auto name = ends.hear_text();
  if (!name) return;
  if (const auto back = gate::put_back(site, *first, *name); !back) return tell_failure(ends, back.error());
  ends.tell(done_word);
}

void take_drop_for_worker(const std::string& site, sys::Worker& ends, char word) {
  const auto text = ends.hear_text();
  if (!text) return;
  if (word == claim_drop_word) {
    const auto claimed = gate::claim_drop(site, *text);
    if (!claimed) return tell_failure(ends, claimed.error());
    ends.tell(*claimed ? done_word : not_now_word);
    if (*claimed) ends.tell_text(**claimed);
    return;
  }
  if (word == place_words_word) {
    if (const auto placed = gate::place_words(site, *text); !placed) return tell_failure(ends, placed.error());
    return ends.tell(done_word);
  }
  const auto dropper = gate::dropper_of(site, *text);
  if (!dropper) return tell_failure(ends, dropper.error());
  ends.tell(done_word);
  ends.tell_text(std::to_string(dropper->uid));
  ends.tell_text(dropper->login);
  ends.tell_text(dropper->is_operator ? "operator" : "");
}

}  // namespace airlock::tools::supervision
