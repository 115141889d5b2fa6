"""Dictionaries that are written short, in one file or several: what every command makes of them, and what a kit signs."""
import json

FIGURES = {"format": "airlock-dictionary/1", "defaults": {"type": "count", "class": "usage"},
           "shapes": {"figures": [{"path": "/orders"}, {"path": "/returns"}]}}
MAIN = {"format": "airlock-dictionary/1", "name": "shop-usage", "product": "shop", "roles": {"event": "/event"}, "events": ["weekly"],
        "fields": [{"path": "/event", "type": "enum", "values": ["weekly"], "class": "usage"},
                   {"path": "", "shape": "figures", "sum_of": "/teams/*"},
                   {"path": "/teams/*", "shape": "figures", "key": {"type": "text", "class": "identifier"}}]}
POLICY = {"format": "airlock-policy/1", "name": "all", "version": "1", "otherwise": "withhold",
          "tiers": {"open": {"disposition": "seal", "may": ["seal"], "profiles": ["no-names"]}},
          "profiles": {"no-names": {"undeclared": "drop", "redactions": [{"class": "identifier", "do": "drop"}]}}}
FLAT = """{
  "format": "airlock-dictionary/1",
  "name": "shop-usage",
  "product": "shop",
  "roles": {"event":"/event"},
  "events": ["weekly"],
  "fields": [
    {"path":"/event","type":"enum","values":["weekly"],"class":"usage"},
    {"path":"/orders","type":"count","class":"usage","sum_of":"/teams/*/orders"},
    {"path":"/returns","type":"count","class":"usage","sum_of":"/teams/*/returns"},
    {"path":"/teams/*","key":{"type":"text","class":"identifier"}},
    {"path":"/teams/*/orders","type":"count","class":"usage"},
    {"path":"/teams/*/returns","type":"count","class":"usage"}
  ]
}
"""


def written(w, main=MAIN, figures=FIGURES):
    return w.file("main.json", json.dumps(main)), w.file("figures.json", json.dumps(figures))


def vendor(w):
    w.vendor("init", "--name", "Example Vendor", "--product", "shop")
    return w.file("policy.json", json.dumps(POLICY))


def kit_dictionary(w, kit):
    """The dictionary that a kit has, by stock tools."""
    w.run("openssl", "cms", "-verify", "-noverify", "-inform", "PEM", "-in", kit, "-out", w.path / "kit.tar")
    return w.run("tar", "-xOf", w.path / "kit.tar", "dictionary.json").text


def test_a_kit_signs_the_flat_form_of_several_files(w):
    policy = vendor(w)
    main, figures = written(w)
    w.vendor("kit", "build", "--policy", policy, "--dictionary", main, "--dictionary", figures, "--out", w.path / "kit.p7s")
    assert kit_dictionary(w, w.path / "kit.p7s") == FLAT
    # What is flat stays as it is, whatever its layout.
    flat = w.file("flat.json", FLAT.replace(",\n", ",   \n"))
    w.vendor("kit", "build", "--policy", policy, "--dictionary", flat, "--out", w.path / "again.p7s")
    assert kit_dictionary(w, w.path / "again.p7s") == flat.read_text()


def test_every_command_takes_the_files_of_a_dictionary(w):
    main, figures = written(w)
    policy = w.file("policy.json", json.dumps(POLICY))
    assert w.airlock("dictionary", "check", main, figures).text == "dictionary `shop-usage` is sound: 6 fields\n"
    assert w.airlock("dictionary", "show", main, figures, "--json").json == json.loads(FLAT)
    assert w.airlock("policy", "check", "--dictionary", main, "--dictionary", figures, policy, "--json").json["fields"] > 0
    assert "nothing gets looser" in w.airlock("policy", "diff", policy, policy, "--dictionary", main, "--dictionary", figures).text
    report = w.file("report.json", json.dumps({"event": "weekly", "orders": 4, "teams": {"a": {"orders": 4, "new": 1}}}))
    ran = w.airlock("dictionary", "check", report, "--dictionary", main, "--dictionary", figures, "--json", code=4)
    assert [m["path"] for m in ran.json["misfits"]] == ["/teams/*/new"]
    ran = w.airlock("dictionary", "check", main, report, code=2)
    assert "name one report, or the files of one dictionary" in ran.err


def test_mistakes_are_named_in_the_file_that_has_them(w):
    policy = vendor(w)
    build = lambda *files: w.vendor("kit", "build", "--policy", policy, *(a for f in files for a in ("--dictionary", f)),
                                    "--out", w.path / "kit.p7s", code=3).err
    main, figures = written(w, figures=FIGURES | {"fields": [{"path": "/event"}]})
    assert f"`{figures}`: `/fields/0/path`: `/event` is declared already by `/fields/0` of `{main}`" in build(main, figures)
    main, figures = written(w, figures=FIGURES | {"name": "figures"})
    assert f"`{figures}`: `/name`: belongs in `{main}`, the file with `roles`" in build(main, figures)
    assert "`figures` is in no file's `shapes`" in build(main)
    assert "has `roles` already" in build(main, main)
    newer = w.file("newer.json", json.dumps(MAIN | {"format": "airlock-dictionary/3", "shapes": FIGURES["shapes"]}))
    assert "`airlock-dictionary/3`" in build(newer)
    flat = w.file("flat.json", FLAT.replace("airlock-dictionary/1", "airlock-dictionary/3"))
    assert "is `airlock-dictionary/3`, which needs a newer Airlock\nairlock-vendor: hint: install a newer release" in build(flat)
    assert not (w.path / "kit.p7s").exists()


def test_no_kit_is_built_while_a_declaration_waits_for_review(w):
    policy = vendor(w)
    fields = [{"path": f"/f{n}", "review": f"looks like name {n}"} for n in range(6)]
    keys = {"path": "/by/*", "key": {"type": "text", "class": "content", "review": "whose names?"}}
    main, figures = written(w, figures=FIGURES | {"fields": [*fields, keys]})
    ran = w.airlock("dictionary", "check", main, figures)
    assert "`kit build` refuses it while it has a `review`: 7 left" in ran.text
    ran = w.vendor("kit", "build", "--policy", policy, "--dictionary", main, "--dictionary", figures, "--out", w.path / "kit.p7s", code=3)
    assert "the dictionary has 7 declarations with a `review`: `/f0` looks like name 0; `/f1`" in ran.err
    assert "`/f4` looks like name 4; and 2 more" in ran.err and "`/f5`" not in ran.err
    # The refusal used up no number.
    main, figures = written(w, figures=FIGURES | {"fields": [keys | {"key": {"type": "text", "class": "content"}}]})
    w.vendor("kit", "build", "--policy", policy, "--dictionary", main, "--dictionary", figures, "--out", w.path / "kit.p7s")
    kit_dictionary(w, w.path / "kit.p7s")
    assert json.loads(w.run("tar", "-xOf", w.path / "kit.tar", "kit.json").text)["number"] == 1
