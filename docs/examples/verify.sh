#!/bin/sh
# The same from a shell: the verdict as JSON, the exit code as the answer.
#     ./verify.sh /var/lib/airlock
site=${1-/var/lib/airlock}
verdict=$(airlock --site "$site" --json licence verify 2>/dev/null)
code=$?
case $code in
  0) printf '%s\n' "$verdict" | jq -r '"tier \(.licence.tier), \(.days_left) days left"' ;;
  *) printf '%s\n' "${verdict:-null}" | jq -r '"not usable: \(.reason // "no verdict")"' ;;
esac
exit $code
