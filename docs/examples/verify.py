"""The same in Python (package python3-airlock).

    python3 verify.py /var/lib/airlock
"""
import sys

import airlock

licence = airlock.verify_site(sys.argv[1] if len(sys.argv) > 1 else "/var/lib/airlock")

print(f"state {licence.state.value}")
print(f"exit {licence.exit_code}")
print(f"reason {licence.reason}")
if licence.has_licence:
    print(f"tier {licence.tier}")
    print(f"days left {licence.days_left}")
    print("air gap", "yes" if licence.entitled("air_gap") else "no")
    for name, maximum in licence.limits.items():
        print(f"limit {name} {maximum}")
if licence.warning_days:
    print(f"warning: {licence.warning_days} days or less")
# What an unusable licence means is this program's decision: it goes on, as Airlock would have it.
sys.exit(licence.exit_code)
