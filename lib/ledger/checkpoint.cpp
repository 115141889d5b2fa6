#include "ledger/checkpoint.hpp"

#include <optional>

#include "core/encoding.hpp"
#include "core/text.hpp"

namespace airlock::ledger {

using core::Code;
using core::fail;
using core::quote;

namespace {

constexpr std::string_view proof_format = "c2sp.org/tlog-proof@v1";
constexpr std::string_view consistency_format = "airlock-consistency/1";
constexpr std::string_view index_word = "index ";

/// Cuts the first line off `text`; nothing where no line is complete.
std::optional<std::string_view> take_line(std::string_view& text) {
  const auto end = text.find('\n');
  if (end == text.npos) return std::nullopt;
  const auto line = text.substr(0, end);
  text.remove_prefix(end + 1);
  return line;
}

/// ASCII decimal without leading zeroes.
std::optional<std::uint64_t> read_decimal(std::string_view text) {
  const auto value = core::number_from<std::uint64_t>(text);
  return value && std::to_string(*value) == text ? value : std::nullopt;
}

std::optional<Digest> read_hash(std::string_view text) {
  const auto raw = core::from_base64(text);
  if (!raw || raw->size() != Digest::size) return std::nullopt;
  return Digest::from_bytes(*raw).value();
}

/// Cuts hashes, one a line, and the empty line after them off `text`. `line` is the number of the first line.
Result<std::vector<Digest>> take_hashes(std::string_view& text, const std::string& what, std::size_t line) {
  const auto refuse = [&](const std::string& why) { return fail(Code::bad_input, what + ": " + why); };
  std::vector<Digest> out;
  for (;; ++line) {
    const auto next = take_line(text);
    if (!next) return refuse("ends before its checkpoint");
    if (next->empty()) return out;
    const auto hash = read_hash(*next);
    if (!hash) return refuse("line " + std::to_string(line) + " is not a SHA-256 in base64");
    if (out.size() == proof_limit) return refuse("has more than " + std::to_string(proof_limit) + " hashes");
    out.push_back(*hash);
  }
}

/// Verifies signature and form by one key.
Result<TreeHead> verify_with(std::string_view note, const crypto::NoteVerifier& verifier) {
  const auto refuse = [](const std::string& why) { return fail(Code::integrity, "checkpoint: " + why); };
  if (note.size() > checkpoint_text_limit) {
    return fail(Code::bad_input, "checkpoint: is larger than " + std::to_string(checkpoint_text_limit) + " bytes");
  }
  auto verified = crypto::verify_note(note, verifier);
  if (!verified) return fail(std::move(verified).error().within("checkpoint"));
  std::string_view text = *verified;
  const auto log = take_line(text);
  if (log != verifier.name()) return refuse("is not of the log " + quote(verifier.name()));
  const auto size = read_decimal(take_line(text).value_or(""));
  if (!size) return refuse("line 2 is not the size of a tree");
  const auto hash = read_hash(take_line(text).value_or(""));
  if (!hash) return refuse("line 3 is not a SHA-256 in base64");
  if (!text.empty()) return refuse("has more than three lines");
  return TreeHead{*size, *hash};
}

}  // namespace

std::string origin(std::string_view site_id) { return "airlock/" + std::string(site_id); }

Result<std::string> sign_checkpoint(const TreeHead& head, std::string_view site_id, const crypto::PrivateKey& key) {
  const std::string name = origin(site_id);
  const std::string text = name + "\n" + std::to_string(head.size) + "\n" + core::to_base64(head.root.view()) + "\n";
  return crypto::sign_note(text, name, key);
}

Result<TreeHead> verify_checkpoint(std::string_view note, const KeyHistory& keys) {
  // The error to report is that of the newest key, or that the key was not in force.
  std::optional<core::Error> why;
  for (std::size_t i = keys.keys().size(); i-- > 0;) {
    auto found = verify_with(note, keys.keys()[i].verifier);
    if (found && keys.covers(i, found->size)) return found;
    if (found) {
      why = core::Error{
          Code::integrity,
          "checkpoint: is signed with a key that was not in force for " + std::to_string(found->size) + " entries",
          {}};
    } else if (!why) {
      why = std::move(found.error());
    }
  }
  return fail(*std::move(why));
}

Result<TreeHead> verify_checkpoint_by_any(std::string_view note, const KeyHistory& keys) {
  std::optional<core::Error> why;
  for (std::size_t i = keys.keys().size(); i-- > 0;) {
    auto found = verify_with(note, keys.keys()[i].verifier);
    if (found) return found;
    if (!why) why = std::move(found.error());
  }
  return fail(*std::move(why));
}

std::string proof_text(std::uint64_t index, const std::vector<Digest>& proof, std::string_view checkpoint) {
  std::string text(proof_format);
  text.append("\n").append(index_word).append(std::to_string(index)).append("\n");
  for (const Digest& hash : proof) text.append(core::to_base64(hash.view())).append("\n");
  return text.append("\n").append(checkpoint);
}

Result<Proof> read_proof(std::string_view text) {
  const auto refuse = [](const std::string& why) { return fail(Code::bad_input, "proof: " + why); };
  if (text.size() > proof_text_limit) {
    return refuse("is larger than " + std::to_string(proof_text_limit) + " bytes");
  }
  if (take_line(text) != proof_format) return refuse("line 1 is not " + quote(proof_format));
  Proof proof;
  const auto index = take_line(text).value_or("");
  const auto number = index.starts_with(index_word) ? read_decimal(index.substr(index_word.size())) : std::nullopt;
  if (!number) return refuse("line 2 is not the index of a leaf");
  proof.index = *number;
  AIRLOCK_TRY(proof.hashes, take_hashes(text, "proof", 3));
  proof.checkpoint = text;
  return proof;
}

std::string consistency_text(const std::vector<Digest>& proof, std::string_view from_checkpoint) {
  std::string text(consistency_format);
  text.append("\n");
  for (const Digest& hash : proof) text.append(core::to_base64(hash.view())).append("\n");
  return text.append("\n").append(from_checkpoint);
}

Result<Consistency> read_consistency(std::string_view text) {
  const auto refuse = [](const std::string& why) { return fail(Code::bad_input, "consistency: " + why); };
  if (text.size() > proof_text_limit) {
    return refuse("is larger than " + std::to_string(proof_text_limit) + " bytes");
  }
  if (take_line(text) != consistency_format) return refuse("line 1 is not " + quote(consistency_format));
  Consistency out;
  AIRLOCK_TRY(out.hashes, take_hashes(text, "consistency", 2));
  out.from_checkpoint = text;
  return out;
}

Result<TreeHead> verify_consistency_text(const Consistency& consistency, const TreeHead& later,
                                         const KeyHistory& keys) {
  AIRLOCK_TRY(const TreeHead from, verify_checkpoint(consistency.from_checkpoint, keys));
  AIRLOCK_CHECK(verify_consistency(from.size, later.size, from.root, later.root, consistency.hashes));
  return from;
}

Result<TreeHead> verify_proof(std::string_view entry, const Proof& proof, const KeyHistory& keys) {
  AIRLOCK_TRY(const TreeHead head, verify_checkpoint(proof.checkpoint, keys));
  AIRLOCK_CHECK(verify_inclusion(proof.index, head.size, leaf_hash(entry), proof.hashes, head.root));
  return head;
}

}  // namespace airlock::ledger
