#pragma once
/// \file
/// Reads a JSON Schema (drafts 4 to 2020-12) as if it were samples: what a report may have at each place. Understood
/// are `type`, `enum`, `const`, `format`, `minimum`, `properties`, `required`, `additionalProperties`,
/// `patternProperties`, `items`, `prefixItems`, `allOf`, `anyOf`, `oneOf`, `nullable`, `description`, `title`, and
/// `$ref` within the document. Everything else only narrows what is said, so it is left out.

#include <string_view>

#include "core/result.hpp"
#include "prover/seen.hpp"

namespace airlock::prover {

inline constexpr std::uint64_t schema_bytes_limit = 4ULL * 1024 * 1024;

struct SchemaReport {
  Seen root;              ///< of the report, or of one element of it
  bool is_array = false;  ///< whether a report is a list
};

/// Error: bad_input naming `name` and the JSON path for what is no schema, a `$ref` that leads out of the document, in
/// a circle or nowhere, and a schema that describes more than `places_limit` places or no object.
[[nodiscard]] core::Result<SchemaReport> read_schema(std::string_view text, std::string_view name);

}  // namespace airlock::prover
