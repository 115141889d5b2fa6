#!/bin/sh
# The same from a shell: the verdict as JSON, the exit code as the answer.
#     ./verify.sh /var/lib/airlock
site=${1:-/var/lib/airlock}
verdict=$(airlock --site "$site" --json licence verify 2>/dev/null)
code=$?
case $code in
  0) echo "tier $(echo "$verdict" | jq -r .licence.tier), $(echo "$verdict" | jq -r .days_left) days left" ;;
  *) echo "not usable: $(echo "$verdict" | jq -r '.reason // "no verdict"')" ;;
esac
exit $code
