#include <algorithm>
#include <charconv>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "core/text.hpp"
#include "ledger/checkpoint.hpp"
#include "review/evidence_content.hpp"

namespace airlock::review {
namespace {

using core::Code;
using core::fail;
using core::Json;
using core::quote;
using core::Result;

/// The number in a name such as `entries/17.json`: decimal, without leading zeros. Error: integrity.
Result<std::uint64_t> number_in(std::string_view name, std::string_view folder, std::string_view ending) {
  std::uint64_t number = 0;
  std::string_view digits = name;
  digits.remove_prefix(folder.size());
  if (digits.ends_with(ending)) digits.remove_suffix(ending.size());
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (error == std::errc{} && end == digits.data() + digits.size() &&
      name == std::string(folder) + std::to_string(number) + std::string(ending)) {
    return number;
  }
  return fail(Code::integrity, quote(name) + " is not a file that evidence has");
}

/// An error about a file: integrity, whatever it was, since the exporter's signature covers the file.
tl::unexpected<core::Error> bad(const std::string& name, core::Error error) {
  error.code = Code::integrity;
  return fail(std::move(error).within(quote(name)));
}

/// The entries of the archive. Their bodies are read again where they are needed, so that memory stays small.
struct Listed {
  std::set<std::uint64_t> seqs;
  std::vector<ledger::Entry> rotations;  ///< `key_rotated`
};

std::string entry_name(std::uint64_t seq) { return "entries/" + std::to_string(seq) + ".json"; }

/// Reads an entry. A kind that a later release added says nothing that is verified here.
Result<void> list_entry(const EvidenceContent& content, const std::string& name, EvidenceNeeds& needs, Listed& out) {
  ledger::Entry entry;
  AIRLOCK_TRY(entry.seq, number_in(name, "entries/", ".json"));
  AIRLOCK_TRY(entry.body, content.text(name, ledger::entry_limit));
  const auto body = ledger::body_of(entry);
  if (!body) return bad(name, body.error());
  const auto seq = body->is_object() ? body->find("seq") : body->end();
  const bool is_itself = seq != body->end() && seq->is_number_unsigned() && seq->get<std::uint64_t>() == entry.seq;
  if (!is_itself) return fail(Code::integrity, quote(name) + ": is another entry of the ledger");
  out.seqs.insert(entry.seq);
  const auto kind = body->find("kind");
  const auto known =
      kind != body->end() && kind->is_string() ? ledger::kind_from(kind->get<std::string>()) : std::nullopt;
  if (!known) return {};
  entry.kind = *known;
  if (body->contains("report_id")) entry.report_id = body->value("report_id", "");
  read_needs(entry, *body, needs);
  if (entry.kind == ledger::Kind::key_rotated) out.rotations.push_back(std::move(entry));
  return {};
}

Result<Listed> list_entries(const EvidenceContent& content, EvidenceNeeds& needs) {
  Listed out;
  for (const std::string& name : content.below("entries/")) AIRLOCK_CHECK(list_entry(content, name, needs, out));
  const auto by_seq = [](const ledger::Entry& a, const ledger::Entry& b) { return a.seq < b.seq; };
  std::sort(out.rotations.begin(), out.rotations.end(), by_seq);
  return out;
}

/// The ledger's keys that `evidence.json` names, which must be those that its rotations say. Error: integrity.
Result<ledger::KeyHistory> keys_of(const EvidenceContent& content, const std::vector<ledger::Entry>& rotations) {
  const auto& named = content.evidence().ledger_keys;
  if (named.empty()) return fail(Code::integrity, "`evidence.json` names no key of the ledger");
  const auto newest = crypto::NoteVerifier::from_text(named.back().key);
  if (!newest) return bad(std::string(evidence_name), newest.error());
  if (newest->name() != ledger::origin(content.evidence().site_id)) {
    return fail(Code::integrity, "`evidence.json` names the key of another ledger");
  }
  AIRLOCK_TRY(auto keys, ledger::KeyHistory::of(rotations, *newest));
  std::vector<EvidenceKey> recorded;
  for (const auto& key : keys.keys()) recorded.push_back({key.from_size, key.verifier.text()});
  if (recorded != named) return fail(Code::integrity, "`evidence.json` names other keys than the ledger's rotations");
  for (const auto& key : keys.keys()) {
    const std::string file = "keys/ledger-" + std::to_string(key.from_size) + ".pem";
    AIRLOCK_TRY(const std::string pem, content.text(file, ledger::checkpoint_text_limit));
    if (pem != key.verifier.key().pem()) return fail(Code::integrity, quote(file) + ": is another key");
  }
  return keys;
}

/// Verifies the checkpoints and that each tree contains the one before it. Returns the newest note.
Result<std::string> check_checkpoints(const EvidenceContent& content, const ledger::KeyHistory& keys,
                                      const EvidenceNeeds& needs, std::vector<std::string>& verified) {
  constexpr std::string_view proof_ending = ".consistency.txt";
  std::map<std::uint64_t, std::string> notes;
  std::size_t proofs = 0;
  for (const std::string& name : content.below("checkpoints/")) {
    if (name.ends_with(proof_ending)) {
      ++proofs;
      continue;
    }
    AIRLOCK_TRY(const std::uint64_t size, number_in(name, "checkpoints/", ".txt"));
    AIRLOCK_TRY(std::string note, content.text(name, ledger::checkpoint_text_limit));
    const auto head = ledger::verify_checkpoint(note, keys);
    if (!head) return bad(name, head.error());
    if (head->size != size) return fail(Code::integrity, quote(name) + ": is of a tree of another size");
    notes.emplace(size, std::move(note));
  }
  const ledger::TreeHead& head = content.evidence().head;
  if (notes.empty() || notes.rbegin()->first != head.size ||
      ledger::verify_checkpoint(notes.rbegin()->second, keys) != head) {
    return fail(Code::integrity, "`checkpoints/` does not have the checkpoint of the tree that `evidence.json` names");
  }
  for (auto at = std::next(notes.begin()); at != notes.end(); ++at) {
    const std::string name = "checkpoints/" + std::to_string(at->first) + std::string(proof_ending);
    AIRLOCK_TRY(const std::string text, content.text(name, ledger::proof_text_limit));
    const auto claimed = ledger::read_consistency(text);
    if (!claimed) return bad(name, claimed.error());
    AIRLOCK_TRY(const ledger::TreeHead later, ledger::verify_checkpoint(at->second, keys));
    const auto earlier = ledger::verify_consistency_text(*claimed, later, keys);
    if (!earlier) return bad(name, earlier.error());
    if (claimed->from_checkpoint != std::prev(at)->second) {
      return fail(Code::integrity, quote(name) + ": is not from the checkpoint before it");
    }
  }
  if (proofs + 1 != notes.size()) return fail(Code::integrity, "`checkpoints/` has a proof of no checkpoint");
  for (const std::string& note : needs.checkpoints) {
    const auto named = [&](const auto& known) { return known.second == note; };
    if (std::none_of(notes.begin(), notes.end(), named)) {
      return fail(Code::integrity, "`checkpoints/` lacks a checkpoint that an entry has");
    }
  }
  verified.push_back(std::to_string(notes.size()) +
                     " checkpoints: signed by the ledger's key, and the ledger only grew");
  return notes.rbegin()->second;
}

Result<void> check_inclusion(const EvidenceContent& content, std::uint64_t seq, const std::string& checkpoint,
                             const ledger::KeyHistory& keys) {
  const std::string name = "proofs/" + std::to_string(seq) + ".txt";
  AIRLOCK_TRY(const std::string text, content.text(name, ledger::proof_text_limit));
  const auto proof = ledger::read_proof(text);
  if (!proof) return bad(name, proof.error());
  if (proof->index != seq) return fail(Code::integrity, quote(name) + ": is for another entry");
  if (proof->checkpoint != checkpoint) return fail(Code::integrity, quote(name) + ": is for another checkpoint");
  AIRLOCK_TRY(const std::string body, content.text(entry_name(seq), ledger::entry_limit));
  const auto head = ledger::verify_proof(body, *proof, keys);
  return head ? Result<void>() : bad(name, head.error());
}

}  // namespace

Result<LedgerPart> check_ledger_part(const EvidenceContent& content, std::vector<std::string>& verified) {
  EvidenceNeeds needs;
  AIRLOCK_TRY(const Listed listed, list_entries(content, needs));
  AIRLOCK_TRY(auto keys, keys_of(content, listed.rotations));
  AIRLOCK_TRY(const std::string checkpoint, check_checkpoints(content, keys, needs, verified));
  for (const std::uint64_t seq : listed.seqs) AIRLOCK_CHECK(check_inclusion(content, seq, checkpoint, keys));
  const EvidenceRecord& evidence = content.evidence();
  for (std::uint64_t seq = evidence.first_entry; seq <= evidence.last_entry; ++seq) {
    if (!listed.seqs.contains(seq)) return fail(Code::integrity, quote(entry_name(seq)) + " of the range is missing");
  }
  if (content.below("proofs/").size() != listed.seqs.size()) {
    return fail(Code::integrity, "`proofs/` has a proof of an entry that is not there");
  }
  verified.push_back(std::to_string(listed.seqs.size()) + " entries: in the tree of " +
                     std::to_string(evidence.head.size) + ", and those from " + std::to_string(evidence.first_entry) +
                     " to " + std::to_string(evidence.last_entry) + " without a gap");
  return LedgerPart{std::move(needs), std::move(keys)};
}

}  // namespace airlock::review
