"""Every command of the programs; tests/cli/help_test.py compares this with their help."""

COMMANDS = {
    "airlock": [["init"], ["process"], ["preview"], ["explain"], ["status"], ["doctor"], ["authorise"], ["hold"], ["release"], ["licence", "verify"], ["licence", "show"],
                ["licence", "install"], ["licence", "usage"], ["kit", "verify"], ["kit", "show"], ["kit", "install"], ["bundle", "show"],
                ["bundle", "verify"], ["bundle", "open"], ["ledger", "list"], ["ledger", "show"], ["ledger", "verify"],
                ["ledger", "prove"], ["ledger", "checkpoint"], ["ledger", "export"], ["ledger", "backup"], ["ledger", "adopt"],
                ["policy", "check"], ["policy", "test"], ["policy", "diff"], ["policy", "show"],
                ["dictionary", "check"], ["dictionary", "show"], ["pseudonym", "lookup"],
                ["outbox", "list"], ["outbox", "flush"], ["outbox", "hand-over"], ["receipt", "import"], ["key", "rotate"], ["key", "use"],
                ["key", "protect"], ["key", "destroy"]],
    "airlock-vendor": [["init"], ["kit", "build"], ["licence", "issue"], ["licence", "renew"],
                       ["licence", "revoke"], ["licence", "list"], ["certificate", "renew"], ["certificate", "revoke"],
                       ["root", "successor"], ["root", "promote"], ["key", "use"], ["key", "protect"], ["site", "add"], ["site", "readmit"], ["open"], ["intake"], ["gaps"],
                       ["receipt"]],
}
