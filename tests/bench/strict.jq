# What the profile `strict` of the shipped policy leaves of a status report. Only what is named here is left.
# `$pseudonyms` has the pseudonym of each value that identifiers.jq names.
def day: .[0:10] + "T00:00:00Z";
def pseudonym: if . == null then . else $pseudonyms[0][tostring] end;
{ timestamp: (.timestamp | day), event, distinct_id: (.distinct_id | pseudonym),
  properties: (.properties | {
    "$ip": (."$ip" | pseudonym), clickhouse_version, deployment,
    helm: (.helm | {
      chart_version, cloud, deployment_type, hostname: (.hostname | pseudonym), ingress_type, kube_version, operation,
      release_name: (.release_name | pseudonym), release_revision }),
    instance_usage_summary: (.instance_usage_summary | {
      events_count_new_in_period, persons_count_new_in_period, persons_count_total, events_count_total, dashboards_count,
      ff_count, using_groups }),
    is_first_event_in_session, license_keys: (.license_keys | map(pseudonym)),
    period: (.period | { start_inclusive: (.start_inclusive | day), end_inclusive: (.end_inclusive | day) }),
    posthog_version, realm, scope, site_url: (.site_url | pseudonym),
    table_sizes: (.table_sizes | { posthog_event, posthog_sessionrecordingevent }),
    teams: (.teams | with_entries({ key: (.key | pseudonym), value: (.value | {
      events_count_total, events_count_new_in_period,
      duplicate_distinct_ids: (.duplicate_distinct_ids | {
        prev_total_ids_with_duplicates, prev_total_extra_distinct_id_rows, new_total_ids_with_duplicates,
        new_total_extra_distinct_id_rows }),
      multiple_ids_per_person: (.multiple_ids_per_person | {
        total_persons_with_more_than_2_ids, max_distinct_ids_for_one_person }),
      group_types_count, persons_count_total, persons_count_new_in_period, dashboards_count, dashboards_template_count,
      dashboards_shared_count, dashboards_tagged_count, ff_count, ff_active_count }) })) }) }
