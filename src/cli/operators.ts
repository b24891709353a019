import type { Config } from "../config/config.ts"
import { nameFault, permissionOf, type Role, type Scope } from "../domain/operator.ts"
import { isoTime, isoTimeOrNull } from "../domain/time.ts"
import { newOperatorToken } from "../http/access/operator-access.ts"
import type { Operator, OperatorRefusal, Operators } from "../store/reads/operators.ts"
import { CommandFailure, UsageError } from "../base/command-errors.ts"
import { requireDatabase, withEngine } from "./database.ts"
import { print, printJson } from "./output.ts"

/** What `operators` can do. */
export type OperatorAction = "add" | "list" | "disable" | "rotate"

export interface OperatorOptions {
  readonly role?: Role
  /** Makes a key in place of a person. */
  readonly key: boolean
  readonly scope: readonly Scope[]
  readonly json: boolean
}

/** Adds, lists, disables operators or rotates their tokens. */
export async function operators(
  config: Config,
  { action, name }: { readonly action: OperatorAction; readonly name: string | undefined },
  options: OperatorOptions,
): Promise<void> {
  const isAdding = options.role !== undefined || options.key || options.scope.length > 0
  if (isAdding && action !== "add") throw new UsageError("--role, --key and --scope belong to operators add")
  if (action === "list") {
    if (name !== undefined) throw new UsageError("operators list takes no name")
    return withOperators(config, (all) => printList(all, options.json))
  }
  if (name === undefined) throw new UsageError(`operators ${action} needs the operator's name`)
  if (action === "add") return add(config, name, options)
  return withOperators(config, async (all) => {
    const id = await all.idOf(name)
    if (id === null) throw new CommandFailure(`There is no operator ${name}`)
    return action === "disable" ? disable(all, id, options.json) : rotate(all, id, options.json)
  })
}

function withOperators(config: Config, work: (all: Operators) => Promise<void>): Promise<void> {
  requireDatabase(config)
  return withEngine(config, (engine) => work(engine.operators))
}

async function add(config: Config, name: string, { key, role, scope, json }: OperatorOptions): Promise<void> {
  const fault = nameFault(name)
  if (fault !== null) throw new UsageError(`the name ${fault}`)
  const kind = key ? "key" : "person"
  const permission = permissionOf({ kind, role, scopes: scope.length === 0 ? undefined : scope })
  if (typeof permission === "string") throw new UsageError(`${permission}: see --role, --key and --scope`)
  await withOperators(config, async (all) => {
    const { token, tokenHash } = newOperatorToken()
    printWithToken(settled(await all.add({ name, kind, tokenHash, ...permission }, null), name), token, json)
  })
}

async function rotate(all: Operators, id: number, json: boolean): Promise<void> {
  const { token, tokenHash } = newOperatorToken()
  printWithToken(settled(await all.rotate(id, tokenHash, null), ""), token, json)
}

async function disable(all: Operators, id: number, json: boolean): Promise<void> {
  const operator = settled(await all.disable(id, null), "")
  if (json) return printJson(wire(operator))
  print(`${operator.name} is disabled. All servers refuse the token and its sessions within five seconds.`)
}

function printWithToken(operator: Operator, token: string, json: boolean): void {
  if (json) return printJson({ ...wire(operator), token })
  print(`${operator.name}, ${rights(operator)}. The token, which is not shown again:`)
  print(token)
}

async function printList(all: Operators, json: boolean): Promise<void> {
  const list = await all.list()
  if (json) return printJson(list.map(wire))
  if (list.length === 0) return print("There are no operators; ADMIN_TOKEN is the only way in.")
  for (const operator of list) {
    const used = operator.lastUsedAt === null ? "never used" : `last used ${isoTime(operator.lastUsedAt)}`
    const state = operator.disabledAt === null ? used : `disabled ${isoTime(operator.disabledAt)}`
    print(`${operator.name}: ${rights(operator)}, ${state}`)
  }
}

function rights({ kind, role, scopes }: Operator): string {
  return `${kind} with ${role === null ? scopes.join(" and ") : `the role ${role}`}`
}

function settled(result: Operator | OperatorRefusal, name: string): Operator {
  if (!("code" in result)) return result
  switch (result.code) {
    case "operator_name_used":
      throw new CommandFailure(`An operator has or had the name ${name}: choose another`)
    case "operator_disabled":
      throw new CommandFailure("The operator is disabled: add a new one with another name")
    case "too_many_operators":
      throw new CommandFailure(`There are ${result.mostOperators} operators already: disable one first`)
    default:
      throw new CommandFailure("There is no such operator")
  }
}

function wire({ id, name, kind, role, scopes, ...times }: Operator) {
  return {
    operator_id: id,
    name,
    kind,
    role,
    scopes,
    sessions: times.sessions,
    created_at: isoTime(times.createdAt),
    last_used_at: isoTimeOrNull(times.lastUsedAt),
    disabled_at: isoTimeOrNull(times.disabledAt),
  }
}
