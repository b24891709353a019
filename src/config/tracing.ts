import type { ConfigError } from "./config-error.ts"

/** Where traces are sent, and how many. */
export interface TracingSettings {
  /** Takes OTLP over HTTP. */
  readonly url: string
  /** Sent with each message to it, such as a key. */
  readonly headers: Readonly<Record<string, string>>
  readonly serviceName: string
  /** The share of traces that is recorded, from 0 to 1. */
  readonly ratio: number
}

/** The variables of traces, as OpenTelemetry names them. */
export interface TracingEnvironment {
  OTEL_EXPORTER_OTLP_ENDPOINT?: string
  OTEL_EXPORTER_OTLP_HEADERS?: string
  OTEL_SERVICE_NAME: string
  OTEL_TRACES_SAMPLER_ARG: number
}

const ENDPOINT_SHAPE = "an address such as http://127.0.0.1:4318"
const HEADERS_SHAPE = "name=value, separated by commas, with % for special characters as in URLs"

/** The default values and allowed values of the variables, as for `schema`. */
export const tracingVariables = {
  OTEL_EXPORTER_OTLP_ENDPOINT: { type: "string", pattern: "^https?://", description: ENDPOINT_SHAPE },
  OTEL_EXPORTER_OTLP_HEADERS: { type: "string", minLength: 1, description: HEADERS_SHAPE },
  OTEL_SERVICE_NAME: {
    type: "string",
    pattern: "^[\\x21-\\x7e]{1,100}$",
    default: "doorbuster",
    description: "up to 100 printable ASCII characters without spaces",
  },
  OTEL_TRACES_SAMPLER_ARG: {
    type: "number",
    minimum: 0,
    maximum: 1,
    default: 1,
    description: "a number from 0 (none) to 1 (all)",
  },
}

type BadValue = (name: string, value: string | undefined, expected: string) => ConfigError

/** Null: no traces are recorded. Throws `ConfigError` for an address or headers that cannot be understood. */
export function tracingSettings(env: TracingEnvironment, badValue: BadValue): TracingSettings | null {
  const endpoint = env.OTEL_EXPORTER_OTLP_ENDPOINT
  if (endpoint === undefined) return null
  if (!URL.canParse(endpoint)) throw badValue("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint, ENDPOINT_SHAPE)
  const headers = headersIn(env.OTEL_EXPORTER_OTLP_HEADERS)
  // A secret: its value is not shown.
  if (headers === null) throw badValue("OTEL_EXPORTER_OTLP_HEADERS", undefined, HEADERS_SHAPE)
  return {
    url: `${endpoint.replace(/\/+$/, "")}/v1/traces`,
    headers,
    serviceName: env.OTEL_SERVICE_NAME,
    ratio: env.OTEL_TRACES_SAMPLER_ARG,
  }
}

function headersIn(text: string | undefined): Record<string, string> | null {
  const pairs = (text ?? "").split(",").filter((pair) => pair.trim() !== "")
  const entries = pairs.map((pair) => /^\s*([\w-]+)\s*=\s*([\x20-\x7e]*?)\s*$/.exec(pair))
  try {
    return Object.fromEntries(
      entries.map((found) => {
        if (found === null) throw new URIError("no header")
        return [found[1] ?? "", decodeURIComponent(found[2] ?? "")]
      }),
    )
  } catch (error) {
    if (error instanceof URIError) return null
    throw error
  }
}
