/** What Prometheus has seen, and when an alert of it fires and ends. */
export interface AlertCase {
  readonly alert: string
  /** Series by name, in promtool's notation, with a value for each 15 seconds. */
  readonly series: Readonly<Record<string, string>>
  /** Before it fires, while it fires, and after it has ended. */
  readonly quietAt: string
  readonly firesAt: string
  readonly endsAt: string
  /** The labels of the firing alert besides its name and severity. */
  readonly labels?: Readonly<Record<string, string>>
}

const target = { job: "doorbuster", instance: "a" }
const of = (name: string, more = "") => `${name}{job="doorbuster",instance="a"${more}}`

/** A gauge that is bad from 1:00 to 13:00. */
const gauge = (alert: string, name: string, bad: number, firesAt: string, good = 0): AlertCase => ({
  alert,
  series: { [name]: `${good}x3 ${bad}x47 ${good}x40` },
  quietAt: "45s",
  firesAt,
  endsAt: "14m",
})

/** A counter that goes up once, from 0, after 1:00. */
const counter = (alert: string, name: string, endsAt: string): AlertCase => ({
  alert,
  series: { [name]: "0x3 1x120" },
  quietAt: "45s",
  firesAt: "2m",
  endsAt,
})

/** One or more for each rule of deploy/prometheus/alerts.yaml. */
export const alertCases: readonly AlertCase[] = [
  { ...gauge("DoorbusterDown", of("up"), 0, "2m15s", 1), labels: target },
  { ...gauge("DoorbusterDatabaseAway", of("doorbuster_database_up"), 0, "1m45s", 1), labels: target },
  gauge("DoorbusterInvariantViolated", of("doorbuster_invariant_violations"), 2, "1m15s"),
  gauge("DoorbusterSplitBrain", of("doorbuster_split_brain"), 1, "1m15s"),
  gauge("DoorbusterChangesLost", of("doorbuster_lost_changes"), 3, "1m15s"),
  gauge("DoorbusterStandbyAway", of("doorbuster_replication", ',state="waiting"'), 1, "1m45s"),
  gauge("DoorbusterStandbyBehind", of("doorbuster_replication_lag_seconds"), 11, "3m15s", 10),
  gauge("DoorbusterMoneyInbox", of("doorbuster_money_inbox_entries"), 1, "6m15s"),
  counter(
    "DoorbusterPaymentWebhooksRefused",
    of("doorbuster_payment_events_total", ',outcome="invalid_signature"'),
    "12m",
  ),
  counter(
    "DoorbusterEventsUndelivered",
    of("doorbuster_webhook_deliveries_total", ',outcome="failed"'),
    "17m",
  ),
  gauge("DoorbusterMailsWait", of("doorbuster_mails_waiting"), 101, "11m15s", 100),
  counter("DoorbusterMailsFailed", of("doorbuster_mails_total", ',outcome="failed"'), "17m"),
  gauge("DoorbusterExpiryLate", of("doorbuster_hold_expiry_lag_seconds"), 6, "1m45s", 5),
  {
    ...gauge("DoorbusterOverloaded", of("doorbuster_lane_queue_length"), 5_001, "1m30s", 5_000),
    labels: target,
  },
  {
    // Each batch takes between 0.25 and 0.5 seconds from 1:00 on, and at most 0.25 seconds from 11:00 on.
    alert: "DoorbusterSlowBatches",
    series: {
      [of("doorbuster_batch_duration_seconds_bucket", ',le="0.25"')]: "0+10x3 30x39 30+10x80",
      [of("doorbuster_batch_duration_seconds_bucket", ',le="0.5"')]: "0+10x3 40+10x39 430+10x80",
      [of("doorbuster_batch_duration_seconds_bucket", ',le="+Inf"')]: "0+10x3 40+10x39 430+10x80",
    },
    quietAt: "1m",
    firesAt: "4m",
    endsAt: "14m",
  },
  {
    // The series begins with the first fault: there is no 0 before it.
    alert: "DoorbusterFaults",
    series: { [of("http_request_duration_seconds_count", ',route="/x",status="500"')]: "_x4 1x80" },
    quietAt: "45s",
    firesAt: "2m",
    endsAt: "7m",
  },
  {
    // A second fault, where there was one long ago.
    alert: "DoorbusterFaults",
    series: { [of("http_request_duration_seconds_count", ',route="/x",status="500"')]: "1x39 2x80" },
    quietAt: "9m",
    firesAt: "11m",
    endsAt: "16m",
  },
  {
    // 2 % of the answers from 1:00 to 11:00.
    alert: "DoorbusterUnavailable",
    series: {
      [of("http_request_duration_seconds_count", ',route="/x",status="201"')]: "0+98x120",
      [of("http_request_duration_seconds_count", ',route="/x",status="503"')]: "0x3 0+2x39 78x80",
    },
    quietAt: "1m",
    firesAt: "4m",
    endsAt: "13m",
  },
  counter("DoorbusterLogLinesDropped", of("doorbuster_log_lines_dropped_total"), "7m"),
  gauge("DoorbusterRedisAway", of("doorbuster_redis_up"), 0, "2m15s", 1),
  counter("DoorbusterProcessDied", of("doorbuster_process_deaths_total"), "17m"),
  { ...gauge("DoorbusterClockSkew", of("doorbuster_clock_skew_seconds"), -3, "6m15s", 2), labels: target },
]
