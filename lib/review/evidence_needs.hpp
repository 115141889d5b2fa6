#pragma once
/// \file
/// What the entries of an evidence archive name and an auditor needs beside them: documents, ceilings, checkpoints and
/// disclosures. Exporting collects it to add the files; verifying collects it again to compare.

#include <cstdint>
#include <map>
#include <set>
#include <string>

#include "core/json.hpp"
#include "ledger/entry.hpp"

namespace airlock::review {

/// A disclosure that was sealed or queued, as that entry says.
struct NamedDisclosure {
  std::uint64_t number = 0;      ///< of the report
  std::uint64_t disclosure = 0;  ///< its counter; 0 where the entry that recorded it is not in the evidence
  bool is_bundle = false;        ///< sealed into a bundle; else queued to be sent
  std::string file;
  std::string file_sha256;     ///< hex
  std::string content_sha256;  ///< hex; of the archive in the bundle, or of the bytes to send
  std::string checkpoint;      ///< the signed note of the tree that recorded it
};

struct EvidenceNeeds {
  std::map<std::string, std::uint64_t, std::less<>> licences;  ///< serials, with the sequence
  std::map<std::string, std::uint64_t, std::less<>> kits;      ///< content digests in hex, with the number
  std::map<std::string, std::uint64_t, std::less<>> receipts;  ///< content digests in hex, with the sequence
  std::set<std::string, std::less<>> policies;                 ///< digests, hex
  std::set<std::string, std::less<>> dictionaries;
  std::set<std::string, std::less<>> ceilings;
  std::set<std::string, std::less<>> checkpoints;                   ///< signed notes
  std::map<std::string, NamedDisclosure, std::less<>> disclosures;  ///< by id
  std::map<std::uint64_t, std::string> commitments;  ///< to all bytes of an original, hex, by the report's number
};

/// Adds what an entry names. Members of another type than they should have are left out.
void read_needs(const ledger::Entry& entry, const core::Json& body, EvidenceNeeds& needs);

}  // namespace airlock::review
