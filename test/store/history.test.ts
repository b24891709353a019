import { expect, test } from "vitest"
import { createHistory, type HistoryNews, type Origin } from "../../src/store/history.ts"
import { MissingChanges, OlderHistory } from "../../src/store/errors.ts"
import { productWith } from "../support/builders.ts"

/** A history, its news, and connections to servers of the given origins. */
function setUp() {
  let now = 0
  const history = createHistory(() => now)
  const news: HistoryNews[] = []
  history.listen((one) => void news.push(one))
  return {
    history,
    kinds: () => news.map(({ kind }) => kind),
    wait: (milliseconds: number) => void (now += milliseconds),
    connect: (origin: Origin | null) => {
      const client = {}
      history.admit(client, origin)
      return client
    },
  }
}

const at = (timeline: number, system = "7000"): Origin => ({ system, timeline })
const product = (version: number, id = 1) => productWith({ id, version })

test("a promoted standby is followed, and the server that it replaced is refused from then on", () => {
  const { history, kinds, connect } = setUp()
  const old = connect(at(1))
  expect(history.isPast(old)).toBe(false)
  const promoted = connect(at(2))

  expect([history.isPast(old), history.isPast(promoted)]).toEqual([true, false])
  expect(() => connect(at(1))).toThrow(OlderHistory)
  expect(() => connect(at(1))).toThrow("system 7000, timeline 1")
  expect(connect(at(2))).toEqual({})
  expect(kinds()).toEqual(["moved", "two_primaries", "two_primaries"])
})

test("another cluster is followed once, and the way back to the first is refused", () => {
  const { kinds, connect } = setUp()
  connect(at(5))
  connect(at(1, "8000"))
  connect(at(2, "8000"))
  expect(() => connect(at(6))).toThrow(OlderHistory)
  expect(kinds()).toEqual(["moved", "moved", "two_primaries"])
})

test("changes that are missing after a promotion are counted, and the product is sold on", () => {
  const { history, kinds, connect } = setUp()
  const old = connect(at(1))
  history.committed(old, product(40))
  const promoted = connect(at(2))

  history.compare(promoted, product(33))
  expect(history.state()).toEqual({ isSplit: false, lostChanges: 7 })
  history.compare(promoted, product(33))
  history.committed(promoted, product(34))
  expect(history.state().lostChanges).toBe(7)
  expect(kinds()).toEqual(["moved", "changes_lost"])
})

test("a product that goes back without a promotion is not sold, until it has caught up", () => {
  const { history, connect } = setUp()
  const client = connect(at(1))
  history.committed(client, product(40))

  expect(() => history.compare(client, product(39))).toThrow("Product 1 lacks 1 changes")
  expect(() => history.compare(client, product(39))).toThrow(MissingChanges)
  expect(history.state().isSplit).toBe(true)
  history.compare(client, product(1, 2))
  history.compare(client, product(40))
  history.compare(client, product(41))
})

test("where servers withhold their origin, no promotion is known, so a product that goes back is not sold", () => {
  const { history, connect } = setUp()
  history.committed(connect(null), product(40))
  expect(() => history.compare(connect(null), product(39))).toThrow(MissingChanges)
})

test("a product that was made anew under the same id is another one", () => {
  const { history, connect } = setUp()
  const client = connect(at(1))
  history.committed(client, product(40))
  const anew = { ...product(1), createdAt: product(1).updatedAt }
  history.compare(client, { ...anew, createdAt: (Number(anew.createdAt) + 1) as typeof anew.createdAt })
  expect(history.state().isSplit).toBe(false)
})

test("the sign of a second server ends ten minutes after it was last seen", () => {
  const { history, connect, wait } = setUp()
  connect(at(2))
  expect(() => connect(at(1))).toThrow(OlderHistory)
  wait(599_999)
  expect(history.state().isSplit).toBe(true)
  wait(1)
  expect(history.state().isSplit).toBe(false)
})

test("ten thousand products are remembered", () => {
  const { history, connect } = setUp()
  const client = connect(at(1))
  for (let id = 1; id <= 10_001; id += 1) history.committed(client, product(2, id))
  history.compare(client, product(1, 1))
  expect(() => history.compare(client, product(1, 2))).toThrow(MissingChanges)
})
