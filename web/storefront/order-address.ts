import { createContext } from "preact"

/** The address of an order's page. On a page of another site it is not the storefront's. */
export const OrderAddress = createContext((orderId: number) => `/o/${orderId}`)
