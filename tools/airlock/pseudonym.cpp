#include <memory>
#include <nlohmann/json.hpp>
#include <set>

#include "commands.hpp"
#include "core/text.hpp"
#include "crypto/hash.hpp"
#include "dictionary/fits.hpp"
#include "documents.hpp"
#include "redaction/pseudonym.hpp"
#include "site/former_keys.hpp"
#include "site/site.hpp"

namespace airlock::tools {
namespace pseudonym_command {

using core::Json;

struct LookupOptions {
  std::string text;
  std::string path;
};

/// Whether `text` can be a value, or with `of_key` a key, of this shape. A number is hashed as its text in the report,
/// so the text of a number counts too.
bool can_be(const dictionary::Shape& shape, const std::string& text, bool of_key) {
  if (dictionary::first_fit(shape, report::TokenKind::string, text)) return true;
  return !of_key && dictionary::first_fit(shape, report::TokenKind::number, text);
}

int lookup(Context& context, const LookupOptions& options) {
  const auto site = site::Site::open(context.site);
  if (!site) return context.console.report(site.error());
  const auto keys = site::all_pseudonym_keys(*site);
  if (!keys) return context.console.report(keys.error());
  const auto declared = dictionary_from(context, {});
  if (!declared) return context.console.report(declared.error());
  if (!options.path.empty() && !declared->dictionary.find(options.path)) {
    return context.console.report({core::Code::usage, core::quote(options.path) + " is not declared by the dictionary",
                                   "see `airlock dictionary show`"});
  }
  Json list = Json::array();
  console::Table table = context.console.table();
  const auto add = [&](const dictionary::Field& field, const dictionary::Shape& shape, dictionary::Class cls,
                       bool of_key) {
    if (!options.path.empty() ? field.path != options.path : !can_be(shape, options.text, of_key)) return;
    for (std::size_t i = 0; i < keys->size(); ++i) {
      crypto::HmacSha256 keyed((*keys)[i]);
      const auto pseudonym = redaction::pseudonym(keyed, cls, field.path, options.text);
      list.push_back({{"path", field.path},
                      {"of", of_key ? "key" : "value"},
                      {"class", dictionary::name(cls)},
                      {"pseudonym", pseudonym},
                      {"by_key", i == 0 ? "in force" : "former"}});
      table.add({pseudonym, field.path + (of_key ? " (the key)" : "") + (i == 0 ? "" : ", with a former key")});
    }
  };
  for (const auto& field : declared->dictionary.fields()) {
    std::set<dictionary::Class> classes;  // parts of one key and one class have the same pseudonyms
    for (std::size_t i = 0; field.key && i < field.key->parts(); ++i) {
      const dictionary::KeyPart& part = field.key->part(i);
      if (classes.insert(part.cls).second) add(field, part.shape, part.cls, true);
    }
    if (field.cls) add(field, field.shape, *field.cls, false);
  }
  table.finish();
  if (context.console.json()) context.console.print(Json{{"pseudonyms", list}, {"exit", 0}});
  if (list.empty()) context.console.remark("airlock: no declared field can have this value");
  return 0;
}

}  // namespace pseudonym_command

void add_pseudonym(Context& context) {
  using namespace pseudonym_command;
  auto options = std::make_shared<LookupOptions>();
  console::Command group = context.console.group("pseudonym", "find the pseudonyms of a name or another text");
  console::Command command =
      context.console.command(group, "lookup",
                              "print the pseudonyms that this site's keys, former ones too, give a text in each field "
                              "that may hold it; compare them with a bundle",
                              "  airlock pseudonym lookup posthog.example.com\n"
                              "  airlock pseudonym lookup 2 --path '/properties/teams/*'",
                              [&context, options] { return lookup(context, *options); });
  command.text("TEXT", options->text, "a value or key, as a report had it", console::Need::required);
  command.text("--path", options->path, "only the field with this declared path");
}

}  // namespace airlock::tools
