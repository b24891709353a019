import type { Edit, Mutant } from "./mutants.ts"

const withoutLock: Edit = {
  file: "src/store/batch/lock-products.ts",
  find: "         limit 1\n           for update\n",
  replace: "         limit 1\n",
}

const withoutVersionGuard: Edit = {
  file: "src/store/batch/save-product.ts",
  find: "version = case when version = $2 then $6::bigint end,\n               claims_version",
  replace: "version = case when version = $2 or true then $6::bigint end,\n               claims_version",
}

const keptMessages = "test/http/kept-messages.test.ts"
const processes = "test/faults/several-processes.test.ts"

/** Bugs in stopping, the gate, connections, ports and several processes. */
export const servingMutants: readonly Mutant[] = [
  {
    name: "traces: a request does not link to its batch",
    edits: [
      {
        file: "src/tracing/opentelemetry.ts",
        find: "for (const { span } of origins) span.addLink({ context: own.span.spanContext() })",
        replace: "",
      },
    ],
    caughtBy: { file: "test/http/traces.test.ts", test: "each links to it" },
  },
  {
    name: "traces: the library is loaded without a collector",
    edits: [
      {
        file: "src/tracing-way.ts",
        find: 'import { useTracing } from "./base/tracing.ts"',
        replace: 'import "./tracing/opentelemetry.ts"\nimport { useTracing } from "./base/tracing.ts"',
      },
    ],
    caughtBy: { file: "test/http/traces.test.ts", test: "nothing of OpenTelemetry is loaded" },
  },
  {
    name: "traces: a request does not run in the name of its span",
    edits: [
      {
        file: "src/http/transport/traced-requests.ts",
        find: "recorder.within(span, done)",
        replace: "done()",
      },
    ],
    caughtBy: { file: "test/http/traces.test.ts", test: "whose body arrives after its head" },
  },
  {
    name: "metrics: a metric of the dashboard has another name",
    edits: [
      {
        file: "src/metrics/metrics.ts",
        find: 'name: "doorbuster_batch_size"',
        replace: 'name: "doorbuster_batch_commands"',
      },
    ],
    caughtBy: { file: "test/deploy/dashboard.test.ts", test: "every query of the dashboard has data" },
  },
  {
    name: "metrics: what an alert watches is not there before it happens",
    edits: [
      {
        file: "src/metrics/tally.ts",
        find: "new Map(values.map((value) => [value, 0]))",
        replace: "new Map<string, number>()",
      },
    ],
    caughtBy: {
      file: "test/deploy/alerts.test.ts",
      test: "each counter that an alert watches begins with 0",
    },
  },
  {
    name: "stopping: the server waits for ever for the rest of a request",
    edits: [
      {
        file: "src/app.ts",
        find: "server.server.closeAllConnections()",
        replace: "undefined",
      },
    ],
    caughtBy: { file: "test/faults/process-faults.test.ts", test: "the server still stops in order" },
  },
  {
    name: "stopping: a step has no limit",
    edits: [
      {
        file: "src/base/stop-steps.ts",
        find: 'const timer = setTimeout(resolve, milliseconds, "late")',
        replace: "const timer = setTimeout(() => undefined, milliseconds)",
      },
    ],
    caughtBy: { file: "test/faults/stuck-stops.test.ts", test: "the database no longer responds" },
  },
  {
    name: "stopping: the log is waited for until it is read",
    edits: [
      {
        file: "src/base/log.ts",
        find: "if (output.waitingBytes === before || leftMs <= STANDSTILL_MS) return false",
        replace: "if (leftMs < -60_000) return false",
      },
    ],
    caughtBy: { file: "test/faults/stuck-stops.test.ts", test: "the log is not read" },
  },
  {
    name: "stopping: a process that hangs is waited for",
    edits: [
      {
        file: "src/processes/primary.ts",
        find: "      child.kill()\n      givenUp",
        replace: "      await child.ended\n      givenUp",
      },
    ],
    caughtBy: { file: "test/faults/stuck-stops.test.ts", test: "does not react to the stop" },
  },
  {
    name: "stopping: the process waits for a thread that hangs",
    edits: [
      {
        file: "src/cli/end-process.ts",
        find: "  killIfThreadHangs()\n  return process.exit",
        replace: "  return process.exit",
      },
    ],
    caughtBy: { file: "test/faults/stuck-stops.test.ts", test: "a system call that hangs" },
  },
  {
    name: "the log: another process that shares the pipe makes writes block",
    edits: [
      {
        file: "src/base/standard-streams.ts",
        find: "_handle?.setBlocking?.(false)",
        replace: "void _handle",
      },
    ],
    caughtBy: { file: "test/faults/stuck-stops.test.ts", test: "the log is not read" },
  },
  {
    name: "the log: unwritten lines are kept without a limit",
    edits: [
      {
        file: "src/base/log-output.ts",
        find: "if (this.#waitingBytes + bytes > this.#roomFor(text)) return this.#drop(text)",
        replace: "if (this.#roomFor(text) < 0) return this.#drop(text)",
      },
    ],
    caughtBy: { file: "test/base/log-output.test.ts", test: "stands still takes so much memory" },
  },
  {
    name: "configuration: a byte order mark becomes part of the first name in .env",
    edits: [
      {
        file: "src/config/env-file.ts",
        find: "{ fatal: true }",
        replace: "{ fatal: true, ignoreBOM: true }",
      },
    ],
    caughtBy: { file: "test/config/config.test.ts", test: "byte order mark" },
  },
  {
    name: "the gate never heals",
    edits: [
      { file: "src/lanes/gate.ts", find: "if (now >= memory.until) {", replace: "if (now < 0) {" },
      { file: "src/lanes/gate.ts", find: "if (now >= memory.nextProbe) {", replace: "if (now < 0) {" },
    ],
    caughtBy: { file: "test/race/gate.test.ts", test: "a unit released by another process" },
  },
  {
    name: "the gate remembers from the commit on, however long that took",
    edits: [
      {
        file: "src/lanes/gate.ts",
        find: "const at = clock() - ageMs",
        replace: "const at = clock() + 0 * ageMs",
      },
    ],
    caughtBy: { file: "test/lanes/gate.test.ts", test: "from the beginning of its batch" },
  },
  {
    name: "every request with a key counts as a first attempt",
    edits: [
      {
        file: "src/http/routes/buyers/hold-placement.ts",
        find: "key !== undefined && attempt !== FIRST_ATTEMPT",
        replace: "key === undefined && attempt === FIRST_ATTEMPT",
      },
    ],
    caughtBy: { file: "test/http/idempotency.test.ts", test: "a later attempt looks for" },
  },
  {
    name: "a full disk counts as a fault of the request",
    edits: [{ file: "src/store/errors.ts", find: ' || code.startsWith("53")', replace: "" }],
    caughtBy: { file: "test/faults/refusing-database.test.ts", test: "a database that always fails with" },
  },
  {
    name: "a query on a silent connection waits for ever",
    edits: [{ file: "src/store/pool.ts", find: "query_timeout: QUERY_TIMEOUT_MS, ", replace: "" }],
    caughtBy: { file: "test/faults/broken-way.test.ts", test: "go silent for good" },
  },
  {
    name: "clients that do not read are never cut off",
    edits: [
      {
        file: "src/http/transport/slow-readers.ts",
        find: "socket.writableLength > 0",
        replace: "socket.writableLength < 0",
      },
    ],
    caughtBy: { file: "test/http/slow-readers.test.ts", test: "reads nothing of its answer" },
  },
  {
    name: "time goes back with the clock",
    edits: [
      {
        file: "src/store/batch/lock-products.ts",
        find: `select greatest(clock_timestamp(), locked."updatedAt") as now, locked.*
        from (values (1)) as always
        left join locked on true\`,
    values: [productId],`,
        replace: `select clock_timestamp() as now, locked.*
        from (values (1)) as always
        left join locked on true\`,
    values: [productId],`,
      },
      {
        file: "src/store/batch/lock-products.ts",
        find: `select greatest(clock_timestamp(), locked."updatedAt") as now, locked.*
        from (values (1)) as always
        left join locked on true\`,
    values: [productIds]`,
        replace: `select clock_timestamp() as now, locked.*
        from (values (1)) as always
        left join locked on true\`,
    values: [productIds]`,
      },
    ],
    caughtBy: { file: "test/faults/stepped-clock.test.ts", test: "do not go back" },
  },
  {
    name: "an order's end can be earlier than its creation",
    edits: [
      {
        file: "src/store/batch/load.ts",
        find: "if (updatedAt > latest) latest = updatedAt",
        replace: "void updatedAt",
      },
    ],
    caughtBy: { file: "test/faults/stepped-clock.test.ts", test: "do not go back" },
  },
  {
    name: "the CSV export begins without a byte order mark",
    edits: [
      {
        file: "src/http/routes/admin/orders/export-orders-csv.ts",
        find: "BYTE_ORDER_MARK + csvLine",
        replace: "csvLine",
      },
    ],
    caughtBy: {
      file: "test/http/admin-live.test.ts",
      test: "the CSV file has every order of the product once",
    },
  },
  {
    name: "a session keeps the database's isolation level",
    edits: [
      {
        file: "src/store/session.ts",
        find: '  ask("default_transaction_isolation", "read committed"),\n',
        replace: "",
      },
    ],
    caughtBy: { file: "test/store/isolation.test.ts" },
  },
  {
    name: "a database fault is searched for in every command",
    edits: [
      {
        file: "src/lanes/lane.ts",
        find: "const result = halving.resultOfRest ?? (await commit(commands))",
        replace: "const result = await commit(commands)",
      },
    ],
    caughtBy: { file: "test/lanes/lane.test.ts", test: "the rest of the batch fails" },
  },
  {
    name: "one failure with an SQLSTATE fails the rest of its batch",
    edits: [
      {
        file: "src/lanes/lane.ts",
        find: "if (halving.sqlStates.has(fault.code))",
        replace: 'if (fault.code !== "")',
      },
    ],
    caughtBy: { file: "test/lanes/lane.test.ts", test: "wherever it stands" },
  },
  {
    name: "ids wait for page views",
    edits: [
      {
        file: "src/store/batch/ids.ts",
        find: "transaction(database.lookups, (tx) => takeBlock",
        replace: "transaction(database.views, (tx) => takeBlock",
      },
    ],
    caughtBy: { file: "test/http/busy-views.test.ts", test: "holds, orders" },
  },
  {
    name: "payment events wait for page views",
    edits: [
      {
        file: "src/engine.ts",
        find: "createLookups(database.lookups)",
        replace: "createLookups(database.views)",
      },
    ],
    caughtBy: { file: "test/http/busy-views.test.ts", test: "holds, orders" },
  },
  {
    name: "an order is loaded for a caller without its token",
    edits: [
      {
        file: "src/http/routes/buyers/show-order.ts",
        find: "const id = maySeeAnyHold(caller) ? parseId(request.params.id) : null",
        replace: "const id = parseId(request.params.id)",
      },
    ],
    caughtBy: { file: "test/http/busy-views.test.ts", test: "without a token" },
  },
  {
    name: "restocked units still count towards the customer's limit",
    edits: [
      {
        file: "src/domain/units.ts",
        find: "move(state, units, { held: 0, sold: -1 })\n  giveBack(state, units)",
        replace: "move(state, units, { held: 0, sold: -1 })",
      },
    ],
    caughtBy: { file: "test/http/money.test.ts", test: "count towards the customer" },
  },
  {
    name: "a stop waits for the running recount",
    edits: [
      {
        file: "src/store/upkeep/recount.ts",
        find: 'signal.addEventListener("abort", onAbort, { once: true })',
        replace: "void onAbort",
      },
    ],
    caughtBy: { file: "test/store/recount.test.ts", test: "a stop cancels" },
  },
  {
    name: "recount: products that have changed are skipped",
    edits: [
      {
        file: "src/store/upkeep/recount.ts",
        find: "clean.get(id) !== version",
        replace: "!clean.has(id)",
      },
    ],
    caughtBy: { file: "test/store/recount.test.ts", test: "see what has changed" },
  },
  {
    name: "recount: there is no full recount after the first",
    edits: [
      {
        file: "src/store/upkeep/recount.ts",
        find: "const isFull = startedAt - fullAt >= pace.fullEveryMs",
        replace: "const isFull = fullAt === -Infinity && startedAt > 0",
      },
    ],
    caughtBy: { file: "test/store/recount.test.ts", test: "next full recount" },
  },
  {
    name: "the next deadline hides due rows that were not loaded",
    edits: [
      {
        file: "src/store/batch/load-due.ts",
        find: "if (areAll(dueHolds, { due, lines }) || areAll(dueOrders, { due, lines })) state.nextDeadline = now",
        replace: "void [dueHolds, dueOrders]",
      },
    ],
    caughtBy: { file: "test/race/gate.test.ts", test: "lapse together" },
  },
  {
    name: "the gate is not told of freed units",
    edits: [{ file: "src/lanes/gate.ts", find: "memories.delete(product.id)", replace: "void product.id" }],
    caughtBy: { file: "test/lanes/gate.test.ts", test: "is forgotten at once when a batch frees" },
  },
  {
    name: "the error of a connection in use is not handled",
    edits: [
      {
        file: "src/store/connection.ts",
        find: '      this.on("error", () => undefined)\n',
        replace: "",
      },
    ],
    caughtBy: { file: "test/faults/database-faults.test.ts", test: "stopped" },
  },
  {
    name: "late schemas: a body that its schema refuses passes",
    edits: [
      {
        file: "src/http/transport/late-schemas.ts",
        find: "{ error: validate.errors ?? [] }",
        replace: "true",
      },
    ],
    caughtBy: { file: "test/http/admin-products.test.ts", test: "names every invalid field" },
  },
  {
    name: "a stopping server closes its socket at once",
    edits: [{ file: "src/app.ts", find: "    await arrivals.ended(quietMs)\n", replace: "" }],
    caughtBy: { file: "test/faults/process-faults.test.ts", test: "none is cut" },
  },
  {
    name: "a stopping server takes the silence of a waiting crowd for its end",
    edits: [
      { file: "src/http/transport/arrivals.ts", find: "if (isBusy()) busyAt = now", replace: "isBusy()" },
    ],
    caughtBy: { file: "test/faults/process-faults.test.ts", test: "makes a crowd wait" },
  },
  {
    name: "the socket's backlog is not set",
    edits: [
      {
        file: "src/base/listening-sockets.ts",
        find: "const BACKLOG = 65_535",
        replace: "const BACKLOG = 511",
      },
    ],
    caughtBy: { file: "test/base/listening-sockets.test.ts", test: "finds room" },
  },
  {
    name: "a listener accepts one connection at a time",
    edits: [
      { file: "src/base/listening-sockets.ts", find: "const SOCKETS = 64", replace: "const SOCKETS = 1" },
    ],
    caughtBy: { file: "test/base/listening-sockets.test.ts", test: "comes in by many" },
  },
  {
    name: "the port is shared with other programs",
    edits: [
      { file: "src/base/listening-sockets.ts", find: "  await checkAddress({ host, port })\n", replace: "" },
    ],
    caughtBy: { file: "test/base/listening-sockets.test.ts", test: "not shared" },
  },
  {
    name: "processes: neither a lock nor a version serialises two processes",
    edits: [withoutLock, withoutVersionGuard],
    caughtBy: { file: "test/race/processes.test.ts" },
  },
  {
    name: "processes: children end at once when the primary dies",
    edits: [
      {
        file: "src/processes/child.ts",
        find: "cluster.worker.exitedAfterDisconnect = true",
        replace: "cluster.worker.exitedAfterDisconnect = false",
      },
    ],
    caughtBy: { file: processes, test: "SIGKILL of the primary" },
  },
  {
    name: "processes: a dead child is not replaced",
    edits: [
      {
        file: "src/processes/primary.ts",
        find: "this.#pause(pauseMs, () => this.#start(number))",
        replace: "this.#pause(pauseMs, () => undefined)",
      },
    ],
    caughtBy: { file: processes, test: "SIGKILL of one process" },
  },
  {
    name: "processes: the end of a child is noticed only by Node's event",
    edits: [
      {
        file: "src/processes/fork.ts",
        find: 'if (!isSilent) worker.process.emit("disconnect")',
        replace: "if (!isSilent) await silence",
      },
    ],
    caughtBy: { file: processes, test: "was being passed" },
  },
  {
    name: "processes: Ctrl-C ends children before the primary tells them",
    edits: [
      {
        file: "src/cli/serve-child.ts",
        find: 'for (const signal of ["SIGINT", "SIGHUP"]) process.on(signal, () => undefined)',
        replace: "",
      },
    ],
    caughtBy: { file: processes, test: "SIGINT to every" },
  },
  {
    name: "processes: the primary does not wait for its children",
    edits: [
      {
        file: "src/processes/primary.ts",
        find: "    await Promise.all(stopping)\n",
        replace: "",
      },
    ],
    caughtBy: { file: processes, test: "SIGTERM to the first" },
  },
  {
    name: "processes: the background work of a dead child is not taken over",
    edits: [
      {
        file: "src/processes/primary.ts",
        find: "if (this.#worker === child) this.#worker = null",
        replace: "",
      },
    ],
    caughtBy: { file: processes, test: "takes over when it dies" },
  },
  {
    name: "processes: each process opens all connections",
    edits: [{ file: "src/cli/serve-child.ts", find: "      pools: share,\n", replace: "" }],
    caughtBy: { file: processes, test: "take no more than their share" },
  },
  {
    name: "processes: metrics are those of the process that answers",
    edits: [
      {
        file: "src/cli/serve-child.ts",
        find: "joined(own, others)",
        replace: "joined(own, [])",
      },
    ],
    caughtBy: { file: processes, test: "metrics" },
  },
  {
    name: "processes: the counters of a dead child are lost",
    edits: [
      {
        file: "src/processes/latest-snapshots.ts",
        find: "countedByDead = countedByDead.then((before) => countedBy(before, last))",
        replace: "void countedBy",
      },
    ],
    caughtBy: { file: processes, test: "metrics" },
  },
  {
    name: "processes: a scrape waits for a child that hangs",
    edits: [
      {
        file: "src/processes/metrics-exchange.ts",
        find: "const ANSWERS_WITHIN_MS = 1_000",
        replace: "const ANSWERS_WITHIN_MS = 60_000",
      },
    ],
    caughtBy: { file: processes, test: "metrics" },
  },
  {
    name: "processes: a connection passed to a dead child stays open",
    edits: [
      {
        file: "src/processes/fork.ts",
        find: 'worker.once("disconnect", () => onItsWay?.close())',
        replace: "void onItsWay",
      },
    ],
    caughtBy: { file: processes, test: "was being passed" },
  },
  {
    name: "processes: --no-worker is ignored",
    edits: [
      {
        file: "src/processes/primary.ts",
        find: "if (!this.#options.worker || this.#worker !== null",
        replace: "if (this.#worker !== null",
      },
    ],
    caughtBy: { file: processes, test: "no process does background work" },
  },
  {
    name: "connections: pipelined requests run concurrently without a limit",
    edits: [
      {
        file: "src/http/transport/connections.ts",
        find: "if (waiting >= MOST_SENT_AHEAD)",
        replace: "if (waiting >= 1_000_000)",
      },
    ],
    caughtBy: { file: "test/http/connections.test.ts", test: "of a thousand pipelined requests" },
  },
  {
    name: "connections: a request that follows a stream on its connection is run",
    edits: [
      {
        file: "src/http/transport/connections.ts",
        find: "if (waiting === Infinity)",
        replace: "if (waiting < 0)",
      },
    ],
    caughtBy: { file: "test/http/connections.test.ts", test: "behind a stream" },
  },
  {
    name: "connections: a closed connection is counted by an undefined address",
    edits: [
      {
        file: "src/http/transport/connections.ts",
        find: "socket.remoteAddress === undefined",
        replace: "socket === undefined",
      },
    ],
    caughtBy: { file: "test/http/connections.test.ts", test: "has disconnected" },
  },
  {
    name: "audit: fields that a route ignores are stored or prevent the row",
    edits: [
      {
        file: "src/http/access/audit.ts",
        find: "known !== undefined && isChecked",
        replace: "known !== undefined",
      },
    ],
    caughtBy: { file: "test/http/admin-actions.test.ts", test: "contains no body if the route" },
  },
  {
    name: "proxies: each port of an address counts as another client",
    edits: [
      {
        file: "src/http/transport/forwarded-headers.ts",
        find: "?? /^([\\d.]+):\\d*$/.exec(text)?.[1] ?? text",
        replace: "?? text",
      },
    ],
    caughtBy: { file: "test/http/request-edge-cases.test.ts", test: "203.0.113.2:4711" },
  },
  {
    name: "proxies: X-Forwarded-For is not normalised",
    edits: [
      {
        file: "src/http/server.ts",
        find: "if (options.trustProxy !== null) readForwardedHeaders(app)",
        replace: "",
      },
    ],
    caughtBy: { file: "test/http/request-edge-cases.test.ts", test: "counts as one client" },
  },
  {
    name: "proxies: the last proxy decides whether the browser's connection is secure",
    edits: [
      {
        file: "src/http/transport/forwarded-headers.ts",
        find: 'headers[name] = String(value).split(",", 1).join("")',
        replace: "headers[name] = String(value)",
      },
    ],
    caughtBy: { file: "test/http/request-edge-cases.test.ts", test: "counts by its first element" },
  },
  {
    name: "bodies: bytes that are not UTF-8 become U+FFFD",
    edits: [
      {
        file: "src/http/transport/json-body.ts",
        find: "isUtf8(bytes) ? bytes",
        replace: "isUtf8(bytes) || true ? bytes",
      },
    ],
    caughtBy: { file: "test/http/request-edge-cases.test.ts", test: "in a body of POST" },
  },
  {
    name: "bodies: the client of a large body gets no response",
    edits: [
      {
        file: "src/http/transport/errors.ts",
        find: "if (!request.raw.complete) keepReading(request, reply)",
        replace: "",
      },
    ],
    caughtBy: { file: "test/http/request-edge-cases.test.ts", test: "does not disconnect a client" },
  },
  {
    name: "bodies: a refused body is read without a limit",
    edits: [
      { file: "src/http/transport/unread-bodies.ts", find: "if (received > MOST_BYTES) cut()", replace: "" },
    ],
    caughtBy: { file: "test/http/request-edge-cases.test.ts", test: "read without end" },
  },
  {
    name: "webhooks: a webhook path with a trailing slash is not found",
    edits: [
      {
        file: "src/http/routes/providers/webhook-paths.ts",
        find: "if (!isBelowPayments(url)) return url",
        replace: 'if (url !== "") return url',
      },
    ],
    caughtBy: { file: "test/http/request-edge-cases.test.ts", test: "pays an order" },
  },
  {
    name: "webhooks: a misspelt webhook path leaves no log line",
    edits: [
      {
        file: "src/http/routes/providers/provider-routes.ts",
        find: "  registerStrayWebhooks(app, services)\n",
        replace: "",
      },
    ],
    caughtBy: { file: "test/http/request-edge-cases.test.ts", test: "that has no route" },
  },
  {
    name: "webhooks: a message without a usable order is applied to the order that it names",
    edits: [
      {
        file: "src/payments/generic-webhook.ts",
        find: "orderId: NO_ORDER,",
        replace: 'orderId: Number(members["order_id"]) || NO_ORDER,',
      },
    ],
    caughtBy: { file: "test/http/unclear-webhooks.test.ts", test: "has no effect on orders" },
  },
  {
    name: "webhooks: a message that is not understood takes the key of one that is",
    edits: [
      {
        file: "src/payments/generic-webhook.ts",
        find: "key: `unclear-${digest}`,",
        replace: "key: ids.find(isStorableId) ?? `unclear-${digest}`,",
      },
    ],
    caughtBy: { file: "test/http/unclear-webhooks.test.ts", test: "leaves its key" },
  },
  {
    name: "webhooks: a message with an unknown status counts as a failed payment",
    edits: [
      {
        file: "src/payments/generic-webhook.ts",
        find: 'kindByStatus[status] : "succeeded"',
        replace: 'kindByStatus[status] : "failed"',
      },
    ],
    caughtBy: {
      file: "test/http/unclear-webhooks.test.ts",
      test: "is parked in the money inbox, once",
    },
  },
  {
    name: "webhooks: a message with an unknown field is not understood",
    edits: [
      {
        file: "src/http/routes/providers/receive-generic-webhook.ts",
        find: "  quantity: Type.Optional(Quantity),\n})",
        replace: "  quantity: Type.Optional(Quantity),\n}, { additionalProperties: false })",
      },
    ],
    caughtBy: { file: "test/http/unclear-webhooks.test.ts", test: "unknown fields" },
  },
  {
    name: "webhooks: a message that is not understood is refused and lost",
    edits: [
      {
        file: "src/http/routes/providers/receive-generic-webhook.ts",
        find: "attachValidation: true,",
        replace: "attachValidation: false,",
      },
    ],
    caughtBy: { file: "test/http/unclear-webhooks.test.ts", test: "has no effect on orders" },
  },
  {
    name: "webhooks: a provider's message has the size limit of other bodies",
    edits: [
      {
        file: "src/http/routes/providers/body-limit.ts",
        find: "PROVIDER_BODY_LIMIT_BYTES = 1024 * 1024",
        replace: "PROVIDER_BODY_LIMIT_BYTES = 64 * 1024",
      },
    ],
    caughtBy: { file: "test/http/request-edge-cases.test.ts", test: "150,000 characters" },
  },
  {
    name: "CORS: a page of the shop cannot read the answer to a malformed request",
    edits: [
      {
        file: "src/http/server.ts",
        find: "void reply.headers({ ...constant, ...crossOrigin(request.headers.origin) })",
        replace: "void reply.headers({ ...constant })",
      },
    ],
    caughtBy: { file: "test/http/request-edge-cases.test.ts", test: "have the same headers as all others" },
  },
  {
    name: "connections: KEEP_ALIVE_SECONDS is ignored",
    edits: [
      {
        file: "src/http/server.ts",
        find: "    keepAliveTimeout: options.keepAliveSeconds * 1_000,\n",
        replace: "",
      },
    ],
    caughtBy: { file: "test/cli/stopping.test.ts", test: "KEEP_ALIVE_SECONDS" },
  },
  {
    name: "webhooks: the text of a message that is not understood is lost",
    edits: [
      {
        file: "src/http/routes/providers/receive-generic-webhook.ts",
        find: "if (understood === null || hasUnknownFields(",
        replace: "if (understood !== null && hasUnknownFields(",
      },
    ],
    caughtBy: { file: keptMessages, test: "is kept as it came, once, and shown" },
  },
  {
    name: "webhooks: unknown fields are lost",
    edits: [
      {
        file: "src/http/routes/providers/receive-generic-webhook.ts",
        find: "if (understood === null || hasUnknownFields(",
        replace: "if (understood === null && hasUnknownFields(",
      },
    ],
    caughtBy: { file: keptMessages, test: "is kept as it came, and shown with its event" },
  },
  {
    name: "webhooks: a message is refused because its text cannot be kept",
    edits: [
      {
        file: "src/http/routes/providers/kept-messages.ts",
        find: "if (isPassingFailure(error)) throw error",
        replace: "throw error",
      },
    ],
    caughtBy: { file: keptMessages, test: "changes no answer" },
  },
  {
    name: "webhooks: a text that was not kept for a passing reason is given up",
    edits: [
      {
        file: "src/http/routes/providers/kept-messages.ts",
        find: "if (isPassingFailure(error)) throw error",
        replace: "void isPassingFailure",
      },
    ],
    caughtBy: { file: keptMessages, test: "for a passing reason" },
  },
  {
    name: "retention: the message of a removed event stays",
    edits: [
      {
        file: "src/store/upkeep/retention.ts",
        find: "where payment_messages.provider = removed.provider",
        replace: "where payment_messages.provider = removed.key",
      },
    ],
    caughtBy: { file: "test/store/retention.test.ts", test: "an event that" },
  },
]
