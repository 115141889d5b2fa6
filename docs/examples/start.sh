#!/bin/sh
# Starts a product in place of this script, if its licence allows it:
#     start.sh /opt/product/bin/product ARGUMENT...
# The product refuses to start without a usable licence. One that has expired starts it in its reduced mode.
[ "$#" -ge 1 ] || { echo "usage: $0 PROGRAM [ARGUMENT...]" >&2; exit 2; }
public=${PUBLIC:-public}
verdict=$(airlock licence verify --licence "$public/licence.p7s" --trust "$public/vendor-root.crt" --product posthog --json)
code=$?
[ "$code" -eq 0 ] && exec "$@"
[ "$(printf '%s\n' "$verdict" | jq -r .state)" = expired ] && exec "$@" --read-only
echo "not started" >&2
exit "$code"
