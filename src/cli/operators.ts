import type { Config } from "../config/config.ts"
import { nameFault, permissionOf, type Role, type Scope, type WantedOperator } from "../domain/operator.ts"
import { isoTime, isoTimeOrNull } from "../domain/time.ts"
import { newOperatorToken } from "../http/access/operator-access.ts"
import type { Operator, OperatorRefusal } from "../store/reads/operator-changes.ts"
import type { Operators } from "../store/reads/operators.ts"
import { CommandFailure, UsageError } from "../base/command-errors.ts"
import { requireDatabase, withEngine } from "./database.ts"
import { print, printJson } from "./output.ts"

/** What `operators` can do. */
export type OperatorAction = "add" | "list" | "role" | "rename" | "disable" | "enable" | "rotate"

/** What to do, with which operator; `newName` belongs to `rename`. */
export interface OperatorRequest {
  readonly action: OperatorAction
  readonly name: string | undefined
  readonly newName: string | undefined
}

export interface OperatorOptions {
  readonly role?: Role
  /** Makes a key in place of a person. */
  readonly key: boolean
  readonly scope: readonly Scope[]
  readonly json: boolean
}

/** Adds, lists, changes, disables or enables operators, or rotates their tokens. */
export async function operators(
  config: Config,
  request: OperatorRequest,
  options: OperatorOptions,
): Promise<void> {
  refuseStrayOptions(request, options)
  const { action, name, newName } = request
  if (action === "list") return withOperators(config, (all) => printList(all, options.json))
  if (name === undefined) throw new UsageError(`operators ${action} needs the operator's name`)
  if (action === "add") return add(config, name, options)
  const change = changeOf(action, { newName, ...options })
  return withOperators(config, async (all) => {
    const id = await all.idOf(name)
    if (id === null) throw new CommandFailure(`There is no operator ${name}`)
    await change(all, id)
  })
}

/** Options that would be left unheeded are refused: `operators disable Ann --role viewer` means something else. */
function refuseStrayOptions(
  { action, name, newName }: OperatorRequest,
  { role, scope, key }: OperatorOptions,
): void {
  if (key && action !== "add") throw new UsageError("--key belongs to operators add")
  const givesRights = role !== undefined || scope.length > 0
  if (givesRights && action !== "add" && action !== "role")
    throw new UsageError("--role and --scope belong to operators add and operators role")
  if (action === "list" && name !== undefined) throw new UsageError("operators list takes no name")
  if (action !== "rename" && newName !== undefined)
    throw new UsageError("a second name belongs to operators rename; give a role with --role")
}

/** Reads the options of a change before anything is asked of the database. */
function changeOf(
  action: Exclude<OperatorAction, "add" | "list">,
  { newName, role, scope, json }: OperatorOptions & Pick<OperatorRequest, "newName">,
): (all: Operators, id: number) => Promise<void> {
  switch (action) {
    case "disable":
      return (all, id) => disable(all, id, json)
    case "enable":
      return (all, id) => withNewToken(json, (tokenHash) => all.enable(id, tokenHash, null))
    case "rotate":
      return (all, id) => withNewToken(json, (tokenHash) => all.rotate(id, tokenHash, null))
    case "rename": {
      if (newName === undefined) throw new UsageError("operators rename needs the new name, too")
      const fault = nameFault(newName)
      if (fault !== null) throw new UsageError(`the name ${fault}`)
      return (all, id) => rename(all, { id, name: newName }, json)
    }
    case "role": {
      const scopes = scope.length === 0 ? undefined : scope
      if (role === undefined && scopes === undefined)
        throw new UsageError("operators role needs --role, or --scope for a key")
      return (all, id) => changeRights(all, { id, role, scopes }, json)
    }
  }
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

async function withNewToken(
  json: boolean,
  change: (tokenHash: string) => Promise<Operator | OperatorRefusal>,
): Promise<void> {
  const { token, tokenHash } = newOperatorToken()
  printWithToken(settled(await change(tokenHash), ""), token, json)
}

async function rename(
  all: Operators,
  { id, name }: { readonly id: number; readonly name: string },
  json: boolean,
): Promise<void> {
  const operator = settled(await all.change(id, { name }, null), name)
  if (json) return printJson(wire(operator))
  print(
    `${operator.name}, ${rights(operator)}. Earlier entries of the record of actions keep the earlier name.`,
  )
}

async function changeRights(
  all: Operators,
  { id, role, scopes }: { readonly id: number } & Pick<WantedOperator, "role" | "scopes">,
  json: boolean,
): Promise<void> {
  const kind = (await all.find(id))?.kind ?? "person"
  const permission = permissionOf({ kind, role, scopes })
  if (typeof permission === "string") throw new UsageError(permission)
  const operator = settled(await all.change(id, { permission }, null), "")
  if (json) return printJson(wire(operator))
  print(`${operator.name}, ${rights(operator)}. All servers follow within five seconds, open sessions too.`)
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
      throw new CommandFailure(`Another operator has or had the name ${name}: choose another`)
    case "operator_disabled":
      throw new CommandFailure("The operator is disabled: operators enable gives it a new token")
    case "operator_enabled":
      throw new CommandFailure("The operator is enabled: operators rotate gives it a new token")
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
