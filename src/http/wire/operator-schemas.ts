import { Type, type Static } from "typebox"
import { LONGEST_NAME, operatorKinds, roles, scopes } from "../../domain/operator.ts"
import { isoTime, isoTimeOrNull } from "../../domain/time.ts"
import type { Operator } from "../../store/reads/operator-changes.ts"
import { body, Id, labelPattern, oneOf, Time, timeOrNull } from "../../wire/fields.ts"

/** The JSON of operators. */

const roleText =
  "Each role may do what the one before may: `viewer` looks, without data of buyers; `support` searches, cancels, releases and refunds; `manager` changes products, stock and content, and pauses sales; `owner` may do everything"
const scopesText =
  "What a key may do for buyers, on the buyers' routes alone: `holds:write` places, reads and releases holds; `orders:write` makes, reads, changes and cancels orders and opens their payments"

const Scope = oneOf(scopes)
const Kind = oneOf(operatorKinds, {
  description: "A person may sign in to the control room with the token, a key may not",
})

const Name = Type.String({
  minLength: 1,
  maxLength: LONGEST_NAME,
  pattern: labelPattern,
  description:
    "No other operator has it, or had it when the record of actions named it. Case does not matter",
})

export const NewOperatorBody = body({
  name: Name,
  kind: Type.Optional(Kind),
  role: Type.Optional(oneOf(roles, { description: `${roleText}. A person needs one` })),
  scopes: Type.Optional(
    Type.Array(Scope, {
      minItems: 1,
      maxItems: scopes.length,
      uniqueItems: true,
      description: `Only for a key, in place of a role. ${scopesText}`,
    }),
  ),
})

export const OperatorChangesBody = body({
  name: Type.Optional(Name),
  role: Type.Optional(
    oneOf(roles, { description: `${roleText}. In place of a key's scopes, if it has some` }),
  ),
  scopes: Type.Optional(
    Type.Array(Scope, {
      minItems: 1,
      maxItems: scopes.length,
      uniqueItems: true,
      description: `Only for a key, in place of its role. ${scopesText}`,
    }),
  ),
})

const operatorFields = {
  operator_id: Id,
  name: Type.String(),
  kind: Kind,
  role: Type.Unsafe<(typeof roles)[number] | null>({
    type: ["string", "null"],
    enum: [...roles, null],
    description: `${roleText}. null: a key with scopes`,
  }),
  scopes: Type.Unsafe<readonly (typeof scopes)[number][] | null>({
    type: ["array", "null"],
    items: Scope,
    description: `${scopesText}. null: the operator has a role`,
  }),
  sessions: Type.Integer({ description: "How many sessions of the control room are open" }),
  created_at: Time,
  last_used_at: Type.Unsafe<string | null>({
    ...timeOrNull,
    description: "Up to a minute behind; null: never used",
  }),
  disabled_at: Type.Unsafe<string | null>({ ...timeOrNull, description: "null: enabled" }),
}

export const OperatorWire = Type.Object(operatorFields)

export const OperatorWithTokenWire = Type.Object({
  ...operatorFields,
  token: Type.String({ description: "The operator's token. No later answer shows it" }),
})

export const OperatorListWire = Type.Object({ data: Type.Array(OperatorWire) })

/** Makes the JSON of an operator. */
export function operatorJson(operator: Operator): Static<typeof OperatorWire> {
  return {
    operator_id: operator.id,
    name: operator.name,
    kind: operator.kind,
    role: operator.role,
    scopes: operator.scopes === null ? null : [...operator.scopes],
    sessions: operator.sessions,
    created_at: isoTime(operator.createdAt),
    last_used_at: isoTimeOrNull(operator.lastUsedAt),
    disabled_at: isoTimeOrNull(operator.disabledAt),
  }
}
