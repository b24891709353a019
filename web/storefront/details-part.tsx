import { latePart } from "./late-part.tsx"

const form = latePart(async () => (await import("./details-form.tsx")).DetailsForm)

/** The form for what a product asks its buyers. Its script is loaded only where a product asks for something. */
export const DetailsForm = form.Part

/** The details of an order, and the form that changes them. */
export const { Part: OrderDetails } = latePart(async () => (await import("./order-details.tsx")).OrderDetails)

/** The form for details of an order that are missing. */
export const { Part: OrderDetailsForm } = latePart(
  async () => (await import("./order-details.tsx")).OrderDetailsForm,
)

/** Loads the script of the form in advance. */
export const loadDetailsForm = form.load
