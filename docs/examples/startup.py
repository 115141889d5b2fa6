"""An application asks for its licence at its start, and decides what the answer means."""
import sys

import airlock

licence = airlock.verify_files("public/licence.p7s", "public/vendor-root.crt", "posthog")
if licence.usable:
    print("running with tier", licence.tier)
elif licence.state is airlock.State.EXPIRED:
    print("reading only:", licence.reason)
else:
    print("not started:", licence.reason, file=sys.stderr)
    sys.exit(licence.exit_code)
