# The values of a status report of which the profile `strict` leaves only a pseudonym.
[ .distinct_id, (.properties | ."$ip", .site_url, (.helm | .hostname, .release_name), .license_keys[], (.teams | keys_unsorted[])) ]
| map(select(. != null))
