import type { Logger } from "pino"
import type { Metrics } from "../metrics/metrics.ts"
import { nameOf, type History } from "../store/history.ts"

/** A lane that cannot go on meets the same database with each of its commands. */
const SAME_NEWS_EVERY_MS = 10_000

/** Writes a log line for what is noticed about the database's history, and tells it to the metrics. */
export function followHistory(history: History, log: Logger, metrics: Pick<Metrics, "watchHistory">): void {
  metrics.watchHistory(() => history.state())
  const saidAt = new Map<string, number>()

  function isFresh(news: string): boolean {
    const now = performance.now()
    if (now - (saidAt.get(news) ?? -Infinity) < SAME_NEWS_EVERY_MS) return false
    saidAt.set(news, now)
    return true
  }

  history.listen((news) => {
    switch (news.kind) {
      case "moved":
        log.warn(
          { metric: "history.moved", from: nameOf(news.from), to: nameOf(news.to) },
          "The database has moved to another server; connections to the old one are closed.",
        )
        return
      case "changes_lost":
        log.error(
          { metric: "history.changes_lost", product_id: news.productId, changes: news.changes },
          "A failover has lost acknowledged changes of a product; run verify.",
        )
        return
      case "two_primaries":
        if (!isFresh(news.kind)) return
        log.error(
          { metric: "history.two_primaries", older: nameOf(news.older), newest: nameOf(news.newest) },
          "Two database servers take writes (split brain); the older one is not used.",
        )
        return
      case "went_back":
        if (!isFresh(`${news.kind} ${news.productId}`)) return
        log.error(
          { metric: "history.went_back", product_id: news.productId, changes: news.changes },
          "The database lacks changes that this process has committed; the product is not sold.",
        )
    }
  })
}
