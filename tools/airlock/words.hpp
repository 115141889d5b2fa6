#pragma once
/// \file
/// The words that supervisor and worker (supervise.hpp) exchange: single bytes, with texts behind some of them.

#include "core/result.hpp"
#include "sys/worker.hpp"

namespace airlock::tools::supervision {

inline constexpr char deliver_word = 'd';
inline constexpr char ran_word = 'r';
inline constexpr char not_installed_word = 'n';
inline constexpr char failed_word = 'f';
inline constexpr char claim_word = 'c';        // and a name
inline constexpr char put_back_word = 'b';     // and an id and a name
inline constexpr char keep_word = 'k';         // and an id
inline constexpr char piece_word = 'p';        // and a part of a page
inline constexpr char write_word = 'm';        // the page is complete
inline constexpr char claim_drop_word = 'a';   // and a name
inline constexpr char dropper_word = 'o';      // and an id
inline constexpr char place_words_word = 'l';  // and an id
inline constexpr char texts_word = 't';        // and their number as a byte, and the texts
inline constexpr char done_word = 'y';         // for a claim and its id
inline constexpr char not_now_word = 'w';

/// The maximum number of texts that the worker hands over.
inline constexpr char texts_maximum = 16;

/// Sends a word, and an error behind it.
inline void tell(sys::Worker& ends, char word, const core::Error& error) {
  ends.tell(word);
  ends.tell_text(error.message);
  ends.tell_text(error.hint);
}

}  // namespace airlock::tools::supervision
