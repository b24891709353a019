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
  {
    additionalProperties: true,
    description: "RFC 9457 problem document, with further members for some codes",
  },
)

const problem = {
  description: "Refusal, as an RFC 9457 problem document",
  content: { "application/problem+json": { schema: ProblemWire } },
}

/** The responses that every route may give. Of the server's errors, only the temporary ones (503) are described. */
export const problemResponses = { "4xx": problem, 503: problem }
