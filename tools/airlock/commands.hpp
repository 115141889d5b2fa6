#pragma once
/// \file
/// The commands of `airlock`, one file each.

#include <string>

#include "console.hpp"

namespace airlock::tools {

/// What every command needs.
struct Context {
  console::Console& console;
  std::string site;        ///< the site directory
  std::string usual_site;  ///< the one that is meant without `--site`
  bool confined = false;   ///< whether this process is the sandboxed worker
};

void add_init(Context& context);
void add_process(Context& context);
void add_preview(Context& context);
void add_explain(Context& context);
void add_review(Context& context);
void add_discard(Context& context);
void add_approve(Context& context);
void add_status(Context& context);
void add_doctor(Context& context);
void add_authorise(Context& context);
void add_hold(Context& context);
void add_release(Context& context);
void add_licence(Context& context);
void add_licence_usage(Context& context, console::Command& group);
void add_key(Context& context);
void add_kit(Context& context);
void add_policy(Context& context);
void add_policy_diff(Context& context, console::Command& group);
void add_dictionary(Context& context);
void add_dictionary_draft(Context& context, console::Command& group);
void add_pseudonym(Context& context);
void add_bundle(Context& context);
void add_evidence(Context& context);
void add_ledger(Context& context);
/// The commands of `ledger` that show reports.
void add_ledger_reports(Context& context, console::Command& group);
/// The commands of `ledger` that prove, copy and adopt.
void add_ledger_proofs(Context& context, console::Command& group);
void add_outbox(Context& context);
void add_receipt(Context& context);

}  // namespace airlock::tools
