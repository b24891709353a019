import { parseSync, Visitor, type ESTree } from "vite"

/** A call of `test`, `test.each` or `test.for` in the source of a test file. */
export interface TestCall {
  /** The titles of the groups around it and its own title, as `vitest -t` joins them. */
  readonly title: string
  /** The texts in its table and in the tables of the groups around it. They fill the placeholders of the title. */
  readonly tableTexts: readonly string[]
}

/** Finds the tests of a file without running it. */
export function testCalls(source: string): TestCall[] {
  const calls: ESTree.CallExpression[] = []
  const texts: ESTree.Node[] = []
  const names: ESTree.Node[] = []
  const constants = new Map<string, ESTree.Node>()
  const visitor = new Visitor({
    CallExpression: (node) => void calls.push(node),
    Literal: (node) => void texts.push(node),
    TemplateLiteral: (node) => void texts.push(node),
    Identifier: (node) => void names.push(node),
    VariableDeclarator({ id, init }) {
      if (id.type === "Identifier" && init !== null) constants.set(id.name, init)
    },
  })
  visitor.visit(parseSync("tests.ts", source).program)

  const titled = calls.filter((call) => call.arguments.length > 1)
  const groups = titled.filter((call) => rootOf(call) === "describe")
  return titled
    .filter((call) => rootOf(call) === "test")
    .map((call) => {
      const path = [...groups.filter((group) => contains(group, call)), call]
      return {
        title: path.map((one) => textOf(one.arguments[0])).join(" > "),
        tableTexts: path.flatMap(tablesOf).flatMap(textsIn),
      }
    })

  /** The texts in a table. A table may be, or use, constants of the file. */
  function textsIn(table: ESTree.Node): string[] {
    const used = names.flatMap((node) => {
      const constant = node.type === "Identifier" && contains(table, node) && constants.get(node.name)
      return constant ? [constant] : []
    })
    return [table, ...used].flatMap((node) => texts.filter((text) => contains(node, text)).map(textOf))
  }
}

const placeholder = /%[sdifjo]|\$[a-z.]+/gi

/** Whether `vitest -t words` runs the test, or a row of its table. */
export function isChosenBy(words: string, { title, tableTexts }: TestCall): boolean {
  const pattern = new RegExp(words)
  return [title, ...tableTexts.map((text) => title.replace(placeholder, () => text))].some((filled) =>
    pattern.test(filled),
  )
}

/** The name at the start of a chain of calls: `test` for `test.skipIf(a).each(b)`. */
function rootOf(node: ESTree.Node): string | null {
  if (node.type === "CallExpression") return rootOf(node.callee)
  if (node.type === "MemberExpression") return rootOf(node.object)
  return node.type === "Identifier" ? node.name : null
}

/** A text as written, with a placeholder for each part that only a run can tell. */
function textOf(node: ESTree.Node | undefined): string {
  if (node?.type === "Literal") return String(node.value)
  return node?.type === "TemplateLiteral" ? node.quasis.map(({ value }) => value.cooked).join("%s") : "%s"
}

/** The tables of a call: what `each` and `for` were given. */
function tablesOf({ callee }: ESTree.CallExpression): ESTree.Node[] {
  if (callee.type !== "CallExpression") return []
  return [...callee.arguments]
}

function contains(outer: ESTree.Node, inner: ESTree.Node): boolean {
  return outer.start <= inner.start && inner.end <= outer.end
}
