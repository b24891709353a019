import type { FastifyReply, FastifyRequest } from "fastify"
import { Type } from "typebox"
import type { AdjustStock, ChangeProduct, Command, CreateProduct } from "../../../domain/commands.ts"
import { isCurrentCurrency } from "../../../../client/src/currencies.ts"
import { defaultSettings, type ProductSettings } from "../../../domain/product.ts"
import { isRefusal } from "../../../domain/refusals.ts"
import { instant, type Instant } from "../../../domain/time.ts"
import { admitAdminsOnly, adminSecurity } from "../../access/admin-area.ts"
import { refuse, type FieldError } from "../../wire/problems.ts"
import { badIdempotencyKey, idempotencyOf, idFromPath } from "../../access/requests.ts"
import { problemResponses } from "../../wire/problem-schema.ts"
import { NewProductBody, ProductChangesBody, ProductWire, StockBody } from "../../../wire/product.ts"
import type { ProductChanges } from "../../../wire/product.ts"
import type { App, Services } from "../../services.ts"
import { productJson } from "../../../wire/product.ts"

const params = Type.Object({ id: Type.String() })
const security = adminSecurity
const tags = ["admin"]

type AdminCommand = CreateProduct | ChangeProduct | AdjustStock
type Unaddressed<C extends Command> = C extends Command ? Omit<C, "productId"> : never

/** Creating and changing products, pausing and resuming their sale, changing their stock. */
export function adminProductRoutes(app: App, services: Services): void {
  const { lanes, ids, holdTtlSeconds } = services

  void app.register(async (admin: App) => {
    admitAdminsOnly(admin, services)

    /** Submits a command for the product and answers with the product as it then is. */
    async function run(
      request: FastifyRequest,
      reply: FastifyReply,
      { productId, command }: { productId: number | null; command: Unaddressed<AdminCommand> },
    ) {
      if (productId === null) return refuse(reply, { code: "product_not_found" })
      const content = {
        productId: command.kind === "create_product" ? null : productId,
        ...contentOf(command),
      }
      const idempotency = idempotencyOf(request, "admin", content)
      if (idempotency === "bad") return refuse(reply, badIdempotencyKey)

      const addressed = { ...command, productId, requestId: request.id, idempotency } as AdminCommand
      const { outcome, replayed } = await lanes.submit(addressed)
      if (replayed) void reply.header("idempotent-replayed", "true")
      if (isRefusal(outcome)) return refuse(reply, outcome)
      if (command.kind === "create_product") {
        void reply.code(201).header("location", `/api/products/${outcome.id}`)
      }
      return reply.send(productJson(outcome, outcome.updatedAt, holdTtlSeconds))
    }

    admin.route({
      method: "POST",
      url: "/api/admin/products",
      schema: { summary: "Create a product", tags, security, body: NewProductBody, response: created },
      async handler(request, reply) {
        const { stock, name, price_minor: priceMinor, currency } = request.body
        const changes = settingsFrom(request.body)
        if (!Array.isArray(changes)) {
          const settings = { ...defaultSettings, ...changes, name, priceMinor, currency }
          const adjustmentId = await ids.next("stock_adjustments")
          const command = { kind: "create_product", settings, stock, adjustmentId } as const
          return run(request, reply, { productId: await ids.next("products"), command })
        }
        return refuse(reply, { code: "invalid_request", errors: changes })
      },
    })

    admin.route({
      method: "PATCH",
      url: "/api/admin/products/:id",
      schema: {
        summary: "Change a product's settings",
        tags,
        security,
        params,
        body: ProductChangesBody,
        response: changed,
      },
      async handler(request, reply) {
        const changes = settingsFrom(request.body)
        if (Array.isArray(changes)) return refuse(reply, { code: "invalid_request", errors: changes })
        const productId = idFromPath(request.params.id)
        return run(request, reply, { productId, command: { kind: "change_product", changes } })
      },
    })

    admin.route({
      method: "POST",
      url: "/api/admin/products/:id/stock",
      schema: {
        summary: "Set the stock if it equals the expected value",
        tags,
        security,
        params,
        body: StockBody,
        response: changed,
      },
      async handler(request, reply) {
        const adjustmentId = await ids.next("stock_adjustments")
        const command = { kind: "adjust_stock", ...request.body, adjustmentId } as const
        return run(request, reply, { productId: idFromPath(request.params.id), command })
      },
    })

    for (const [action, paused] of [
      ["pause", true],
      ["resume", false],
    ] as const) {
      admin.route({
        method: "POST",
        url: `/api/admin/products/:id/${action}`,
        schema: {
          summary: `${paused ? "Pause" : "Resume"} a sale`,
          tags,
          security,
          params,
          response: changed,
        },
        async handler(request, reply) {
          const command = { kind: "change_product", changes: { paused } } as const
          return run(request, reply, { productId: idFromPath(request.params.id), command })
        },
      })
    }
  })
}

const created = { 201: ProductWire, ...problemResponses }
const changed = { 200: ProductWire, ...problemResponses }

/** What a request asks for, without the ids that this server made up for it. */
function contentOf(command: Unaddressed<AdminCommand>): object {
  switch (command.kind) {
    case "create_product":
      return { settings: command.settings, stock: command.stock }
    case "change_product":
      return command.changes
    case "adjust_stock":
      return { stock: command.stock, expected: command.expected }
  }
}

/** Translates the fields that are given; a list of errors where one has no meaning. */
function settingsFrom(body: ProductChanges): Partial<ProductSettings> | FieldError[] {
  const opensAt = timeFrom(body.opens_at)
  const closesAt = timeFrom(body.closes_at)
  const errors: FieldError[] = []
  if (opensAt === "bad") errors.push({ pointer: "/opens_at", detail: timeDetail })
  if (closesAt === "bad") errors.push({ pointer: "/closes_at", detail: timeDetail })
  if (body.currency !== undefined && !isCurrentCurrency(body.currency)) {
    errors.push({ pointer: "/currency", detail: "must be a current ISO 4217 code" })
  }
  if (errors.length > 0 || opensAt === "bad" || closesAt === "bad") return errors
  return definedOnly({
    name: body.name,
    description: body.description,
    imageUrl: body.image_url,
    priceMinor: body.price_minor,
    currency: body.currency,
    opensAt,
    closesAt,
    paused: body.paused,
    maxPerHold: body.max_per_hold,
    maxPerCustomer: body.max_per_customer,
    holdTtlSeconds: body.hold_ttl_seconds,
  })
}

const timeDetail = "must be a moment from 1970 to 9999"
const END_OF_TIME = Date.UTC(9999, 11, 31)

function timeFrom(text: string | null | undefined): Instant | null | undefined | "bad" {
  if (text === undefined || text === null) return text
  const milliseconds = Date.parse(text)
  return milliseconds >= 0 && milliseconds < END_OF_TIME ? instant(milliseconds) : "bad"
}

function definedOnly<Fields extends object>(fields: Fields) {
  const given = Object.entries(fields).filter(([, value]) => value !== undefined)
  return Object.fromEntries(given) as { [Name in keyof Fields]?: Exclude<Fields[Name], undefined> }
}
