import { Type } from "typebox"

const ProblemWire = Type.Object(
  {
    type: Type.String(),
    title: Type.String(),
    status: Type.Integer(),
    detail: Type.String(),
    instance: Type.String(),
    code: Type.String(),
    request_id: Type.String(),
  },
  { additionalProperties: true, description: "RFC 9457 problem document" },
)

const problem = {
  description: "What was refused, and why",
  content: { "application/problem+json": { schema: ProblemWire } },
}

/** Every route may answer these. Of the server's own faults only those are part of the contract that pass. */
export const problemResponses = { "4xx": problem, 503: problem }
